"""Statements about statements: a reader who asks for the one is shown the other too (xAPI 1.0.3 communication 2.1.3)."""

import datetime as dt
from uuid import UUID

from peibu.learning.models import StatementRef
from peibu.learning.queries.bodies import keys_of
from peibu.learning.statement.check import VOIDED


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


def link_late() -> int:
    """Two transactions that brought a reference and its target at the same moment did not see one another; now they do.

    Returns how many references found their target.
    """
    count = 0
    for row in StatementRef.objects.filter(via=None):
        spread({str(row.id): row}, tenant=row.tenant)
        count += row.via is not None
    return count
