"""The time everybody reads. In demo mode it is shifted by the visible control; otherwise it is the real time."""

import datetime as dt

from django.conf import settings
from django.utils import timezone

from peibu.accounts.models import DemoClock


def shift() -> dt.timedelta:
    """How far this clock is from the real one: nothing outside demo mode."""
    clock = DemoClock.objects.filter(pk=1).first() if settings.DEMO else None
    return clock.shift if clock else dt.timedelta()


def reading() -> tuple[dt.datetime, dt.timedelta]:
    """The present instant, aware, and how far it is from the real one."""
    ahead = shift()
    return timezone.now() + ahead, ahead


def now() -> dt.datetime:
    """The present instant, aware."""
    return reading()[0]


def today() -> dt.date:
    """The present day in China."""
    return timezone.localdate(now())


def move_to(moment: dt.datetime) -> None:
    """Set the demo clock; it runs on from there. Refused outside demo mode."""
    if not settings.DEMO:
        raise RuntimeError("the clock moves only in demo mode")
    DemoClock.objects.update_or_create(pk=1, defaults={"shift": moment - timezone.now()})
