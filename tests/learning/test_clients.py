"""Programmes not written for the tests talk to a running server: an xAPI library of others, and our example."""

import datetime as dt
import importlib.util
import json
import uuid
from pathlib import Path

import pytest
import tincan

from peibu.api.intake import views
from peibu.learning.models import Statement
from tests.learning.test_reports import CLASS, HOURS
from tests.learning.world import Caller

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def lrs(snapshot, live_server) -> tincan.RemoteLRS:
    caller = Caller()
    return tincan.RemoteLRS(
        version="1.0.3", endpoint=f"{live_server.url}/api/xapi/", username=str(caller.key.pk), password=caller.secret
    )


def told(number: int) -> tincan.Statement:
    return tincan.Statement(
        id=uuid.uuid4(),
        actor=tincan.Agent(name="甲", account=tincan.AgentAccount(home_page="https://p.example", name=f"k-{number}")),
        verb=tincan.Verb(id="http://adlnet.gov/expapi/verbs/experienced", display={"zh-CN": "学习"}),
        object=tincan.Activity(id="https://p.example/c/1", definition={"name": {"zh-CN": "电工"}}),
        result=tincan.Result(duration=dt.timedelta(seconds=90), success=True),
    )


def test_a_library_of_others_sends_and_finds_statements(lrs):
    sent = [told(number) for number in range(3)]
    assert lrs.save_statements(sent).success
    assert lrs.save_statement(told(3)).success
    found = lrs.retrieve_statement(str(sent[1].id))
    assert found.success
    assert found.content.actor.account.name == "k-1"
    asked = lrs.query_statements({"agent": sent[2].actor, "limit": 5})
    assert [one.id for one in asked.content.statements] == [sent[2].id]
    wrong = lrs.save_statement(tincan.Statement(actor=told(1).actor, verb=told(1).verb, object=None))
    assert not wrong.success
    assert Statement.objects.count() == 4


def test_a_library_of_others_keeps_the_place_of_a_learner(lrs):
    state = tincan.StateDocument(
        activity=told(1).object, agent=told(1).actor, id="resume", content=bytearray(b'{"at": 12}'),
        content_type="application/json",
    )  # fmt: skip
    assert lrs.save_state(state).success
    assert json.loads(lrs.retrieve_state(state.activity, state.agent, "resume").content.content) == {"at": 12}


def example_client():
    spec = importlib.util.spec_from_file_location("report_learning", ROOT / "examples" / "report_learning.py")
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    return example


def test_the_example_sends_no_more_at_once_than_is_taken(snapshot, live_server, monkeypatch, settings):
    """By number and by bytes; the faults still name the item of the whole file, and the list comes whole."""
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2000
    monkeypatch.setattr(views, "PAGE", 2)
    example, caller = example_client(), Caller()
    assert caller.post("intake/classes", CLASS).json()["taken"] == 1
    items = [HOURS | {"classCode": f"X{number}"} for number in range(9)]
    items[4] = HOURS
    batches = example.batches
    monkeypatch.setattr(example, "batches", lambda items: batches(items, most=3, size=1900))
    peibu = example.Peibu(live_server.url, str(caller.key.pk), caller.secret)
    assert [one["item"] for one in peibu.report("hours", items)] == [1, 2, 3, 4, 6, 7, 8, 9]
    assert len(peibu.failures()) == 8
    assert [len(one) for one in batches(["x"] * 7, most=3)] == [3, 3, 1]
    assert [len(one) for one in batches(["x" * 10] * 4, size=30)] == [2, 2]
    assert [len(one) for one in batches(["x" * 99, "y"], size=30)] == [1, 1]
    assert list(batches([])) == []


def test_the_example_reports_and_tells_what_was_wrong(snapshot, live_server, tmp_path, capsys):
    example, caller = example_client(), Caller()
    files = {"classes": [CLASS], "hours": [HOURS, HOURS | {"classCode": "X"}]}
    for kind, items in files.items():
        (tmp_path / kind).write_text(json.dumps(items), encoding="utf-8")
    access = (live_server.url, str(caller.key.pk), caller.secret)
    assert example.main(*access, "classes", str(tmp_path / "classes")) == 0
    assert example.main(*access, "hours", str(tmp_path / "hours")) == 1
    assert "不在已上报的班级名单中" in capsys.readouterr().out
    assert example.main(*access, "hours", str(tmp_path / "hours")) == 1
    assert Statement.objects.count() == 5
    assert example.main(*access, "failures") == 1
    caller.secret = "wrong"
    with pytest.raises(RuntimeError, match="没有有效的平台密钥"):
        example.main(live_server.url, str(caller.key.pk), "wrong", "hours", str(tmp_path / "hours"))
