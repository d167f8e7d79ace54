"""Statements about statements: a reader who asks for the one is shown the other too (xAPI 1.0.3 communication 2.1.3)."""

import datetime as dt
from itertools import groupby
from uuid import UUID

from django.db.models import Exists, OuterRef, Subquery

from peibu.learning.models import Statement, StatementId, StatementRef
from peibu.learning.queries.bodies import keys_of
from peibu.learning.statement.check import VOIDED

LATE = dt.timedelta(days=7)  # longer than the worker may stand still over a holiday weekend without anybody noticing
AT_ONCE = 10_000  # of one run; the next one takes the rest


def link(statements: list[dict], new: dict[str, dt.datetime], *, tenant: UUID) -> None:
    """Note the references among new statements, and tell earlier references that their target has come."""
    rows = [
        StatementRef(
            id=one["id"], stored=new[one["id"]], tenant=tenant, target=one["object"]["id"],
            voids=one["verb"]["id"] == VOIDED,
        )
        for one in statements
        if one["id"] in new and one["object"].get("objectType") == "StatementRef"
    ]  # fmt: skip
    StatementRef.objects.bulk_create(rows)
    waiting = StatementRef.objects.filter(tenant=tenant, target__in=list(new))
    spread({str(row.id): row for row in [*waiting, *rows]}, tenant=tenant)


def spread(refs: dict[str, StatementRef], *, tenant: UUID) -> None:
    """Give each reference what its target is found by, then those that refer to it, until nothing is new."""
    done: set[str] = set()
    while refs:
        found = keys_of([str(row.target) for row in refs.values()], tenant=tenant)
        known = [row for row in refs.values() if str(row.target) in found]
        for row in known:
            row.via = sorted(found[str(row.target)])
        StatementRef.objects.bulk_update(known, ["via"])
        done |= refs.keys()
        above = StatementRef.objects.filter(tenant=tenant, target__in=[row.id for row in known])
        refs = {str(row.id): row for row in above if str(row.id) not in done}


def link_late(*, at: dt.datetime) -> int:
    """Two transactions that brought a reference and its target at the same moment did not see one another; now they do.

    Only references of the last days are looked at again, and only those whose target is here: one that comes later is
    told of them when it comes (`link`). Returns how many references found their target.
    """
    when = StatementId.objects.filter(pk=OuterRef(OuterRef("target"))).values("stored")
    here = Statement.objects.filter(tenant=OuterRef("tenant"), id=OuterRef("target"), stored=Subquery(when))
    missed = StatementRef.objects.filter(Exists(here), via=None, stored__gt=at - LATE).order_by("tenant")[:AT_ONCE]
    rows = list(missed)
    for tenant, some in groupby(rows, key=lambda row: row.tenant):
        spread({str(row.id): row for row in some}, tenant=tenant)
    return len(rows)
