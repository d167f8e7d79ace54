"""Statements come in: a whole batch or nothing, each id once, nothing that is here ever changed."""

import datetime as dt
import json
from collections.abc import Sequence

import psycopg
from django.db import connection, transaction

from peibu.accounts.platforms import Platform
from peibu.learning.actions.attachments import keep_files
from peibu.learning.actions.refs import link
from peibu.learning.queries.bodies import bodies_of
from peibu.learning.statement.keys import index
from peibu.learning.statement.package import Package
from peibu.learning.statement.same import same
from peibu.learning.tables import make_month

# One parameter, expanded in the database. Ids in order, so that two batches never wait for each other in a ring. The
# time is taken after the transaction has its number, which is what `consistent_through` relies on.
_INSERT = """
WITH x AS MATERIALIZED (SELECT pg_current_xact_id() AS xid),
c AS MATERIALIZED (SELECT clock_timestamp() + $2::interval AS base, x.xid FROM x),
i AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS t(n int, id uuid, ts timestamptz, actor_h bigint, verb_h bigint,
    act_h bigint, reg uuid, sess_h bigint, rel bigint[], body jsonb)),
k AS (INSERT INTO learning_statement_id (id, stored)
    SELECT i.id, c.base + i.n * interval '1 microsecond' FROM i, c ORDER BY i.id
    ON CONFLICT DO NOTHING RETURNING id, stored)
INSERT INTO learning_statement (id, stored, ts, tenant, actor_h, verb_h, act_h, reg, sess_h, rel, body)
SELECT i.id, k.stored, coalesce(i.ts, k.stored), $3::uuid, i.actor_h, i.verb_h, i.act_h, i.reg, i.sess_h, i.rel, i.body
FROM i JOIN k USING (id)
RETURNING id, stored
"""
_ATTEMPTS = 3


class Conflict(Exception):
    """An id that is here with other content; nothing of the batch was kept."""

    def __init__(self, statement_id: str):
        super().__init__(
            f"语句编号 {statement_id} 已存在且内容不同。整批未保存；已收到的语句不能修改，新内容请用新的编号发送。"
        )
        self.statement_id = statement_id


def authority_of(platform: Platform, home: str) -> dict:
    """Who vouches for a statement: the key it came with."""
    return {"objectType": "Agent", "account": {"homePage": home, "name": str(platform.key)}}


def store(package: Package, *, by: Platform, home: str, version: str, shift: dt.timedelta) -> list[str]:
    """Keep a checked package. Returns the ids in the order sent; raises Conflict.

    version: what a statement without one is given. shift: how far the demo's clock is from the real one.
    """
    authority = authority_of(by, home)
    rows = [_row(place, one, by, authority, version) for place, one in enumerate(package.statements)]
    for attempt in range(_ATTEMPTS):
        try:
            with transaction.atomic():
                new = _insert(rows, by, shift)
                _compare(package.statements, new, by)
                if new:
                    link(package.statements, new, tenant=by.unit)
                    keep_files(package.files, tenant=by.unit, stored=min(new.values()))
            break
        except psycopg.errors.CheckViolation as missing:
            if "no partition" not in str(missing) or attempt == _ATTEMPTS - 1:
                raise
            make_month(_now(shift))
    return [one["id"] for one in package.statements]


def _row(place: int, statement: dict, by: Platform, authority: dict, version: str) -> dict:
    """A statement's row; what only the store may say is set here."""
    statement.pop("stored", None)
    statement["authority"] = authority
    statement.setdefault("version", version)
    for found in _contexts(statement):
        for name, one in found.items():
            if not isinstance(one, list):
                found[name] = [one]
    columns = index(statement, str(by.key))
    return {"n": place, "id": statement["id"], "ts": statement.get("timestamp"), "body": statement, **columns}


def _contexts(statement: dict) -> list[dict]:
    target = statement["object"]
    holders = (statement, target) if target.get("objectType") == "SubStatement" else (statement,)
    return [one["context"]["contextActivities"] for one in holders if "contextActivities" in one.get("context", ())]


def _insert(rows: Sequence[dict], by: Platform, shift: dt.timedelta) -> dict[str, dt.datetime]:
    """Insert what is not here yet; id -> time for the new ones."""
    connection.ensure_connection()
    with psycopg.RawCursor(connection.connection) as cursor:
        sent = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
        found = cursor.execute(_INSERT, (sent, shift, by.unit), prepare=True).fetchall()
        return {str(name): stored for name, stored in found}


def _compare(statements: list[dict], new: dict, by: Platform) -> None:
    """Everything that was here already is the same thing sent again."""
    old = [one for one in statements if one["id"] not in new]
    if not old:
        return
    kept = bodies_of([one["id"] for one in old], tenant=by.unit)
    for one in old:
        if one["id"] not in kept or not same(one, kept[one["id"]]):
            raise Conflict(one["id"])


def _now(shift: dt.timedelta) -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0] + shift
