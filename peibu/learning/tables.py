"""The partitioned table in SQL, which Django's models cannot describe, and its months."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.db import connection, transaction

CREATE = """
CREATE TABLE learning_statement (
    id uuid NOT NULL,
    stored timestamptz NOT NULL,
    ts timestamptz NOT NULL,
    tenant uuid NOT NULL,
    actor_h bigint,
    verb_h bigint NOT NULL,
    act_h bigint,
    reg uuid,
    sess_h bigint,
    rel bigint[] NOT NULL,
    body jsonb NOT NULL
) PARTITION BY RANGE (stored);
CREATE INDEX learning_statement_by_tenant ON learning_statement (tenant, stored, id);
CREATE INDEX learning_statement_by_actor ON learning_statement (actor_h, stored);
CREATE INDEX learning_statement_by_verb ON learning_statement (verb_h, stored);
CREATE INDEX learning_statement_by_act ON learning_statement (act_h, stored);
CREATE INDEX learning_statement_by_reg ON learning_statement (reg, stored) WHERE reg IS NOT NULL;
CREATE INDEX learning_statement_by_sess ON learning_statement (sess_h, stored) WHERE sess_h IS NOT NULL;
CREATE INDEX learning_statement_by_rel ON learning_statement USING gin (rel);
"""
DROP = "DROP TABLE learning_statement"
CHINA = ZoneInfo("Asia/Shanghai")
AHEAD = 3


def month_of(moment: dt.datetime) -> dt.datetime:
    """The first instant of a moment's month in China."""
    return moment.astimezone(CHINA).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def next_month(month: dt.datetime) -> dt.datetime:
    return (month + dt.timedelta(days=32)).replace(day=1)


def make_month(moment: dt.datetime) -> None:
    """The partition of a moment's month, if it is not there; two at a time wait for one another."""
    month = month_of(moment)
    name = f"learning_statement_{month:%Y_%m}"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('learning_statement'))")
        cursor.execute("SELECT to_regclass(%s)", [name])
        if cursor.fetchone()[0] is None:
            cursor.execute(
                f"CREATE TABLE {name} PARTITION OF learning_statement FOR VALUES FROM (%s) TO (%s)",
                [month, next_month(month)],
            )


def make_months_ahead(moment: dt.datetime) -> None:
    """The partitions of this month and the next ones."""
    month = month_of(moment)
    for _step in range(AHEAD + 1):
        make_month(month)
        month = next_month(month)
