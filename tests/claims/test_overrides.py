"""Exceptions to limits 'in principle' (ADR 0033): written from HD2.5.15b and the issue, not from the code."""

import datetime as dt
import io

import pypdf
import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from peibu.accounts.actor import SYSTEM
from peibu.accounts.models import Unit
from peibu.casework.actions import move_case
from peibu.claims.actions.drafts import draft_own_claim
from peibu.claims.actions.lines import judge_anew
from peibu.claims.actions.looks import look_at_line
from peibu.claims.actions.overrides import _finding, judge_override, propose_override, revoke_override
from peibu.claims.actions.statements import answer_for_office
from peibu.claims.models import Claim, Override, Place, Recheck
from peibu.claims.offers import offer_of
from peibu.claims.overrides import Wanted, narrowed, overridable, overrides_for, state_on
from peibu.claims.papers import letter_of
from peibu.claims.rechecks import judge_back, stops_payment
from peibu.kernel.errors import Refused
from peibu.ledger.actions import appropriate, open_funds
from tests.city import at
from tests.claims.override_world import DESK, HARD, RATE, RULE, UNTIL, certificate, fourth_claim
from tests.claims.test_claimants import HUANGDAO

pytestmark = pytest.mark.django_db
REASON = "该工种为园区急需，经培训主管科室研究"
NOW = at("2020-11-11 10:00")


@pytest.fixture
def world(city):
    return fourth_claim(city)


def propose(world, **other) -> Override:
    told = {"line": world.line, "rule": RULE, "reason": REASON, "expires_on": UNTIL, "by": world.reviewer, "at": NOW}
    return propose_override(**told | other)


def confirm(world, row=None, **other) -> Override:
    told = {"override": row or propose(world), "accept": True, "words": "核对会议纪要", "by": world.second}
    return judge_override(**told | {"at": at("2020-11-11 11:00")} | other)


def refused(match: str):
    return pytest.raises(Refused, match=match)


def test_the_fourth_of_a_year_waits_for_the_office_and_is_worth_nothing_yet(world):
    line = world.line
    assert (line.state, line.determination.decision, line.amount_fen) == ("pending", "fail", 0)
    assert [one["rule"] for one in overridable(line, [], at=NOW)] == [RULE]
    with refused("待核实|拟补贴"):
        move_case(case=world.claim.case, move="review", by=world.reviewer, at=NOW)


def test_confirmed_by_a_second_person_the_rules_give_the_amount(world):
    row = propose(world)
    assert world.line.state == "pending"  # proposed is not confirmed
    confirm(world, row)
    line = world.line
    assert (line.state, line.determination.decision, line.amount_fen) == ("included", "pass", RATE)
    told = next(one for one in line.determination.findings if one["rule"] == RULE)
    assert REASON in told["sentence"]
    assert world.second.user.name in told["sentence"]
    assert line.determination.facts["soft_reasons"] == {RULE: {"reason": REASON, "approver": world.second.user.name}}
    # beyond the three numbered places it is kept without a number
    place = Place.objects.get(entitlement__line=line, code="subsidies_this_year", released_at__isnull=True)
    assert place.ordinal is None
    labels = list(world.claim.case.steps.values_list("label", flat=True))
    assert any(label.startswith("提出例外") for label in labels)
    assert any(label.startswith("确认例外") for label in labels)


def test_a_hard_rule_is_never_overridable(world):
    with refused("硬性条件") as caught:
        propose(world, rule=HARD)
    assert caught.value.remedy
    with refused("没有这一条件"):
        propose(world, rule="no_such_rule")


def test_what_is_unknown_is_not_passed_by_an_exception(city):
    world = fourth_claim(city)
    line = world.line
    for status, match in (("unknown", "还缺资料"), ("pass", "已经符合")):
        line.determination.findings = [
            one | {"status": status} if one["rule"] == RULE else one for one in line.determination.findings
        ]
        with refused(match):
            _finding(line, RULE)


@pytest.mark.parametrize(
    ("told", "match"),
    [({"reason": " 急需 "}, "理由过短"), ({"expires_on": dt.date(2020, 11, 10)}, "已经过去")],
)
def test_reason_and_day_are_needed(world, told, match):
    with refused(match):
        propose(world, **told)


def test_one_at_a_time(world):
    row = propose(world)
    with refused("已有待确认"):
        propose(world)
    confirm(world, row)
    with refused("已经处理"):
        confirm(world, row)


def test_nobody_confirms_the_own_proposal_not_even_in_the_database(world):
    row = propose(world, by=world.second)
    with refused("提出了该例外"):
        confirm(world, row)
    with pytest.raises(IntegrityError, match="nobody_confirms_the_own_override"), transaction.atomic():
        Override.objects.filter(pk=row.pk).update(
            state="confirmed",
            judged_by=world.second.user,
            judged_key=row.proposed_key,
            judged_at=NOW,
            judged_words="好",
        )


def test_who_stated_a_fact_does_not_confirm_not_even_in_the_database(world):
    answer_for_office(
        claim=world.claim, values={"certificate_verified": True}, words="再次核对", by=world.second, at=NOW
    )
    row = propose(world)
    with refused("填报过"):
        confirm(world, row)
    with pytest.raises(IntegrityError, match="who_stated_a_fact"), transaction.atomic():
        Override.objects.filter(pk=row.pk).update(
            state="confirmed", judged_by=world.second.user, judged_key=world.second.person_key, judged_at=NOW,
            judged_words="好",
        )  # fmt: skip
    confirm(world, row, by=world.approver)  # the negative control: somebody who stated nothing may
    assert world.line.state == "included"


