"""The road of a recovery: derivation, notice, hearing, decision by somebody else, appeal, money, end (QD97.6.3, T27)."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from peibu.casework.models import Document
from peibu.claims.models import ClaimLine, Recheck
from peibu.kernel.errors import Refused
from peibu.kernel.ids import uuid7
from peibu.ledger.actions import carry_over, lapse
from peibu.ledger.actions.booking import free_in
from peibu.ledger.models import Account, Commitment, Entry
from peibu.ledger.queries import commitment_of
from peibu.oversight.actions.findings import conclude, note_finding
from peibu.recovery.actions.instalments import agree_instalments, in_equal_parts
from peibu.recovery.actions.money import enter_return, give_again
from peibu.recovery.actions.opening import leave_out, open_from_finding, open_from_rechecks
from peibu.recovery.models import Receipt, Recovery, RecoveryLine
from peibu.recovery.queries import dues, recoveries_for, recovery_with, waiting_rechecks
from peibu.recovery.tasks import end_periods
from tests.city import at
from tests.claims.claim_world import FEE, pay_month
from tests.claims.test_rechecks import take_back
from tests.recovery.recovery_world import (
    AFTER_APPEAL,
    BOTH,
    DECIDED,
    FOUND,
    OPENED,
    RECEIVED,
    TOLD,
)

pytestmark = pytest.mark.django_db
DAY = dt.date(2020, 12, 23)
NOW = at("2020-12-23 15:00")


def back(made, row, fen: int, now: dt.datetime = NOW, on: dt.date = DAY):
    return enter_return(recovery=row, amount_fen=fen, on=on, reference=made.number(), by=made.payer, at=now)


def book() -> dict[str, int]:
    """Role -> fen, over all accounts."""
    found: dict[str, int] = {}
    for role, fen in Account.objects.values_list("role", "balance_fen"):
        found[role] = found.get(role, 0) + fen
    return found


# Derivation


def test_each_person_is_derived_from_both_determinations(made):
    row = made.opened(*BOTH)
    assert (row.owed_fen, row.back_fen, row.case.state) == (2 * FEE, 0, "draft")
    line = row.lines.get(claim_line__person__name="恰六月")
    assert (line.paid_fen, line.due_fen, line.owed_fen) == (FEE, 0, FEE)
    assert line.before.decision == "pass"
    assert line.after.decision == "fail"
    assert line.clauses == ["QD97.1.2"]
    assert "缴费" in line.sentence
    assert "赵志远" not in [each.claim_line.person.name for each in row.lines.all()]
    assert row.case.steps.order_by("seq").last().rule_version


def test_the_claims_timeline_tells_of_it_once_the_party_was_told(made):
    row = made.opened()
    steps = made.claim.case.steps.filter(move="recovery")
    assert not steps.exists()  # the party reads that timeline
    made.move(row, "notify", made.reviewer, TOLD, "请核对后陈述意见。")
    assert steps.get().label == f"追回{row.case.number}：送达追回告知书"


def test_of_a_draft_that_came_to_nothing_the_party_reads_nothing(made):
    made.move(made.opened(), "drop_draft", made.reviewer, TOLD, "企业已提供材料")
    assert not made.claim.case.steps.filter(move="recovery").exists()


def test_an_unknown_result_is_no_reason_to_ask_for_money(made):
    [recheck] = made.rechecks("恰六月")
    after = recheck.after
    after.pk, after.decision, after.known_at = uuid7(), "unknown", after.known_at + dt.timedelta(minutes=1)
    after.save(force_insert=True)
    told = {"delta_fen": None, "lowers": True, "causes": ["evidence"], "sentence": "待核实", "changes": []}
    told |= {"state": "settled", "settlement": "recover", "reason": "x", "settled_by": made.reviewer.user}
    unknown = Recheck.objects.create(
        line=recheck.line, before=recheck.before, after=after, found_at=FOUND, settled_at=FOUND, **told
    )
    given = {"claim": made.claim, "nature": "party_error", "nature_reason": "误报", "by": made.reviewer, "at": OPENED}
    with pytest.raises(Refused, match="待核实"):
        open_from_rechecks(rechecks=[unknown], **given)
    assert not Recovery.objects.exists()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"nature": ""}, "未选择性质"),
        ({"nature_reason": " "}, "须写明理由"),
        ({"rechecks": []}, "未选择"),
    ],
)
def test_what_is_missing_is_said(made, changed, told):
    rows = made.rechecks("恰六月")
    given = {"claim": made.claim, "rechecks": rows, "nature": "party_error", "nature_reason": "误报"}
    with pytest.raises(Refused, match=told):
        open_from_rechecks(**(given | changed), by=made.reviewer, at=OPENED)


def test_who_approved_the_claim_or_is_of_another_place_opens_nothing(made, city):
    rows = made.rechecks("恰六月")
    told = {"claim": made.claim, "rechecks": rows, "nature": "party_error", "nature_reason": "误报", "at": OPENED}
    for by, why in ((made.world.approver, "审核岗"), (made.payer, "审核岗"), (made.world.hr, "审核岗")):
        with pytest.raises(Refused, match=why):
            open_from_rechecks(**told, by=by)


def test_a_recheck_is_taken_up_once_and_only_when_it_says_so(made):
    [row] = made.rechecks("恰六月")
    assert waiting_rechecks(made.reviewer).get() == row
    given = {"claim": made.claim, "nature": "party_error", "nature_reason": "误报", "by": made.reviewer, "at": OPENED}
    open_from_rechecks(rechecks=[row], **given)
    assert not waiting_rechecks(made.reviewer).exists()
    kept = made.rechecks("另六月", settlement="kept")
    with pytest.raises(Refused, match="没有定为"):
        open_from_rechecks(rechecks=kept, **given)


def test_no_line_gives_back_more_than_it_was_paid(made):
    row = made.opened()
    line = row.lines.get()
    told = {
        "recovery": row, "claim_line": ClaimLine.objects.get(person__name="赵志远"), "before": line.before,
        "clauses": ["QD97.6.3"], "sentence": "测试", "due_fen": 0,
    }  # fmt: skip
    with pytest.raises(IntegrityError, match="a_line_gives_back_at_most"), transaction.atomic():
        RecoveryLine.objects.create(**told, paid_fen=FEE + 1, owed_fen=FEE + 1)
    with pytest.raises(IntegrityError, match="owed_is_paid_less_due"), transaction.atomic():
        RecoveryLine.objects.create(**told, paid_fen=FEE, owed_fen=FEE - 1)
    RecoveryLine.objects.create(**told, paid_fen=FEE, owed_fen=FEE)  # negative control: what was paid may be asked for
    row.refresh_from_db()
    assert row.owed_fen == 2 * FEE


def test_two_recoveries_of_a_person_never_exceed_what_was_paid(made):
    made.told()
    finding = fraud(made)
    line = ClaimLine.objects.get(person__name="恰六月")
    told = {"finding": finding, "claim": made.claim, "nature": "fraud", "nature_reason": "冒名培训"}
    with pytest.raises(Refused, match="没有多付"):
        open_from_finding(lines=[line], by=made.reviewer, at=OPENED, **told)
    other = ClaimLine.objects.get(person__name="另六月")
    assert open_from_finding(lines=[other], by=made.reviewer, at=OPENED, **told).owed_fen == FEE


def test_what_was_told_is_not_rewritten(made):
    row = made.opened(*BOTH)
    leave_out(line=row.lines.first(), reason="另案处理", by=made.reviewer, at=OPENED)
    with pytest.raises(Refused, match="至少保留"):
        leave_out(line=row.lines.get(), reason="另案处理", by=made.reviewer, at=OPENED)
    row = made.move(row, "notify", made.reviewer, TOLD, "请核对。")
    assert row.owed_fen == FEE
    line = row.lines.get()
    for deed in (line.delete, lambda: RecoveryLine.objects.filter(pk=line.pk).update(owed_fen=1, paid_fen=1)):
        with pytest.raises(DatabaseError), transaction.atomic():
            deed()


# Error and fraud


def fraud(made, state: str = "fraud"):
    finding = note_finding(
        kind="near_duplicate_photo", subject_id=made.claim.cohort_id, division=made.claim.division,
        title="现场照片重复", evidence={}, key=f"k-{state}", at=FOUND,
    )  # fmt: skip
    told = {"state": state, "conclusion": "核查后认定未参加培训", "by": made.reviewer, "at": FOUND}
    return conclude(finding=finding, **told)


@pytest.mark.parametrize(
    ("state", "nature"), [("error", "fraud"), ("fraud", "party_error"), ("fraud", "office_error")]
)
def test_error_and_fraud_are_kept_apart(made, state, nature):
    lines = list(ClaimLine.objects.filter(person__name="赵志远"))
    told = {"claim": made.claim, "lines": lines, "nature": nature, "nature_reason": "理由", "by": made.reviewer}
    with pytest.raises(Refused, match="不一致"):
        open_from_finding(finding=fraud(made, state), at=OPENED, **told)


def test_a_finding_gives_the_whole_back_by_the_clause_of_the_process(made):
    lines = list(ClaimLine.objects.filter(person__name="赵志远"))
    told = {"claim": made.claim, "lines": lines, "nature": "fraud", "nature_reason": "伪造签到", "by": made.reviewer}
    row = open_from_finding(finding=fraud(made), at=OPENED, **told)
    [line] = row.lines.all()
    assert (line.owed_fen, line.clauses, line.after) == (FEE, ["QD97.6.3"], None)
    assert "未参加培训" in line.sentence
    explained = fraud(made, "explained")
    with pytest.raises(Refused, match="尚未认定"):
        open_from_finding(finding=explained, at=OPENED, **told)


# Notice and hearing


def test_the_letter_is_kept_and_the_days_run_from_receipt(made):
    row = made.told()
    letter = Document.objects.get(case=row.case, purpose="recovery_letter")
    with letter.file.open("rb") as file:
        assert file.read(5) == b"%PDF-"
    assert row.case.due_on == dt.date(2020, 12, 23)  # five working days to confirm receipt
    row = made.move(row, "receive", made.world.hr, RECEIVED)
    assert row.case.due_on == dt.date(2020, 12, 31)  # ten working days from the 17th: 18, 21-25, 28-31
    assert row.case.state == "hearing"


def test_silence_is_not_consent_before_its_day_is_over(made):
    row = made.told()
    assert end_periods(at=at("2020-12-23 23:59")) == []
    [case] = end_periods(at=at("2020-12-24 00:05"))
    assert case.state == "hearing"
    assert case.steps.order_by("-seq").first().reason == "期满未签收，视为送达"
    with pytest.raises(Refused, match="期满的次日"):
        made.move(row, "hearing_over", made.reviewer, at("2020-12-28 09:00"))
    [case] = end_periods(at=at("2021-01-11 00:05"))
    assert case.state == "answered"


# The decision


def test_another_natural_person_decides(made, city):
    row = made.answered()
    with pytest.raises(Refused, match="岗位"):
        made.move(row, "decide", made.reviewer, DECIDED, "理由")
    user = made.world.approver.user
    type(user).objects.filter(pk=user.pk).update(person_key=made.reviewer.person_key)
    user.refresh_from_db()
    with pytest.raises(Refused, match="同一自然人"):
        made.move(row, "decide", made.world.approver, DECIDED, "理由")


def test_nobody_decides_on_a_result_that_newer_evidence_doubts(made):
    row = made.answered()
    line = row.lines.get().claim_line
    from peibu.accounts.actor import SYSTEM
    from peibu.claims.actions.rechecks import recheck_line
    from tests.claims.claim_world import pay_month

    pay_month(
        line.person, made.claim.enterprise, dt.date(2020, 6, 1), dt.date(2020, 6, 9), known=at("2020-12-19 09:00")
    )
    assert recheck_line(line, by=SYSTEM, at=at("2020-12-20 09:00")) is not None
    with pytest.raises(Refused, match="新的复核"):
        made.move(row, "decide", made.world.approver, DECIDED, "理由")


# Appeal suspends


def test_nothing_is_booked_while_an_appeal_is_open(made):
    row = made.appealed()
    before = book()
    with pytest.raises(Refused, match="申诉复核"):
        back(made, row, FEE)
    assert book() == before
    assert not Receipt.objects.exists()
    row = made.move(row, "dismiss_appeal", made.bureau, at("2020-12-28 10:00"), "事实清楚")
    back(made, row, FEE, at("2020-12-28 15:00"), dt.date(2020, 12, 28))  # negative control
    assert book()["recovered"] == -FEE


def test_a_won_appeal_leaves_the_book_as_if_nothing_had_been_recovered(made):
    before = book()
    row = made.decided()
    back(made, row, 50_000)
    row = made.move(row, "appeal", made.world.hr, at("2020-12-24 10:00"), "社保局已更正")
    with pytest.raises(Refused, match="退还已收款项"):
        made.move(row, "uphold_appeal", made.bureau, at("2020-12-28 10:00"), "成立")
    row = made.move(row, "uphold_and_refund", made.bureau, at("2020-12-28 10:00"), "成立")
    told = {"recovery": row, "on": dt.date(2020, 12, 29), "by": made.payer, "at": at("2020-12-29 10:00")}
    with pytest.raises(Refused, match="不在0至"):
        give_again(amount_fen=50_001, reference="TH1", **told)
    give_again(amount_fen=50_000, reference="TH1", **told)
    row.refresh_from_db()
    row.case.refresh_from_db()
    assert (row.case.state, row.back_fen) == ("dropped", 0)
    after = book()
    assert {role: fen for role, fen in after.items() if fen} == {role: fen for role, fen in before.items() if fen}


def test_a_refund_is_paid_of_what_was_carried_over_to_the_new_year(made):
    row = made.decided()
    back(made, row, FEE - 1)
    fund = commitment_of(made.claim.case_id).fund
    row = made.move(row, "appeal", made.world.hr, at("2020-12-24 10:00"), "社保局已更正")
    row = made.move(row, "uphold_and_refund", made.bureau, at("2020-12-28 10:00"), "成立")
    year_end = {"fund": fund, "memo": "结转", "by": made.bureau, "source_id": uuid7()}
    carry_over(year=2020, amount_fen=free_in(fund, 2020), at=at("2021-01-04 10:00"), **year_end)
    before = free_in(fund, 2021)
    told = {"recovery": row, "on": dt.date(2021, 1, 8), "by": made.payer, "at": at("2021-01-08 10:00")}
    give_again(amount_fen=FEE - 1, reference="TH1", **told)
    assert (free_in(fund, 2020), free_in(fund, 2021)) == (0, before - FEE + 1)
    assert commitment_of(made.claim.case_id).recovered_fen == 0
    assert Entry.objects.get(kind="carry_back").postings.count() == 4


def test_a_refund_for_which_no_year_has_money_is_refused(made):
    row = made.decided()
    back(made, row, FEE - 1)
    fund = commitment_of(made.claim.case_id).fund
    row = made.move(row, "appeal", made.world.hr, at("2020-12-24 10:00"), "社保局已更正")
    row = made.move(row, "uphold_and_refund", made.bureau, at("2020-12-28 10:00"), "成立")
    lapse(
        fund=fund, year=2020, amount_fen=free_in(fund, 2020), memo="收回", by=made.bureau, source_id=uuid7(),
        at=at("2021-01-04 10:00"),
    )  # fmt: skip
    told = {"recovery": row, "on": dt.date(2021, 1, 8), "by": made.payer, "at": at("2021-01-08 10:00")}
    with pytest.raises(Refused, match="资金余额不足"):
        give_again(amount_fen=FEE - 1, reference="TH1", **told)
    assert not Entry.objects.filter(kind="carry_back").exists()


def test_one_appeal_within_its_days(made):
    row = made.decided()
    with pytest.raises(Refused, match="2021-01-05届满"):
        made.move(row, "appeal", made.world.hr, at("2021-01-06 00:01"), "迟到的申诉")
    row = made.move(row, "appeal", made.world.hr, at("2021-01-05 23:59"), "最后一日")
    row = made.move(row, "dismiss_appeal", made.bureau, at("2021-01-08 10:00"), "事实清楚")
    with pytest.raises(Refused, match="已经申诉过一次"):
        made.move(row, "appeal", made.world.hr, at("2021-01-08 11:00"), "再次申诉")


# Money


def test_the_last_fen_closes_the_case_and_nothing_comes_after(made):
    row = made.decided()
    first = back(made, row, FEE - 1)
    row.refresh_from_db()
    assert (row.open_fen, row.case.state) == (1, "decided")
    with pytest.raises(Refused, match="不在0至"):
        back(made, row, 2)
    back(made, row, 1)
    row = Recovery.objects.select_related("case").get()
    assert (row.back_fen, row.case.state) == (FEE, "settled")
    commitment = Commitment.objects.get(source_id=made.claim.case_id)
    assert (commitment.paid_fen, commitment.recovered_fen) == (3 * FEE, FEE)
    assert first.entry.kind == "recovery"
    assert Entry.objects.filter(kind="recovery").count() == 2
    labels = list(made.claim.case.steps.values_list("label", flat=True))
    assert any("款项已全部追回" in label for label in labels)
    with pytest.raises(Refused, match="不在0至"):
        back(made, row, 1)


def test_a_bank_number_is_one_receipt_and_receipts_stay(made):
    row = made.decided()
    told = {"recovery": row, "on": DAY, "reference": "TK1", "by": made.payer, "at": NOW}
    enter_return(amount_fen=100, **told)
    with pytest.raises(Refused, match="已经登记过"):
        enter_return(amount_fen=100, **told)
    with pytest.raises(DatabaseError), transaction.atomic():
        Receipt.objects.update(amount_fen=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        Receipt.objects.all().delete()


def test_who_decided_does_not_book_and_others_neither(made):
    row = made.decided()
    for by in (made.reviewer, made.world.approver, made.world.hr):
        with pytest.raises(Refused, match="资金拨付岗"):
            enter_return(recovery=row, amount_fen=1, on=DAY, reference="x", by=by, at=NOW)


def test_instalments_add_up_and_receipts_go_to_them_in_order(made):
    row = made.decided()
    parts = in_equal_parts(FEE, 7, dt.date(2021, 1, 5), 30)
    assert (sum(fen for _day, fen in parts), len({day for day, _fen in parts})) == (FEE, 7)
    told = {"recovery": row, "reason": "经营困难", "at": DECIDED}
    with pytest.raises(Refused, match="审批岗"):
        agree_instalments(parts=parts, by=made.reviewer, **told)
    with pytest.raises(Refused, match="之和"):
        agree_instalments(parts=parts[1:], by=made.world.approver, **told)
    agree_instalments(parts=parts, by=made.world.approver, **told)
    back(made, row, parts[0][1] + 5)
    row.refresh_from_db()
    assert [due.open_fen for due in dues(row)][:2] == [0, parts[1][1] - 5]
    assert sum(due.open_fen for due in dues(row)) == row.open_fen


# Who sees it


def test_a_party_sees_its_own_once_told_and_another_district_never(made, city):
    row = made.opened()
    assert not recoveries_for(made.world.hr).exists()
    made.move(row, "notify", made.reviewer, TOLD, "请核对。")
    assert recoveries_for(made.world.hr).get() == row
    stranger = city.actor("enterprise", next(u for u in city.loaded.firms.values() if u != made.world.enterprise))
    assert not recoveries_for(stranger).exists()
    assert recoveries_for(made.reviewer).exists()
    assert AFTER_APPEAL > DECIDED


def test_a_draft_given_up_leaves_its_recheck_waiting_and_another_may_take_it_up(made):
    [recheck] = made.rechecks("恰六月")
    told = {"claim": made.claim, "nature": "party_error", "nature_reason": "误报", "by": made.reviewer, "at": OPENED}
    assert list(waiting_rechecks(made.reviewer)) == [recheck]
    first = open_from_rechecks(rechecks=[recheck], **told)
    assert not waiting_rechecks(made.reviewer).exists()
    made.move(first, "drop_draft", made.reviewer, TOLD, "企业已提供材料")
    assert list(waiting_rechecks(made.reviewer)) == [recheck]
    second = open_from_rechecks(rechecks=[recheck], **told)
    assert second.owed_fen == first.owed_fen
    assert recovery_with(recheck) == second


def test_of_two_rechecks_of_a_person_only_the_last_is_recovered(made):
    """The earlier one asks for nothing that the last does not: it neither waits for ever nor is it asked for twice."""
    [first] = made.rechecks("恰六月")
    person, months = first.line.person, {"month": dt.date(2020, 6, 1), "paid_on": dt.date(2020, 6, 9)}
    pay_month(person, made.claim.enterprise, **months, kind="normal", known=at("2020-12-16 10:05"))
    [_more] = made.rechecks(settlement="pay_more", found=at("2020-12-16 10:10"))
    assert not waiting_rechecks(made.reviewer).exists()  # all due again: nothing is to be recovered
    take_back("恰六月", known=at("2020-12-16 10:15"))
    [last] = made.rechecks(found=at("2020-12-16 10:20"))
    assert list(waiting_rechecks(made.reviewer)) == [last]
    told = {"claim": made.claim, "nature": "party_error", "nature_reason": "误报", "by": made.reviewer, "at": OPENED}
    with pytest.raises(Refused, match="被其后的复核取代"):
        open_from_rechecks(rechecks=[first, last], **told)
    assert open_from_rechecks(rechecks=[last], **told).owed_fen == FEE
    assert not waiting_rechecks(made.reviewer).exists()
