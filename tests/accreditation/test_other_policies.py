"""The same machine under the other documents: a district alone (WH63.2.1), a district that reports upward (JN6.5a-c)."""

import dataclasses
import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from peibu.accounts.models import Division, Unit
from peibu.accreditation.actions.applications import (
    add_holding,
    hand_in,
    start_application,
    write_answers,
)
from peibu.accreditation.actions.calls import publish_call
from peibu.accreditation.actions.decisions import AgreementTerms, assent, publish_listing, publish_notice
from peibu.accreditation.actions.panels import commit_panel, draw_panel, freeze_pool
from peibu.accreditation.actions.scores import submit_score
from peibu.accreditation.actions.standing import sign_agreement
from peibu.accreditation.facts import terms_for
from peibu.accreditation.models import Expert
from peibu.casework.actions import move_case
from peibu.casework.notices import close_due_notices
from peibu.kernel.errors import Refused
from peibu.kernel.ids import uuid7
from peibu.programmes.models import ListedUnit, PublishedList
from peibu.programmes.queries import is_listed
from peibu.rulebook import load_policy
from tests.accreditation.call_world import Calling, papers
from tests.city import at

pytestmark = pytest.mark.django_db
WEIHAI, JINAN = "weihai/gold_collar_2019", "jinan/internet_plus_2020"


@pytest.fixture
def world(city):
    """Jiaozhou has two approvers, so that review and decision are two persons; the experts are in its library."""
    world = Calling(city)
    world.division = Division.objects.get(code="370281")
    Expert.objects.update(division=world.division)
    return world


def lies_in(world, code: str) -> None:
    """The district lies where the policy applies, with its officers: a bureau calls under no other place's policy."""
    Division.objects.filter(code=code).update(code="370299")
    Division.objects.filter(pk=world.division.pk).update(code=code)
    world.hrss_unit, agency = (Unit.objects.get(kind=kind, division=world.division) for kind in ("hrss", "agency"))
    world.approver, world.second = (world.city.actor("hrss_approver", world.hrss_unit, nth=n) for n in (0, 1))
    world.agency = world.city.actor("agency_reviewer", agency)


def evaluate(world, call, row, by, *, freeze, scored):
    """Draw, score, record: `freeze` is the first day after the call."""
    panel = commit_panel(call=call, by=by, at=call.published_at)
    panel = draw_panel(panel=freeze_pool(panel=panel, by=by, at=freeze), by=by, at=freeze)
    for seat in panel.places.all():
        criteria = terms_for(row, on=scored.date()).criteria
        submit_score(
            seat=seat, application=row, marks=dict.fromkeys(criteria, 8), comment="符合要求", round=1,
            by=world.expert(seat), at=scored,
        )  # fmt: skip
    move_case(case=row.case, move="evaluate", by=by, at=scored, reason="评估合格")
    row.case.refresh_from_db()


# Weihai: the district chooses its bases


def weihai_base(world):
    lies_in(world, "371002")
    call = publish_call(
        policy=WEIHAI, subject="base", title="金蓝领培训基地征集", about="", fields=[], opens_on=dt.date(2019, 10, 28),
        closes_on=dt.date(2019, 11, 8), by=world.approver, at=at("2019-10-28 09:00"),
    )  # fmt: skip
    when = at("2019-10-29 09:00")
    by = world.city.actor("enterprise")
    row = start_application(call=call, by=by, at=when)
    conditions = list(load_policy(WEIHAI).codes["base_conditions"].items)
    write_answers(application=row, facts={"base_conditions": conditions}, reasons={}, by=by, at=when)
    papers(row, by, when)
    return call, row, by, when, conditions


def test_every_teacher_of_a_base_is_checked_by_the_title_entered(world):
    _call, row, by, when, _all = weihai_base(world)
    with pytest.raises(Refused, match="教师"):
        hand_in(application=row, by=by, at=when)
    add_holding(application=row, kind="theory_teacher", name="王", qualification="intermediate_title", by=by, at=when)
    unsure = add_holding(application=row, kind="practice_teacher", name="李", by=by, at=when)
    with pytest.raises(Refused, match="高级专业技术职务"):
        hand_in(application=row, by=by, at=when)
    row.holdings.exclude(pk=unsure.pk).delete()
    add_holding(application=row, kind="theory_teacher", name="赵", qualification="senior_title", by=by, at=when)
    # a title that was not filled in is unknown, and unknown never passes
    with pytest.raises(Refused):
        hand_in(application=row, by=by, at=when)
    unsure.delete()
    add_holding(application=row, kind="practice_teacher", name="李", qualification="senior_technician", by=by, at=when)
    hand_in(application=row, by=by, at=when)


