"""Addresses of providers and practice bases (plans, classes, opening filing) and of the public offers."""

from django.urls import path

from peibu.portal.views import (
    base,
    class_calendar,
    offers,
    provider,
    provider_classes,
    provider_downloads,
    provider_people,
    provider_plans,
    provider_timetable,
    venues,
)

PLAN = "provider/plans/<uuid:plan_id>/"
CLASS = "provider/classes/<uuid:cohort_id>/"
urlpatterns = [
    path("provider/", provider.home, name="provider-home"),
    path("provider/plans/", provider_plans.show_all, name="provider-plans"),
    path("provider/plans/new/", provider_plans.start, name="plan-new"),
    path(PLAN, provider_plans.show, name="plan-page"),
    path(f"{PLAN}missing/", provider_plans.missing, name="plan-missing"),
    path(f"{PLAN}teachers/", provider_plans.teacher, name="plan-teacher"),
    path(f"{PLAN}sign/", provider_plans.sign, name="plan-sign"),
    path(f"{PLAN}new-version/", provider_plans.renew, name="plan-renew"),
    path(f"{PLAN}plan.xlsx", provider_downloads.plan, name="plan-xlsx"),
    path("provider/classes/", provider_classes.show_all, name="provider-classes"),
    path("provider/classes/new/", provider_classes.start, name="class-new"),
    path(CLASS, provider_classes.show, name="class-page"),
    path(f"{CLASS}checks/", provider_classes.checks, name="class-checks"),
    path(f"{CLASS}reason/", provider_classes.reason, name="class-reason"),
    path(f"{CLASS}move/", provider_classes.move, name="class-move"),
    path(f"{CLASS}people/", provider_people.show, name="class-people"),
    path(f"{CLASS}people/add/", provider_people.add, name="class-people-add"),
    path(f"{CLASS}people/remove/", provider_people.remove, name="class-people-remove"),
    path(f"{CLASS}timetable/", provider_timetable.edit, name="class-timetable"),
    path(f"{CLASS}timetable/clashes/", provider_timetable.check, name="class-timetable-clashes"),
    path(f"{CLASS}timetable/import/", provider_timetable.read, name="class-timetable-import"),
    path(f"{CLASS}timetable/template.xlsx", provider_downloads.template, name="class-timetable-template"),
    path(f"{CLASS}timetable.xlsx", provider_downloads.timetable, name="class-timetable-xlsx"),
    path(f"{CLASS}calendar/", class_calendar.show, name="class-calendar"),
    path(f"{CLASS}calendar/move/", class_calendar.shift, name="class-calendar-move"),
    path(f"{CLASS}calendar/copy/", class_calendar.copy, name="class-calendar-copy"),
    path(f"{CLASS}calendar/repeat/", class_calendar.repeat, name="class-calendar-repeat"),
    path(f"{CLASS}calendar/address/", class_calendar.address, name="class-calendar-address"),
    path("provider/venues/", venues.show, name="venues"),
    path("provider/venues/<uuid:venue_id>/rooms/", venues.add, name="venue-room-add"),
    path("provider/rooms/<uuid:room_id>/remove/", venues.remove, name="room-remove"),
    path(f"{CLASS}roster.xlsx", provider_downloads.roster_xlsx, name="class-roster-xlsx"),
    path(f"{CLASS}roster.pdf", provider_downloads.roster_pdf, name="class-roster-pdf"),
    path("base/", base.home, name="base-home"),
    path("base/plans/", base.plans, name="base-plans"),
    path("base/plans/<uuid:plan_id>/", base.plan, name="base-plan"),
    path("base/plans/<uuid:plan_id>/sign/", base.sign, name="base-plan-sign"),
    path("offers/", offers.show, name="offers"),
]
