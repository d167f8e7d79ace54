"""The simple intake (docs/reference/learning-intake.md): whole items, complete lists of errors, harmless repeats."""

import base64
import copy
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from peibu.accounts.secrecy import person_key
from peibu.intake import write_template
from peibu.learning.models import Attachment, ReportFailure, Statement
from peibu.learning.reports.files import spec_of
from peibu.registry.models import Person
from tests.learning.world import Caller

pytestmark = pytest.mark.django_db
NUMBER = "370202199001011236"
OTHER = "370202198505052343"


def checked(stem: str) -> str:
    """A made-up identity number with its right last character."""
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    total = sum(int(digit) * weight for digit, weight in zip(stem, weights, strict=True))
    return stem + "10X98765432"[total % 11]


ONE, TWO = checked("37020219900101123"), checked("37020219850505234")
CLASS = {
    "classCode": "JN-01", "className": "电工中级工线上班", "learnHour": 40, "startDate": "2020-05-06",
    "chapterList": [{"chapterCode": "Z1", "chapterName": "安全用电", "learnHour": 10}],
    "studentList": [{"name": "王建国", "identity": ONE, "phone": "13800000000"}],
}  # fmt: skip
HOURS = {
    "classCode": "JN-01", "identity": ONE,
    "loginList": [
        {"startTime": "2020-05-06 09:00:00", "endTime": "2020-05-06 09:45:00", "ip": "203.0.113.7"},
        {"startTime": "2020-05-06T10:00:00+08:00", "endTime": "2020-05-06 10:30:00", "ip": "2001:db8::1"},
    ],
    "activityList": [{"activityDetection": "1", "activityTime": "2020-05-06 09:20:00"}],
}  # fmt: skip
EXAM = {
    "classCode": "JN-01", "identity": ONE, "examCode": "KS01", "startTime": "2020-05-20 09:00:00",
    "endTime": "2020-05-20 10:00:00", "score": 85, "fullScore": 100, "passed": True,
    "answerList": [{"questionCode": "1", "answer": "B", "correct": True, "seconds": 12.5}],
}  # fmt: skip
QUESTION = {
    "classCode": "JN-01", "identity": ONE, "questionCode": "TW1", "askTime": "2020-05-07 09:00:00",
    "question": "接地电阻怎么测？", "replyTime": "2020-05-07 11:00:00", "reply": "用接地电阻测试仪。", "replier": "李老师",
}  # fmt: skip
JPEG = b"\xff\xd8\xff\xe0" + b"x" * 50
PHOTO = {
    "classCode": "JN-01", "identity": ONE, "photoTime": "2020-05-06 09:20:00", "photoType": "实名认证",
    "photo": base64.b64encode(JPEG).decode(),
}  # fmt: skip


@pytest.fixture
def caller(city) -> Caller:
    sender = Caller()
    assert sender.post("intake/classes", CLASS).json() == {"taken": 1, "known": 0, "failed": []}
    return sender


def verbs() -> list[str]:
    rows = Statement.objects.order_by("stored").values_list("body", flat=True)
    return [row["verb"]["id"].replace("/", ":").rsplit(":", 1)[1] for row in rows]


def test_every_kind_becomes_statements_that_xapi_reads_back(caller):
    for kind, item in {"hours": HOURS, "exams": EXAM, "questions": QUESTION, "photos": PHOTO}.items():
        assert caller.post(f"intake/{kind}", [item]).json() == {"taken": 1, "known": 0, "failed": []}
    assert verbs() == [
        "class-opened", "registered", "attended", "attended", "presence-checked", "passed", "answered", "asked",
        "responded", "photographed",
    ]  # fmt: skip
    registered = Statement.objects.get(body__verb__id__endswith="registered")
    found = caller.get("xapi/statements", {"registration": str(registered.reg), "ascending": "true"}).json()
    assert len(found["statements"]) == 9, "all but the reply of the teacher and the class itself"
    sitting = found["statements"][1]
    assert sitting["timestamp"] == "2020-05-06T01:00:00.000+00:00"
    assert sitting["result"]["duration"] == "PT2700S"
    assert sitting["context"]["extensions"]["urn:peibu:extension:ip"] == "203.0.113.7"
    assert bytes(Attachment.objects.get().content) == JPEG


def test_neither_number_nor_phone_nor_name_stands_in_the_store(caller):
    caller.post("intake/hours", [HOURS])
    text = json.dumps(list(Statement.objects.values_list("body", flat=True)), ensure_ascii=False)
    for secret in (ONE, "13800000000", "王建国"):
        assert secret not in text
    assert person_key(ONE) in text
    assert not Person.objects.filter(key=person_key(ONE)).exists(), "a platform does not write the register of persons"


def test_a_repeat_does_no_harm_and_another_content_is_refused(caller):
    assert caller.post("intake/hours", [HOURS]).json()["taken"] == 1
    before = Statement.objects.count()
    assert caller.post("intake/hours", [HOURS]).json() == {"taken": 0, "known": 1, "failed": []}
    longer = copy.deepcopy(HOURS)
    longer["loginList"][0]["endTime"] = "2020-05-06 11:45:00"
    answer = caller.post("intake/hours", [longer])
    assert answer.status_code == 422
    assert answer.json()["failed"][0]["code"] == "changed"
    assert Statement.objects.count() == before
    more = CLASS | {"studentList": [*CLASS["studentList"], {"name": "李敏", "identity": TWO}]}
    assert caller.post("intake/classes", more).json()["taken"] == 1


