"""What came in is read and credited: a little at a time, or all anew with the same result."""

import datetime as dt
from collections.abc import Callable

from django.db import connection, transaction

from peibu.learning.hour_models import LearningDay, LearningStretch, LearningTrace, OnlineClass, OnlinePlace, ReadMark
from peibu.learning.hours.credit import credit
from peibu.learning.hours.read import read
from peibu.learning.queries.statements import consistent_through
from peibu.learning.tables import CHINA
from peibu.learning.terms import terms

AT_ONCE = 500  # learners credited in one question
LOCK = "learning_hours"


def refresh(*, shift: dt.timedelta, told: Callable[[int, int], None] | None = None) -> int:
    """Read what was stored since the last time and credit whoever it touches. Returns how many learners.

    shift: how far the demo's clock is from the real one. told(done, total): progress in learners. Two at a time: the second
    waits for the first. A clock that went back makes it read on from there; what is known already does no harm.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [LOCK])
        until = consistent_through(shift)
        mark = ReadMark.objects.filter(pk=1).first()
        since = min(mark.upto, until) if mark else dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
        touched = sorted(read(since, until))
        if len(touched) >= AT_ONCE:
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE learning_learningtrace")  # the planner must know of what has just come in
        held = terms(until.astimezone(CHINA).date())
        for start in range(0, len(touched), AT_ONCE):
            credit(touched[start : start + AT_ONCE], until=until, terms=held)
            if told:
                told(min(start + AT_ONCE, len(touched)), len(touched))
        ReadMark.objects.update_or_create(pk=1, defaults={"upto": until})
    return len(touched)


def rebuild(*, shift: dt.timedelta) -> int:
    """Forget everything derived and read all statements again. Signals that people looked at stay."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [LOCK])
        for table in (LearningTrace, LearningStretch, LearningDay, ReadMark):
            table.objects.all().delete()
        OnlinePlace.objects.filter(reg=None).delete()
        OnlineClass.objects.filter(title="", learn_hours=None).delete()
        return refresh(shift=shift)


def read_up_to() -> dt.datetime | None:
    """The moment up to which statements have been read; None before the first time."""
    mark = ReadMark.objects.filter(pk=1).first()
    return mark.upto if mark else None
