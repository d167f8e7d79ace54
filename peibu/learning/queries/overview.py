"""What platforms have sent, for the page of the bureau. Counts of the last days only: the store may be very large."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count, Max

from peibu.learning.models import ReportFailure, Statement

DAYS = dt.timedelta(days=30)


def activity_of(units: Sequence[UUID], *, at: dt.datetime) -> dict[UUID, dict]:
    """Per platform: statements of the last 30 days, the last one, and reports that failed and were not put right."""
    found = {unit: {"statements": 0, "last": None, "failures": 0} for unit in units}
    rows = Statement.objects.filter(tenant__in=units, stored__gt=at - DAYS, stored__lte=at)
    for row in rows.values("tenant").annotate(n=Count("id"), last=Max("stored")):
        found[row["tenant"]] |= {"statements": row["n"], "last": row["last"]}
    for row in ReportFailure.objects.filter(tenant__in=units).values("tenant").annotate(n=Count("pk")):
        found[row["tenant"]]["failures"] = row["n"]
    return found


def failures_of(units: Sequence[UUID], *, most: int) -> list[ReportFailure]:
    """The newest failed items of some platforms."""
    return list(ReportFailure.objects.filter(tenant__in=units).order_by("-at", "position")[:most])
