"""State and profiles: whoever writes over a document says what it has seen (xAPI communication 2.3, 2.6, 2.7, 3.1)."""

import json

import pytest

from peibu.accounts.enums import Scope
from tests.learning.world import Caller, learner, statement

pytestmark = pytest.mark.django_db
PLACE = {"activityId": "https://p.example/c", "agent": json.dumps(learner("k-1")), "stateId": "resume"}
STATE = "xapi/activities/state"


@pytest.fixture
def caller(city) -> Caller:
    return Caller()


def url(path: str, query: dict) -> str:
    from urllib.parse import urlencode

    return f"{path}?{urlencode(query)}"


def test_a_state_is_put_merged_listed_and_deleted(caller):
    assert caller.put(url(STATE, PLACE), {"at": 12, "old": 1}).status_code == 204
    assert caller.post(url(STATE, PLACE), {"at": 40}).status_code == 204
    answer = caller.get(STATE, PLACE)
    assert answer.json() == {"at": 40, "old": 1}
    assert answer["ETag"].strip('"')
    rest = {name: PLACE[name] for name in ("activityId", "agent")}
    assert caller.get(STATE, rest).json() == ["resume"]
    assert caller.delete(url(STATE, rest)).status_code == 204
    assert caller.get(STATE, PLACE).status_code == 404


def test_who_has_not_seen_the_newest_does_not_write_over_it(caller):
    caller.put(url(STATE, PLACE), {"at": 1})
    seen = caller.get(STATE, PLACE)["ETag"]
    assert caller.put(url(STATE, PLACE), {"at": 2}).status_code == 409
    assert caller.put(url(STATE, PLACE), {"at": 2}, if_match=seen).status_code == 204
    assert caller.put(url(STATE, PLACE), {"at": 3}, if_match=seen).status_code == 412
    assert caller.put(url(STATE, PLACE), {"at": 3}, if_none_match="*").status_code == 412
    assert caller.delete(url(STATE, PLACE), if_match='"x"').status_code == 412
    assert caller.get(STATE, PLACE).json() == {"at": 2}


def test_only_json_objects_are_merged(caller):
    caller.put(url(STATE, PLACE), {"at": 1})
    assert caller.post(url(STATE, PLACE), "plain", "text/plain").status_code == 400
    assert caller.post(url(STATE, PLACE), "[1]").status_code == 400
    assert caller.post(url(STATE, PLACE), "{").status_code == 400
    assert caller.get(STATE, PLACE).json() == {"at": 1}


def test_a_registration_has_documents_of_its_own(caller):
    other = PLACE | {"registration": "f1f9b5de-0a84-4b60-9f79-5d4dd6ac2f4e"}
    caller.put(url(STATE, PLACE), {"at": 1})
    caller.put(url(STATE, other), {"at": 2})
    assert caller.get(STATE, PLACE).json() == {"at": 1}
    assert caller.get(STATE, other).json() == {"at": 2}


def test_what_a_platform_wrote_is_no_page_of_this_address(caller):
    """A document has the content type of its sender; opened in a browser it must not run here as a page of ours."""
    page = b"<script>fetch('/desk/')</script>"
    assert caller.post(url(STATE, PLACE), page, "text/html").status_code == 204
    caller.post("xapi/statements", [statement()])
    for answer in (caller.get(STATE, PLACE), caller.get("xapi/statements"), caller.client.get("/api/xapi/statements")):
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer["X-Content-Type-Options"] == "nosniff"
    answer = caller.get(STATE, PLACE)
    assert answer["Content-Type"] == "text/html"
    assert answer["Content-Disposition"] == "attachment"
    assert answer.content == page


def test_what_is_told_of_an_agent_or_activity_comes_from_statements_that_the_key_may_read(caller):
    told = statement(actor={"name": "学员甲", **learner("k-1")})
    caller.post("xapi/statements", [told])
    mine = Caller(Scope.WRITE, Scope.READ_MINE, unit=caller.unit)
    asked = {"agent": json.dumps(learner("k-1"))}
    place = {"activityId": told["object"]["id"]}
    assert caller.get("xapi/agents", asked).json()["name"] == ["学员甲"]
    assert "definition" in caller.get("xapi/activities", place).json()
    for narrow in (mine, Caller()):
        assert "name" not in narrow.get("xapi/agents", asked).json()
        assert "definition" not in narrow.get("xapi/activities", place).json()
    mine.post("xapi/statements", [statement(actor={"name": "甲", **learner("k-1")})])
    assert mine.get("xapi/agents", asked).json()["name"] == ["甲"]
    assert "definition" in mine.get("xapi/activities", place).json()