def test_all_faults_come_at_once_and_whole_items_stay(caller):
    wrong = copy.deepcopy(HOURS)
    wrong["identity"] = ONE[:-1] + ("1" if ONE[-1] != "1" else "2")
    wrong["loginList"][0] |= {"endTime": "2020-05-06 08:00:00", "ip": "300.1.1.1"}
    wrong["loginList"][1]["startTime"] = "2999-01-01 00:00:00"
    wrong["activityList"] = [{"activityDetection": "maybe", "activityTime": "gestern", "extra": 1}]
    answer = caller.post("intake/hours", [HOURS, wrong])
    assert answer.status_code == 422
    told = answer.json()
    assert told["taken"] == 1
    assert {(one["item"], one["field"]) for one in told["failed"]} == {
        (2, "identity"), (2, "loginList[1].endTime"), (2, "loginList[1].ip"), (2, "loginList[2].startTime"),
        (2, "activityList[1].activityDetection"), (2, "activityList[1].activityTime"), (2, "activityList[1].extra"),
    }  # fmt: skip
    for one in told["failed"]:
        assert one["sentence"].startswith("第 2 条“")
        assert wrong["identity"] not in one["sentence"]
    assert wrong["identity"] not in json.dumps(list(ReportFailure.objects.values_list("problems", flat=True)))


def test_a_record_needs_its_class_and_learner(caller):
    stranger = HOURS | {"identity": TWO}
    nowhere = HOURS | {"classCode": "JN-99"}
    told = caller.post("intake/hours", [stranger, nowhere]).json()
    assert [one["code"] for one in told["failed"]] == ["not_in_class", "not_in_class"]
    assert "attended" not in verbs()


def test_failures_are_listed_until_put_right_or_cleared(caller):
    caller.post("intake/exams", [EXAM | {"score": 120}])
    caller.post("intake/hours", [HOURS | {"loginList": []}])
    listed = caller.get("intake/failures").json()
    assert listed["total"] == 2
    assert caller.get("intake/failures", {"kind": "hours"}).json()["total"] == 1
    assert Caller().get("intake/failures").json()["total"] == 0, "another platform sees nothing"
    caller.post("intake/exams", [EXAM])
    assert [one["kind"] for one in caller.get("intake/failures").json()["failures"]] == ["hours"]
    assert caller.delete("intake/failures").json() == {"cleared": 1}
    assert caller.get("intake/failures").json()["total"] == 0


def test_what_is_no_push_is_told_so(caller):
    assert caller.post("intake/hours", "{").status_code == 400
    assert caller.post("intake/hours", []).status_code == 400
    assert caller.post("intake/hours", [HOURS] * 501).status_code == 413
    assert caller.post("intake/cats", [{}]).status_code == 404
    told = caller.post("intake/hours", [5, {}]).json()["failed"]
    assert {one["item"] for one in told} == {1, 2}
    twice = copy.deepcopy(HOURS)
    twice["loginList"][0]["ip"] = "203.0.113.8"
    assert caller.post("intake/hours", [HOURS, twice]).json()["failed"][0]["code"] == "twice"


def table(kind: str, rows: list[dict]) -> SimpleUploadedFile:
    """The template, filled in as a person would."""
    import io

    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(write_template(spec_of(kind))))
    sheet = book.worksheets[0]
    head = next(row for row in sheet.iter_rows() if any("班级编号" in str(cell.value) for cell in row))
    columns = {str(cell.value).strip("* "): cell.column for cell in head if cell.value}
    for row in range(head[0].row + 1, sheet.max_row + 1):
        for cell in sheet[row]:
            cell.value = None
    for number, told in enumerate(rows, start=head[0].row + 1):
        for label, value in told.items():
            column = next(place for name, place in columns.items() if name.startswith(label))
            sheet.cell(number, column, value)
    sink = io.BytesIO()
    book.save(sink)
    return SimpleUploadedFile(f"{kind}.xlsx", sink.getvalue())


def send(caller: Caller, kind: str, file: SimpleUploadedFile):
    return caller.client.post(f"/api/intake/files/{kind}", {"file": file}, headers=caller.headers())


def test_a_table_is_taken_whole_or_not_at_all(caller):
    row = {
        "班级编号": "JN-01",
        "身份证号码": ONE,
        "登录时间": "2020-05-06 09:00:00",
        "退出时间": "2020-05-06 09:45:00",
        "IP": "203.0.113.7",
    }
    late = row | {"登录时间": "2020-05-06 13:00:00"}
    answer = send(caller, "hours", table("hours", [row, late]))
    assert answer.status_code == 422
    (fault,) = answer.json()["failed"]
    assert fault["field"].endswith("endTime")
    assert "第 5 行“loginList[1].endTime”" in fault["sentence"]
    assert "attended" not in verbs()
    right = late | {"退出时间": "2020-05-06 13:30:00"}
    assert send(caller, "hours", table("hours", [row, right])).json() == {"taken": 2, "known": 0, "failed": []}
    assert send(caller, "hours", table("hours", [row, right])).json() == {"taken": 0, "known": 2, "failed": []}
    assert (
        caller.post("intake/hours", [HOURS | {"loginList": HOURS["loginList"][:1], "activityList": []}]).json()[
            "known"
        ]
        == 1
    )


def test_a_json_file_and_a_file_that_is_neither(caller):
    good = SimpleUploadedFile("h.json", json.dumps([HOURS]).encode())
    assert send(caller, "hours", good).json()["taken"] == 1
    assert send(caller, "hours", SimpleUploadedFile("h.json", b"{")).status_code == 422
    assert send(caller, "hours", SimpleUploadedFile("h.xlsx", b"\x89PNG\r\n\x1a\n")).status_code == 422
    assert send(caller, "photos", table("hours", [])).status_code == 422
    assert caller.client.post("/api/intake/files/hours", headers=caller.headers()).status_code == 400
