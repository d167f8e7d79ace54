"""Whose hand moves an application on, and on what ground: the bureau of the call, the place of the policy."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from peibu.accounts.actor import Actor
from peibu.accounts.models import Assignment, Division, Unit, User
from peibu.accreditation.actions.applications import hand_in, start_application, write_answers
from peibu.accreditation.actions.calls import publish_call
from peibu.accreditation.actions.decisions import assent, words_of
from peibu.accreditation.facts import judge_application, obstacles, terms_for
from peibu.accreditation.models import Application, Assent, Expert, Holding, Score
from peibu.casework.actions import move_case
from peibu.casework.notices import close_due_notices
from peibu.casework.objections import raise_objection
from peibu.kernel.errors import Refused
from peibu.rulebook import Status
from tests.accreditation.call_world import OPENED, Calling
from tests.accreditation.test_other_policies import evaluate, weihai_base
from tests.city import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(city):
    return Calling(city)


@pytest.fixture
def district(world):
    """A base of Weihai, its experts in the library of the district."""
    world.division = Division.objects.get(code="370281")
    Expert.objects.update(division=world.division)
    return world


def constraint(error) -> str:
    return error.value.__cause__.diag.constraint_name


def refused(case, move, by, when, match, reason="办理"):
    case.refresh_from_db()
    state = case.state
    with pytest.raises(Refused, match=match):
        move_case(case=case, move=move, by=by, at=at(when), reason=reason)
    case.refresh_from_db()
    assert case.state == state


# The bureau of the call


def test_no_other_bureau_moves_an_application_on(world):
    """An account of the right role at another bureau of the same city."""
    call, finance = world.call(), world.bureaus["finance"]
    row = world.submitted(call)
    refused(row.case, "return", finance, "2020-10-15 09:00", "其他单位")
    world.scored(world.drawn(call), row)
    refused(row.case, "evaluate", finance, "2020-11-03 09:00", "其他单位")
    world.evaluated(row)
    refused(row.case, "refuse", finance, "2020-11-04 09:00", "其他单位")
    world.agreed(row)
    notice = world.on_notice(call, row)
    clerk = User.objects.create_user("finance-2", "x", name="甲", person_key="f" * 64, created_at=OPENED)
    Assignment.objects.create(user=clerk, role="city_bureau", unit=finance.unit, valid_from=OPENED.date())
    finance = Actor(clerk, "city_bureau", finance.unit)  # the first one has spoken: another natural person
    refused(row.case, "object", finance, "2020-11-06 09:00", "其他单位")
    raise_objection(
        notice=notice, line=notice.lines.get(), text="该单位的实训设备是租来的，请核实", at=at("2020-11-06 09:00")
    )
    refused(row.case, "settle_objection", finance, "2020-11-09 09:00", "其他单位")


def test_no_other_bureau_ends_the_notice_or_lists(world):
    call, finance = world.call(), world.bureaus["finance"]
    row = world.submitted(call)
    world.scored(world.drawn(call), row)
    world.evaluated(row)
    world.agreed(row)
    world.on_notice(call, row)
    refused(row.case, "end_notice", finance, "2020-11-13 09:00", "其他单位")
    close_due_notices(at=at("2020-11-13 09:00"))
    refused(row.case, "list", finance, "2020-11-13 10:00", "其他单位")
    assert world.listed(call, row).units.count() == 1


def test_a_bureau_calls_only_where_the_policy_applies(world):
    with pytest.raises(Refused, match="该政策不适用于"):
        publish_call(
            policy="jinan/internet_plus_2020", subject="platform_evaluation", title="平台征集", about="", fields=[],
            opens_on=dt.date(2020, 5, 6), closes_on=dt.date(2020, 5, 15), by=world.hrss, at=at("2020-05-06 09:00"),
        )  # fmt: skip


# Whose word counts


def evaluated_base(district):
    call, row, by, when, _conditions = weihai_base(district)
    for kind, title in (("theory_teacher", "senior_title"), ("practice_teacher", "senior_instructor")):
        Holding.objects.create(application=row, kind=kind, name="甲", qualification=title)
    hand_in(application=row, by=by, at=when)
    evaluate(district, call, row, district.approver, freeze=at("2019-11-09 09:00"), scored=at("2019-11-11 09:00"))
    return call, row


def test_a_bureau_of_another_place_has_no_word(district):
    _call, row = evaluated_base(district)
    elsewhere = Unit.objects.filter(kind="hrss", division__kind="district").exclude(division=district.division).first()
    stranger = district.city.actor("hrss_approver", elsewhere)
    for by in (stranger, district.hrss):
        with pytest.raises(Refused, match="胶州市的部门决定"):
            assent(application=row, agrees=True, by=by, at=at("2019-11-12 09:00"))
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        Assent.objects.create(
            application=row, bureau=elsewhere, agrees=True, by=stranger.user, at=at("2019-11-12 09:00")
        )
    assert constraint(error) == "a_bureau_speaks_for_its_own_place"


def test_the_citys_word_does_not_replace_the_districts(district):
    """Both are bureaus of the same kind: only the one of the place that decides is read."""
    _call, row = evaluated_base(district)
    when = at("2019-11-12 09:00")
    assent(application=row, agrees=False, reason="场地不足", by=district.second, at=when)
    Assent.objects.create(
        application=row, bureau=district.hrss.unit, agrees=True, by=district.hrss.user, at=at("2019-11-12 10:00")
    )
    terms = terms_for(row, on=when.date())
    assert words_of(row, terms)["hrss"].agrees is False


# What was scored stays


def test_what_has_a_score_is_not_returned_nor_rewritten(world):
    call = world.call()
    row = world.submitted(call)
    panel = world.drawn(call)
    world.score(panel.places.first(), row, 8)
    refused(row.case, "return", world.hrss, "2020-11-03 09:00", "已有专家评分")


def test_the_database_keeps_what_was_scored(world):
    call = world.call()
    row = world.submitted(call)
    panel = world.drawn(call)
    move_case(case=row.case, move="return", by=world.hrss, at=at("2020-11-01 09:00"), reason="请补正")
    row.refresh_from_db()
    Application.objects.filter(pk=row.pk).update(reasons={})
    Score.objects.create(
        seat=panel.places.first(), application=row, marks={}, total=40, out_of=50, comment="x",
        submitted_at=at("2020-11-02 09:00"),
    )  # fmt: skip
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        Application.objects.filter(pk=row.pk).update(facts={})
    assert constraint(error) == "an_application_is_frozen_once_handed_in"
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        Holding.objects.create(application=row, kind="licence", name="后补")
    assert constraint(error) == "what_an_application_rests_on_is_frozen"


# A reason excuses what is not met, never what nobody knows


def test_an_unknown_condition_is_not_excused_by_a_reason(district):
    _call, row, by, when, conditions = weihai_base(district)

    def open_rules(facts):
        write_answers(application=row, facts=facts, reasons={"base_conditions_met": "已签共用协议"}, by=by, at=when)
        fresh = Application.objects.get(pk=row.pk)
        judgement = judge_application(fresh, at=when)
        status = {finding.rule: finding.status for finding in judgement.findings}["base_conditions_met"]
        return status, {finding.rule for finding in obstacles(fresh, judgement, on=when.date(), final=True)}

    status, rules = open_rules({"base_conditions": conditions[:-1]})
    assert (status, "base_conditions_met" in rules) == (Status.FAIL, False)
    Application.objects.filter(pk=row.pk).update(facts={})
    status, rules = open_rules({})
    assert (status, "base_conditions_met" in rules) == (Status.UNKNOWN, True)


# A refusal has its ground


def test_who_passed_and_has_everybodys_yes_is_not_refused(world):
    call = world.call()
    row = world.submitted(call)
    world.scored(world.drawn(call), row)
    world.evaluated(row)
    world.agreed(row)
    refused(row.case, "refuse", world.hrss_second, "2020-11-05 09:00", "没有不予列入的依据", "不想列入")


def test_one_bureaus_no_is_a_ground(world):
    call = world.call()
    row = world.submitted(call)
    world.scored(world.drawn(call), row)
    world.evaluated(row)
    assent(application=row, agrees=False, reason="收费不明", by=world.bureaus["finance"], at=at("2020-11-04 09:00"))
    move_case(case=row.case, move="refuse", by=world.hrss_second, at=at("2020-11-05 09:00"), reason="财政局不同意")


def test_an_objection_that_was_not_upheld_is_no_ground(world):
    call = world.call()
    row = world.submitted(call)
    world.scored(world.drawn(call), row)
    world.evaluated(row)
    world.agreed(row)
    notice = world.on_notice(call, row)
    told = raise_objection(
        notice=notice, line=notice.lines.get(), text="该单位的实训设备是租来的", at=at("2020-11-06 09:00")
    )
    refused(row.case, "refuse", world.hrss_second, "2020-11-09 09:00", "没有不予列入的依据", "有异议")
    move_case(case=told.case, move="investigate", by=world.hrss, at=at("2020-11-09 09:00"), reason="核查")
    move_case(case=told.case, move="uphold", by=world.hrss_second, at=at("2020-11-09 10:00"), reason="属实")
    move_case(case=row.case, move="refuse", by=world.hrss_second, at=at("2020-11-09 12:00"), reason="异议成立")


# After a withdrawal


def test_who_withdrew_applies_again_while_the_call_runs(world):
    call = world.call()
    first = world.submitted(call)
    move_case(case=first.case, move="withdraw", by=world.applicant, at=at("2020-10-15 09:00"), reason="材料有误")
    second = world.submitted(call)
    assert second.pk != first.pk
    assert (second.case.state, second.position) == ("submitted", 2)
    assert start_application(call=call, by=world.applicant, at=OPENED).pk == second.pk
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        Application.objects.filter(pk=first.pk).update(live=True)
    assert constraint(error) == "a_unit_applies_once_to_a_call"
