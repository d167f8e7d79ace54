"""The store over its protocol: nothing twice, nothing half, nothing changed, nothing of others (xAPI communication 2.1)."""

import datetime as dt
import hashlib
import json
import threading
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from peibu.accounts.enums import Scope
from peibu.learning.actions import refs
from peibu.learning.actions import statements as store
from peibu.learning.models import Attachment, Document, ReportFailure, Statement, StatementId, StatementRef
from peibu.learning.queries.statements import consistent_through
from peibu.learning.tables import make_month, month_of, next_month
from tests.learning.world import FULL, VOIDED, Caller, learner, statement

NONE = dt.timedelta()
pytestmark = pytest.mark.django_db


def count() -> int:
    return Statement.objects.count()


@pytest.fixture
def caller(city) -> Caller:
    return Caller()


def test_a_batch_is_kept_and_read_back(caller):
    sent = [statement(), statement(result={"success": True})]
    assert caller.post("xapi/statements", sent).json() == [one["id"] for one in sent]
    found = caller.get("xapi/statements").json()
    assert [one["id"] for one in found["statements"]] == [one["id"] for one in reversed(sent)]
    kept = found["statements"][0]
    assert {name: kept[name] for name in sent[1]} == sent[1]
    assert kept["authority"]["account"]["name"] == str(caller.key.pk)
    assert kept["version"] == "2.0.0"
    assert found["more"] == ""


def test_the_same_again_does_no_harm_and_something_else_keeps_nothing(caller):
    first = statement()
    assert caller.post("xapi/statements", [first]).status_code == 200
    assert caller.post("xapi/statements", [first]).status_code == 200
    assert caller.put(f"xapi/statements?statementId={first['id']}", first).status_code == 204
    assert count() == 1
    other = first | {"result": {"success": False}}
    answer = caller.post("xapi/statements", [statement(), other, statement()])
    assert answer.status_code == 409
    assert first["id"] in answer.json()["error"]
    assert count() == StatementId.objects.count() == 1
    assert "result" not in caller.get("xapi/statements", {"statementId": first["id"]}).json()


def test_one_wrong_statement_keeps_nothing_of_its_batch(caller):
    answer = caller.post("xapi/statements", [statement(), statement(actor={})])
    assert answer.status_code == 400
    assert answer.json()["where"] == "[1].actor"
    same = statement()
    assert caller.post("xapi/statements", [same, same]).json()["where"] == "[1].id"
    assert caller.post("xapi/statements", '[{"id": NaN}]').status_code == 400
    assert caller.post("xapi/statements", [statement(result={"response": "a\x00b"})]).status_code == 400
    assert caller.post("xapi/statements", [statement(result={"response": "\ud800"})]).status_code == 400
    assert count() == 0


SENDERS, SENT = 4, 100


def sent_at_once(caller: Caller) -> list[int]:
    """Four identical batches at the same moment; the statuses of the answers."""
    sent = [statement() for _number in range(SENT)]
    gate, statuses = threading.Barrier(SENDERS), []

    def job(number: int) -> None:
        try:
            gate.wait()
            batch = sent if number % 2 else sent[::-1]  # in either order: they must not wait for each other in a ring
            statuses.append(caller.post("xapi/statements", batch).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=job, args=[number]) for number in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


@pytest.mark.django_db(transaction=True)
def test_four_identical_batches_at_once_leave_each_statement_once(snapshot):
    assert sent_at_once(Caller()) == [200] * SENDERS
    assert count() == StatementId.objects.count() == SENT


LOOK_FIRST = """
INSERT INTO learning_statement (id, stored, ts, tenant, actor_h, verb_h, act_h, reg, sess_h, rel, body)
SELECT i.id, clock_timestamp() + $2::interval, coalesce(i.ts, clock_timestamp()), $3::uuid, i.actor_h, i.verb_h, i.act_h,
    i.reg, i.sess_h, i.rel, i.body
FROM jsonb_to_recordset($1::jsonb) AS i(n int, id uuid, ts timestamptz, actor_h bigint, verb_h bigint,
    act_h bigint, reg uuid, sess_h bigint, rel bigint[], body jsonb)
WHERE NOT EXISTS (SELECT 1 FROM learning_statement s WHERE s.id = i.id)
RETURNING id, stored
"""


