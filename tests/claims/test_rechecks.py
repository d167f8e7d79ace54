"""Re-checks: later evidence re-opens a kept determination and gives the difference (ADR 0013)."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from peibu.accounts.actor import SYSTEM
from peibu.casework.actions import keep_determination
from peibu.casework.models import Determination
from peibu.claims.actions.rechecks import recheck_lines, settle_recheck
from peibu.claims.models import ClaimLine, Recheck
from peibu.claims.rechecks import compare, judgement_of, lines_with_an_answer, stops_payment, with_later_evidence
from peibu.demo.loader.corrections import correct_after_payment
from peibu.kernel.errors import Refused
from peibu.kernel.ids import uuid7
from peibu.ledger.actions import pay
from peibu.ledger.queries import commitment_of
from peibu.programmes.models import EnteredRate
from peibu.programmes.rates import policy_as_known
from peibu.registry.models import Employment, InsuranceMonth
from peibu.training.models import CertificateRevocation
from tests.city import at
from tests.claims.claim_world import FEE, build, pay_month
from tests.programmes.conftest import waiting  # noqa: F401  (a policy whose amount waits for a rate)

pytestmark = pytest.mark.django_db
LATER = at("2020-12-20 10:00")
CORRECTED = at("2020-12-15 09:00")
JUNE = dt.date(2020, 6, 1)


def three_people(city):
    world = build(city)
    world.person("恰六月", months=6)
    world.person("只五月", months=5)
    world.person("十二月")
    world.certify()
    return world


@pytest.fixture(scope="module")
def built(worlds):
    return worlds.build(three_people)


@pytest.fixture
def world(built, handed):
    return handed(built)


def line_of(name: str) -> ClaimLine:
    return ClaimLine.objects.select_related("person", "claim__case").get(person__name=name)


def take_back(name: str, month: dt.date = JUNE, known: dt.datetime = CORRECTED) -> None:
    """The bureau tells that a contribution it had reported was reversed."""
    line = line_of(name)
    pay_month(line.person, line.claim.enterprise, month, month.replace(day=9), "reversed", known=known)


def revoke(world, name: str, when: dt.datetime) -> None:
    certificate = line_of(name).certificate
    by = world.approver.user
    CertificateRevocation.objects.create(certificate=certificate, reason="冒名", revoked_at=when, revoked_by=by)


def touched(now: dt.datetime = LATER) -> list[str]:
    return [line.person.name for line in with_later_evidence(lines_with_an_answer(), at=now)]


def look(now: dt.datetime = LATER) -> list[Recheck]:
    return recheck_lines(with_later_evidence(lines_with_an_answer(), at=now), by=SYSTEM, at=now)


def paid(world):
    claim = world.on_notice()
    commitment, now = commitment_of(claim.case_id), at("2020-11-25 10:00")
    told = {"amount_fen": claim.approved_fen, "source_id": claim.pk, "memo": "拨付", "by": SYSTEM, "at": now}
    pay(commitment=commitment, **told)
    ClaimLine.objects.filter(claim=claim, state="included").update(state="paid")
    return claim


# Finding


def test_nothing_new_means_nobody_is_judged_again(world):
    world.submitted()
    assert touched() == []
    assert look() == []


def test_a_month_taken_back_after_payment_opens_a_recheck_and_is_recovered(world):
    paid(world)
    then = line_of("恰六月").determination
    take_back("恰六月")
    assert touched() == ["恰六月"]
    [row] = look()
    assert (row.before_id, row.after.decision, row.after.on) == (then.pk, "fail", then.on)
    assert row.after.known_at == LATER > then.known_at
    assert (row.delta_fen, row.lowers, row.causes) == (-FEE, True, ["evidence"])
    assert "减少1800元" in row.sentence
    assert [change["rule"] for change in row.changes] == ["insured_long_enough"]
    then.refresh_from_db()
    assert (then.decision, then.amount_fen) == ("pass", FEE)
    with pytest.raises(Refused, match="理由"):
        settle_recheck(recheck=row, settlement="recover", reason=" ", by=world.second_reviewer, at=LATER)
    settle_recheck(recheck=row, settlement="recover", reason="社保冲销，应退回", by=world.second_reviewer, at=LATER)
    row.refresh_from_db()
    assert (row.state, row.settlement, row.settled_by) == ("settled", "recover", world.second_reviewer.user)
    assert list(line_of("恰六月").claim.case.steps.order_by("seq").values_list("move", flat=True))[-2:] == [
        "recheck", "settle_recheck",
    ]  # fmt: skip


def test_a_month_in_arrears_that_arrives_late_lets_somebody_pass(world):
    world.submitted()
    line = line_of("只五月")
    assert line.state == "left_out"
    pay_month(line.person, line.claim.enterprise, JUNE, dt.date(2020, 8, 9), "arrears", known=CORRECTED)
    [row] = look()
    assert (row.before.decision, row.after.decision, row.delta_fen, row.lowers) == ("fail", "pass", FEE, False)
    assert bool(stops_payment(line.claim))
    with pytest.raises(Refused, match="不能选择"):
        settle_recheck(recheck=row, settlement="recover", reason="试", by=world.reviewer, at=LATER)
    settle_recheck(recheck=row, settlement="pay_more", reason="补缴已核实", by=world.reviewer, at=LATER)
    assert look(at("2020-12-21 10:00")) == []


def test_a_late_row_that_changes_no_answer_opens_nothing_and_is_looked_at_once(world):
    world.submitted()
    take_back("十二月", dt.date(2019, 12, 1))
    assert touched() == ["十二月"]
    assert look() == []
    assert touched(at("2020-12-21 10:00")) == []


def test_a_corrected_contract_and_a_revoked_certificate_are_found(world):
    world.submitted()
    row = Employment.objects.get(person__name="恰六月")
    row.pk, row.registered_on, row.known_at = None, None, CORRECTED
    Employment.objects.bulk_create([row])
    revoke(world, "十二月", CORRECTED)
    found = {row.line.person.name: {change["rule"] for change in row.changes} for row in look()}
    assert "certificate_held" in found["十二月"]
    assert any("register" in rule or "employ" in rule for rule in found["恰六月"])


# What stands open


def test_the_old_result_closes_the_recheck_by_itself(world):
    paid(world)
    take_back("恰六月")
    [row] = look()
    line = row.line
    pay_month(line.person, line.claim.enterprise, JUNE, JUNE.replace(day=9), known=at("2020-12-21 08:00"))
    assert look(at("2020-12-21 10:00")) == []
    row.refresh_from_db()
    assert (row.state, row.settlement, row.settled_by) == ("settled", "same_again", None)
    assert "一致" in row.reason


def test_a_newer_difference_takes_the_place_of_the_open_one(world):
    paid(world)
    take_back("恰六月")
    [first] = look()
    revoke(world, "恰六月", at("2020-12-21 08:00"))
    [second] = look(at("2020-12-21 10:00"))
    first.refresh_from_db()
    assert (first.settlement, second.state) == ("replaced", "open")


def test_what_was_kept_is_not_opened_again_for_the_same_reason(world):
    paid(world)
    take_back("恰六月")
    [row] = look()
    settle_recheck(recheck=row, settlement="kept", reason="冲销有误，正在更正", by=world.reviewer, at=LATER)
    again = at("2020-12-21 10:00")
    assert recheck_lines(lines_with_an_answer(), by=SYSTEM, at=again) == []
    revoke(world, "恰六月", at("2020-12-22 08:00"))
    assert len(look(at("2020-12-22 10:00"))) == 1


def test_an_accepted_result_is_what_the_next_recheck_compares_with(world):
    paid(world)
    take_back("恰六月")
    [row] = look()
    settle_recheck(recheck=row, settlement="recover", reason="应退回", by=world.reviewer, at=LATER)
    again = at("2020-12-21 10:00")
    assert recheck_lines(lines_with_an_answer(), by=SYSTEM, at=again) == []
    line = row.line
    pay_month(line.person, line.claim.enterprise, JUNE, JUNE.replace(day=9), known=at("2020-12-22 08:00"))
    [back] = look(at("2020-12-22 10:00"))
    assert (back.before_id, back.delta_fen, back.lowers) == (row.after_id, FEE, False)


# Money


def test_less_money_stops_payment_until_somebody_decides(world):
    claim = world.on_notice()
    assert stops_payment(claim)
    take_back("恰六月", known=at("2020-11-20 08:00"))
    now = at("2020-12-01 09:00")
    [row] = look(now)
    told = stops_payment(claim)
    assert not told
    assert "恰六月" in told.reason
    with pytest.raises(Refused, match="结论复核"):
        world.move(claim, "end_notice", world.reviewer, now)
    with pytest.raises(Refused, match="不能选择"):
        settle_recheck(recheck=row, settlement="recover", reason="试", by=world.reviewer, at=now)
    settle_recheck(recheck=row, settlement="corrected", reason="社保已冲销", by=world.reviewer, at=now)
    line = line_of("恰六月")
    assert (line.state, line.amount_fen, line.claim.approved_fen) == ("removed", 0, FEE)
    assert not line.entitlements.filter(released_at__isnull=True).exists()
    assert stops_payment(claim)


# Who


def test_who_approved_or_is_of_another_district_does_not_settle(world, city):
    paid(world)
    take_back("恰六月")
    [row] = look()
    other = build(city, firm=4, nth=1)
    for actor, told in (
        (other.reviewer, "不属于"),
        (world.approver, "只有审核岗"),
        (world.hr, "只有审核岗"),
    ):
        with pytest.raises(Refused, match=told):
            settle_recheck(recheck=row, settlement="kept", reason="试", by=actor, at=LATER)
    with pytest.raises(IntegrityError, match="who_approved_does_not_settle"), transaction.atomic():
        Recheck.objects.filter(pk=row.pk).update(
            state="settled", settlement="kept", reason="试", settled_by=world.approver.user, settled_at=LATER
        )


# The database


@pytest.mark.parametrize(
    ("values", "name"),
    [
        (
            {"state": "settled", "settlement": "same_again", "settled_at": LATER},
            "a_settled_recheck_has_result_reason_and_time",
        ),
        ({"reason": "试"}, "a_settled_recheck_has_result_reason_and_time"),
        (
            {"state": "settled", "settlement": "kept", "reason": "试", "settled_at": LATER},
            "a_person_settles_a_recheck_or_the_evidence_does",
        ),
        (
            {"state": "settled", "settlement": "same_again", "reason": "试", "settled_at": at("2020-12-01 08:00")},
            "a_recheck_is_settled_after_it_was_found",
        ),
    ],
)
def test_the_database_holds_the_form_of_a_settlement(world, values, name):
    paid(world)
    take_back("恰六月")
    [row] = look()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Recheck.objects.filter(pk=row.pk).update(**values)


def test_the_database_keeps_one_open_recheck_per_line_and_what_it_found(world):
    paid(world)
    take_back("恰六月")
    [row] = look()
    copy = {
        name: getattr(row, name) for name in ("line", "before", "after", "lowers", "causes", "changes", "found_at")
    }
    with pytest.raises(IntegrityError, match="one_open_recheck_per_line"), transaction.atomic():
        Recheck.objects.create(**copy, sentence="又")
    swapped = copy | {"before": row.after, "after": row.before}
    with pytest.raises(IntegrityError, match="looks_back_at_one_case"), transaction.atomic():
        Recheck.objects.create(**swapped, sentence="反")
    for spoil in (lambda: Recheck.objects.update(sentence="改"), lambda: Recheck.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            spoil()
    settle_recheck(recheck=row, settlement="recover", reason="应退回", by=world.reviewer, at=LATER)
    with pytest.raises(DatabaseError, match="settled_stays_settled"), transaction.atomic():
        Recheck.objects.update(reason="改")
    assert Determination.objects.filter(pk=row.before_id, decision="pass").exists()


def test_only_less_money_is_recovered(world):
    world.submitted()
    line = line_of("只五月")
    pay_month(line.person, line.claim.enterprise, JUNE, dt.date(2020, 8, 9), "arrears", known=CORRECTED)
    [row] = look()
    with pytest.raises(IntegrityError, match="only_less_money_is_recovered"), transaction.atomic():
        Recheck.objects.filter(pk=row.pk).update(
            state="settled", settlement="recover", reason="试", settled_by=world.reviewer.user, settled_at=LATER
        )
    assert InsuranceMonth.objects.filter(kind="arrears", month=JUNE).exists()


# Rates and speed


def test_an_entered_rate_turns_unknown_into_pass_and_is_the_cause(waiting, city):  # noqa: F811
    asked = {"score": 60, "by_agreement": True, "level": "technician"}
    day = dt.date(2019, 11, 1)
    EnteredRate.objects.create(
        policy=waiting, table="standard_fen", key="technician", valid=DateRange(day, None), value=150_000,
        cite="某字〔2019〕47号", entered_by=city.actor("city_bureau").user, entered_at=CORRECTED,
    )  # fmt: skip
    earlier, now = (
        policy_as_known(waiting, known_at=moment).judge("claim", asked, on=day, known_at=moment)
        for moment in (at("2020-12-01 09:00"), LATER)
    )
    kept = keep_determination(subject_id=uuid7(), judgement=earlier, known_at=earlier.known_at, by=SYSTEM, at=LATER)
    found = compare(judgement_of(kept), now)
    assert (str(found.before), str(found.after), found.after_fen) == ("unknown", "pass", 150_000)
    assert found.because == ("rate",)


def test_a_rate_of_the_policy_has_its_lines_looked_at(world, city):
    world.submitted()
    EnteredRate.objects.create(
        policy=world.cohort.policy, table="x", key="x", valid=DateRange(JUNE, None), value=1,
        cite="x", entered_by=city.actor("city_bureau").user, entered_at=CORRECTED,
    )  # fmt: skip
    assert touched() == ["恰六月", "只五月", "十二月"]


def test_the_demo_plants_a_correction_after_payment(world):
    paid(world)
    [row] = correct_after_payment(at=LATER)
    assert (row.lowers, row.state, row.line.position) == (True, "open", 1)


def test_the_look_for_later_evidence_is_a_handful_of_queries_however_many_lines(world, django_assert_max_num_queries):
    world.submitted()
    take_back("恰六月")
    with django_assert_max_num_queries(3):
        assert touched() == ["恰六月"]
