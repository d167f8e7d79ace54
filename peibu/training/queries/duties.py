"""Who has to be where when, over all kinds of duty and all units, and who in two places at once (QD97.3.2, QD97.3.8).

A session binds from its filing on, an exam once it has a time, a panel at the moment an expert handed in marks. Grading is
done from home: whoever grades is bound to no place, so it clashes with nothing.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db import connection


@dataclasses.dataclass(frozen=True)
class Duty:
    """kind: teaching, supervising, grading or panel; `what`: name of the class or call; `unit`: who holds it."""

    kind: str
    what: str
    unit: UUID
    since: dt.datetime
    until: dt.datetime


def duties_of(keys: Iterable[str]) -> dict[str, list[Duty]]:
    """Person key -> every binding duty, oldest first."""
    found: dict[str, list[Duty]] = {}
    for key, *row in _ask(keys, double=False):
        found.setdefault(key, []).append(Duty(*row[:5]))
    return found


def double_bookings(keys: Iterable[str]) -> dict[str, list[tuple[Duty, Duty]]]:
    """Person key -> pairs of duties at the same time, of whatever kind and unit, plans not filed yet included.

    Duties that only touch (one ends when the other begins) are no pair.
    """
    found: dict[str, list[tuple[Duty, Duty]]] = {}
    for key, *row in _ask(keys, double=True):
        found.setdefault(key, []).append((Duty(*row[:5]), Duty(*row[5:])))
    return found


def _ask(keys: Iterable[str], *, double: bool) -> list[tuple]:
    """One query: each duty, or (double) each pair of overlapping ones."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH duty AS (
                SELECT s.teacher_key AS person_key, 'teaching' AS kind, s.id AS about, c.name AS what,
                       c.provider_id AS unit_id, s.starts_at AS since, s.ends_at AS until
                FROM training_session s JOIN training_cohort c ON c.id = s.cohort_id
                WHERE s.teacher_key = ANY(%(keys)s) AND s.kind <> 'exam' AND (s.active OR %(double)s)
                    AND c.stage <> 'cancelled'
                UNION ALL
                SELECT v.person_key, 'supervising', v.id, c.name, COALESCE(x.body_id, c.provider_id), x.held_from,
                       x.held_until
                FROM training_examsupervisor v JOIN training_exam x ON x.id = v.exam_id
                JOIN training_cohort c ON c.id = x.cohort_id
                WHERE v.person_key = ANY(%(keys)s) AND x.held_from IS NOT NULL AND c.stage <> 'cancelled'
                UNION ALL
                SELECT g.person_key, 'grading', g.id, c.name, COALESCE(x.body_id, c.provider_id), x.held_from,
                       x.held_until
                FROM training_examgrader g JOIN training_exam x ON x.id = g.exam_id
                JOIN training_cohort c ON c.id = x.cohort_id
                WHERE NOT %(double)s AND g.person_key = ANY(%(keys)s) AND x.held_from IS NOT NULL
                    AND c.stage <> 'cancelled'
                UNION ALL
                SELECT e.person_key, 'panel', k.id, l.title, l.bureau_id, k.submitted_at,
                       k.submitted_at + interval '1 second'
                FROM accreditation_score k JOIN accreditation_seat t ON t.id = k.seat_id
                JOIN accreditation_poolentry p ON p.id = t.entry_id
                JOIN accreditation_expert e ON e.id = p.expert_id
                JOIN accreditation_panel n ON n.id = t.panel_id JOIN accreditation_call l ON l.id = n.call_id
                WHERE e.person_key = ANY(%(keys)s))
            SELECT a.person_key, a.kind, a.what, a.unit_id, a.since, a.until,
                   b.kind, b.what, b.unit_id, b.since, b.until
            FROM duty a LEFT JOIN duty b ON %(double)s AND b.person_key = a.person_key AND b.since < a.until
                AND a.since < b.until AND (a.since, a.kind, a.about) < (b.since, b.kind, b.about)
            WHERE b.person_key IS NOT NULL OR NOT %(double)s
            ORDER BY a.since, a.person_key, a.kind, b.since
            """,
            {"keys": sorted(set(keys)), "double": double},
        )
        return cursor.fetchall()
