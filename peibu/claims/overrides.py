"""Questions about exceptions to limits 'in principle' (ADR 0033)."""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.casework.enums import Decision
from peibu.casework.queries import cases_for
from peibu.claims.enums import LineState, OverrideState
from peibu.claims.models import ClaimLine, Override

EXPIRED = "expired"
STATES = (*OverrideState.values, EXPIRED)


@dataclasses.dataclass(frozen=True)
class Wanted:
    """What of the list is asked for; an empty text asks for everything. `state`: one of STATES."""

    text: str = ""
    policy: str = ""
    state: str = ""


def overrides_for(actor: Actor) -> QuerySet[Override]:
    """The exceptions of claims the actor may see."""
    rows = Override.objects.filter(line__claim__case__in=cases_for(actor).values("pk"))
    related = (
        "line__person",
        "line__claim__case__agency",
        "line__claim__enterprise",
        "line__claim__person",
        "document",
    )
    return rows.select_related(*related, "proposed_by", "judged_by", "revoked_by").order_by("-proposed_at", "id")


def narrowed(rows: QuerySet[Override], wanted: Wanted, *, on: dt.date) -> QuerySet[Override]:
    """The rows that fit: every word is part of person, claimant, number, clause or reason."""
    for word in wanted.text.split():
        rows = rows.filter(
            Q(line__person__name__icontains=word)
            | Q(line__claim__enterprise__name__icontains=word)
            | Q(line__claim__case__number__icontains=word)
            | Q(clause__icontains=word)
            | Q(reason__icontains=word)
        )
    if wanted.policy:
        rows = rows.filter(line__claim__policy=wanted.policy)
    return in_state(rows, wanted.state, on=on)


def in_state(rows: QuerySet[Override], state: str, *, on: dt.date) -> QuerySet[Override]:
    """The rows of one of STATES; another word keeps all. Expired is what was confirmed and ended by its own day."""
    if state == EXPIRED:
        return rows.filter(state=OverrideState.CONFIRMED, expires_on__lt=on)
    if state == OverrideState.CONFIRMED:
        return rows.filter(state=state, expires_on__gte=on)
    return rows.filter(state=state) if state in OverrideState.values else rows


def state_on(row: Override, on: dt.date) -> str:
    """The state on a day, with `expired`."""
    return EXPIRED if row.state == OverrideState.CONFIRMED and row.expires_on < on else row.state


def counts(row: Override, *, at: dt.datetime) -> bool:
    """Would a determination made now use it?"""
    return state_on(row, timezone.localdate(at)) == OverrideState.CONFIRMED


def overrides_of(lines: Iterable[ClaimLine]) -> dict[UUID, list[Override]]:
    """By line, the newest first."""
    found = defaultdict(list)
    rows = Override.objects.filter(line__in=[line.pk for line in lines])
    for row in rows.select_related("proposed_by", "judged_by", "revoked_by", "document"):
        found[row.line_id].append(row)
    return found


def overridable(line: ClaimLine, standing: Iterable[Override], *, at: dt.datetime) -> list[Mapping]:
    """The failed findings of a line that an exception may be proposed for: soft, and none proposed or in force."""
    if line.state != LineState.PENDING:
        return []
    taken = {row.rule for row in standing if row.state == OverrideState.PROPOSED or counts(row, at=at)}
    failed = [one for one in line.determination.findings if one["status"] == Decision.FAIL]
    return [one for one in failed if one["soft"] and one["rule"] not in taken]
