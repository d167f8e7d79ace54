"""Statements found by agent, verb, activity, registration and time, one page at a time, in order of storing.

A statement about another one is found like the other one. What a later statement of the same platform took back is left
out. Two or three index scans of one page each are put together; none looks at more than it returns.
"""

import dataclasses
import datetime as dt
import json
from uuid import UUID

from django.db import connection

from peibu.learning.statement.check import VOIDED
from peibu.learning.statement.keys import (
    ACTIVITY,
    AGENT,
    REGISTRATION,
    RELATED_ACTIVITY,
    RELATED_AGENT,
    SENDER,
    VERB,
    key,
)

MOST = 500
LOOKED_THROUGH = 200  # statements asked what an activity or agent is called
_STORED = """to_char(s.stored AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
_TEXT = f"""(s.body || jsonb_build_object('stored', {_STORED}, 'timestamp', coalesce(s.body->>'timestamp', {_STORED})))::text"""
_NOT_VOIDED = """NOT EXISTS (SELECT 1 FROM learning_statementref v
    WHERE v.target = s.id AND v.voids AND v.tenant = s.tenant AND s.verb_h <> %(voided)s)"""


@dataclasses.dataclass(frozen=True)
class Search:
    """What is asked for. `agent` is an identifier of `statement.keys`; `after` the place of the last row of a page."""

    tenant: UUID
    sender: UUID | None = None
    agent: str | None = None
    verb: str | None = None
    activity: str | None = None
    registration: UUID | None = None
    related_agents: bool = False
    related_activities: bool = False
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    ascending: bool = False
    limit: int = 100
    after: tuple[dt.datetime, UUID] | None = None


@dataclasses.dataclass(frozen=True)
class Page:
    """Statements as JSON text, and the place to go on from (None at the end)."""

    statements: list[str]
    more: tuple[dt.datetime, UUID] | None


def find(search: Search) -> Page:
    """One page of statements."""
    order = "ASC" if search.ascending else "DESC"
    values = {"tenant": search.tenant, "voided": key(VERB, VOIDED), "limit": search.limit + 1}
    common = _time(search, values)
    scans = [_scan(where, common, order) for where in _ways(search, values)]
    values["via"] = _sought(search)
    if values["via"]:
        scans.append(_referring(search, common, order))
    sql = f"SELECT * FROM ({' UNION '.join(scans)}) s ORDER BY stored {order}, id {order} LIMIT %(limit)s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH found AS MATERIALIZED ({sql}) SELECT {_TEXT}, s.stored, s.id FROM found f "
            f"JOIN learning_statement s ON s.tenant = %(tenant)s AND s.stored = f.stored AND s.id = f.id "
            f"ORDER BY s.stored {order}, s.id {order}",
            values,
        )
        rows = cursor.fetchall()
    more = len(rows) > search.limit
    rows = rows[: search.limit]
    return Page([row[0] for row in rows], rows[-1][1:] if more else None)


def _scan(where: str, common: str, order: str) -> str:
    return (
        f"(SELECT s.stored, s.id FROM learning_statement s WHERE s.tenant = %(tenant)s{common} AND {_NOT_VOIDED}{where} "
        f"ORDER BY s.stored {order}, s.id {order} LIMIT %(limit)s)"
    )


def _referring(search: Search, common: str, order: str) -> str:
    sender = " AND s.rel @> ARRAY[%(sender)s]" if search.sender else ""
    return (
        "(SELECT s.stored, s.id FROM learning_statementref r JOIN learning_statement s"
        " ON s.tenant = r.tenant AND s.stored = r.stored AND s.id = r.id"
        f" WHERE r.tenant = %(tenant)s AND r.via @> %(via)s::bigint[]{common}{sender} AND {_NOT_VOIDED} "
        f"ORDER BY s.stored {order}, s.id {order} LIMIT %(limit)s)"
    )


def _time(search: Search, values: dict) -> str:
    common = ""
    if search.since:
        values["since"] = search.since
        common += " AND s.stored > %(since)s"
    if search.until:
        values["until"] = search.until
        common += " AND s.stored <= %(until)s"
    if search.after:
        values["last"], values["last_id"] = search.after
        common += f" AND (s.stored, s.id) {'>' if search.ascending else '<'} (%(last)s, %(last_id)s)"
    return common


def _sought(search: Search) -> list[int]:
    """The keys that the target of a reference must have."""
    keys = []
    if search.agent:
        keys.append(key(RELATED_AGENT if search.related_agents else AGENT, search.agent))
    if search.activity:
        keys.append(key(RELATED_ACTIVITY if search.related_activities else ACTIVITY, search.activity))
    if search.verb:
        keys.append(key(VERB, search.verb))
    if search.registration:
        keys.append(key(REGISTRATION, str(search.registration)))
    return keys


def _ways(search: Search, values: dict) -> list[str]:
    """The conditions under which a statement itself is meant: an agent stands in its column or among the others."""
    both = ""
    if search.verb:
        values["verb"] = key(VERB, search.verb)
        both += " AND s.verb_h = %(verb)s"
    if search.registration:
        values["reg"] = search.registration
        both += " AND s.reg = %(reg)s"
    if search.activity:
        sense = RELATED_ACTIVITY if search.related_activities else ACTIVITY
        values["act"] = key(sense, search.activity)
        both += " AND s.rel @> ARRAY[%(act)s]" if search.related_activities else " AND s.act_h = %(act)s"
    if search.sender:
        values["sender"] = key(SENDER, str(search.sender))
        both += " AND s.rel @> ARRAY[%(sender)s]"
    if search.agent is None:
        return [both]
    values["agent"] = key(RELATED_AGENT if search.related_agents else AGENT, search.agent)
    among = both + " AND s.rel @> ARRAY[%(agent)s]"
    return [among] if search.related_agents else [both + " AND s.actor_h = %(agent)s", among]


_ONE = f"""
SELECT {_TEXT}, s.stored, s.verb_h <> %(voided)s AND EXISTS (SELECT 1 FROM learning_statementref v
    WHERE v.target = s.id AND v.voids AND v.tenant = s.tenant)
