"""Signals in when somebody learned and how fast: SQL that answers with tenant, course, about, learners, figures, ids, times."""

SCOPE = "c AS (SELECT * FROM unnest(%(tenants)s::uuid[], %(courses)s::text[]) AS c(tenant, course))"
TRACES = f"{SCOPE}, t AS (SELECT t.* FROM learning_learningtrace t JOIN c USING (tenant, course))"
STRETCHES = f"{SCOPE}, s AS (SELECT s.* FROM learning_learningstretch s JOIN c USING (tenant, course))"
LOCAL = "AT TIME ZONE 'Asia/Shanghai'"

# The loser of the overlap is told of. A platform that sends records and reports the same course's sittings is not meant.
CONCURRENT = f"""
WITH {STRETCHES}, pair AS (
    SELECT s.tenant, s.course, s.learner, (greatest(s.starts, o.starts) {LOCAL})::date AS day,
        extract(epoch FROM least(s.ends, o.ends) - greatest(s.starts, o.starts)) AS over,
        greatest(s.starts, o.starts) AS since, least(s.ends, o.ends) AS until,
        ARRAY[s.first_id, s.last_id, o.first_id, o.last_id] AS ids
    FROM s JOIN learning_learningstretch o ON o.learner = s.learner AND o.id <> s.id AND o.starts < s.ends AND o.ends > s.starts
    WHERE s.lost > 0 AND NOT (o.tenant = s.tenant AND o.course = s.course AND (o.grade = 'C') <> (s.grade = 'C'))
)
SELECT tenant, course, learner || ':' || day, ARRAY[learner], jsonb_build_object('day', day, 'minutes', floor(sum(over) / 60)),
    (SELECT array_agg(DISTINCT i) FROM unnest(array_agg(ids)) AS i), min(since), max(until)
FROM pair GROUP BY tenant, course, learner, day HAVING sum(over) > %(minutes)s * 60
"""
LONG_DAY = f"""
WITH {SCOPE}, total AS (
    SELECT learner, day, sum(watched + live + reported) AS seconds FROM learning_learningday
    WHERE learner IN (SELECT learner FROM learning_learningday JOIN c USING (tenant, course))
    GROUP BY learner, day HAVING sum(watched + live + reported) > %(hours)s * 3600
)
SELECT d.tenant, d.course, learner || ':' || day, ARRAY[learner],
    jsonb_build_object('day', day, 'hours', round(total.seconds / 3600, 1)),
    (SELECT array_agg(s.first_id) FROM learning_learningstretch s WHERE s.learner = d.learner AND (s.starts {LOCAL})::date = day),
    day::timestamp {LOCAL}, (day + 1)::timestamp {LOCAL}
FROM learning_learningday d JOIN c USING (tenant, course) JOIN total USING (learner, day)
"""
NIGHT = f"""
WITH {STRETCHES}, part AS (
    SELECT s.*, extract(epoch FROM ends - starts) AS long, (SELECT coalesce(sum(extract(epoch FROM
        least(ends {LOCAL}, n + interval '5 hours') - greatest(starts {LOCAL}, n))), 0)
        FROM generate_series(date_trunc('day', starts {LOCAL}), ends {LOCAL}, interval '1 day') AS n
        WHERE least(ends {LOCAL}, n + interval '5 hours') > greatest(starts {LOCAL}, n)) AS dark
    FROM s
)
SELECT tenant, course, learner, ARRAY[learner],
    jsonb_build_object('percent', round(100 * sum(dark) / sum(long)), 'hours', round(sum(long) / 3600, 1)),
    (array_agg(first_id ORDER BY starts) FILTER (WHERE dark > 0))[1:50], min(starts), max(ends)
FROM part GROUP BY tenant, course, learner
HAVING sum(long) > %(hours)s * 3600 AND sum(dark) * 100 > sum(long) * %(percent)s
"""
# A seek ends what was played at the place it came from. A session in bulk tells nothing of speed: its arrival is no clock.
SPEED = f"""
WITH {TRACES}, step AS (
    SELECT t.*, coalesce(came_from, place) - lag(place) OVER w AS moved, extract(epoch FROM stored - lag(stored) OVER w) AS passed,
        coalesce(lag(halts) OVER w, false) AS halted
    FROM t WHERE kind = 'record' AND place IS NOT NULL
    WINDOW w AS (PARTITION BY tenant, course, learner, session, item ORDER BY stored, id)
)
SELECT tenant, course, learner || ':' || session, ARRAY[learner],
    jsonb_build_object('percent', round(100 * sum(moved) / nullif(sum(passed), 0)), 'played', round(sum(moved)),
        'passed', round(sum(passed))),
    (array_agg(id ORDER BY stored))[1:50], min(stored), max(stored)
FROM step WHERE moved > 0 AND NOT halted
    AND NOT EXISTS (SELECT 1 FROM learning_learningstretch b
        WHERE b.learner = step.learner AND b.session = step.session AND b.grade = 'C')
GROUP BY tenant, course, learner, session
HAVING sum(moved) > %(seconds)s AND sum(moved) * 100 > greatest(sum(passed), 1) * %(percent)s
"""
REGULAR = f"""
WITH {TRACES}, gap AS (
    SELECT t.*, extract(epoch FROM ts - lag(ts) OVER w) AS gap FROM t WHERE kind = 'record'
    WINDOW w AS (PARTITION BY tenant, course, learner, session ORDER BY ts, id)
)
SELECT tenant, course, learner || ':' || session, ARRAY[learner],
    jsonb_build_object('records', count(gap) + 1, 'seconds', round(avg(gap), 2), 'milliseconds', round(stddev_pop(gap) * 1000, 1)),
    (array_agg(id ORDER BY ts))[1:50], min(ts), max(ts)
FROM gap GROUP BY tenant, course, learner, session
HAVING count(gap) >= %(records)s AND avg(gap) > 0 AND stddev_pop(gap) * 1000 < %(milliseconds)s
"""
# One learner whose records come late is told of alone; when half the class does, it is the platform's way of reporting.
BULK = f"""
WITH {TRACES}, late AS (
    SELECT t.*, extract(epoch FROM stored - coalesce(until, ts)) AS late FROM t WHERE kind IN ('record', 'sitting')
), one AS (
    SELECT tenant, course, learner, count(*) AS n, (array_agg(id ORDER BY late DESC))[1:5] AS ids, min(ts) AS since,
        max(stored) AS until, percentile_cont(0.5) WITHIN GROUP (ORDER BY late) > %(hours)s * 3600 AS is_late,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY late) AS late
    FROM late GROUP BY 1, 2, 3 HAVING count(*) >= %(records)s
), share AS (SELECT tenant, course, count(*) FILTER (WHERE is_late) * 2 >= count(*) AS whole FROM one GROUP BY 1, 2)
SELECT tenant, course, CASE WHEN whole THEN 'class' ELSE learner END AS about, array_agg(learner ORDER BY learner),
    jsonb_build_object('hours', round((avg(late) / 3600)::numeric, 1), 'records', sum(n)),
    (SELECT (array_agg(i))[1:50] FROM unnest(array_agg(ids)) AS i), min(since), max(until)
FROM one JOIN share USING (tenant, course) WHERE is_late GROUP BY 1, 2, 3
"""
QUESTIONS = {
    "concurrent": CONCURRENT,
    "long_day": LONG_DAY,
    "night": NIGHT,
    "speed": SPEED,
    "regular": REGULAR,
    "bulk": BULK,
}