@pytest.mark.django_db(transaction=True)
def test_a_store_that_only_looks_first_keeps_them_several_times(snapshot, monkeypatch):
    """Negative control of the test above: without the key on ids the same four batches are kept more than once."""
    insert, together = store._insert, threading.Barrier(SENDERS)

    def naive(*args) -> dict:
        found = insert(*args)
        together.wait(60)  # all have looked and nobody has committed: what a busy server does by itself
        return found

    monkeypatch.setattr(store, "_INSERT", LOOK_FIRST)
    monkeypatch.setattr(store, "_insert", naive)
    assert sent_at_once(Caller()) == [200] * SENDERS
    assert count() == SENDERS * SENT


def test_the_database_itself_refuses_a_second_row_for_an_id(caller):
    one = statement()
    caller.post("xapi/statements", [one])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO learning_statement_id VALUES (%s, now()) ON CONFLICT DO NOTHING RETURNING id", [one["id"]]
        )
        assert cursor.fetchall() == []


def test_a_platform_reads_nothing_of_another(caller):
    one = statement()
    caller.post("xapi/statements", [one])
    other = Caller()
    assert other.get("xapi/statements").json()["statements"] == []
    assert other.get("xapi/statements", {"statementId": one["id"]}).status_code == 404
    assert other.post("xapi/statements", [one]).status_code == 409
    agent = json.dumps(FULL["actor"])
    assert other.get("xapi/statements", {"agent": agent, "related_agents": "true"}).json()["statements"] == []
    caller.put("xapi/activities/profile?activityId=https://p.example/1&profileId=p", {"a": 1}, if_none_match="*")
    assert caller.get("xapi/activities/profile", {"activityId": "https://p.example/1"}).json() == ["p"]
    assert other.get("xapi/activities/profile", {"activityId": "https://p.example/1"}).json() == []


def test_a_key_of_mine_reads_only_its_own(caller):
    caller.post("xapi/statements", [statement()])
    mine = Caller(Scope.WRITE, Scope.READ_MINE, unit=caller.unit)
    one = statement()
    mine.post("xapi/statements", [one])
    assert [row["id"] for row in mine.get("xapi/statements").json()["statements"]] == [one["id"]]
    assert len(caller.get("xapi/statements").json()["statements"]) == 2


def test_every_filter_finds_what_it_names_and_nothing_else(caller):
    full = {**statement(), **FULL, "id": str(uuid4())}
    full.pop("attachments")
    plain = statement(actor=learner("k-2"), verb={"id": "https://p.example/v"}, object={"id": "https://p.example/o"})
    caller.post("xapi/statements", [full, plain])

    def found(**query) -> list[str]:
        rows = caller.get("xapi/statements", query).json()["statements"]
        return sorted(row["id"] for row in rows)

    team = json.dumps({"mbox": "mailto:a@p.example"})
    assert found(agent=json.dumps(learner("k-2"))) == [plain["id"]]
    assert found(agent=team) == []
    assert found(agent=team, related_agents="true") == [full["id"]]
    assert found(verb="https://p.example/v") == [plain["id"]]
    assert found(activity="https://p.example/course/1") == [full["id"]]
    assert found(activity="https://p.example/g") == []
    assert found(activity="https://p.example/g", related_activities="true") == [full["id"]]
    assert found(registration=FULL["context"]["registration"]) == [full["id"]]
    assert found(agent=json.dumps(learner("k-2")), verb=FULL["verb"]["id"]) == []
    assert found(since="2999-01-01T00:00:00Z") == []
    assert found(until="2999-01-01T00:00:00Z") == sorted([full["id"], plain["id"]])
    assert caller.get("xapi/statements", {"agnt": "x"}).status_code == 400


