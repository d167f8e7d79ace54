"""A provider's own people: an actor who enters them, and short ways to do so."""

import datetime as dt

from peibu.accounts.actor import Actor
from peibu.kernel.identity import make_id_number
from peibu.registry.models import Engagement, Practitioner, Qualification, Teacher
from peibu.registry.practitioners import Held, engage, qualify, take_in
from tests.city import at

NOW = at("2020-07-06 09:00")
DAY = dt.date.fromisoformat


def number(n: int) -> str:
    return make_id_number("370202", dt.date(1980, 1, 1), n)


def providers(city, count: int = 2) -> list[Actor]:
    """Accounts of different providers."""
    found: dict = {}
    for nth in range(12):
        actor = city.actor("provider", nth=nth)
        found.setdefault(actor.unit.pk, actor)
    return list(found.values())[:count]


def somebody(by: Actor, n: int = 7, name: str = "王建国") -> Practitioner:
    return take_in(name=name, id_number=number(n), by=by, at=NOW)


def place(by, person, *, role="teacher", full_time=True, since="2020-01-01", until=None, unit=None) -> Engagement:
    return engage(
        person=person, unit=unit or by.unit, role=role, full_time=full_time, valid_from=DAY(since),
        valid_until=DAY(until) if until else None, source="合同1号", by=by, at=NOW,
    )  # fmt: skip


def paper(by, person, *, kind="title", title="senior_title", no="ZC1", since="2018-01-01", until=None, at=NOW,
          unit="own") -> Qualification:  # fmt: skip
    return qualify(
        person=person, unit=by.unit if unit == "own" else unit, held=Held(kind, no, "省厅", title=title),
        valid_from=DAY(since), valid_until=DAY(until) if until else None, source="原件", by=by, at=at,
    )  # fmt: skip


def of_teacher(teacher: Teacher) -> Practitioner:
    return Practitioner.objects.get(person_key=teacher.person_key)