def test_a_condition_in_general_may_be_missed_with_a_reason_and_the_district_lists_the_base(world):
    call, row, by, when, conditions = weihai_base(world)
    write_answers(application=row, facts={"base_conditions": conditions[:-1]}, reasons={}, by=by, at=when)
    for kind, title in (("theory_teacher", "senior_title"), ("practice_teacher", "senior_instructor")):
        add_holding(application=row, kind=kind, name="甲", qualification=title, by=by, at=when)
    with pytest.raises(Refused):
        hand_in(application=row, by=by, at=when)
    reason = {"base_conditions_met": "与邻近院校共用场地，已签协议"}
    write_answers(application=row, facts={"base_conditions": conditions[:-1]}, reasons=reason, by=by, at=when)
    hand_in(application=row, by=by, at=when)
    evaluate(world, call, row, world.approver, freeze=at("2019-11-09 09:00"), scored=at("2019-11-11 09:00"))
    assent(application=row, agrees=True, by=world.second, at=at("2019-11-12 09:00"))
    publish_notice(call=call, applications=[row], by=world.second, at=at("2019-11-12 10:00"))
    close_due_notices(at=at("2019-11-20 09:00"))
    row.case.refresh_from_db()
    publish_listing(call=call, applications=[row], title="基地名单", by=world.second, at=at("2019-11-20 10:00"))
    assert is_listed(row.unit, WEIHAI, "base", on=dt.date(2019, 11, 20))


# Jinan: the district evaluates a course and reports to the city, which lists it


def jinan_course(world, opens="2020-05-06", closes="2020-05-15"):
    lies_in(world, "370102")
    call = publish_call(
        policy=JINAN, subject="course_evaluation", title="线上课程征集", about="", fields=[],
        opens_on=dt.date.fromisoformat(opens), closes_on=dt.date.fromisoformat(closes), by=world.agency,
        at=at(f"{opens} 09:00"),
    )  # fmt: skip
    when = at(f"{opens} 10:00")
    row = start_application(call=call, name="数控车工线上课程", by=world.applicant, at=when)
    audience = next(iter(load_policy(JINAN).codes["own_audiences"].items))
    write_answers(application=row, facts={"course_audience": audience}, reasons={}, by=world.applicant, at=when)
    papers(row, world.applicant, when)
    hand_in(application=row, by=world.applicant, at=when)
    return call, row


def test_a_course_is_evaluated_by_the_district_reported_and_listed_by_the_city(world):
    call, row = jinan_course(world)
    evaluate(world, call, row, world.agency, freeze=at("2020-05-16 09:00"), scored=at("2020-05-18 09:00"))
    with pytest.raises(Refused, match="不在联合决定环节"):
        assent(application=row, agrees=True, by=world.hrss, at=at("2020-05-19 09:00"))
    move_case(case=row.case, move="report", by=world.approver, at=at("2020-05-19 10:00"))
    with pytest.raises(Refused, match="牵头|不负责|不参加"):
        assent(application=row, agrees=True, by=world.bureaus["finance"], at=at("2020-05-20 09:00"))
    assent(application=row, agrees=True, by=world.hrss, at=at("2020-05-20 09:00"))
    row.case.refresh_from_db()
    publish_notice(call=call, applications=[row], by=world.hrss, at=at("2020-05-20 10:00"))
    close_due_notices(at=at("2020-05-28 09:00"))
    row.case.refresh_from_db()
    published = publish_listing(
        call=call, applications=[row], title="线上课程目录", by=world.hrss, at=at("2020-05-28 10:00")
    )
    line = published.units.get()
    assert (line.name, published.role) == ("数控车工线上课程", "course")


