"""The demo city: synthetic people, enterprises, insurance months and classes from one seed. Pure data, no Django."""

import hashlib
from dataclasses import dataclass

from peibu.demo.city import bodies
from peibu.demo.city.classes import class_plans
from peibu.demo.city.draw import stream
from peibu.demo.city.frauds import plant
from peibu.demo.city.insurance import SITUATIONS, Census, stream_insurance
from peibu.demo.city.people import employee, staff, trainee_accounts
from peibu.demo.city.photos import draw_photo
from peibu.demo.city.plans import ClassPlan
from peibu.demo.city.records import (
    NOW,
    Agency,
    Division,
    EarlierGrant,
    Enterprise,
    InsuranceRow,
    Officer,
    OutsideEmployer,
    Person,
    PlantedFraud,
    PracticeBase,
    Provider,
    RecordSet,
    Teacher,
)

__all__ = ["NOW", "SITUATIONS", "City", "draw_photo", "generate", "stream_insurance"]

_MOST_PEOPLE = 1_000_000


@dataclass(frozen=True, slots=True)
class City:
    """Everything of the demo. ``people[n].no == n`` and ``enterprises[n].no == n + 1``."""

    seed: int
    divisions: tuple[Division, ...]
    agencies: tuple[Agency, ...]
    providers: tuple[Provider, ...]
    bases: tuple[PracticeBase, ...]
    candidates: tuple[Provider, ...]
    enterprises: tuple[Enterprise, ...]
    outside_employers: tuple[OutsideEmployer, ...]
    people: tuple[Person, ...]
    record_sets: tuple[RecordSet, ...]
    insurance: tuple[InsuranceRow, ...]
    teachers: tuple[Teacher, ...]
    officers: tuple[Officer, ...]
    classes: tuple[ClassPlan, ...]
    frauds: tuple[PlantedFraud, ...]
    earlier_grants: tuple[EarlierGrant, ...]

    def in_stage(self, stage: str) -> ClassPlan:
        """Return the first class of the stage; KeyError when there is none."""
        for plan in self.classes:
            if plan.stage == stage:
                return plan
        raise KeyError(stage)

    def digest(self) -> str:
        """Return the SHA-256 of the whole content: equal for equal seeds and sizes, on every machine."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


def generate(seed: int, people: int = 2000, enterprises: int = 40, months: int = 36) -> City:
    """Make a city.

    Args:
        seed: same seed and sizes, same city.
        people: employees, 400 to 1,000,000.
        enterprises: 10 or more, at most a tenth of the people.
        months: insurance months up to December 2020, 12 or more.

    Raises:
        ValueError: a size is out of its range.
    """
    if not 400 <= people <= _MOST_PEOPLE:
        raise ValueError(f"people must be 400 to {_MOST_PEOPLE}; for more rows use stream_insurance")
    if not 10 <= enterprises <= people // 10:
        raise ValueError("the class plans need 10 enterprises or more, with 10 people each or more")
    census = Census(seed, people, enterprises, months)
    firms = bodies.enterprises(seed, enterprises)
    id_start = stream(seed, "identity").randrange(1_000_000)
    persons, sets, rows = [], [], []
    for no in range(people):
        seat = census.seat(no)
        persons.append(employee(census, seat, id_start))
        sets.append(census.record_set(seat))
        rows.extend(census.rows(seat))
    everybody = tuple(persons)
    teachers, officers = staff(seed, id_start, firms)
    planted = plant(class_plans(seed, firms, everybody, teachers, bodies.bases()), everybody)
    return City(
        seed=seed,
        divisions=bodies.divisions(),
        agencies=bodies.agencies(),
        providers=bodies.providers(),
        bases=bodies.bases(),
        candidates=bodies.candidates(),
        enterprises=firms,
        outside_employers=bodies.outside_employers(),
        people=everybody,
        record_sets=tuple(sets),
        insurance=tuple(rows),
        teachers=teachers,
        officers=(*officers, *trainee_accounts(planted.classes, everybody, firms)),
        classes=planted.classes,
        frauds=planted.frauds,
        earlier_grants=planted.earlier_grants,
    )
