"""A correction that arrives after the money has gone: the desk has a re-check to decide about."""

import datetime as dt

from peibu.accounts.actor import SYSTEM
from peibu.claims.actions.rechecks import recheck_lines
from peibu.claims.enums import LineState
from peibu.claims.models import ClaimLine, Recheck
from peibu.claims.rechecks import lines_with_an_answer
from peibu.kernel.months import add_months, first_of
from peibu.registry.enums import ContributionKind
from peibu.registry.models import InsuranceMonth

BEFORE_NOW = dt.timedelta(hours=20)


def correct_after_payment(*, at: dt.datetime) -> list[Recheck]:
    """The month before the claim of the first person paid for is taken back, and the night's look finds it."""
    line = ClaimLine.objects.filter(state=LineState.PAID).order_by("claim__created_at", "position").first()
    if line is None:
        return []
    reverse_month(line, known_at=at - BEFORE_NOW)
    return recheck_lines(lines_with_an_answer().filter(pk=line.pk), by=SYSTEM, at=at)


def reverse_month(line: ClaimLine, *, known_at: dt.datetime) -> InsuranceMonth:
    """The bureau takes back the contribution of the month before the claim."""
    return InsuranceMonth.objects.create(
        person=line.person,
        unit=line.claim.enterprise,
        month=add_months(first_of(line.determination.on), -1),
        paid_on=None,
        kind=ContributionKind.REVERSED,
        amount_fen=0,
        source="社保更正（演示）",
        known_at=known_at,
    )
