"""What learning records say of the people of a claim, at the platform that claims (JN6.2, JN6.6.2a)."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from peibu.accounts.models import Unit
from peibu.claims.about import About
from peibu.learning.hours.facts import FACTS, Learned, learned
from peibu.learning.models import OnlinePlace
from peibu.rulebook import Policy


def online_facts(
    abouts: Sequence[About],
    unit: Unit | None,
    policy: Policy,
    *,
    asked: frozenset[str],
    on: dt.date,
    known_at: dt.datetime,
) -> dict[UUID, dict[str, Any]]:
    """By person: the facts of the course with which the claim stands best; nobody without records at this unit.

    A claim is for one course. Somebody in several is claimed for with the one that is passed and complete, if there is one.
    """
    people = {about.person.key: about.person.pk for about in abouts if about.person is not None}
    if unit is None or not asked & FACTS or not people:
        return {}
    places = OnlinePlace.objects.filter(tenant=unit.pk, learner__in=people, known=True)
    by_course: dict[str, list[str]] = {}
    for course, key in places.order_by("course").values_list("course", "learner"):
        by_course.setdefault(course, []).append(key)
    best: dict[str, Learned] = {}
    for course, keys in by_course.items():
        told = learned(keys, tenant=unit.pk, course=course, policy=policy, on=on, known_at=known_at)
        for key, one in told.items():
            if one.known and (key not in best or _rank(one) > _rank(best[key])):
                best[key] = one
    return {people[key]: {n: v for n, v in one.facts().items() if n in asked} for key, one in best.items()}


def _rank(one: Learned) -> tuple:
    return one.passed is True, one.completed is True, len(one.traces), one.seconds
