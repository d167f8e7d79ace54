"""Two districts with everybody who has a duty in a claim, and a supply of certified classes; rows made directly."""

import dataclasses
import datetime as dt
import random

from django.db import transaction

from peibu.accounts.actor import Actor
from peibu.accounts.models import Assignment, User
from peibu.casework.processes import Move, process_of
from peibu.kernel.ids import uuid7
from peibu.ledger.actions import open_funds
from peibu.ledger.models import Fund
from peibu.training.models import Cohort
from tests.claims.claim_world import World, account, build, employee, open_like

ON = dt.date(2020, 11, 10)


@dataclasses.dataclass
class Town:
    """People by role, enterprises of two districts, the moves of a claim."""

    policy: str
    fund: Fund
    worlds: list[World]
    people: dict[str, list[Actor]]
    moves: dict[str, Move]
    serial: int = 0

    @transaction.atomic
    def next_class(self, dice: random.Random, *, clean: bool = False):
        """A certified class with one to three people of an enterprise: (class, enterprise, its officer).

        Some lack months, were paid elsewhere or failed, unless it shall be clean.
        """
        self.serial += 1
        world = dice.choice(self.worlds)
        world.cohort = _another(world.city, world.cohort, self.serial)
        for nth in range(dice.randint(1, 3)):
            odd = 1 if clean else dice.random()
            wishes = {"months": 4} if odd < 0.08 else {"earlier": True} if odd < 0.13 else {}
            score = "50" if 0.13 < odd < 0.18 else "88"
            person = employee(world.enterprise, f"学员{self.serial}-{nth}", 7000 + 7 * self.serial + nth, **wishes)
            world.enrol(person, world.enterprise, score=score)
        world.certify()
        return world.cohort, world.enterprise, world.hr


def _another(city, cohort: Cohort, serial: int) -> Cohort:
    """A copy of a class with its sessions and its exam, for other people."""
    filing = open_like(city, "class_filing", cohort.provider)
    new = _copy(Cohort.objects.get(pk=cohort.pk), case=filing, name=f"随机第{serial}期")
    for session in cohort.sessions.all():
        _copy(
            session, cohort=new, teacher_key=""
        )  # a teacher is in one place at a time, these classes are at one time
    _copy(
        cohort.exam,
        cohort=new,
        case=open_like(city, "exam_filing", cohort.provider),
        survey_token=f"story{serial}",
        sealed_at=None,
        sealed_by=None,
        seal="",
    )
    return Cohort.objects.get(pk=new.pk)


def _copy(row, **changed):
    kept = [field for field in row._meta.concrete_fields if not field.primary_key and field.name not in changed]
    return type(row).objects.create(
        id=uuid7(), **{field.attname: getattr(row, field.attname) for field in kept}, **changed
    )


def build_town(city) -> Town:
    """Firms 3 and another of the list, each with its district's reviewers, approvers and payers; one person twice."""
    firms = {firm.division.desk.pk: key for key, firm in sorted(city.loaded.firms.items(), reverse=True)}
    chosen = sorted(firms.values())[:2]
    worlds = [build(city, firm=key, nth=place) for place, key in enumerate(chosen)]
    people: dict[str, list[Actor]] = {role: [] for role in ROLES}
    for place, world in enumerate(worlds):
        agency = city.office("agency", world.enterprise.division)
        bureau = city.office("hrss", world.enterprise.division)
        people["enterprise"].append(world.hr)
        people["agency_reviewer"] += [world.reviewer, world.second_reviewer]
        people["hrss_approver"] += [world.approver, account("hrss_approver", bureau, "审批乙", f"5100{place}7")]
        payers = [account("finance", agency, f"出纳{nth}", f"5200{place}{nth}") for nth in range(2)]
        people["finance"] += [*payers, _second_account(world.reviewer, "finance", agency, f"double-{place}")]
    people["city_bureau"].append(city.actor("city_bureau"))
    people["auditor"].append(city.actor("auditor"))
    moves = process_of(city.policy, "claim", on=ON).moves
    (fund,) = open_funds(policy=city.policy, on=ON)
    return Town(city.policy, fund, worlds, people, dict(moves))


ROLES = ("enterprise", "agency_reviewer", "hrss_approver", "finance", "city_bureau", "auditor")


def _second_account(actor: Actor, role: str, unit, username: str) -> Actor:
    """The same natural person under another name: duties are of people, not of accounts (I8)."""
    user = User.objects.create(
        username=username, name=actor.user.name, person_key=actor.user.person_key, created_at=actor.user.created_at,
        password="!",
    )  # fmt: skip
    Assignment.objects.create(user=user, role=role, unit=unit, valid_from=dt.date(2015, 1, 1))
    return Actor(user=user, role=role, unit=unit)
