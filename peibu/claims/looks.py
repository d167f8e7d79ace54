"""Questions about looking at lines: which need it, which are clean enough to be marked together, who has looked."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _

from peibu.casework.enums import Decision
from peibu.claims.enums import LineState, StatementState
from peibu.claims.models import Claim, ClaimLine, Look
from peibu.claims.queries import drifts

# Who was taken out was dealt with by name already; who waits for the office's word stops the review by himself.
LOOKED_AT = (LineState.INCLUDED, LineState.LEFT_OUT, LineState.WAITING)


def to_look_at(claim: Claim) -> QuerySet[ClaimLine]:
    """The lines whose present determination nobody has looked at."""
    seen = Look.objects.filter(line=OuterRef("pk"), determination=OuterRef("determination"))
    return claim.lines.filter(~Exists(seen), state__in=LOOKED_AT).order_by("position")


def looks_at(lines: Sequence[ClaimLine]) -> dict[UUID, Look]:
    """By line: the look at its present determination."""
    rows = Look.objects.filter(line__in=[line.pk for line in lines], determination=F("line__determination"))
    return {row.line_id: row for row in rows.select_related("looked_by")}


def why_to_open(
    claim: Claim, lines: Sequence[ClaimLine], *, at: dt.datetime, changed: Mapping[UUID, object] | None = None
) -> dict[UUID, list[str]]:
    """By line: why it has to be opened and not marked together with others; a clean line is not in it.

    changed: the lines whose evidence has changed since, when the caller knows them already.
    """
    if changed is None:
        changed = {one.line.pk: one for one in drifts(claim, at=at)}
    found = defaultdict(list)
    open_words = claim.statements.filter(replaced_at__isnull=True, state=StatementState.STATED)
    stated = set(open_words.values_list("line_id", flat=True))
    elsewhere = _elsewhere(claim, lines)
    for line in lines:
        signals = (
            (line.determination.decision == Decision.UNKNOWN, _("有待核实的条件")),
            (line.determination.decision == Decision.FAIL, _("不符合条件")),
            (_excepted(line), _("按例外通过")),
            (None in stated or line.pk in stated, _("申报事项尚未核实")),
            (line.pk in changed, _("资料有变化")),
            (line.person_id in elsewhere, _("同一人在其他申领中")),
        )
        found[line.pk] += [told for holds, told in signals if holds]
    return {key: told for key, told in found.items() if told}


def _excepted(line: ClaimLine) -> bool:
    kept = line.determination
    return kept.decision == Decision.PASS and any(one["status"] == Decision.FAIL for one in kept.findings)


def _elsewhere(claim: Claim, lines: Sequence[ClaimLine]) -> set[UUID]:
    """People whom another living claim of any policy names too, whatever its own result."""
    people = [line.person_id for line in lines if line.person_id]
    rows = ClaimLine.objects.filter(person__in=people, claim__invoice_active=True).exclude(claim=claim)
    return set(rows.exclude(state=LineState.REMOVED).values_list("person_id", flat=True))