def test_pages_follow_one_another_without_gap(caller):
    sent = [statement() for _number in range(7)]
    caller.post("xapi/statements", sent)
    seen, answer = [], caller.get("xapi/statements", {"limit": 3, "ascending": "true", "format": "ids"}).json()
    while True:
        seen += [row["id"] for row in answer["statements"]]
        if not answer["more"]:
            break
        answer = caller.client.get(answer["more"], headers=caller.headers()).json()
    assert seen == [one["id"] for one in sent]
    assert caller.get("xapi/statements/more", {"after": "made up"}).status_code == 400


def test_what_is_voided_is_shown_only_as_voided(caller):
    one = statement()
    voiding = statement(verb={"id": VOIDED}, object={"objectType": "StatementRef", "id": one["id"]})
    caller.post("xapi/statements", [voiding])
    caller.post("xapi/statements", [one])  # comes after what takes it back
    assert caller.get("xapi/statements", {"statementId": one["id"]}).status_code == 404
    assert caller.get("xapi/statements", {"voidedStatementId": one["id"]}).json()["id"] == one["id"]
    assert [row["id"] for row in caller.get("xapi/statements").json()["statements"]] == [voiding["id"]]
    again = statement(verb={"id": VOIDED}, object={"objectType": "StatementRef", "id": voiding["id"]})
    caller.post("xapi/statements", [again])
    assert caller.get("xapi/statements", {"statementId": voiding["id"]}).status_code == 200


def test_another_platform_voids_nothing_here(caller):
    one = statement()
    caller.post("xapi/statements", [one])
    other = Caller()
    other.post(
        "xapi/statements", [statement(verb={"id": VOIDED}, object={"objectType": "StatementRef", "id": one["id"]})]
    )
    assert caller.get("xapi/statements", {"statementId": one["id"]}).status_code == 200


def test_a_statement_about_another_is_found_like_the_other(caller):
    target = statement(verb={"id": "https://p.example/rare"})
    about = statement(actor=learner("k-9"), object={"objectType": "StatementRef", "id": target["id"]})
    further = statement(actor=learner("k-8"), object={"objectType": "StatementRef", "id": about["id"]})
    caller.post("xapi/statements", [further])
    caller.post("xapi/statements", [about])
    caller.post("xapi/statements", [target])
    rows = caller.get("xapi/statements", {"verb": "https://p.example/rare"}).json()["statements"]
    assert [row["id"] for row in rows] == [target["id"], about["id"], further["id"]]


def test_a_reference_that_missed_its_target_finds_it_later(caller):
    target = statement(verb={"id": "https://p.example/rare"})
    about = statement(object={"objectType": "StatementRef", "id": target["id"]})
    caller.post("xapi/statements", [about, target])
    StatementRef.objects.update(via=None)  # as two transactions at the same moment would leave it
    assert len(caller.get("xapi/statements", {"verb": "https://p.example/rare"}).json()["statements"]) == 1
    at = timezone.now()
    assert refs.link_late(at=at) == 1
    assert len(caller.get("xapi/statements", {"verb": "https://p.example/rare"}).json()["statements"]) == 2


def test_the_job_looks_again_only_at_references_whose_target_has_come_and_of_the_last_days(caller, monkeypatch):
    """A sender may refer to as many things as it likes that never come: the hourly job must not ask for each of them."""
    nowhere = [statement(object={"objectType": "StatementRef", "id": str(uuid4())}) for _number in range(20)]
    target = statement()
    abroad = statement(object={"objectType": "StatementRef", "id": target["id"]})
    Caller().post("xapi/statements", [abroad])
    missed = [statement(object={"objectType": "StatementRef", "id": target["id"]}) for _number in range(2)]
    caller.post("xapi/statements", [*nowhere, *missed, target])
    StatementRef.objects.update(via=None)
    looked = []
    spread = refs.spread
    monkeypatch.setattr(
        refs, "spread", lambda some, *, tenant: looked.append(set(some)) or spread(some, tenant=tenant)
    )
    assert refs.link_late(at=timezone.now() + refs.LATE + dt.timedelta(minutes=1)) == 0
    assert looked == []
    assert refs.link_late(at=timezone.now()) == 2
    assert looked == [{one["id"] for one in missed}], "one question for all, none for those that wait for nothing"
    assert refs.link_late(at=timezone.now()) == 0