def test_a_course_evaluated_after_the_period_is_not_listed(world):
    """JN6.5c: the evaluation must lie before the end of June 2020, whatever was asked for in time."""
    call, row = jinan_course(world, "2020-06-22", "2020-06-29")
    evaluate(world, call, row, world.agency, freeze=at("2020-06-30 09:00"), scored=at("2020-07-01 09:00"))
    move_case(case=row.case, move="report", by=world.approver, at=at("2020-07-01 10:00"))
    assent(application=row, agrees=True, by=world.hrss, at=at("2020-07-02 09:00"))
    row.case.refresh_from_db()
    publish_notice(call=call, applications=[row], by=world.hrss, at=at("2020-07-02 10:00"))
    close_due_notices(at=at("2020-07-13 09:00"))
    row.case.refresh_from_db()
    with pytest.raises(Refused):
        publish_listing(call=call, applications=[row], title="x", by=world.hrss, at=at("2020-07-13 10:00"))
    assert not is_listed(row.unit, JINAN, "course", on=dt.date(2020, 7, 13))


def test_a_course_has_a_name(world):
    call, _row = jinan_course(world)
    with pytest.raises(Refused, match="课程或专业名称"):
        start_application(call=call, by=world.conflicted, at=at("2020-05-07 09:00"))


# West Coast: no experts, an agreement with term and scope


def west_coast_application(world, when, closes):
    """An evaluated application for the agreement, agreed to by the bureau the day after `when`."""
    path = "huangdao/skills_action_2020"
    on = at(when).date()
    call = publish_call(
        policy=path, subject="provider", title="申报签约", about="", fields=[], opens_on=on, closes_on=closes,
        by=world.approver, at=at(when),
    )  # fmt: skip
    row = start_application(call=call, by=world.applicant, at=at(when))
    audiences = list(load_policy(path).codes["audiences"].items)[:2]
    facts = {"agreement_occupations": 3, "agreement_audiences": audiences, "has_training_centre": True}
    papers(row, world.applicant, at(when))
    write_answers(application=row, facts=facts, reasons={}, by=world.applicant, at=at(when))
    hand_in(application=row, by=world.applicant, at=at(when))
    later = at(when) + dt.timedelta(days=1)
    move_case(case=row.case, move="evaluate", by=world.agency, at=later, reason="材料属实")
    assent(application=row, agrees=True, by=world.approver, at=later)
    row.case.refresh_from_db()
    return call, row, {"title": "签约机构", "by": world.approver, "at": later}


def test_a_renewal_begins_when_the_running_agreement_has_ended(world):
    """HD2.4.10: term and scope; two agreements of one unit never hold on one day."""
    path = "huangdao/skills_action_2020"
    lies_in(world, "370211")
    call, row, term = west_coast_application(world, "2020-05-06 09:00", dt.date(2020, 5, 29))
    first = AgreementTerms(dt.date(2020, 5, 12), dt.date(2021, 5, 11), "电工")
    listed = publish_listing(call=call, applications=[row], agreement=first, **term).units.get()
    sign_agreement(agreement=listed.agreements.get(), by=world.applicant, at=at("2020-05-12 10:00"))
    call, row, term = west_coast_application(world, "2021-03-01 09:00", dt.date(2021, 3, 31))
    early = AgreementTerms(dt.date(2021, 5, 11), dt.date(2022, 5, 10), "电工、焊工")
    with pytest.raises(Refused, match="现行协议有效期至2021-05-11"):
        publish_listing(call=call, applications=[row], agreement=early, **term)
    renewed = dataclasses.replace(early, valid_from=dt.date(2021, 5, 12))
    second = publish_listing(call=call, applications=[row], agreement=renewed, **term).units.get()
    # signed while the old one runs: it begins on the first day of its own term
    sign_agreement(agreement=second.agreements.get(), by=world.applicant, at=at("2021-03-20 10:00"))
    second.refresh_from_db()
    assert (second.valid_from, second.valid_until) == (renewed.valid_from, renewed.valid_until)
    for day in (dt.date(2021, 5, 11), dt.date(2021, 5, 12)):
        assert is_listed(row.unit, path, "provider", on=day)
        assert ListedUnit.objects.filter(unit=row.unit, valid_from__lte=day, valid_until__gte=day).count() == 1
    with pytest.raises(IntegrityError, match="agreements_follow_one_another"), transaction.atomic():
        ListedUnit.objects.filter(pk=second.pk).update(valid_from=dt.date(2021, 5, 11))


