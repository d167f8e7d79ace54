"""The pages of the to-do list: one number of queries for any number of tasks, filters in the address, bulk results."""

import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from peibu.casework import hooks
from peibu.casework.models import Task
from peibu.casework.queries import to_do
from tests.casework.many import fill
from tests.city import at

pytestmark = pytest.mark.django_db
LIST, CHOSEN, MOVE = reverse("desk-todo"), reverse("desk-todo-chosen"), reverse("desk-todo-move")


@pytest.fixture(autouse=True)
def _day(monkeypatch):
    monkeypatch.setattr("peibu.accounts.clock.now", lambda: at("2020-10-14 10:00"))
    monkeypatch.setattr(hooks, "_guards", {})
    monkeypatch.setattr(hooks, "_effects", {})


def queries(deed) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        deed()
    return len(seen)


def body(answer) -> str:
    assert answer.status_code == 200, answer.content.decode()[:400]
    return answer.content.decode()


def test_the_list_asks_as_often_for_five_thousand_as_for_five(city, visit):
    reviewer = fill(city, 5)
    page = visit(reviewer)
    page.get(LIST)  # what the first page of a process reads once
    few = queries(lambda: page.get(LIST))
    rows = Task.objects.filter(closed_at=None, unit=reviewer.unit)
    bad_few = queries(lambda: [task.case.number for task in rows[:50]])
    fill(city, 4995, start=5)
    assert to_do(reviewer).count() == 5000
    assert queries(lambda: page.get(LIST)) == few
    assert queries(lambda: page.get(LIST + "?q=第&due=week&process=class_filing&page=3")) == few
    # the control: a list that fetches each case by itself is seen
    assert queries(lambda: [task.case.number for task in rows[:50]]) > bad_few


def test_the_address_holds_search_filter_and_page(city, visit):
    page = visit(fill(city, 120))
    text = body(page.get(LIST))
    assert text.count('name="case"') == 50
    assert "共 120 条" in text
    assert body(page.get(LIST + "?page=3")).count('name="case"') == 20
    found = body(page.get(LIST + "?q=第119期&state=submitted"))
    assert found.count('name="case"') == 1
    assert "智能制造第119期" in found
    assert "没有符合条件的待办事项" in body(page.get(LIST + "?q=焊工"))
    assert body(page.get(LIST + "?due=nonsense&page=x&process=%00")).count('name="case"') == 50
    assert "清除条件" in found
    assert "清除条件" not in text


def test_the_file_holds_what_the_filter_shows(city, visit):
    answer = visit(fill(city, 60)).get(LIST + "?due=today&as=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    told = [row for row in sheet.iter_rows(values_only=True) if row[1] and str(row[1]).startswith("Tcf")]
    assert len(told) == 3


def test_choose_move_and_read_what_came_of_each(city, visit):
    reviewer = fill(city, 3)
    page = visit(reviewer)
    keys = [str(task.case_id) for task in to_do(reviewer)]
    asked = body(page.get(CHOSEN, {"case": keys}))
    assert "审核确认 × 3" in asked
    assert "退回补正 × 3" in asked
    told = body(page.post(MOVE, {"case": keys, "move": "return", "reason": " "}))
    assert told.count("须写明理由") == 3
    told = body(page.post(MOVE, {"case": keys, "move": "confirm"}))
    assert "办成 3 件，未办成 0 件" in told
    told = body(page.post(MOVE, {"case": keys, "move": "confirm"}))
    assert "办成 0 件，未办成 3 件" in told
    assert page.get(CHOSEN, {"case": keys}).status_code == 409


def test_cases_of_different_kinds_have_no_common_step_and_the_page_says_why(city, visit):
    reviewer = fill(city, 1)
    fill(city, 1, process="claim", start=9)
    told = body(visit(reviewer).get(CHOSEN, {"case": [str(t.case_id) for t in to_do(reviewer)]}))
    assert "没有可以一起办理的步骤" in told
    assert "待审核 × 1" in told


def test_an_auditor_moves_nothing(city, visit):
    reviewer = fill(city, 1)
    key = str(to_do(reviewer).get().case_id)
    assert visit(city.actor("auditor")).post(MOVE, {"case": key, "move": "confirm"}).status_code == 403


def test_the_desk_shows_the_most_pressing_and_the_way_to_the_rest(city, visit):
    text = body(visit(fill(city, 40)).get(reverse("desk-home")))
    assert text.count("智能制造第") >= 12
    assert f'href="{LIST}"' in text
