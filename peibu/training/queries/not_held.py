"""Which sessions of a class did not take place: noted by the provider, agreed by the agency."""

import datetime as dt

from django.db.models import QuerySet

from peibu.training.enums import SessionKind
from peibu.training.models import Cohort, NotHeld, Session


def taught_sessions(cohort: Cohort) -> QuerySet[Session]:
    """The taught sessions of a class without those that fell out and were agreed to."""
    return cohort.sessions.exclude(kind=SessionKind.EXAM).exclude(not_held__agreed_at__isnull=False)


def not_held_of(cohort: Cohort) -> QuerySet[NotHeld]:
    """What the provider noted, in order of time; agreed or not."""
    rows = NotHeld.objects.filter(session__cohort=cohort).select_related("session", "noted_by", "agreed_by")
    return rows.order_by("session__starts_at", "session_id")


def fell_out(cohort: Cohort, known_at: dt.datetime | None) -> set:
    """Ids of the sessions whose falling out the agency had agreed to by a moment (None: by now)."""
    rows = NotHeld.objects.filter(session__cohort=cohort, agreed_at__isnull=False)
    rows = rows if known_at is None else rows.filter(agreed_at__lte=known_at)
    return set(rows.values_list("session_id", flat=True))
