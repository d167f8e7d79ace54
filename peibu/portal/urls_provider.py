"""Addresses of providers and practice bases (plans, classes, opening filing) and of the public offers."""

from django.urls import path

from peibu.portal.views import (
    agreements,
    base,
    offers,
    provider,
    provider_classes,
    provider_downloads,
    provider_people,
    provider_plans,
    provider_timetable,
    teacher_hours,
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
    path(f"{CLASS}papers/", provider_classes.paper, name="class-paper"),
    path(f"{CLASS}people/", provider_people.show, name="class-people"),
    path(f"{CLASS}people/add/", provider_people.add, name="class-people-add"),
    path(f"{CLASS}people/remove/", provider_people.remove, name="class-people-remove"),
    path(f"{CLASS}timetable/", provider_timetable.edit, name="class-timetable"),
    path(f"{CLASS}timetable/import/", provider_timetable.read, name="class-timetable-import"),
    path(f"{CLASS}timetable/template.xlsx", provider_downloads.template, name="class-timetable-template"),
    path(f"{CLASS}timetable.xlsx", provider_downloads.timetable, name="class-timetable-xlsx"),
    path(f"{CLASS}roster.xlsx", provider_downloads.roster_xlsx, name="class-roster-xlsx"),
    path(f"{CLASS}roster.pdf", provider_downloads.roster_pdf, name="class-roster-pdf"),
    path("provider/teachers/", teacher_hours.show, name="provider-teacher-hours"),
    path("provider/teachers/hours.xlsx", teacher_hours.table, name="provider-teacher-hours-xlsx"),
    path("base/", base.home, name="base-home"),
    path("base/plans/", base.plans, name="base-plans"),
    path("base/plans/<uuid:plan_id>/", base.plan, name="base-plan"),
    path("base/plans/<uuid:plan_id>/sign/", base.sign, name="base-plan-sign"),
    path("agreements/", agreements.show, name="agreements"),
    path("agreements/<uuid:agreement_id>/accept/", agreements.accept, name="agreement-accept"),
    path("offers/", offers.show, name="offers"),
]
