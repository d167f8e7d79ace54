"""On which days could the public notices be reached (QD97.5.3, T12)? Asked by a job, from outside the web server.

An answer speaks for the time until the next one, at most for an hour: what nobody has asked about is not known, and what is
not known does not count. Days before the first probe are counted as they were announced: nothing was watched then.
"""

import datetime as dt
import urllib.error
import urllib.request
from collections.abc import Sequence

from django.conf import settings
from django.utils import timezone

from peibu.casework.models import Probe
from peibu.kernel.workdays import default_calendar
from peibu.rulebook import load_policy

SPEAKS_FOR = dt.timedelta(hours=1)
TIMEOUT_SECONDS = 15
REACHED = 200
LEAST = "notice_reachable_minutes_min"
DAY = dt.timedelta(days=1)


def probe(*, at: dt.datetime) -> Probe:
    """Ask for the public list of notices as a visitor would, and keep whether it came."""
    reached, note = _asked(f"{settings.BASE_URL}/notices/")
    return Probe.objects.create(at=at, reached=reached, note=note[:200])


def _asked(url: str) -> tuple[bool, str]:
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:
            return answer.status == REACHED, str(answer.status)
    except (urllib.error.URLError, OSError, ValueError) as problem:
        return False, str(problem)


def watched_from() -> dt.date | None:
    """The first whole day that was watched; None while nothing is."""
    first = Probe.objects.order_by("at").values_list("at", flat=True).first()
    return timezone.localdate(first) + DAY if first else None


def days_lost(policy: str, after: dt.date, until: dt.date) -> list[dt.date]:
    """Working days after one day, up to and with another, that were watched and not reachable as long as the folder asks."""
    since = watched_from()
    if since is None or since > until:
        return []
    law, calendar, lost = load_policy(policy), default_calendar(), []
    day = max(after + DAY, since)
    while day <= until:
        if calendar.is_workday(day) and _minutes(day) < int(law.value(LEAST, on=day)):
            lost.append(day)
        day += DAY
    return lost


def _minutes(day: dt.date) -> int:
    """Whole minutes of a day for which a probe says that the page could be reached."""
    begin = dt.datetime.combine(day, dt.time(), tzinfo=timezone.get_current_timezone())
    rows = Probe.objects.filter(at__gte=begin - SPEAKS_FOR, at__lt=begin + DAY).order_by("at")
    return reachable_minutes(list(rows.values_list("at", "reached")), begin)


def reachable_minutes(answers: Sequence[tuple[dt.datetime, bool]], begin: dt.datetime) -> int:
    """Minutes of the day beginning at `begin` that (moment, reached) answers in order speak for."""
    end, total = begin + DAY, dt.timedelta()
    for place, (moment, reached) in enumerate(answers, start=1):
        after = answers[place][0] if place < len(answers) else end
        if reached:
            total += max(dt.timedelta(), min(after, moment + SPEAKS_FOR, end) - max(moment, begin))
    return int(total.total_seconds() // 60)
