"""Statements read into traces, classes and places: what came since the last time, in one question per table."""

import datetime as dt

from django.db import connection

from peibu.learning.reports import words
from peibu.learning.statement.check import VOIDED
from peibu.learning.statement.keys import VERB, key

_VIDEO = "https://w3id.org/xapi/video/extensions/"
_CMI5_SESSION = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"
_ADL = "http://adlnet.gov/expapi/verbs/"
_VERBS = {
    words.ATTENDED: "sitting", words.CHECKED: "check", words.PHOTOGRAPHED: "photo", words.ANSWERED: "answer",
    words.PASSED: "test", words.FAILED: "test", words.ASKED: "question", words.REPLIED: "reply",
    _ADL + "logged-in": "sign_in", "https://w3id.org/xapi/adl/verbs/logged-in": "sign_in",
    "https://w3id.org/xapi/adl/verbs/satisfied": "done",
}  # fmt: skip
_HALTS = ["paused", "terminated", "completed", "suspended", "exited", "logged-out"]
_ABOUT = "urn:peibu:extension:"
_NUMBERS = r"\d{1,7}(\.\d{1,6})?"
_SEGMENTS = rf"^{_NUMBERS}\[\.\]{_NUMBERS}(\[,\]{_NUMBERS}\[\.\]{_NUMBERS})*$"
_DURATION = r"^PT(\d{1,5}H)?(\d{1,6}M)?(\d{1,8}(\.\d{1,6})?S)?$"


def _number(*names: str) -> str:
    """The first of some extensions that is a number of a sensible size."""
    picks = [
        f"CASE WHEN jsonb_typeof(rext->'{_VIDEO}{name}') = 'number' AND abs((rext->'{_VIDEO}{name}')::numeric) < 1e8 "
        f"THEN (rext->'{_VIDEO}{name}')::numeric END"
        for name in names
    ]
    return f"coalesce({', '.join(picks)})"


CLASSES = """
INSERT INTO learning_onlineclass (id, tenant, course, code, title, learn_hours, begins_on)
SELECT DISTINCT ON (s.tenant, s.body->'object'->>'id') gen_random_uuid(), s.tenant, s.body->'object'->>'id', '',
    left(coalesce(d->'name'->>'zh-CN', ''), 200),
    CASE WHEN jsonb_typeof(h) = 'number' AND h::numeric < 99999 THEN h::numeric END, (s.ts AT TIME ZONE 'Asia/Shanghai')::date
FROM learning_statement s, LATERAL (SELECT s.body->'object'->'definition' AS d) x,
    LATERAL (SELECT d->'extensions'->(%(about)s || 'learn-hours') AS h) y
WHERE s.stored > %(since)s AND s.stored <= %(until)s AND s.verb_h = %(opened)s
ORDER BY s.tenant, s.body->'object'->>'id', s.stored DESC
ON CONFLICT (tenant, course) DO UPDATE
    SET title = excluded.title, learn_hours = excluded.learn_hours, begins_on = excluded.begins_on
"""

# A course that tells its name only when somebody registers for it.
NAMED = """
INSERT INTO learning_onlineclass (id, tenant, course, code, title)
SELECT DISTINCT ON (s.tenant, s.body->'object'->>'id') gen_random_uuid(), s.tenant, s.body->'object'->>'id', '',
    left(s.body->'object'->'definition'->'name'->>'zh-CN', 200)
FROM learning_statement s
WHERE s.stored > %(since)s AND s.stored <= %(until)s AND s.verb_h = %(registered)s
    AND s.body->'object'->'definition'->'name' ? 'zh-CN'
ORDER BY s.tenant, s.body->'object'->>'id', s.stored DESC
ON CONFLICT (tenant, course) DO UPDATE SET title = excluded.title
"""