FROM learning_statement_id k JOIN learning_statement s ON s.tenant = %(tenant)s AND s.stored = k.stored AND s.id = k.id
WHERE k.id = %(id)s
"""


@dataclasses.dataclass(frozen=True)
class Single:
    """One statement by its id."""

    statement: dict
    stored: dt.datetime
    voided: bool


def one(statement_id: UUID, *, tenant: UUID, sender: UUID | None = None) -> Single | None:
    """The platform's statement with an id (of one key only, with `sender`), voided or not."""
    sql = _ONE + (" AND s.rel @> ARRAY[%(sender)s]" if sender else "")
    values = {"id": statement_id, "tenant": tenant, "voided": key(VERB, VOIDED)}
    with connection.cursor() as cursor:
        cursor.execute(sql, values | {"sender": key(SENDER, str(sender))})
        row = cursor.fetchone()
    return Single(json.loads(row[0]), row[1], row[2]) if row else None


_THROUGH = """
WITH b AS MATERIALIZED (SELECT clock_timestamp() AS now)
SELECT least(b.now, (SELECT min(xact_start) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid())) + %s FROM b
"""


def consistent_through(shift: dt.timedelta) -> dt.datetime:
    """Everything stored up to this moment can be read: no transaction that writes now will add anything before it."""
    with connection.cursor() as cursor:
        cursor.execute(_THROUGH, [shift])
        return cursor.fetchone()[0]


def _sent_by(sender: UUID | None) -> list[int]:
    """What the related keys must contain; of anybody's statements nothing is asked."""
    return [key(SENDER, str(sender))] if sender else []


def definition_of(activity: str, *, tenant: UUID, sender: UUID | None = None) -> dict:
    """The activity as the platform's statements tell it, the newest ones first; only its id when none tells more.

    With `sender` only the statements of one key count, here and below.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT body->'object'->>'definition' FROM learning_statement WHERE tenant = %s AND act_h = %s AND rel @> %s "
            "AND body->'object' ? 'definition' ORDER BY stored DESC LIMIT %s",
            [tenant, key(ACTIVITY, activity), _sent_by(sender), LOOKED_THROUGH],
        )
        rows = cursor.fetchall()
    definition: dict = {}
    for (text,) in reversed(rows):
        for name, part in json.loads(text).items():
            both = isinstance(part, dict) and isinstance(definition.get(name), dict)
            definition[name] = definition[name] | part if both else part
    told = {"objectType": "Activity", "id": activity}
    return told | ({"definition": definition} if definition else {})


def names_of(agent: str, *, tenant: UUID, sender: UUID | None = None) -> list[str]:
    """The names under which an agent acted, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT body->'actor'->>'name' FROM learning_statement WHERE tenant = %s AND actor_h = %s "
            "AND rel @> %s ORDER BY stored DESC LIMIT %s",
            [tenant, key(AGENT, agent), _sent_by(sender), LOOKED_THROUGH],
        )
        return list(dict.fromkeys(row[0] for row in cursor.fetchall() if row[0]))