@pytest.mark.django_db(transaction=True)
def test_consistent_through_waits_for_who_is_writing(snapshot):
    """What is answered as complete up to a moment stays so, although a slow writer commits later."""
    caller = Caller()
    writing, read = threading.Event(), threading.Event()

    def slow() -> None:
        from django.db import transaction

        try:
            with transaction.atomic():
                caller.post("xapi/statements", [statement()])
                writing.set()
                read.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert writing.wait(10)
    through = consistent_through(NONE)
    before = set(Statement.objects.filter(stored__lte=through).values_list("id", flat=True))
    read.set()
    thread.join()
    after = set(Statement.objects.filter(stored__lte=through).values_list("id", flat=True))
    assert before == after == set()
    assert Statement.objects.filter(stored__lte=consistent_through(NONE)).count() == 1


def test_attachments_come_back_with_their_statement(caller):
    content = b"\xff\xd8\xff binary \r\n--- content"
    sha2 = hashlib.sha256(content).hexdigest()
    one = statement(
        attachments=[{
            "usageType": "https://p.example/u", "display": {"en": "x"}, "contentType": "image/jpeg",
            "length": len(content), "sha2": sha2,
        }]
    )  # fmt: skip
    body = (
        b"--b\r\nContent-Type: application/json\r\n\r\n" + json.dumps(one).encode()
        + b"\r\n--b\r\nContent-Type: image/jpeg\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: "
        + sha2.encode() + b"\r\n\r\n" + content + b"\r\n--b--\r\n"
    )  # fmt: skip
    assert caller.post("xapi/statements", body, "multipart/mixed; boundary=b").status_code == 200
    answer = caller.get("xapi/statements", {"statementId": one["id"], "attachments": "true"})
    assert content in answer.content
    wrong = body.replace(content, content[:-1] + b"!")
    assert caller.post("xapi/statements", wrong, "multipart/mixed; boundary=b").status_code == 400
    assert caller.post("xapi/statements", [one | {"id": str(uuid4())}]).status_code == 400


def test_months_have_their_partitions_and_a_missing_one_is_made(caller):
    caller.post("xapi/statements", [statement()])
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM learning_statement")
        assert cursor.fetchone()[0].startswith("learning_statement_2")
    month = month_of(dt.datetime(2031, 12, 31, 23, tzinfo=dt.UTC))
    assert month.isoformat() == "2032-01-01T00:00:00+08:00"
    assert next_month(month).isoformat() == "2032-02-01T00:00:00+08:00"
    make_month(month)
    make_month(month)


STORE = [StatementId, Statement, StatementRef, Attachment, Document, ReportFailure]


def test_the_store_has_no_trigger_and_no_foreign_key():
    tables = [model._meta.db_table for model in STORE]
    make_month(month_of(dt.datetime(2031, 12, 31, tzinfo=dt.UTC)))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent::regclass::text = ANY(%s)", [tables]
        )
        tables += [name for (name,) in cursor.fetchall()]
        assert len(tables) > len(STORE), "the months are asked too"
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid::regclass::text = ANY(%s)", [tables])
        assert cursor.fetchall() == []
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)", [tables]
        )
        assert cursor.fetchall() == []
        cursor.execute("SELECT count(*) FROM pg_constraint WHERE contype = 'f'")
        assert cursor.fetchone()[0] > 100, "the question itself can find foreign keys"