# A learner of the simple intake: the statement's id is the registration, and the actor is the keyed hash of a number.
# Elsewhere the actor must be in the registers.
PLACES = """
INSERT INTO learning_onlineplace (id, tenant, course, learner, known, reg)
SELECT DISTINCT ON (s.tenant, s.body->'object'->>'id', s.body->'actor'->'account'->>'name') gen_random_uuid(), s.tenant,
    s.body->'object'->>'id', s.body->'actor'->'account'->>'name', true, s.reg
FROM learning_statement s
WHERE s.stored > %(since)s AND s.stored <= %(until)s AND s.verb_h = %(registered)s AND s.reg IS NOT NULL
    AND s.body->'actor'->'account'->>'name' ~ '^[0-9a-f]{64}$' AND (s.reg = s.id
        OR EXISTS (SELECT 1 FROM registry_person r WHERE r.key = s.body->'actor'->'account'->>'name'))
ON CONFLICT (tenant, course, learner) DO UPDATE SET reg = excluded.reg
"""

# Who it is: a key that the registers or a report of a class know; else whoever has the place that `registration` names;
# else the platform's own name for somebody, who is then known on this platform only.
TRACES = f"""
WITH v(verb, kind) AS (SELECT * FROM unnest(%(verbs)s::text[], %(kinds)s::text[])),
raw AS (
    SELECT s.id, s.stored, s.ts, s.tenant, s.reg, s.body,
        s.body->'verb'->>'id' AS verb, s.body->'context'->'extensions' AS ext, s.body->'result' AS result,
        s.body->'result'->'extensions' AS rext, s.body->'context'->'contextActivities' AS acts,
        s.body->'object'->>'id' AS object, s.body->'actor' AS actor
    FROM learning_statement s
    WHERE s.stored > %(since)s AND s.stored <= %(until)s
        AND NOT (s.verb_h = ANY(%(passed_over)s)) AND s.body->'object'->>'objectType' IS DISTINCT FROM 'StatementRef'
        AND NOT EXISTS (SELECT 1 FROM learning_statementref r WHERE r.target = s.id AND r.voids AND r.tenant = s.tenant)
),
told AS (
    SELECT raw.*, coalesce(v.kind, 'record') AS kind, actor->'account'->>'name' AS name, p.learner AS place_learner,
        left(coalesce(p.course, acts->'grouping'->0->>'id', acts->'parent'->0->>'id', object), 2000) AS course
    FROM raw LEFT JOIN v USING (verb) LEFT JOIN learning_onlineplace p ON p.reg = raw.reg AND p.tenant = raw.tenant
),
who AS (
    SELECT told.*, (told.name ~ '^[0-9a-f]{{64}}$' AND (
        EXISTS (SELECT 1 FROM registry_person r WHERE r.key = told.name)
        OR EXISTS (SELECT 1 FROM learning_onlineplace q WHERE q.learner = told.name AND q.known))) IS TRUE AS by_key
    FROM told
)
INSERT INTO learning_learningtrace (id, stored, ts, tenant, learner, known, course, reg, session, kind, verb, halts, until,
    item, place, came_from, played, device, ip, success, response, spent)
SELECT id, stored, ts, tenant,
    CASE WHEN by_key THEN name WHEN place_learner IS NOT NULL THEN place_learner
        ELSE encode(sha256(convert_to(tenant::text || (actor - 'name' - 'objectType')::text, 'UTF8')), 'hex') END,
    by_key OR place_learner IS NOT NULL, course, reg,
    md5(coalesce(ext->>'{_VIDEO}session-id', ext->>'{_CMI5_SESSION}', CASE WHEN kind = 'sitting' THEN id::text END,
        reg::text, course)),
    CASE WHEN kind = 'record' AND object = course AND verb LIKE '%%/completed' THEN 'done' ELSE kind END,
    left(regexp_replace(verb, '^.*[/:#]', ''), 40),
    regexp_replace(verb, '^.*[/:#]', '') = ANY(%(halts)s),
    CASE WHEN kind = 'sitting' AND length.ok THEN least(ts + (result->>'duration')::interval, stored) END,
    left(object, 2000),
    {_number("time-to", "time")}, {_number("time-from")},
    coalesce(CASE WHEN rext->>'{_VIDEO}played-segments' ~ %(segments)s THEN (
        SELECT range_agg(numrange(least(a, b), greatest(a, b))) FROM (
            SELECT split_part(p, '[.]', 1)::numeric AS a, split_part(p, '[.]', 2)::numeric AS b
            FROM regexp_split_to_table(rext->>'{_VIDEO}played-segments', '\\[,\\]') AS p) AS parts)::text END, ''),
    left(coalesce(ext->>'{_ABOUT}device', ''), 200), left(coalesce(ext->>'{_ABOUT}ip', ''), 60),
    CASE WHEN jsonb_typeof(result->'success') = 'boolean' THEN (result->>'success')::boolean
        WHEN verb LIKE '%%/passed' THEN true WHEN verb LIKE '%%/failed' THEN false END,
    CASE WHEN kind = 'answer' AND result ? 'response' THEN md5(result->>'response') ELSE '' END,
    CASE WHEN length.ok THEN extract(epoch FROM (result->>'duration')::interval) END
FROM who, LATERAL (SELECT result->>'duration' ~ %(duration)s AND result->>'duration' ~ '\\d' AS ok) AS length
WHERE kind <> 'sitting' OR length.ok
ON CONFLICT (id) DO NOTHING
RETURNING learner
"""


