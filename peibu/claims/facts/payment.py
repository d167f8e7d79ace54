"""May a claim be paid? The facts of the subject `payment`."""

import datetime as dt

from django.utils import timezone

from peibu.casework.notices import full_days, notice_of
from peibu.claims.models import Claim
from peibu.claims.objected import stopping_objections
from peibu.ledger.facts import payment_facts
from peibu.ledger.queries import commitment_of
from peibu.rulebook import Judgement, load_policy

PAYMENT = "payment"


def judge_payment(claim: Claim, *, at: dt.datetime) -> Judgement:
    """May this claim be paid (QD97.4.3, 5.3, 5.4)? Notice days over, open objections, account, fund."""
    on = timezone.localdate(at)
    facts: dict = {"open_objections": stopping_objections(claim.case).count()}
    notice = notice_of(claim.case)
    if notice is not None:
        facts["notice_working_days_done"] = full_days(notice, on=on)
    if claim.account is not None:
        facts["account_kind"] = claim.account.kind
    facts |= payment_facts(commitment_of(claim.case_id))
    return load_policy(claim.policy).judge(PAYMENT, facts, on=on, known_at=at)
