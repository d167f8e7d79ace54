"""A payment the bank sends back after the claim was closed: who may not have the money is not paid again (QD97.6.3)."""

import pytest

from peibu.accounts.actor import SYSTEM
from peibu.claims.actions.rechecks import recheck_lines, settle_recheck
from peibu.claims.models import ClaimLine, Recheck
from peibu.claims.permissions import open_settlements
from peibu.claims.rechecks import lines_with_an_answer, stops_payment, with_later_evidence
from peibu.gateways.bank.fake import FakeBank
from peibu.kernel.errors import Refused
from peibu.ledger.queries import commitment_of
from peibu.payments.actions import import_reply, prepare_batch_of_cases, reissue
from peibu.payments.models import Payment
from peibu.payments.queries import returned_payments
from peibu.recovery.actions.opening import open_from_rechecks
from tests.city import at
from tests.claims.claim_world import FEE
from tests.claims.test_rechecks import CORRECTED, take_back
from tests.recovery.recovery_world import FOUND, OPENED

pytestmark = pytest.mark.django_db
BACK_ON, AGAIN = at("2020-12-01 10:00"), at("2020-12-17 10:00")


def sent_back(made, now=BACK_ON) -> Payment:
    payment = Payment.objects.select_related("batch").get()
    with payment.batch.file.file.open("rb") as file:
        told = {"keys": {payment.key}, "status": "1004", "on": now.date()}
        reply = FakeBank().send_back(payment.batch.format, file.read(), **told)
    import_reply(batch=payment.batch, name="退汇.txt", content=reply, by=made.payer, at=now)
    payment.refresh_from_db()
    assert payment.state == "returned"
    return payment


def found() -> Recheck:
    take_back("恰六月", known=CORRECTED)
    [row] = recheck_lines(with_later_evidence(lines_with_an_answer(), at=FOUND), by=SYSTEM, at=FOUND)
    return row


def again(made, payment: Payment) -> Payment:
    return reissue(payment=payment, account=made.claim.account, by=made.payer, at=AGAIN)


def correct(made, row: Recheck) -> None:
    settle_recheck(recheck=row, settlement="corrected", reason="缴费已冲销", by=made.reviewer, at=AGAIN)


def states() -> list[str]:
    return list(ClaimLine.objects.order_by("person__name").values_list("person__name", "state"))


def test_who_may_not_have_it_any_more_is_taken_out_before_it_is_paid_again(made):
    payment, row = sent_back(made), found()
    with pytest.raises(Refused, match="按新资料会减少补贴"):
        again(made, payment)
    assert open_settlements(row) == ["kept", "corrected"]
    correct(made, row)
    assert dict(states())["恰六月"] == "removed"
    assert commitment_of(made.claim.case_id).committed_fen == 2 * FEE
    second = again(made, payment)
    assert (second.attempt, second.amount_fen) == (2, 2 * FEE)
    made.to_bank(prepare_batch_of_cases(cases=[made.claim.case], by=made.payer, at=AGAIN), AGAIN)
    commitment = commitment_of(made.claim.case_id)
    assert (commitment.paid_fen, commitment.committed_fen) == (2 * FEE, 0)


def test_also_after_it_was_meant_again_and_while_it_waits_for_its_batch(made):
    again(made, sent_back(made))
    found()
    with pytest.raises(Refused, match="按新资料会减少补贴"):
        prepare_batch_of_cases(cases=[made.claim.case], by=made.payer, at=AGAIN)


def test_what_was_to_be_recovered_and_came_back_by_itself_is_decided_about_anew(made):
    row = found()
    settle_recheck(recheck=row, settlement="recover", reason="缴费已冲销", by=made.reviewer, at=FOUND)
    payment = sent_back(made, AGAIN)
    told = {"nature": "party_error", "nature_reason": "误报", "by": made.reviewer, "at": OPENED}
    with pytest.raises(Refused, match="已被银行退回"):
        open_from_rechecks(claim=made.claim, rechecks=[row], **told)
    anew = Recheck.objects.get(state="open")
    assert (anew.line, anew.before) == (row.line, row.before)
    with pytest.raises(Refused, match="按新资料会减少补贴"):
        again(made, payment)
    correct(made, anew)
    assert again(made, payment).amount_fen == 2 * FEE


def test_of_a_claim_with_nobody_left_nothing_waits_to_be_paid_again(made):
    sent_back(made)
    for name in ("恰六月", "另六月"):
        take_back(name, known=CORRECTED)
    take_back("赵志远", known=CORRECTED)
    ClaimLine.objects.filter(person__name="赵志远").update(state="removed", amount_fen=0)
    for row in recheck_lines(with_later_evidence(lines_with_an_answer(), at=FOUND), by=SYSTEM, at=FOUND):
        correct(made, row)
    assert not returned_payments(made.payer).exists()


def test_money_that_is_with_the_payee_is_recovered_and_stops_nobody(made):
    row = found()
    assert open_settlements(row) == ["kept", "recover"]
    assert stops_payment(made.claim)
