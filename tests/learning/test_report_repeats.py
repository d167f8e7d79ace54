"""One record is one record, whoever sends it when and how it is written; none is lost on the way."""

import copy

import pytest
from django.db import connection

from peibu.accounts.secrecy import person_key
from peibu.learning.actions import reports
from peibu.learning.actions.statements import Conflict
from peibu.learning.models import ReportFailure, Statement
from peibu.registry.models import Person
from tests.learning.test_reports import CLASS, EXAM, ONE, PHOTO, TWO, verbs
from tests.learning.world import Caller

pytestmark = pytest.mark.django_db
TAKEN, KNOWN = {"taken": 1, "known": 0, "failed": []}, {"taken": 0, "known": 1, "failed": []}


@pytest.fixture
def caller(city) -> Caller:
    sender = Caller()
    assert sender.post("intake/classes", CLASS).json() == TAKEN
    return sender


def sitting(start: str, end: str, **more) -> dict:
    one = {"startTime": start, "endTime": end, "ip": "203.0.113.7"}
    return {"classCode": "JN-01", "identity": ONE, "loginList": [one], **more}


FIRST = sitting("2020-05-06 09:00:00", "2020-05-06 09:45:00")
SECOND = sitting("2020-05-07 09:00:00", "2020-05-07 09:45:00")


def test_a_push_that_loses_every_race_says_so_and_can_be_sent_again(caller, monkeypatch):
    def lose(*_args, **_more):
        raise Conflict("x")

    store = reports.store
    monkeypatch.setattr(reports, "store", lose)
    answer = caller.post("intake/hours", [FIRST, SECOND])
    assert answer.status_code == 422
    assert [(one["item"], one["code"]) for one in answer.json()["failed"]] == [(1, "busy"), (2, "busy")]
    assert answer.json()["taken"] == answer.json()["known"] == 0
    assert caller.get("intake/failures").json()["total"] == 2
    monkeypatch.setattr(reports, "store", store)
    assert caller.post("intake/hours", [FIRST, SECOND]).json()["taken"] == 2
    assert caller.get("intake/failures").json()["total"] == 0


def test_a_push_that_loses_one_race_looks_again_and_keeps_what_is_new(caller, monkeypatch):
    """Between looking and storing another request brings one of the records, with other contents."""
    other = sitting("2020-05-06 09:00:00", "2020-05-06 09:30:00")
    look, looked = reports._against_the_store, []

    def overtaken(*args):
        look(*args)
        if not looked:
            looked.append(1)
            assert Caller(unit=caller.unit).post("intake/hours", [other]).json() == TAKEN

    monkeypatch.setattr(reports, "_against_the_store", overtaken)
    answer = caller.post("intake/hours", [FIRST, SECOND]).json()
    assert [(one["item"], one["code"]) for one in answer["failed"]] == [(1, "changed")]
    assert answer["taken"] == 1
    assert verbs().count("attended") == 2


def test_a_record_told_in_a_bad_item_and_in_a_good_one_is_kept(caller):
    check = {"activityTime": "2020-05-06 09:20:00", "activityDetection": True}
    assert caller.post("intake/hours", [SECOND | {"activityList": [check]}]).json() == TAKEN
    bad = FIRST | {"activityList": [check | {"activityDetection": False}]}
    answer = caller.post("intake/hours", [bad, FIRST]).json()
    assert [(one["item"], one["code"]) for one in answer["failed"]] == [(1, "changed")]
    assert answer["taken"] == 1
    assert verbs().count("attended") == 2
    assert caller.post("intake/hours", [FIRST]).json() == KNOWN


def test_the_same_twice_in_one_push_is_taken_once(caller):
    assert caller.post("intake/hours", [FIRST, FIRST]).json() == {"taken": 1, "known": 1, "failed": []}
    twice = copy.deepcopy(SECOND)
    twice["loginList"] += copy.deepcopy(twice["loginList"])
    assert caller.post("intake/hours", [twice]).json() == TAKEN
    twice["loginList"][1]["ip"] = "203.0.113.9"
    assert caller.post("intake/hours", [twice]).json()["failed"][0]["code"] == "changed"


@pytest.mark.parametrize(
    ("kind", "item", "written"),
    [
        ("hours", FIRST, sitting("2020-05-06T01:00:00Z", "2020-05-06T02:45:00+01:00")),
        ("exams", EXAM, EXAM | {"startTime": "2020-05-20T01:00:00+00:00", "endTime": "2020-05-20T11:00:00+09:00"}),
        ("photos", PHOTO, PHOTO | {"photoTime": "2020-05-06T01:20:00Z"}),
    ],
)
def test_the_same_moment_is_the_same_record_in_whatever_time_zone_it_is_written(caller, kind, item, written):
    assert caller.post(f"intake/{kind}", [item]).json() == TAKEN
    assert caller.post(f"intake/{kind}", [written]).json() == KNOWN
    assert caller.post(f"intake/{kind}", [item, written]).json() == {"taken": 0, "known": 2, "failed": []}


def test_a_class_that_begins_on_another_day_keeps_its_learners(caller):
    later = CLASS | {"startDate": "2020-05-13"}
    assert caller.post("intake/classes", later).json() == TAKEN
    assert verbs() == ["class-opened", "registered", "class-opened"]
    more = later | {"studentList": [*CLASS["studentList"], {"name": "李敏", "identity": TWO}]}
    assert caller.post("intake/classes", more).json() == TAKEN
    assert verbs().count("registered") == 2
    assert caller.post("intake/classes", CLASS).json() == KNOWN
    assert caller.post("intake/hours", [FIRST]).json() == TAKEN


def test_what_has_left_with_its_month_is_not_taken_for_known(caller):
    caller.post("intake/hours", [FIRST])
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM learning_statement WHERE body->'verb'->>'id' LIKE '%%attended'")
    answer = caller.post("intake/hours", [FIRST, SECOND]).json()
    assert [(one["item"], one["code"]) for one in answer["failed"]] == [(1, "not_comparable")]
    assert answer["taken"] == 1


def test_the_register_of_persons_is_asked_and_never_written(caller):
    person = Person.objects.create(
        key=person_key(TWO), id_number=TWO, name="李敏", sex="F", born_on="1985-05-05"
    )  # fmt: skip
    wrong = CLASS | {"studentList": [*CLASS["studentList"], {"name": "李明", "identity": TWO}]}
    (fault,) = caller.post("intake/classes", [wrong]).json()["failed"]
    assert (fault["field"], fault["code"]) == ("studentList[2].name", "name_differs")
    assert "李敏" not in fault["sentence"], "the name in the register is not told to who guesses"
    right = CLASS | {"studentList": [{"name": "李敏", "identity": TWO}]}
    assert caller.post("intake/classes", [right]).json() == TAKEN
    person.refresh_from_db()
    assert person.name == "李敏"
    assert not Person.objects.filter(key=person_key(ONE)).exists()
    assert Statement.objects.filter(body__verb__id__endswith="registered").count() == 2
    assert ReportFailure.objects.count() == 1