# Places of people that only send records; and those whose class was reported after their first records.
SEEN = """
INSERT INTO learning_onlineplace (id, tenant, course, learner, known, reg)
SELECT DISTINCT ON (tenant, course, learner) gen_random_uuid(), tenant, course, learner, known, NULL::uuid
FROM learning_learningtrace WHERE stored > %(since)s AND stored <= %(until)s
ON CONFLICT (tenant, course, learner) DO NOTHING
"""
SEEN_CLASSES = """
INSERT INTO learning_onlineclass (id, tenant, course, code, title)
SELECT DISTINCT ON (tenant, course) gen_random_uuid(), tenant, course, '', ''
FROM learning_learningtrace WHERE stored > %(since)s AND stored <= %(until)s
ON CONFLICT (tenant, course) DO NOTHING
"""
LATE = """
WITH late AS (
    SELECT t.id, t.learner AS old, t.course AS from_course, p.learner, p.course, t.tenant
    FROM learning_learningtrace t JOIN learning_onlineplace p ON p.reg = t.reg AND p.tenant = t.tenant
    WHERE NOT t.known
), gone AS (
    DELETE FROM learning_onlineplace o USING late
    WHERE o.tenant = late.tenant AND o.course = late.from_course AND o.learner = late.old AND NOT o.known
), put AS (
    UPDATE learning_learningtrace t SET learner = late.learner, course = late.course, known = true
    FROM late WHERE t.id = late.id
)
SELECT learner FROM late UNION SELECT old FROM late
"""
TAKEN_BACK = """
DELETE FROM learning_learningtrace t USING learning_statementref r
WHERE r.voids AND r.target = t.id AND r.tenant = t.tenant AND r.stored > %(since)s AND r.stored <= %(until)s
RETURNING t.learner
"""


def read(since: dt.datetime, until: dt.datetime) -> set[str]:
    """Read the statements stored after one moment and up to another. Returns the learners of whom something changed."""
    passed_over = [words.OPENED, words.REGISTERED, VOIDED]
    values = {
        "since": since, "until": until, "about": _ABOUT, "opened": key(VERB, words.OPENED),
        "registered": key(VERB, words.REGISTERED), "passed_over": [key(VERB, one) for one in passed_over],
        "verbs": list(_VERBS), "kinds": list(_VERBS.values()), "halts": _HALTS, "segments": _SEGMENTS,
        "duration": _DURATION,
    }  # fmt: skip
    touched: set[str] = set()
    with connection.cursor() as cursor:
        for sql in (CLASSES, NAMED, PLACES):
            cursor.execute(sql, values)
        for sql in (TAKEN_BACK, TRACES, LATE):
            cursor.execute(sql, values)
            touched |= {row[0] for row in cursor.fetchall()}
        for sql in (SEEN, SEEN_CLASSES):
            cursor.execute(sql, values)
    return touched
