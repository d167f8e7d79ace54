"""The time everybody reads. In demo mode it is shifted by the visible control; otherwise it is the real time."""

import datetime as dt

from django.conf import settings
from django.utils import timezone

from peibu.accounts.models import DemoClock


def now() -> dt.datetime:
    """The present instant, aware."""
    real = timezone.now()
    if not settings.DEMO:
        return real
    clock = DemoClock.objects.filter(pk=1).first()
    return real + clock.shift if clock else real


def today() -> dt.date:
    """The present day in China."""
    return timezone.localdate(now())


def move_to(moment: dt.datetime) -> None:
    """Set the demo clock; it runs on from there. Refused outside demo mode."""
    if not settings.DEMO:
        raise RuntimeError("the clock moves only in demo mode")
    DemoClock.objects.update_or_create(pk=1, defaults={"shift": moment - timezone.now()})
