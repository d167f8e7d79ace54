"""A kept claim in the judge's terms, with what has been stated in it as known at a moment."""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from peibu.casework.models import CaseEvent
from peibu.claims.about import About, Judged, Terms
from peibu.claims.enums import OverrideState, StatementState
from peibu.claims.facts.judging import judge_lines
from peibu.claims.models import Claim, ClaimLine, Override, Statement


def claim_day(claim: Claim, *, at: dt.datetime) -> dt.date:
    """The day the claim was made: its first submission; before that, today."""
    first = CaseEvent.objects.filter(case_id=claim.case_id, move="submit").order_by("seq").first()
    return timezone.localdate(first.at if first else at)


def invoice_complete(claim: Claim) -> bool:
    """Is there an invoice with kind, number, amount, day and its scan (QD97.5.1)?"""
    return bool(
        claim.invoice_kind and claim.invoice_number and claim.invoice_fen and claim.invoice_on and claim.invoice_id
    )


def statements_at(claim: Claim, *, known_at: dt.datetime) -> QuerySet[Statement]:
    """What counted as stated at a moment: not replaced by then, and not rejected by then."""
    rows = claim.statements.filter(stated_at__lte=known_at)
    rows = rows.filter(Q(replaced_at__isnull=True) | Q(replaced_at__gt=known_at))
    return rows.exclude(state=StatementState.REJECTED, judged_at__lte=known_at)


def terms_of(claim: Claim) -> Terms:
    """The claim in the judge's terms, without what was stated in it."""
    return Terms(
        policy=claim.policy,
        subject=claim.subject,
        claimant=claim.enterprise or claim.person,
        cohort=claim.cohort,
        project=claim.project,
        fee_fen=claim.fee_fen,
        fee_paid=invoice_complete(claim),
        claim=claim,
    )


def excuses_at(
    lines: Sequence[ClaimLine], *, known_at: dt.datetime, judged_by: dt.datetime
) -> dict[UUID, dict[str, dict[str, str]]]:
    """By line: rule -> {reason, approver} of the exceptions confirmed and not revoked as known at a moment, and not expired
    on the day of `judged_by`: looking back at a determination, its own day decides whether an exception had expired."""
    rows = Override.objects.filter(line__in=[line.pk for line in lines], judged_at__lte=known_at)
    rows = rows.filter(Q(revoked_at__isnull=True) | Q(revoked_at__gt=known_at)).exclude(state=OverrideState.REJECTED)
    found: dict[UUID, dict[str, dict[str, str]]] = defaultdict(dict)
    for row in rows.filter(expires_on__gte=timezone.localdate(judged_by)).select_related("judged_by"):
        found[row.line_id][row.rule] = {"reason": row.reason, "approver": row.judged_by.name}
    return found


def in_terms(
    claim: Claim, lines: Sequence[ClaimLine], *, known_at: dt.datetime, judged_by: dt.datetime | None = None
) -> tuple[Terms, list[About]]:
    """The claim and these lines of it, in the judge's terms."""
    shared, own = {}, defaultdict(dict)
    for row in statements_at(claim, known_at=known_at):
        (own[row.line_id] if row.line_id else shared)[row.fact] = row.value
    terms = dataclasses.replace(terms_of(claim), stated=shared)
    excused = excuses_at(lines, known_at=known_at, judged_by=judged_by or known_at)
    abouts = [
        About(line.pk, line.person, line.enrolment, claim.held, own.get(line.pk, {}), excused.get(line.pk, {}))
        for line in lines
    ]
    return terms, abouts


def judge_claim(
    claim: Claim,
    lines: Sequence[ClaimLine],
    *,
    on: dt.date,
    known_at: dt.datetime,
    taken_by: dt.datetime | None = None,
) -> dict[UUID, Judged]:
    """These lines of a claim by what was known at a moment, about the day `on`: by line."""
    terms, abouts = in_terms(claim, lines, known_at=known_at, judged_by=taken_by)
    return judge_lines(terms, abouts, on=on, known_at=known_at, taken_by=taken_by) if abouts else {}


def judge_today(claim: Claim, lines: Sequence[ClaimLine], *, at: dt.datetime) -> dict[UUID, Judged]:
    """These lines with today's knowledge about the day of the claim."""
    return judge_claim(claim, lines, on=claim_day(claim, at=at), known_at=at)


def seen_then(claim: Claim, lines: Sequence[ClaimLine]) -> dict[UUID, Judged]:
    """What each determination saw: judged again as it was then; lines of one moment are read together."""
    groups = defaultdict(list)
    for line in lines:
        groups[line.determination.on, line.determination.known_at].append(line)
    found = {}
    for (on, known_at), group in groups.items():
        found |= judge_claim(claim, group, on=on, known_at=known_at)
    return found
