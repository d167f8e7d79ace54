"""Cases: process.yaml drives them, natural persons stay apart, the clock counts working days."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from peibu.casework import hooks
from peibu.casework.actions import move_case, open_case
from peibu.casework.models import Case, CaseEvent
from peibu.casework.queries import cases_for, possible_moves, timeline, to_do
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from tests.city import at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _engine_alone(monkeypatch):
    """Without what rooms above hang on the moves: here a filing is only a case."""
    monkeypatch.setattr(hooks, "_guards", {})
    monkeypatch.setattr(hooks, "_effects", {})
    monkeypatch.setattr("peibu.desk.views.case.panel_for", lambda case, actor, **_told: ("", {}))


@pytest.fixture
def filing(city):
    provider = city.unit(city.city.providers[0].key)
    agency = city.office("agency", provider.division)
    actor = city.actor("provider", provider)
    case = open_case(
        policy=city.policy,
        process="class_filing",
        subject="第一期",
        applicant=provider,
        agency=agency,
        by=actor,
        at=at("2020-09-21 09:00"),
    )
    return case, actor, city.actor("agency_reviewer", agency), city


def test_case_goes_to_the_agency_and_into_its_to_do_list_with_a_deadline(filing):
    case, provider, reviewer, city = filing
    move_case(case=case, move="submit", by=provider, at=at("2020-09-25 15:00"))
    task = to_do(reviewer).get(case=case)
    case.refresh_from_db()
    assert task.due_on == case.due_on
    assert case.due_on > dt.date(2020, 9, 25)
    assert case.due_on not in (dt.date(2020, 10, d) for d in range(1, 9))
    assert [s.step for s in timeline(case)][:2] == ["建立", "提交备案"]


def test_numbers_have_no_gap_and_a_rollback_gives_the_number_back(filing):
    case, provider, _reviewer, city = filing
    kwargs = {"policy": city.policy, "process": "class_filing", "applicant": provider.unit, "agency": case.agency}
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        open_case(subject="x", by=provider, at=at("2020-09-21 10:00"), **kwargs)
        raise ZeroDivisionError
    second = open_case(subject="第二期", by=provider, at=at("2020-09-21 10:00"), **kwargs)
    assert int(second.number[-5:]) == int(case.number[-5:]) + 1


def test_return_suspends_the_clock_and_resubmission_runs_on_with_the_rest(filing):
    case, provider, reviewer, _city = filing
    case = move_case(case=case, move="submit", by=provider, at=at("2020-09-21 15:00"))
    due = case.due_on
    with pytest.raises(Refused, match="须写明理由"):
        move_case(case=case, move="return", by=reviewer, at=at("2020-09-22 09:00"), reason=" ")
    case = move_case(case=case, move="return", by=reviewer, at=at("2020-09-22 09:00"), reason="课程表缺教师")
    assert (case.suspended, case.due_on) == (True, None)
    case = move_case(case=case, move="resubmit", by=provider, at=at("2020-09-28 09:00"))
    assert not case.suspended
    assert (case.due_on - dt.date(2020, 9, 28)).days == (due - dt.date(2020, 9, 22)).days


def test_a_role_without_the_move_is_refused_with_a_sentence(filing):
    case, provider, _reviewer, _city = filing
    move_case(case=case, move="submit", by=provider, at=at("2020-09-21 15:00"))
    with pytest.raises(Refused, match="您的岗位不能办理“审核确认”"):
        move_case(case=case, move="confirm", by=provider, at=at("2020-09-22 09:00"))


def test_an_officer_of_another_district_sees_and_moves_nothing(filing):
    case, provider, reviewer, city = filing
    move_case(case=case, move="submit", by=provider, at=at("2020-09-21 15:00"))
    other = next(
        a for a in (city.actor("agency_reviewer", nth=i) for i in range(24)) if not a.covers(case.division_id)
    )
    assert not cases_for(other).filter(pk=case.pk).exists()
    assert cases_for(reviewer).filter(pk=case.pk).exists()
    with pytest.raises(Refused, match="不属于您所在的区"):
        move_case(case=case, move="confirm", by=other, at=at("2020-09-22 09:00"))


def test_the_database_itself_keeps_duties_of_one_person_apart(filing):
    case, provider, _reviewer, _city = filing
    move_case(case=case, move="submit", by=provider, at=at("2020-09-21 15:00"))
    row = {
        "case": case,
        "seq": 99,
        "move": "x",
        "label": "x",
        "to_state": "submitted",
        "actor_name": "x",
        "actor_role": "x",
        "person_key": provider.person_key,
        "at": at("2020-09-22 09:00"),
        "rule_version": "x",
    }
    CaseEvent.objects.create(**row, duty="apply")  # the same duty again is fine
    with pytest.raises(Refused, match="同一自然人"), refusing():
        CaseEvent.objects.create(**(row | {"seq": 100}), duty="review")


def test_a_state_without_an_event_is_refused_by_the_database(filing):
    case, *_ = filing
    with pytest.raises(IntegrityError, match="state_is_told_by_an_event"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state="confirmed")
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_history_cannot_be_rewritten(filing):
    case, *_ = filing
    for attempt in (lambda: CaseEvent.objects.update(reason="x"), lambda: CaseEvent.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    with pytest.raises(DatabaseError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(division_id=case.agency.division.parent_id)


def test_only_possible_moves_are_offered(filing):
    case, provider, reviewer, _city = filing
    assert [m.code for m in possible_moves(provider, case, on=dt.date(2020, 9, 21))] == ["submit", "withdraw"]
    assert possible_moves(reviewer, case, on=dt.date(2020, 9, 21)) == []


def test_officer_pages(filing, visit):
    case, provider, reviewer, city = filing
    move_case(case=case, move="submit", by=provider, at=at("2020-09-21 15:00"))
    page = visit(reviewer).get("/desk/")
    assert page.status_code == 200
    assert case.number in page.content.decode()
    body = visit(reviewer).get(f"/desk/cases/{case.pk}/").content.decode()
    assert "审核确认" in body
    assert "退回补正" in body
    assert visit(reviewer).get("/desk/cases/?q=第一期").status_code == 200
    assert visit(provider).get("/desk/").status_code == 403
    answer = visit(reviewer).post(f"/desk/cases/{case.pk}/move/", {"move": "return", "reason": ""}, follow=True)
    assert "须写明理由" in answer.content.decode()
