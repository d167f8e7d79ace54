"""What a published catalogue says about an occupation or a speciality -> facts (JN6.6.1a, WH63.1.2).

Once a catalogue of the place had been published by the day, it answers alone: in it, or not in it. Before that only what
was entered about the occupation counts. Where several kinds of catalogue could hold it, a "no" takes all of them.
"""

import dataclasses
import datetime as dt
from collections.abc import Mapping

from peibu.accounts.models import Division, Unit
from peibu.catalogue.enums import CatalogueKind
from peibu.catalogue.models import Edition
from peibu.catalogue.queries import Standing, occupation_on, speciality_on
from peibu.programmes.queries import listed
from peibu.rulebook import Policy
from peibu.training.models import Cohort

# (listed, since, until) as the documents name them
OCCUPATION = ("occupation_listed", "catalogue_from", "catalogue_until")
PUBLIC = "occupation_in_catalogue"
OFFERED = (CatalogueKind.SCARCE, CatalogueKind.GENERAL, CatalogueKind.SPECIALITIES)
APPROVED = "speciality_approved"
LISTED_AS = "speciality"  # the list an approved one stands on
SPECIALITY = ("speciality_listed", "speciality_from", "speciality_until")


@dataclasses.dataclass(frozen=True)
class Answer:
    """`facts` of the catalogue and the edition that gives them; both empty when none had been published by the day."""

    facts: Mapping[str, object] = dataclasses.field(default_factory=dict)
    edition: Edition | None = None

    def over(self, entered: Mapping[str, object]) -> dict[str, object]:
        """What was entered, without what a published catalogue answers."""
        if self.edition is None:
            return dict(entered)
        return {name: value for name, value in entered.items() if name not in (*OCCUPATION, *SPECIALITY, PUBLIC)}


def for_class(cohort: Cohort, policy: Policy, *, on: dt.date) -> Answer:
    """The speciality a class is held in, at its institution, on a day (JN6.6.1a); its occupation in the public catalogues
    (HD2.3.7); nothing for other documents."""
    stated = cohort.plan.stated
    code, level = stated.get("occupation_code", ""), stated.get("standard_level", "")
    if PUBLIC in policy.fact_specs and code:
        return _in_public(code, on=on, division=cohort.division)
    if SPECIALITY[0] not in policy.fact_specs or not code:
        return Answer()
    found = speciality_on(code, level, on=on, division=cohort.division, unit=cohort.provider)
    answer = _answer(found, SPECIALITY)
    if not approved(policy.path, code, cohort.provider, on=on):
        return answer
    return dataclasses.replace(answer, facts={**answer.facts, APPROVED: True})


def approved(policy: str, code: str, unit: Unit, *, on: dt.date) -> bool:
    """Did the unit's speciality outside the catalogue pass the experts and stand on the published list on the day, with
    the code it was applied for? A name is a free word and says nothing. False is "nobody knows of it": an officer may
    still enter an evaluation of elsewhere."""
    return bool(code) and listed(policy, LISTED_AS, on=on).filter(unit=unit, code=code).exists()


def _in_public(code: str, *, on: dt.date, division: Division) -> Answer:
    """In any of the public catalogues that name what is trained; the demand of workers is no offer and does not count.
    In none only once every kind is published: while one is not, it could stand there, and what was entered speaks."""
    found = [occupation_on(code, "", on=on, division=division, kind=kind) for kind in OFFERED]
    there = next((one for one in found if one.listed), None)
    if there is None and any(one.listed is None for one in found):
        return Answer()
    best = there or found[0]
    return Answer({PUBLIC: best.listed}, best.edition)


def for_occupation(policy: Policy, code: str, level: str, *, on: dt.date, division: Division) -> Answer:
    """The occupation somebody signs up for, at a level, on a day (WH63.1.2); nothing for other documents."""
    if OCCUPATION[0] not in policy.fact_specs or not code:
        return Answer()
    return _answer(occupation_on(code, level, on=on, division=division), OCCUPATION)


def _answer(found: Standing, names: tuple[str, str, str]) -> Answer:
    if found.listed is None:
        return Answer()
    values = (found.listed, found.since, found.until)
    return Answer({name: v for name, v in zip(names, values, strict=True) if v is not None}, found.edition)
