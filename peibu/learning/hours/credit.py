"""The time that traces are worth: every second of a person once, over all platforms (ADR 0035).

1. Records of one session at most `gap` apart make a stretch, from the moment the first was stored to that of the last. What
   follows a pause begins a new one. A session that came in bulk (its time of arrival is less than a share of the time it
   tells of itself) and sittings that a platform only reported stretch over their own times: grade C.
2. Each second goes to one stretch: better proven before reported, then the one that was running already.
3. Time with positions in a video (grade A) counts no longer than what was played of it, each part once; what is over is taken
   off the last days.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from peibu.learning.terms import Terms

_STRETCHES = """
t AS (SELECT * FROM learning_learningtrace
    WHERE stored <= %(until)s AND (%(learners)s::text[] IS NULL OR learner = ANY(%(learners)s))),
r AS (
    SELECT learner, tenant, course, session, id, stored, ts,
        stored - lag(stored) OVER a AS gap, coalesce(lag(halts) OVER a, false) AS halted,
        ts - lag(ts) OVER e AS told_gap, coalesce(lag(halts) OVER e, false) AS told_halted,
        bool_or(place IS NOT NULL OR played <> '') OVER (PARTITION BY learner, tenant, course, session) AS watched
    FROM t WHERE kind = 'record'
    WINDOW a AS (PARTITION BY learner, tenant, course, session ORDER BY stored, id),
        e AS (PARTITION BY learner, tenant, course, session ORDER BY ts, stored, id)
),
g AS (
    SELECT r.*, coalesce(sum(gap) FILTER (WHERE gap <= %(gap)s AND NOT halted) OVER p, interval '0') * 100
            < coalesce(sum(told_gap) FILTER (WHERE told_gap <= %(gap)s AND NOT told_halted) OVER p, interval '0')
            * %(share)s AS batched
    FROM r WINDOW p AS (PARTITION BY learner, tenant, course, session)
),
b AS (
    SELECT g.*, CASE WHEN batched THEN least(ts, stored) ELSE stored END AS moment,
        CASE WHEN batched THEN told_gap IS NULL OR told_gap > %(gap)s OR told_halted
            ELSE gap IS NULL OR gap > %(gap)s OR halted END AS begins
    FROM g
),
n AS (
    SELECT b.*, count(*) FILTER (WHERE begins) OVER (
        PARTITION BY learner, tenant, course, session ORDER BY moment, stored, id) AS nth FROM b
),
stretch AS (
    SELECT learner, tenant, course, session, CASE WHEN batched THEN 'C' WHEN watched THEN 'A' ELSE 'B' END AS grade,
        min(moment) AS starts, max(moment) AS ends, count(*) AS records,
        (array_agg(id ORDER BY moment, stored, id))[1] AS first_id,
        (array_agg(id ORDER BY moment DESC, stored DESC, id DESC))[1] AS last_id
    FROM n GROUP BY learner, tenant, course, session, batched, watched, nth HAVING max(moment) > min(moment)
    UNION ALL
    SELECT learner, tenant, course, session, 'C', ts, least(until, stored), 1, id, id
    FROM t WHERE kind = 'sitting' AND least(until, stored) > ts
),
placed AS (
    SELECT stretch.*, tstzmultirange(tstzrange(starts, ends)) - coalesce(range_agg(tstzrange(starts, ends)) OVER (
        PARTITION BY learner ORDER BY grade = 'C', starts, first_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), '{}') AS own
    FROM stretch
)"""
_PLAYED = """
step AS (
    SELECT learner, tenant, course, session, item, played,
        coalesce(came_from, place) AS here, lag(place) OVER w AS before, coalesce(lag(halts) OVER w, false) AS halted
    FROM t WHERE kind = 'record' AND (place IS NOT NULL OR played <> '')
    WINDOW w AS (PARTITION BY learner, tenant, course, session, item ORDER BY stored, id)
),
piece AS (
    SELECT learner, tenant, course, item, played::nummultirange AS part FROM step WHERE played <> ''
    UNION ALL
    SELECT learner, tenant, course, item, nummultirange(numrange(before, here)) FROM step WHERE NOT halted AND here > before
),
film AS (SELECT learner, tenant, course, item, range_agg(part) AS parts FROM piece GROUP BY 1, 2, 3, 4),
cap AS (
    SELECT learner, tenant, course, coalesce(sum((SELECT sum(upper(p) - lower(p)) FROM unnest(parts) AS p)), 0) AS most
    FROM film GROUP BY 1, 2, 3
),
cut AS (
    SELECT learner, tenant, course, grade, (d AT TIME ZONE 'UTC')::date AS day,
        extract(epoch FROM least(upper(p), (d + interval '1 day') AT TIME ZONE 'Asia/Shanghai')
            - greatest(lower(p), d AT TIME ZONE 'Asia/Shanghai')) AS seconds
    FROM placed, unnest(own) AS p, generate_series(date_trunc('day', lower(p) AT TIME ZONE 'Asia/Shanghai'),
        upper(p) AT TIME ZONE 'Asia/Shanghai', interval '1 day') AS d
),
by_day AS (
    SELECT learner, tenant, course, day, coalesce(sum(seconds) FILTER (WHERE grade = 'A'), 0) AS watched,
        coalesce(sum(seconds) FILTER (WHERE grade = 'B'), 0) AS live,
        coalesce(sum(seconds) FILTER (WHERE grade = 'C'), 0) AS reported
    FROM cut WHERE seconds > 0 GROUP BY 1, 2, 3, 4
),
days AS (
    SELECT by_day.*, live + reported + greatest(0, least(watched, coalesce(most, 0) - coalesce(sum(watched) OVER (
        PARTITION BY learner, tenant, course ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))) AS credited
    FROM by_day LEFT JOIN cap USING (learner, tenant, course)
)"""
_KEEP_STRETCHES = f"""
WITH {_STRETCHES}
INSERT INTO learning_learningstretch (id, learner, tenant, course, session, grade, starts, ends, seconds, lost, records,
    first_id, last_id)
SELECT gen_random_uuid(), learner, tenant, course, session, grade, starts, ends, own_seconds,
    extract(epoch FROM ends - starts) - own_seconds, records, first_id, last_id
FROM placed, LATERAL (SELECT coalesce(sum(extract(epoch FROM upper(p) - lower(p))), 0) AS own_seconds
    FROM unnest(own) AS p) AS x
"""
_KEEP_DAYS = f"""
WITH {_STRETCHES}, {_PLAYED}
INSERT INTO learning_learningday (id, learner, tenant, course, day, watched, live, reported, credited)
SELECT gen_random_uuid(), learner, tenant, course, day, watched, live, reported, credited FROM days
"""
_TOTALS = f"""
WITH {_STRETCHES}, {_PLAYED}
SELECT learner, tenant, course, day, watched, live, reported, credited FROM days ORDER BY learner, tenant, course, day
"""


class Day(NamedTuple):
    """Seconds of a learner in a course on one day, as in `LearningDay`."""

    learner: str
    tenant: object
    course: str
    day: dt.date
    watched: Decimal
    live: Decimal
    reported: Decimal
    credited: Decimal


def _values(learners: Sequence[str] | None, until: dt.datetime, terms: Terms) -> dict:
    return {
        "learners": None if learners is None else list(learners),
        "until": until,
        "gap": dt.timedelta(seconds=terms.number("gap_seconds")),
        "share": terms.number("batched_percent"),
    }


def days_of(learners: Sequence[str], *, until: dt.datetime, terms: Terms) -> list[Day]:
    """What the traces stored up to a moment are worth, computed now and kept nowhere."""
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, _values(learners, until, terms))
        return [Day(*row) for row in cursor.fetchall()]


def credit(learners: Sequence[str] | None, *, until: dt.datetime, terms: Terms) -> None:
    """Compute stretches and days of some learners anew (None: of all) and put them in the place of the old ones."""
    values = _values(learners, until, terms)
    mine = "WHERE %(learners)s::text[] IS NULL OR learner = ANY(%(learners)s)"
    with connection.cursor() as cursor:
        for table in ("learning_learningstretch", "learning_learningday"):
            cursor.execute(f"DELETE FROM {table} {mine}", values)
        cursor.execute(_KEEP_STRETCHES, values)
        cursor.execute(_KEEP_DAYS, values)