def test_a_listing_ended_on_its_first_day_leaves_the_term_free(world):
    lies_in(world, "370211")
    call, row, term = west_coast_application(world, "2020-05-06 09:00", dt.date(2020, 5, 29))
    first = AgreementTerms(dt.date(2020, 5, 12), dt.date(2021, 5, 11), "电工")
    listed = publish_listing(call=call, applications=[row], agreement=first, **term).units.get()
    sign_agreement(agreement=listed.agreements.get(), by=world.applicant, at=at("2020-05-12 10:00"))
    ListedUnit.objects.filter(pk=listed.pk).update(valid_until=dt.date(2020, 5, 11))
    copy = ListedUnit.objects.get(pk=listed.pk)
    copy.pk, copy.position, copy.published = uuid7(), 1, PublishedList.objects.create(
        policy="huangdao/skills_action_2020", role="provider", batch=9, title="x", published_on=dt.date(2020, 6, 1),
        issuers=[], source="x",
    )  # fmt: skip
    copy.valid_until = dt.date(2021, 5, 11)
    copy.save(force_insert=True)


def test_a_provider_signs_an_agreement_and_is_listed_for_its_term(world):
    """HD2.4.10: application and agreement; HD2.4.12: who fails the evaluation leaves and does not come back."""
    path = "huangdao/skills_action_2020"
    lies_in(world, "370211")
    call = publish_call(
        policy=path, subject="provider", title="申报签约", about="", fields=[], opens_on=dt.date(2020, 5, 6),
        closes_on=dt.date(2020, 5, 29), by=world.approver, at=at("2020-05-06 09:00"),
    )  # fmt: skip
    by, when = world.applicant, at("2020-05-07 09:00")
    row = start_application(call=call, by=by, at=when)
    audiences = list(load_policy(path).codes["audiences"].items)[:2]
    facts = {"agreement_occupations": 3, "agreement_audiences": audiences, "has_training_centre": True}
    papers(row, by, when)
    with pytest.raises(Refused):
        hand_in(application=row, by=by, at=when)
    write_answers(application=row, facts=facts, reasons={}, by=by, at=when)
    hand_in(application=row, by=by, at=when)
    with pytest.raises(Refused, match="不由专家评审"):
        commit_panel(call=call, by=world.approver, at=when)
    move_case(case=row.case, move="evaluate", by=world.agency, at=at("2020-05-11 09:00"), reason="材料属实")
    assent(application=row, agrees=True, by=world.approver, at=at("2020-05-12 09:00"))
    row.case.refresh_from_db()
    term = {"title": "签约机构", "by": world.approver, "at": at("2020-05-12 10:00")}
    with pytest.raises(Refused, match="期限和范围"):
        publish_listing(call=call, applications=[row], **term)
    agreement = AgreementTerms(dt.date(2020, 5, 12), dt.date(2021, 5, 11), "电工、焊工；企业职工")
    published = publish_listing(call=call, applications=[row], agreement=agreement, **term)
    offered = published.units.get().agreements.get()
    assert not is_listed(row.unit, path, "provider", on=dt.date(2020, 5, 13))
    sign_agreement(agreement=offered, by=by, at=at("2020-05-13 10:00"))
    assert not is_listed(row.unit, path, "provider", on=dt.date(2020, 5, 12))
    assert is_listed(row.unit, path, "provider", on=dt.date(2020, 5, 13))
    assert is_listed(row.unit, path, "provider", on=dt.date(2021, 5, 11))
    assert not is_listed(row.unit, path, "provider", on=dt.date(2021, 5, 12))
    row.case.refresh_from_db()
    move_case(case=row.case, move="order_out", by=world.approver, at=at("2020-09-01 09:00"), reason="评估不合格")
    assert not is_listed(row.unit, path, "provider", on=dt.date(2020, 9, 1))
    again = publish_call(
        policy=path, subject="provider", title="再次申报", about="", fields=[], opens_on=dt.date(2020, 9, 2),
        closes_on=dt.date(2020, 9, 30), by=world.approver, at=at("2020-09-02 09:00"),
    )  # fmt: skip
    second = start_application(call=again, by=by, at=at("2020-09-02 10:00"))
    papers(second, by, at("2020-09-02 10:00"))
    write_answers(application=second, facts=facts, reasons={}, by=by, at=at("2020-09-02 10:00"))
    with pytest.raises(Refused):
        hand_in(application=second, by=by, at=at("2020-09-02 11:00"))
