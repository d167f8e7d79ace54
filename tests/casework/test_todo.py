"""The to-do list with 5,000 open tasks: whose turn it is, what is found, how it is read, what a bulk move leaves."""

import datetime as dt

import pytest
from django.db import connection

from peibu.casework import hooks
from peibu.casework.actions import move_case, open_case
from peibu.casework.models import Task
from peibu.casework.processes import process_of
from peibu.casework.queries import to_do
from peibu.casework.todo import MOST_AT_ONCE, Wanted, choices, common_moves, move_many, narrowed, waiting
from peibu.kernel.errors import Refused
from peibu.kernel.verdict import no, yes
from tests.casework.many import FIRST_DUE, OPENED, fill
from tests.city import POLICY, at

pytestmark = pytest.mark.django_db
TODAY = dt.date(2020, 10, 14)  # a Wednesday


@pytest.fixture(autouse=True)
def _engine_alone(monkeypatch):
    monkeypatch.setattr(hooks, "_guards", {})
    monkeypatch.setattr(hooks, "_effects", {})


def flow(code, policy=POLICY):
    return process_of(policy, code, on=TODAY)


def test_a_submitted_claim_is_the_agencys_task_not_the_enterprises_which_may_withdraw_it():
    claim = flow("claim")
    assert {m.code for m in claim.moves_from("submitted", "enterprise")} == {"withdraw"}  # the right stays
    assert claim.roles_waiting("submitted") == {"agency_reviewer"}
    assert claim.roles_waiting("reviewed") == {"hrss_approver"}
    assert claim.roles_waiting("ready_to_pay") == {"finance"}


def test_without_a_deadline_everybody_who_can_move_it_is_asked():
    assert flow("claim").roles_waiting("draft") == {"enterprise"}
    assert flow("objection").roles_waiting("investigated") == {"agency_reviewer", "hrss_approver", "city_bureau"}


def test_a_deadline_of_a_role_without_a_move_leaves_nobody_out(monkeypatch):
    claim = flow("claim")
    state = claim.states["submitted"]
    object.__setattr__(state, "deadline_role", "auditor")
    assert claim.roles_waiting("submitted") == {"agency_reviewer", "enterprise"}


def test_submitting_opens_one_task_and_a_withdrawal_still_works(city):
    provider = city.unit(city.city.providers[0].key)
    clerk, agency = city.actor("provider", provider), city.office("agency", provider.division)
    case = open_case(
        policy=POLICY, process="class_filing", subject="一期", applicant=provider, agency=agency, by=clerk, at=OPENED
    )
    case = move_case(case=case, move="submit", by=clerk, at=OPENED)
    assert list(Task.objects.filter(case=case, closed_at=None).values_list("role", flat=True)) == ["agency_reviewer"]
    assert not to_do(clerk).filter(case=case).exists()
    assert move_case(case=case, move="withdraw", by=clerk, at=OPENED, reason="改期").state == "withdrawn"


# Search and filters


def numbers(tasks):
    return sorted(tasks.values_list("case__number", flat=True))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("第7期", 1),
        ("智能", 30),
        ("T cf000007", 1),
        ("第7期 000007", 1),
        ("第7期 000008", 0),
        ("焊接", 0),
        ("tcf00002", 10),
    ],
)
def test_every_word_is_part_of_number_subject_or_applicant(city, text, found):
    tasks = to_do(fill(city, 30))
    assert narrowed(tasks, Wanted(text=text), today=TODAY).count() == found


def test_two_characters_of_the_applicant_suffice(city):
    reviewer = fill(city, 3)
    name = to_do(reviewer).first().case.applicant.name
    assert narrowed(to_do(reviewer), Wanted(text=name[2:4]), today=TODAY).count() == 3


@pytest.mark.parametrize(
    ("due", "days"),
    [
        ("overdue", [*range(28, 31), *range(1, 14)]),
        ("today", [14]),
        ("week", [14, 15, 16, 17]),
        ("", [*range(28, 31), *range(1, 18)]),
    ],
)
def test_due_means_before_today_today_or_until_sunday(city, due, days):
    found = narrowed(to_do(fill(city, 20)), Wanted(due=due), today=TODAY)
    assert [task.due_on.day for task in found] == days


def test_filters_by_process_state_and_policy_and_counts_them(city):
    reviewer = fill(city, 4)
    fill(city, 3, process="exam_filing")
    fill(city, 2, process="claim", state="accepted", start=50)
    tasks = to_do(reviewer)
    found = choices(tasks, on=TODAY)
    assert {one.code: one.count for one in found.processes} == {"class_filing": 4, "exam_filing": 3, "claim": 2}
    assert {one.code: one.count for one in found.states} == {"submitted": 7, "accepted": 2}
    assert [(one.code, one.count) for one in found.policies] == [(POLICY, 9)]
    for wanted, count in (
        (Wanted(process="claim"), 2),
        (Wanted(state="submitted"), 7),
        (Wanted(process="claim", state="submitted"), 0),
        (Wanted(policy=POLICY), 9),
        (Wanted(policy="weihai/gold_collar_2019"), 0),
    ):
        assert narrowed(tasks, wanted, today=TODAY).count() == count


