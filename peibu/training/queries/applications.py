"""Questions about single people's applications: what is open, my own, whose turn."""

import datetime as dt

from django.db.models import Count, Q, QuerySet

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.training.actions.cohorts import EDITABLE_STATES
from peibu.training.enums import PlaceState
from peibu.training.models import Cohort, OpenEnrolment, PlaceApplication


def open_classes(*, on: dt.date) -> QuerySet[OpenEnrolment]:
    """Classes that take single applications today, the soonest closing first."""
    rows = OpenEnrolment.objects.filter(closed_at__isnull=True, closes_on__gte=on)
    rows = rows.filter(cohort__case__state__in=EDITABLE_STATES).exclude(cohort__stage="cancelled")
    waiting = Count("cohort__applications", filter=Q(cohort__applications__state=PlaceState.WAITING))
    rows = rows.select_related("cohort__provider__division", "cohort__plan", "cohort__case", "signup__enterprise")
    return rows.annotate(waiting=waiting).order_by("closes_on", "cohort__name", "pk")


def own_applications(actor: Actor) -> QuerySet[PlaceApplication]:
    """A trainee's own, newest first; nobody else's."""
    if actor.role != Role.TRAINEE or not actor.person_key:
        return PlaceApplication.objects.none()
    rows = PlaceApplication.objects.filter(person__key=actor.person_key)
    rows = rows.select_related("cohort__provider", "cohort__case", "person", "precheck")
    return rows.order_by("-applied_at", "-id")


def applications_for(cohort: Cohort) -> QuerySet[PlaceApplication]:
    """Everybody who applied for a class, in the order of the waiting list."""
    return cohort.applications.select_related("person", "precheck", "decided_by").order_by("applied_at", "id")


def turn(application: PlaceApplication) -> int:
    """Place on the waiting list, the next one 1; 0 for who does not wait."""
    if application.state != PlaceState.WAITING:
        return 0
    ahead = Q(applied_at__lt=application.applied_at) | Q(applied_at=application.applied_at, pk__lt=application.pk)
    return application.cohort.applications.filter(ahead, state=PlaceState.WAITING).count() + 1