def test_another_district_and_the_applicant_may_not(world, city):
    row = propose(world)
    elsewhere = Unit.objects.filter(kind="agency").exclude(division=world.claim.case.agency.division).first()
    stranger = city.actor("agency_reviewer", elsewhere)
    with refused("不属于"):
        confirm(world, row, by=stranger)
    with refused("只有审核岗"):
        confirm(world, row, by=world.me)
    assert row in overrides_for(world.second)
    assert row not in overrides_for(stranger)


def test_rejected_it_changes_nothing_and_may_be_proposed_again(world):
    confirm(world, propose(world), accept=False)
    assert world.line.state == "pending"
    confirm(world, propose(world))
    assert world.line.state == "included"


def test_a_determination_after_the_day_does_not_use_it(world):
    confirm(world, propose(world, expires_on=dt.date(2020, 11, 12)))
    line = judge_anew(line=world.line, by=world.reviewer, at=at("2020-11-12 23:00"))
    assert line.state == "included"  # the day itself counts
    line = judge_anew(line=world.line, by=world.reviewer, at=at("2020-11-13 09:00"))
    assert (line.state, line.amount_fen) == ("pending", 0)
    row = Override.objects.get()
    assert state_on(row, dt.date(2020, 11, 12)) == "confirmed"
    assert state_on(row, dt.date(2020, 11, 13)) == "expired"
    assert propose(world, at=at("2020-11-13 10:00")).state == "proposed"


def test_looking_back_after_the_day_sees_what_the_determination_saw(world):
    confirm(world, propose(world, expires_on=dt.date(2020, 11, 12)))
    judged = judge_back(world.line, known_at=at("2021-03-01 09:00"))
    assert str(judged.judgement.decision) == "pass"


def test_revoked_at_the_desk_it_counts_no_more(world):
    row = confirm(world)
    with refused("理由"):
        revoke_override(override=row, why=" ", by=world.approver, at=at("2020-11-11 12:00"))
    revoke_override(override=row, why="会议纪要有误", by=world.approver, at=at("2020-11-11 12:00"))
    assert (world.line.state, world.line.amount_fen) == ("pending", 0)
    with refused("已经结束"):
        revoke_override(override=row, why="再撤", by=world.approver, at=at("2020-11-11 13:00"))
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Override.objects.filter(pk=row.pk).update(state="confirmed")


def approved(world) -> Claim:
    look_at_line(line=world.line, by=world.reviewer, at=at("2020-11-11 14:00"))
    move_case(case=world.claim.case, move="review", by=world.reviewer, at=at("2020-11-11 14:00"))
    (fund,) = open_funds(policy=HUANGDAO, on=dt.date(2020, 11, 11), division=world.claim.case.division)
    appropriate(
        fund=fund, amount_fen=10 * RATE, by=SYSTEM, at=at("2020-11-11 15:00"), document_number="青财〔2020〕1号",
        memo="下达", source_id=world.claim.pk,
    )  # fmt: skip
    move_case(case=world.claim.case, move="approve", by=world.approver, at=at("2020-11-12 09:00"))
    return Claim.objects.select_related("case").get(pk=world.claim.pk)


def test_revoked_after_the_decision_a_recheck_stops_the_money(world):
    row = confirm(world)
    claim = approved(world)
    assert stops_payment(claim)
    revoke_override(override=row, why="会议纪要系伪造", by=world.reviewer, at=at("2020-11-13 09:00"))
    recheck = Recheck.objects.get(line=world.line)
    assert (recheck.lowers, recheck.causes) == (True, ["excuse"])
    assert not stops_payment(claim)
    assert world.line.determination.decision == "pass"  # what was determined stays


def test_it_stands_in_the_decision_letter(world):
    confirm(world)
    pdf = letter_of(approved(world))
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    flat = "".join(text.split())
    assert "".join(REASON.split()) in flat
    assert "其余条件均符合" in flat


def test_the_list_is_found_by_fragment_policy_and_state(world):
    row, on = confirm(world), NOW.date()
    rows = overrides_for(world.second)
    for wanted, found in (
        (Wanted(), True), (Wanted(text="庄一 急需"), True), (Wanted(text="庄一 不存在"), False),
        (Wanted(policy=HUANGDAO), True), (Wanted(policy="weihai/gold_collar_2019"), False),
        (Wanted(state="confirmed"), True), (Wanted(state="expired"), False), (Wanted(state="revoked"), False),
    ):  # fmt: skip
        assert (row in narrowed(rows, wanted, on=on)) == found, wanted
    assert row in narrowed(rows, Wanted(state="expired"), on=dt.date(2021, 1, 1))


def test_a_hard_failure_beside_it_is_left_out_and_not_the_offices_to_excuse(world, city):
    """Negative control of the new way of a line: one hard failure, and nothing waits for an exception."""
    held = certificate(city, world.line.person, 9, until=dt.date(2020, 10, 1))
    offer = offer_of(HUANGDAO, "special_operations")
    claim = draft_own_claim(offer=offer, held=held, by=world.me, at=DESK)
    assert claim.lines.get().state == "left_out"