# How it is read


def test_a_page_of_five_thousand_is_read_off_the_index_in_its_order(city):
    reviewer = fill(city, 5000)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ANALYZE casework_task, casework_case, accounts_unit")
        plan = to_do(reviewer)[:50].explain()
        assert "open_tasks" in plan, plan
        assert "Sort" not in plan, plan
        cursor.execute("DROP INDEX open_tasks")  # the control: without it the same question sorts every open task
        plan = to_do(reviewer)[:50].explain()
    assert "open_tasks" not in plan, plan
    assert "Sort" in plan, plan


# In bulk


def test_a_bulk_moves_each_case_for_itself_and_tells_why_one_was_refused(city, monkeypatch):
    reviewer = fill(city, 3)
    first, second, third = (task.case for task in to_do(reviewer))
    calls = []

    def only_two(*, case, by, at):
        calls.append(case.pk)
        return no("材料不齐") if case.pk == second.pk else yes()

    def half(*, case, by, at, reason):
        if case.pk == third.pk:
            raise Refused("名额已满", "full", "请调整")

    monkeypatch.setattr(hooks, "_guards", {("class_filing", "confirm"): [only_two]})
    monkeypatch.setattr(hooks, "_effects", {("class_filing", "confirm"): [half]})
    keys = [str(case.pk) for case in (first, second, third)]
    rows = move_many(case_ids=[*keys, keys[0], "x"], move="confirm", by=reviewer, at=at("2020-09-28 10:00"))
    assert [(row.case.pk, row.refusal, row.remedy) for row in rows] == [
        (first.pk, "", ""),
        (second.pk, "材料不齐", "请由有权限的人员在正确的环节办理"),
        (third.pk, "名额已满", "请调整"),
    ]
    assert len(calls) == 3
    for case, state, steps in ((first, "confirmed", 2), (second, "submitted", 1), (third, "submitted", 1)):
        case.refresh_from_db()
        assert (case.state, case.steps.count()) == (state, steps)
    assert [task.case_id for task in to_do(reviewer)] == [second.pk, third.pk]


def test_sent_twice_a_bulk_does_nothing_the_second_time(city):
    reviewer = fill(city, 2)
    keys = [task.case_id for task in to_do(reviewer)]
    move_many(case_ids=keys, move="confirm", by=reviewer, at=at("2020-09-28 10:00"))
    again = move_many(case_ids=keys, move="confirm", by=reviewer, at=at("2020-09-28 10:01"))
    assert all("不能办理“审核确认”" in row.refusal for row in again)
    assert {row.case.steps.count() for row in again} == {2}


def test_a_case_of_another_district_is_as_if_it_did_not_exist(city):
    reviewer = fill(city, 1)
    case = to_do(reviewer).get().case
    other = next(
        a for a in (city.actor("agency_reviewer", nth=i) for i in range(24)) if not a.covers(case.division_id)
    )
    (row,) = move_many(case_ids=[case.pk], move="confirm", by=other, at=at("2020-09-28 10:00"))
    assert row.case is None
    assert "不在您的办理范围" in row.refusal
    assert waiting(to_do(other), [str(case.pk)]) == []


def test_nothing_or_too_much_is_refused_as_a_whole(city):
    reviewer = fill(city, MOST_AT_ONCE + 1)
    keys = list(to_do(reviewer).values_list("case_id", flat=True))
    with pytest.raises(Refused, match="没有选择业务"):
        move_many(case_ids=["", "x"], move="confirm", by=reviewer, at=OPENED)
    with pytest.raises(Refused, match=f"一次最多办理{MOST_AT_ONCE}件"):
        move_many(case_ids=keys, move="confirm", by=reviewer, at=OPENED)
    assert to_do(reviewer).count() == MOST_AT_ONCE + 1


def test_only_moves_that_are_possible_with_all_are_offered(city):
    reviewer = fill(city, 2)
    fill(city, 1, process="claim")
    fill(city, 1, process="exam_filing", start=10)
    tasks = list(to_do(reviewer))
    by = {code: [t.case for t in tasks if t.case.process == code] for code in ("class_filing", "claim", "exam_filing")}

    def offered(cases):
        return [move.code for move in common_moves(reviewer, cases, on=TODAY)]

    assert offered(by["class_filing"]) == ["return", "confirm"]
    assert offered(by["class_filing"] + by["claim"]) == []
    assert offered(by["class_filing"] + by["exam_filing"]) == []  # 退回补正 and 退回修改 are not the same words
    assert offered([]) == []


def test_the_deadlines_of_the_test_data_are_spread():
    assert FIRST_DUE < TODAY
