"""What is too much is refused as JSON, with the limit and before it costs anything (docs/reference/learning-intake.md)."""

import copy
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from peibu.api.intake import views
from tests.learning.test_reports import CLASS, HOURS
from tests.learning.world import Caller, statement

pytestmark = pytest.mark.django_db
MB = 1024 * 1024


@pytest.fixture
def caller(city, settings) -> Caller:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = MB
    return Caller()


def test_a_body_that_is_too_big_is_refused_as_json(caller):
    big = json.dumps([statement(result={"response": "x" * (MB + 1)})])
    for path in ("xapi/statements", "xapi/1.0/statements", "intake/hours"):
        answer = caller.post(path, big)
        assert answer.status_code == 413, path
        assert "1 MB" in answer.json()["error"]
        assert answer.json()["todo"]
    place = "xapi/activities/profile?activityId=https://p.example/1&profileId=p"
    assert caller.post(place, big).status_code == 413
    assert caller.post("xapi/statements", json.dumps([statement()])).status_code == 200


def test_a_request_hidden_in_a_form_has_the_same_limit(caller):
    caller.version = "1.0.3"
    form = "application/x-www-form-urlencoded"
    answer = caller.post("xapi/statements?method=PUT", "content=" + "x" * (MB + 1), form)
    assert answer.status_code == 413
    assert "1 MB" in answer.json()["error"]


def test_a_file_that_is_too_big_is_refused_before_it_is_written_anywhere(caller, settings, monkeypatch):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0  # every file that is looked at goes to the disk
    monkeypatch.setattr(views, "FILE_BYTES", MB)
    written, new_file = [], TemporaryFileUploadHandler.new_file
    monkeypatch.setattr(
        TemporaryFileUploadHandler, "new_file", lambda *args, **more: written.append(1) or new_file(*args, **more)
    )
    big = SimpleUploadedFile("h.json", b"[" + b" " * (MB + views.ENVELOPE) + b"]")
    answer = caller.client.post("/api/intake/files/hours", {"file": big}, headers=caller.headers())
    assert answer.status_code == 413
    assert "1 MB" in answer.json()["error"]
    assert written == []
    just = SimpleUploadedFile("h.json", b"[" + b" " * (MB - 1) + b"]")  # one byte more than a MB
    answer = caller.client.post("/api/intake/files/hours", {"file": just}, headers=caller.headers())
    assert answer.status_code == 413, "the envelope leaves room for a file a little too big; its own size is asked too"
    assert written == [1]


def test_the_failures_come_page_by_page(caller, monkeypatch):
    monkeypatch.setattr(views, "PAGE", 2)
    caller.post("intake/classes", CLASS)
    items = []
    for day in range(1, 6):
        one = copy.deepcopy(HOURS) | {"activityList": []}
        one["loginList"] = [one["loginList"][0] | {"startTime": f"2020-05-0{day} 09:00:00", "ip": "?"}]
        items.append(one)
    caller.post("intake/hours", items)
    seen, after = [], {}
    for _page in range(3):
        page = caller.get("intake/failures", after).json()
        assert page["total"] == 5
        seen += [one["item"] for one in page["failures"]]
        after = {"after": page["failures"][-1]["id"]}
    assert seen == [1, 2, 3, 4, 5]
    assert caller.get("intake/failures", {"after": "x"}).status_code == 400
