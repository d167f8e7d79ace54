"""From the call to the published list (QD97.2.1 to 2.4): what the document asks for, deed by deed."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from peibu.accounts.actor import Actor
from peibu.accreditation.actions.applications import answer, ask, hand_in, keep_evidence, start_application
from peibu.accreditation.actions.decisions import assent, publish_notice
from peibu.accreditation.actions.panels import (
    commit_panel,
    declare_interest,
    draw_panel,
    freeze_pool,
    order_of_panel,
    recuse,
)
from peibu.accreditation.checks import checks_of
from peibu.accreditation.models import Application, Assent, Call, Expert, Holding, Panel, PoolEntry, Score, Seat
from peibu.accreditation.results import MODERATION, open_scores, result_of, round_of
from peibu.casework.actions import move_case
from peibu.casework.models import Determination, NoticeLine
from peibu.casework.objections import raise_objection
from peibu.kernel import draw
from peibu.kernel.errors import Refused
from peibu.programmes.models import PublishedList
from peibu.programmes.queries import is_listed
from peibu.rulebook import NotInForce
from tests.accreditation.call_world import CLOSED, OPENED, PARTS, Calling, paper
from tests.city import POLICY, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(city):
    return Calling(city)


def constraint(error) -> str:
    return error.value.__cause__.diag.constraint_name


# The call


def test_only_the_leading_bureau_calls_and_only_while_the_policy_is_in_force(world):
    with pytest.raises(Refused, match="牵头部门"):
        world.call(by=world.bureaus["finance"])
    with pytest.raises(Refused, match="不负责"):
        world.call(by=world.city.actor("agency_reviewer"))
    with pytest.raises(Refused, match="早于"):
        world.call(closes_on=dt.date(2020, 10, 11))
    with pytest.raises(NotInForce):
        world.call(opens_on=dt.date(2020, 9, 1))
    assert not Call.objects.exists()


def test_a_published_call_stays_as_it_is(world):
    call = world.call()
    with pytest.raises(DatabaseError), transaction.atomic():
        Call.objects.filter(pk=call.pk).update(closes_on=dt.date(2021, 1, 1))


# The application


def test_an_incomplete_application_names_what_is_missing(world):
    call = world.call()
    row = start_application(call=call, by=world.applicant, at=OPENED)
    with pytest.raises(Refused) as refused:
        hand_in(application=row, by=world.applicant, at=OPENED)
    assert "培训方案" in refused.value.message
    assert "法人登记证书或营业执照" in refused.value.message
    row = world.filled(call, world.conflicted, parts=PARTS[:-1])
    with pytest.raises(Refused, match="结业评价标准"):
        hand_in(application=row, by=world.conflicted, at=OPENED)


def test_a_complete_application_is_handed_in_with_its_determination_and_frozen(world):
    row = world.submitted(world.call())
    assert row.case.state == "submitted"
    kept = Determination.objects.get(subject_id=row.pk)
    assert (kept.subject, kept.decision) == ("provider", "pass")
    # the registers answered what nobody was asked for (QD97.2.1)
    assert kept.facts["institution_kind"] == "technician_college"
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        Application.objects.filter(pk=row.pk).update(facts={})
    assert constraint(error) == "an_application_is_frozen_once_handed_in"
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        Holding.objects.create(application=row, kind="licence", name="后补")
    assert constraint(error) == "what_an_application_rests_on_is_frozen"
    with pytest.raises(Refused, match="已提交"):
        keep_evidence(
            application=row, item="training_plan", name="a.pdf", content=paper(), by=world.applicant, at=OPENED
        )


def test_a_base_needs_one_of_the_three_qualities_of_the_registers(world):
    """QD97.2.2: whatever the enterprise writes, the registers answer."""
    call = world.call("base", title="第二批实训基地征集")
    on_list = world.city.actor("enterprise", world.city.loaded.firms[1])
    never = world.city.actor("enterprise", world.city.loaded.firms[9])
    good, bad = world.filled(call, on_list), world.filled(call, never)
    hand_in(application=good, by=on_list, at=at("2020-10-14 09:00"))
    with pytest.raises(Refused):
        hand_in(application=bad, by=never, at=at("2020-10-14 09:00"))


def test_applying_is_for_the_roles_and_the_period_of_the_call_and_twice_is_once(world):
    call = world.call()
    with pytest.raises(Refused, match="不面向"):
        start_application(call=call, by=world.city.actor("enterprise"), at=OPENED)
    with pytest.raises(Refused, match="已于2020-10-30截止"):
        start_application(call=call, by=world.applicant, at=at("2020-10-31 00:01"))
    first = start_application(call=call, by=world.applicant, at=OPENED)
    assert start_application(call=call, by=world.applicant, at=OPENED).pk == first.pk


def test_a_licence_that_ran_out_fails_and_a_missing_one_is_unknown(world):
    row = world.filled(world.call())
    found = {check.label: check.decision for check in checks_of(row, on=dt.date(2020, 10, 14))}
    assert found["统一社会信用代码"] == "pass"
    assert found["证书：事业单位法人证书"] == "pass"
    assert found["师资"] == "unknown"
    Holding.objects.filter(application=row).update(valid_until=dt.date(2019, 12, 31))
    row = Application.objects.get(pk=row.pk)
    found = {check.label: check.decision for check in checks_of(row, on=dt.date(2020, 10, 14))}
    assert found["证书：事业单位法人证书"] == "fail"


# The draw


def test_commit_then_freeze_then_draw_and_in_no_other_order(world):
    call = world.call()
    world.submitted(call)
    panel = commit_panel(call=call, by=world.hrss, at=at("2020-10-20 09:00"))
    assert panel.seed == ""
    with pytest.raises(Refused, match="尚未锁定"):
        draw_panel(panel=panel, by=world.hrss, at=CLOSED)
    with pytest.raises(Refused, match="才截止"):
        freeze_pool(panel=panel, by=world.hrss, at=at("2020-10-30 23:59"))
    panel = draw_panel(panel=freeze_pool(panel=panel, by=world.hrss, at=CLOSED), by=world.hrss, at=CLOSED)
    assert draw.commitment_of(panel.seed) == panel.commitment
    numbers = list(panel.pool.filter(excluded="").values_list("expert__number", flat=True))
    assert draw.pool_of(numbers) == panel.pool_sha256
    drawn = list(panel.places.values_list("entry__expert__number", flat=True))
    assert drawn == draw.order_of(panel.seed, numbers)[:5]
    with pytest.raises(Refused, match="已经抽取"):
        draw_panel(panel=panel, by=world.hrss, at=CLOSED)


def test_who_belongs_to_an_applicant_or_declared_an_interest_is_excluded_with_the_reason(world):
    call = world.call()
    world.submitted(call, world.conflicted)
    other = Expert.objects.exclude(affiliations__unit=world.conflicted.unit).first()
    declare_interest(
        expert=other, unit=world.conflicted.unit, reason="配偶在该单位任职", by=Actor(other.user, "expert"), at=OPENED
    )
    panel = world.drawn(call)
    excluded = {row.expert_id: row.excluded for row in panel.pool.exclude(excluded="")}
    own = Expert.objects.get(affiliations__unit=world.conflicted.unit)
    assert set(excluded) == {own.pk, other.pk}
    assert "是申请单位" in excluded[own.pk]
    assert "配偶" in excluded[other.pk]
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        Seat.objects.create(panel=panel, entry=panel.pool.get(expert=own), rank=99, since=CLOSED)
    assert constraint(error) == "nobody_with_an_interest_sits_on_a_panel"


def test_the_database_holds_the_seed_the_pool_and_the_draw(world):
    call = world.call()
    world.submitted(call)
    panel = commit_panel(call=call, by=world.hrss, at=at("2020-10-20 09:00"))
    panel = freeze_pool(panel=panel, by=world.hrss, at=CLOSED)
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        Panel.objects.filter(pk=panel.pk).update(seed="f" * 64, drawn_at=CLOSED)
    assert constraint(error) == "the_seed_is_the_one_committed_to"
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        PoolEntry.objects.create(panel=panel, expert=panel.pool.first().expert)
    assert constraint(error) == "a_frozen_pool_gets_nobody_new"
    draw_panel(panel=panel, by=world.hrss, at=CLOSED)
    with pytest.raises(DatabaseError), transaction.atomic():
        Panel.objects.filter(pk=panel.pk).update(pool_sha256="0" * 64)


def test_an_expert_who_steps_back_is_followed_by_the_next_of_the_draw(world):
    call = world.call()
    world.submitted(call)
    panel = world.drawn(call)
    seat = panel.places.get(rank=2)
    with pytest.raises(Refused, match="本人"):
        recuse(seat=seat, reason="有合作项目", by=world.expert(panel.places.get(rank=1)), at=CLOSED)
    new = recuse(seat=seat, reason="有合作项目", by=world.expert(seat), at=CLOSED)
    assert new.entry_id == order_of_panel(panel)[5].pk
    assert panel.places.filter(state="seated").count() == 5


# Blind scores


def test_nobody_sees_a_score_until_all_are_in_and_none_is_ever_changed(world):
    call = world.call()
    row = world.submitted(call)
    panel = world.drawn(call)
    seats = list(panel.places.all())
    for seat in seats[:4]:
        world.score(seat, row, 8)
    assert open_scores(row) == []
    assert result_of(row).percent is None
    with pytest.raises(Refused, match="还差1位"):
        world.evaluated(row)
    with pytest.raises(Refused, match="提交后不能再改"):
        world.score(seats[0], row, 9)
    for deed in (lambda: Score.objects.update(total=1), lambda: Score.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            deed()
    world.score(seats[4], row, 8)
    assert len(open_scores(row)) == 5
    assert (result_of(row).shown, result_of(row).passed) == ("80.00", True)


@pytest.mark.parametrize("mark", [-1, 11, True, None])
def test_a_mark_outside_its_range_is_refused(world, mark):
    call = world.call()
    row = world.submitted(call)
    with pytest.raises(Refused, match="0至10分"):
        world.score(world.drawn(call).places.first(), row, mark)


def test_scores_too_far_apart_are_given_again_in_a_second_round(world):
    call = world.call()
    row = world.submitted(call)
    panel = world.drawn(call)
    world.scored(panel, row, (9, 9, 9, 9, 6))  # 90 to 60: 30 points, more than 25
    assert round_of(row) == MODERATION
    with pytest.raises(Refused, match="复议还差5位"):
        world.evaluated(row)
    with pytest.raises(Refused, match="不是这一轮"):
        world.score(panel.places.first(), row, 8)
    for seat in panel.places.all():
        world.score(seat, row, 8, round=MODERATION)
    assert result_of(row).passed
    world.evaluated(row)
    assert Score.objects.filter(application=row).count() == 10


def test_a_spread_at_the_limit_needs_no_second_round(world):
    call = world.call()
    row = world.submitted(call)
    panel = world.drawn(call)
    seats = list(panel.places.all())
    for seat in seats[:4]:
        world.score(seat, row, 5)
    from peibu.accreditation.actions.scores import submit_score
    from peibu.accreditation.facts import terms_for

    codes = list(terms_for(row, on=dt.date(2020, 11, 2)).criteria)
    uneven = dict(zip(codes, (10, 10, 8, 7, 2), strict=True))  # 37 of 50, 74 %: 24 above 50
    submit_score(
        seat=seats[4], application=row, marks=uneven, comment="x", round=1, by=world.expert(seats[4]),
        at=at("2020-11-02 09:00"),
    )  # fmt: skip
    assert round_of(row) == 1
    assert result_of(row).passed is False  # 54.8 is below 60
    assert result_of(row).shown == "54.80"


def test_an_open_question_holds_the_evaluation_and_an_answer_is_final(world):
    call = world.call()
    row = world.submitted(call)
    panel = world.drawn(call)
    world.scored(panel, row)
    question = ask(application=row, question="实训设备是否为自有？", by=world.hrss, at=at("2020-11-02 10:00"))
    with pytest.raises(Refused, match="1个问题"):
        world.evaluated(row)
    answer(clarification=question, text="全部自有，见附件", by=world.applicant, at=at("2020-11-02 15:00"))
    with pytest.raises(Refused, match="不能再改"):
        answer(clarification=question, text="更正", by=world.applicant, at=at("2020-11-02 16:00"))
    world.evaluated(row)


# Decision, notice, list


def test_it_is_decided_only_when_every_bureau_has_agreed(world):
    call = world.call()
    row = world.submitted(call)
    world.scored(world.drawn(call), row)
    world.evaluated(row)
    with pytest.raises(Refused, match="同一自然人"):
        assent(application=row, agrees=True, by=world.hrss, at=at("2020-11-04 09:00"))
    for kind in ("education", "industry"):
        assent(application=row, agrees=True, by=world.bureaus[kind], at=at("2020-11-04 09:00"))
    assent(application=row, agrees=True, by=world.hrss_second, at=at("2020-11-04 09:00"))
    with pytest.raises(Refused, match="财政局"):
        world.on_notice(call, row)
    assert not NoticeLine.objects.exists()
    with pytest.raises(Refused, match="写明理由"):
        assent(application=row, agrees=False, by=world.bureaus["finance"], at=at("2020-11-04 09:00"))
    assent(
        application=row, agrees=False, reason="收费标准不明", by=world.bureaus["finance"], at=at("2020-11-04 09:00")
    )
    with pytest.raises(Refused, match="已表示过意见"):
        assent(application=row, agrees=True, by=world.bureaus["finance"], at=at("2020-11-04 10:00"))
    with pytest.raises(Refused, match="财政局"):
        world.on_notice(call, row)
    with pytest.raises(DatabaseError), transaction.atomic():
        Assent.objects.update(agrees=True)


def test_who_failed_the_experts_goes_on_no_notice(world):
    call = world.call()
    row = world.submitted(call)
    world.scored(world.drawn(call), row, (5, 5, 6, 5, 6))
    world.evaluated(row)
    world.agreed(row)
    with pytest.raises(Refused, match="未达到合格线"):
        world.on_notice(call, row)
    move_case(case=row.case, move="refuse", by=world.hrss_second, at=at("2020-11-05 09:00"), reason="评估不合格")


def test_the_whole_way_ends_on_the_next_batch_and_the_unit_may_train(world):
    _call, row, published = world.whole_way()
    assert (published.batch, published.role, published.published_on) == (2, "provider", dt.date(2020, 11, 13))
    row.case.refresh_from_db()
    assert row.case.state == "listed"
    assert not is_listed(row.unit, POLICY, "provider", on=dt.date(2020, 11, 12))
    assert is_listed(row.unit, POLICY, "provider", on=dt.date(2020, 11, 13))
    assert set(NoticeLine.objects.get().columns) == {"programme", "policy_number", "enterprise", "role", "subject"}


def test_no_list_before_the_notice_is_over(world):
    call = world.call()
    row = world.submitted(call)
    world.scored(world.drawn(call), row)
    world.evaluated(row)
    world.agreed(row)
    notice = world.on_notice(call, row)
    assert notice.ends_on == dt.date(2020, 11, 12)
    from peibu.accreditation.actions.decisions import publish_listing

    row.case.refresh_from_db()
    with pytest.raises(Refused, match="当前状态为“公示中”"):
        publish_listing(call=call, applications=[row], title="x", by=world.hrss_second, at=at("2020-11-12 23:00"))
    assert PublishedList.objects.filter(role="provider").count() == 1


def test_an_objection_holds_the_application_until_it_is_settled(world):
    call = world.call()
    row = world.submitted(call)
    world.scored(world.drawn(call), row)
    world.evaluated(row)
    world.agreed(row)
    notice = world.on_notice(call, row)
    objection = raise_objection(
        notice=notice, line=notice.lines.get(), text="该单位的实训设备是租来的，请核实", at=at("2020-11-06 09:00")
    )
    row.case.refresh_from_db()
    assert row.case.state == "objection"
    with pytest.raises(Refused, match="未办结"):
        move_case(
            case=row.case, move="settle_objection", by=world.hrss_second, at=at("2020-11-09 09:00"), reason="继续"
        )
    move_case(case=objection.case, move="investigate", by=world.hrss, at=at("2020-11-09 09:00"), reason="现场核查")
    move_case(case=objection.case, move="uphold", by=world.hrss_second, at=at("2020-11-09 10:00"), reason="属实")
    with pytest.raises(Refused, match="异议成立"):
        move_case(
            case=row.case, move="settle_objection", by=world.hrss_second, at=at("2020-11-09 11:00"), reason="继续"
        )
    move_case(case=row.case, move="refuse", by=world.hrss_second, at=at("2020-11-09 12:00"), reason="异议成立")


def test_a_notice_of_nothing_is_refused(world):
    with pytest.raises(Refused, match="未选择"):
        publish_notice(call=world.call(), applications=[], by=world.hrss, at=CLOSED)
