"""The list of failures: nothing on it is forgotten, nothing stands on it twice, no identity number stands on it."""

import json

import pytest

from peibu.learning.models import ReportFailure
from tests.learning.test_report_repeats import FIRST, SECOND, sitting
from tests.learning.test_reports import CLASS, EXAM, HOURS, ONE, PHOTO, QUESTION, TWO, checked
from tests.learning.world import Caller

pytestmark = pytest.mark.django_db
BROKEN = ONE[:-1] + ("1" if ONE[-1] != "1" else "2")


@pytest.fixture
def caller(city) -> Caller:
    sender = Caller()
    sender.post("intake/classes", CLASS)
    return sender


def bad(item: dict) -> dict:
    return item | {"loginList": [item["loginList"][0] | {"ip": "?"}]}


def listed(caller: Caller) -> list[tuple[str, int]]:
    return [(one["kind"], one["item"]) for one in caller.get("intake/failures").json()["failures"]]


def test_a_good_record_of_a_learner_does_not_take_another_one_off_the_list(caller):
    caller.post("intake/hours", [bad(FIRST), bad(SECOND)])
    caller.post("intake/hours", [sitting("2020-05-08 09:00:00", "2020-05-08 09:45:00")])
    assert listed(caller) == [("hours", 1), ("hours", 2)]
    caller.post("intake/hours", [SECOND])
    assert listed(caller) == [("hours", 1)]
    caller.post("intake/hours", [FIRST])
    assert listed(caller) == []


@pytest.mark.parametrize(
    ("kind", "item", "fault", "another"),
    [
        ("exams", EXAM, {"score": 120}, {"startTime": "2020-05-20 09:30:00"}),
        ("exams", EXAM, {"score": 120}, {"examCode": "KS02"}),
        ("questions", QUESTION, {"replyTime": "?"}, {"questionCode": "TW2"}),
        ("photos", PHOTO, {"photo": "?"}, {"photoTime": "2020-05-06 09:40:00"}),
        ("photos", PHOTO, {"photo": "?"}, {"photoType": "活跃度"}),
        ("classes", CLASS, {"learnHour": "?"}, {"studentList": [{"name": "李敏", "identity": TWO}]}),
    ],
)
def test_each_kind_takes_its_own_item_off_the_list_and_no_other(caller, kind, item, fault, another):
    caller.post(f"intake/{kind}", [item | fault])
    assert len(listed(caller)) == 1
    assert caller.post(f"intake/{kind}", [item | another]).json()["failed"] == []
    assert len(listed(caller)) == 1
    assert caller.post(f"intake/{kind}", [item]).json()["failed"] == []
    assert listed(caller) == []


def test_what_fails_again_stands_on_the_list_once(caller):
    nameless = [HOURS | {"identity": BROKEN}, HOURS | {"loginList": []}, 5, {}]
    for _time in range(3):
        caller.post("intake/hours", [bad(FIRST), *nameless])
    assert len(listed(caller)) == 5
    caller.post("intake/hours", [FIRST, SECOND])
    assert len(listed(caller)) == 4, "what could not be named is not known to be put right"
    assert caller.delete("intake/failures").json() == {"cleared": 4}


def test_what_was_refused_is_not_taken_off_because_it_was_sent(caller):
    """A file is kept whole or not at all: its good rows were not taken and put nothing right."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    caller.post("intake/hours", [bad(FIRST)])
    file = SimpleUploadedFile("h.json", json.dumps([FIRST, bad(SECOND)]).encode())
    assert caller.client.post("/api/intake/files/hours", {"file": file}, headers=caller.headers()).status_code == 422
    assert [(one["source"], one["item"]) for one in caller.get("intake/failures").json()["failures"]] == [
        ("JSON", 1), ("h.json", 2),
    ]  # fmt: skip


SPACED = f"{ONE[:6]} {ONE[6:14]} {ONE[14:]}"
ENDS_IN_X = next(told for day in range(1, 29) if (told := checked(f"370202199001{day:02}123")).endswith("X"))
DASHED = f"{ONE[:6]}-{ONE[6:14]}-{ONE[14:]}"


@pytest.mark.parametrize("number", [ONE, BROKEN, ONE + "7", SPACED, DASHED, ENDS_IN_X, ENDS_IN_X.lower()])
def test_an_identity_number_is_repeated_nowhere_in_whatever_field_it_stands(caller, number):
    one = FIRST["loginList"][0]
    wrong = [
        HOURS | {"identity": number + "?"},
        HOURS | {"identity": [number]},
        HOURS | {"identity": {"number": number}},
        HOURS | {"classCode": number},
        HOURS | {"classCode": [number]},
        HOURS | {number: 1},
        HOURS | {"loginList": [one | {"ip": number}]},
        HOURS | {"loginList": [one | {"startTime": number}]},
        HOURS | {"loginList": [one | {number: 1}]},
        HOURS | {"loginList": number},
        HOURS | {"activityList": [{"activityTime": "2020-05-06 09:20:00", "activityDetection": number}]},
    ]
    told = [caller.post("intake/hours", wrong).json()]
    told.append(caller.post("intake/photos", [PHOTO | {"photoType": number}]).json())
    told.append(
        caller.post("intake/exams", [EXAM | {"score": number}, EXAM | {"examCode": number, "score": 999}]).json()
    )
    students = [{"name": number, "identity": number + "?"}]
    told.append(caller.post("intake/classes", [CLASS | {"studentList": students}]).json())
    assert sum(len(one["failed"]) for one in told) >= 14
    kept = list(ReportFailure.objects.values("ref", "source", "problems"))
    for text in (json.dumps(told, ensure_ascii=False), json.dumps(kept, ensure_ascii=False)):
        for written in (number, number[:15], number[-12:], ONE[:17], ONE[:14]):
            assert written not in text, written


def test_a_number_told_as_a_number_is_not_repeated(caller):
    """JSON without quotation marks: the type is wrong, and the sentence does not say what stood there."""
    digits = int(BROKEN[:17])
    fields = [{"identity": digits}, {"loginList": digits}, {"loginList": [FIRST["loginList"][0] | {"ip": digits}]}]
    told = caller.post("intake/hours", [HOURS | one for one in fields]).json()
    told |= {"exam": caller.post("intake/exams", [EXAM | {"score": digits}]).json()}
    assert str(digits) not in json.dumps(told) + json.dumps(list(ReportFailure.objects.values("ref", "problems")))


def test_brackets_as_deep_as_can_just_be_read_are_a_fault_and_no_breakdown(caller):
    for depth in range(840, 920):
        body = '{"identity": ' + "[" * depth + "]" * depth + ', "zz": ' + '{"a":' * depth + "1" + "}" * depth + "}"
        assert caller.post("intake/hours", body).status_code in (400, 422)
