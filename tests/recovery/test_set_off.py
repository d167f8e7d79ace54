"""Set-off against another claim of the party: only once appeal is closed, in the same fund, booked in both cases."""

import pytest
from django.db import IntegrityError, transaction

from peibu.accounts.actor import SYSTEM
from peibu.casework.notices import close_due_notices, notice_of
from peibu.casework.objections import raise_objection
from peibu.claims.actions.rechecks import recheck_lines, settle_recheck
from peibu.claims.models import Claim
from peibu.claims.rechecks import lines_with_an_answer, with_later_evidence
from peibu.kernel.errors import Refused
from peibu.kernel.ids import uuid7
from peibu.ledger.models import Entry
from peibu.ledger.queries import commitment_of
from peibu.payments.actions import prepare_batch_of_cases
from peibu.payments.amounts import payable_fen
from peibu.payments.models import Payment
from peibu.recovery.actions.money import set_off
from peibu.recovery.models import Receipt
from peibu.recovery.queries import to_set_off
from tests.city import at
from tests.claims.claim_world import FEE, account, build
from tests.claims.test_rechecks import revoke
from tests.recovery.recovery_world import AFTER_APPEAL

pytestmark = pytest.mark.django_db
TODAY = AFTER_APPEAL.date()


@pytest.fixture
def other(made, city):
    """A second claim of the same enterprise for one person, ready to be paid."""
    return ready(build(city, nth=1), "周八月")


def ready(world, *names: str, objected: bool = False) -> Claim:
    """A claim for these people ready to be paid; an objection holds the last of them."""
    for salt, name in enumerate(names, start=40):
        world.person(name, salt=salt)
    world.certify()
    claim = world.submitted("09900177", at("2020-12-01 10:00"))
    for day, move, by in (
        (2, "accept", world.reviewer),
        (3, "review", world.reviewer),
        (4, "approve", world.approver),
    ):
        claim = world.move(claim, move, by, at(f"2020-12-0{day} 10:00"))
    world.move(claim, "publish", world.reviewer, at("2020-12-07 10:00"))
    if objected:
        line = notice_of(claim.case).lines.order_by("position").last()
        raise_objection(notice=line.notice, line=line, text="该同志已离职，请核实", at=at("2020-12-08 10:00"))
    close_due_notices(at=at("2020-12-15 10:00"))
    return Claim.objects.select_related("case", "enterprise", "account").get(pk=claim.pk)


def take(made, row, other, fen: int = FEE, now=AFTER_APPEAL):
    return set_off(recovery=row, against=other, amount_fen=fen, by=made.payer, at=now)


def test_a_set_off_is_booked_in_both_cases_and_the_rest_is_paid(made, other, city):
    row = made.decided()
    with pytest.raises(Refused, match="申诉期限"):
        take(made, row, other, now=at("2021-01-05 12:00"))
    assert [one.fen for one in to_set_off(made.payer, row, on=TODAY)] == [FEE]
    far = next(one for one in city.loaded.firms.values() if one.division.desk != made.world.enterprise.division.desk)
    elsewhere = account("finance", city.office("agency", far.division), "外区出纳", "370299109")
    assert to_set_off(elsewhere, row, on=TODAY) == []
    take(made, row, other, 80_000)
    assert payable_fen(other.case) == FEE - 80_000
    mine, theirs = commitment_of(made.claim.case_id), commitment_of(other.case_id)
    assert (mine.recovered_fen, theirs.paid_fen, theirs.committed_fen) == (80_000, 80_000, FEE - 80_000)
    assert {entry.kind for entry in Entry.objects.filter(memo__startswith="抵扣")} == {"set_off_paid", "set_off_back"}
    assert any("抵扣800.00元" in label for label in other.case.steps.values_list("label", flat=True))
    assert any("抵扣800.00元" in label for label in made.claim.case.steps.values_list("label", flat=True))
    batch = prepare_batch_of_cases(cases=[other.case], by=made.payer, at=AFTER_APPEAL)
    assert batch.total_fen == FEE - 80_000
    with pytest.raises(Refused, match="付款在办理"):
        take(made, row, other, 1)
    made.to_bank(batch, AFTER_APPEAL)
    other.case.refresh_from_db()
    assert other.case.state == "paid"
    assert commitment_of(other.case_id).paid_fen == FEE


def test_a_claim_set_off_whole_is_paid_without_the_bank(made, other):
    row = made.decided()
    take(made, row, other)
    for case in (row.case, other.case):
        case.refresh_from_db()
    assert (row.case.state, other.case.state) == ("settled", "paid")
    assert not Payment.objects.filter(case=other.case).exists()
    assert list(other.lines.filter(amount_fen__gt=0).values_list("state", flat=True)) == ["paid"]


def test_no_more_than_owed_or_payable_and_nobody_elses(made, other):
    row = made.decided()
    with pytest.raises(Refused, match="不超过1,800"):
        take(made, row, other, FEE + 1)
    with pytest.raises(Refused, match="另一项申领"):
        take(made, row, made.claim)


def test_under_appeal_the_database_refuses_a_set_off_too(made, other):
    row = made.appealed()
    with pytest.raises(Refused, match="不能抵扣"):
        take(made, row, other)
    entries = Entry.objects.order_by("pk")[:2]
    told = {"recovery": row, "kind": "set_off", "amount_fen": 1, "on": TODAY, "against": other.case}
    with pytest.raises(IntegrityError, match="nothing_is_booked_under_appeal"), transaction.atomic():
        Receipt.objects.create(
            id=uuid7(), entry=entries[0], other_entry=entries[1], recorded_at=AFTER_APPEAL, **told
        )  # fmt: skip


def test_paid_and_set_off_together_never_exceed_what_was_approved(made, other):
    row = made.decided()
    take(made, row, other, 80_000)
    told = {
        "division": other.division, "case": other.case, "key": "k" * 64, "payee": other.enterprise, "payee_name": "x",
        "bank_name": "x", "account_number": other.account.number, "account_index": other.account.number_index,
        "account_kind": "basic", "intended_at": AFTER_APPEAL,
    }  # fmt: skip
    with pytest.raises(IntegrityError, match="paid_is_at_most_approved"), transaction.atomic():
        Payment.objects.create(**told, amount_fen=FEE - 79_999)
    Payment.objects.create(**told, amount_fen=FEE - 80_000)  # negative control


def test_a_set_off_of_all_that_may_be_paid_leaves_whom_an_objection_holds(made, city):
    other = ready(build(city, nth=1), "周八月", "吴九月", objected=True)
    take(made, made.decided(), other)
    other.case.refresh_from_db()
    assert other.case.state == "ready_to_pay"
    assert list(other.lines.order_by("position").values_list("state", flat=True)) == ["paid", "held"]


def test_nobody_is_taken_out_whose_money_was_set_off_already(made, city):
    world = build(city, nth=1)
    other, now = ready(world, "周八月"), at("2021-01-12 10:00")
    take(made, made.decided(), other, 80_000)
    revoke(world, "周八月", at("2021-01-12 09:00"))
    [row] = recheck_lines(with_later_evidence(lines_with_an_answer().filter(claim=other), at=now), by=SYSTEM, at=now)
    told = {"recheck": row, "reason": "证书已撤销", "by": made.reviewer, "at": now}
    with pytest.raises(Refused, match="已有抵扣，只剩1,000.00元未付"):
        settle_recheck(settlement="corrected", **told)
    assert settle_recheck(settlement="kept", **told).state == "settled"
    assert payable_fen(other.case) == FEE - 80_000
