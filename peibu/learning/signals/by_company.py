"""Signals in what learners share: copied logs, devices, addresses, answers; and in answers and checks of one learner."""

from peibu.learning.signals.by_time import TRACES

# A run of gaps as one text, at every place of the log: equal runs are found wherever they stand. Uniform runs say nothing.
CLONED = f"""
WITH {TRACES}, gap AS (
    SELECT tenant, course, learner, session, id, ts,
        round(extract(epoch FROM ts - lag(ts) OVER (PARTITION BY tenant, course, learner, session ORDER BY ts, id)), 1) AS gap
    FROM t WHERE kind = 'record'
), run AS (
    SELECT gap.*, array_agg(gap) OVER w AS gaps FROM gap WHERE gap IS NOT NULL
    WINDOW w AS (PARTITION BY tenant, course, learner, session ORDER BY ts, id ROWS BETWEEN %(gaps)s - 1 PRECEDING AND CURRENT ROW)
), print AS (
    SELECT tenant, course, learner, id, ts, md5(gaps::text) AS print FROM run
    WHERE cardinality(gaps) = %(gaps)s AND (SELECT count(DISTINCT g) FROM unnest(gaps) AS g) >= %(kinds)s
), shared AS (
    SELECT tenant, course, print, array_agg(DISTINCT learner ORDER BY learner) AS learners,
        (array_agg(id ORDER BY learner, ts))[1:4] AS ids, min(ts) AS since, max(ts) AS until
    FROM print GROUP BY 1, 2, 3 HAVING count(DISTINCT learner) >= 2
)
SELECT tenant, course, md5(learners::text), learners, jsonb_build_object('runs', count(*), 'learners', cardinality(learners)),
    (SELECT (array_agg(DISTINCT i))[1:50] FROM unnest(array_agg(ids)) AS i), min(since), max(until)
FROM shared GROUP BY tenant, course, learners
"""
DEVICE = f"""
WITH {TRACES}, used AS (
    SELECT tenant, course, learner, device, count(*) AS n, sum(count(*)) OVER (PARTITION BY tenant, course, learner) AS all_of,
        (array_agg(id ORDER BY stored))[1:5] AS ids, min(stored) AS since, max(stored) AS until
    FROM t WHERE device <> '' GROUP BY tenant, course, learner, device
)
SELECT tenant, course, md5(device), array_agg(learner ORDER BY learner), jsonb_build_object('learners', count(*)),
    (SELECT (array_agg(i))[1:50] FROM unnest(array_agg(ids)) AS i), min(since), max(until)
FROM used WHERE n * 100 >= all_of * %(percent)s GROUP BY tenant, course, device HAVING count(*) >= %(learners)s
"""
ADDRESS = f"""
WITH {TRACES}
SELECT tenant, course, md5(ip), array_agg(DISTINCT learner), jsonb_build_object('address', ip, 'learners', count(DISTINCT learner)),
    (array_agg(id ORDER BY stored))[1:50], min(stored), max(stored)
FROM t WHERE ip <> '' GROUP BY tenant, course, ip HAVING count(DISTINCT learner) >= %(learners)s
"""
FAST_ANSWERS = f"""
WITH {TRACES}, answer AS (SELECT * FROM t WHERE kind = 'answer' AND spent > 0 AND success IS NOT NULL),
scored AS (
    SELECT answer.*, count(*) OVER i AS many,
        (ln(spent) - avg(ln(spent)) OVER i) / nullif(stddev_pop(ln(spent)) OVER i, 0) AS z
    FROM answer WINDOW i AS (PARTITION BY tenant, course, item)
)
SELECT tenant, course, learner, ARRAY[learner], jsonb_build_object('deviations', round(avg(z), 1), 'answers', count(*),
        'seconds', round(avg(spent), 1), 'percent', round(100.0 * count(*) FILTER (WHERE success) / count(*))),
    (array_agg(id ORDER BY ts, id))[1:50], min(ts), max(ts)
FROM scored WHERE many >= %(learners)s GROUP BY tenant, course, learner
HAVING count(*) >= %(answers)s AND avg(z) < -%(deviations)s
    AND count(*) FILTER (WHERE success) * 100 > count(*) * %(percent)s
"""
HARVEST = f"""
WITH {TRACES}, answer AS (SELECT * FROM t WHERE kind = 'answer' AND ip <> '' AND success IS NOT NULL),
total AS (SELECT tenant, course, learner, count(*) AS n FROM answer GROUP BY 1, 2, 3),
pair AS (
    SELECT DISTINCT ON (b.id) b.tenant, b.course, a.learner AS giver, b.learner AS taker, a.id AS seen, b.id AS used, a.ts, b.ts AS until
    FROM answer a JOIN answer b ON b.tenant = a.tenant AND b.course = a.course AND b.item = a.item AND b.ip = a.ip
        AND b.learner <> a.learner AND b.success AND b.ts > a.ts AND b.ts <= a.ts + %(seconds)s * interval '1 second'
    ORDER BY b.id, a.ts DESC
)
SELECT pair.tenant, pair.course, md5(giver || taker), ARRAY[giver, taker],
    jsonb_build_object('items', count(*), 'percent', round(100.0 * count(*) / total.n), 'seconds', round(avg(extract(epoch FROM until - ts)), 1)),
    (array_agg(seen))[1:25] || (array_agg(used))[1:25], min(ts), max(until)
FROM pair JOIN total ON total.tenant = pair.tenant AND total.course = pair.course AND total.learner = taker
GROUP BY pair.tenant, pair.course, giver, taker, total.n
HAVING count(*) >= %(items)s AND count(*) * 100 >= total.n * %(percent)s
"""
AGREEMENT = f"""
WITH {TRACES}, wrong AS (
    SELECT DISTINCT ON (tenant, course, learner, item) * FROM t
    WHERE kind = 'answer' AND response <> '' AND success IS FALSE ORDER BY tenant, course, learner, item, ts DESC
), many AS (
    SELECT tenant, course, item, count(DISTINCT learner) AS n FROM t WHERE kind = 'answer' GROUP BY 1, 2, 3
), rare AS (
    SELECT wrong.*, count(*) OVER (PARTITION BY tenant, course, item, response) * 100 <= many.n * %(rare_percent)s AS rare
    FROM wrong JOIN many USING (tenant, course, item) WHERE many.n >= %(learners)s
), pair AS (
    SELECT a.tenant, a.course, a.learner AS one, b.learner AS two, a.id AS x, b.id AS y, a.response = b.response AND a.rare AS same, a.ts
    FROM rare a JOIN rare b ON b.tenant = a.tenant AND b.course = a.course AND b.item = a.item AND b.learner > a.learner
)
SELECT tenant, course, md5(one || two), ARRAY[one, two],
    jsonb_build_object('items', count(*) FILTER (WHERE same), 'wrong', count(*)),
    (array_agg(x) FILTER (WHERE same))[1:25] || (array_agg(y) FILTER (WHERE same))[1:25], min(ts), max(ts)
FROM pair GROUP BY tenant, course, one, two
HAVING count(*) FILTER (WHERE same) >= %(items)s AND count(*) FILTER (WHERE same) * 100 >= count(*) * %(percent)s
"""
PRESENCE = f"""
WITH {TRACES}
SELECT tenant, course, learner, ARRAY[learner], jsonb_build_object('checks', count(*), 'failed', count(*) FILTER (WHERE NOT success)),
    (array_agg(id ORDER BY ts) FILTER (WHERE NOT success))[1:50], min(ts), max(ts)
FROM t WHERE kind = 'check' AND success IS NOT NULL GROUP BY tenant, course, learner
HAVING count(*) >= %(checks)s AND count(*) FILTER (WHERE NOT success) * 100 > count(*) * %(percent)s
"""
AUTO_CLICK = f"""
WITH {TRACES}
SELECT tenant, course, learner, ARRAY[learner],
    jsonb_build_object('checks', count(*), 'seconds', round(avg(spent), 1), 'milliseconds', round(stddev_pop(spent) * 1000)),
    (array_agg(id ORDER BY ts))[1:50], min(ts), max(ts)
FROM t WHERE kind = 'check' AND spent IS NOT NULL GROUP BY tenant, course, learner
HAVING count(*) >= %(checks)s AND max(spent) <= %(seconds)s AND stddev_pop(spent) * 1000 < %(milliseconds)s
"""
QUESTIONS = {
    "cloned": CLONED,
    "device": DEVICE,
    "fast_answers": FAST_ANSWERS,
    "address": ADDRESS,
    "harvest": HARVEST,
    "agreement": AGREEMENT,
    "presence": PRESENCE,
    "auto_click": AUTO_CLICK,
}
