"""A person's fourth subsidy of a year, which Huangdao allows only 'in principle' three of (HD2.5.15b)."""

import dataclasses
import datetime as dt

from peibu.accounts.actor import Actor
from peibu.casework.actions import move_case
from peibu.claims.actions.drafts import draft_own_claim
from peibu.claims.actions.statements import answer_for_office, check_statement, state_facts
from peibu.claims.models import Claim, ClaimLine, Statement
from peibu.claims.offers import offer_of
from peibu.programmes.rates import enter_rate
from peibu.registry.actions import replace_own_account
from peibu.registry.held_certificates import register_certificate
from peibu.registry.models import IdentityCheck
from peibu.rulebook import load_policy
from tests.city import at
from tests.claims.test_claimants import HUANGDAO, STATED, person_with_account

DAY = at("2020-11-10 09:00")
DESK = at("2020-11-11 09:00")
RATE = 80_000
RULE = "at_most_three_a_year"
HARD = "identity_verified"
UNTIL = dt.date(2020, 12, 31)


@dataclasses.dataclass
class Fourth:
    """The claim for the fourth certificate at the desk, after three that passed; who works there."""

    city: object
    me: Actor
    claim: Claim
    reviewer: Actor
    second: Actor
    approver: Actor

    @property
    def line(self) -> ClaimLine:
        return self.claim.lines.select_related("person", "determination", "claim__case").get()


def fourth_claim(city) -> Fourth:
    """Three claims of one person whose lines hold a subsidy, and the fourth."""
    person, me = person_with_account(city)
    IdentityCheck.objects.create(
        person=person, verdict="match", source="公安人口库（测试）", reference="R1", asked_at=at("2020-11-09 09:00"),
        answered_at=at("2020-11-09 09:00"),
    )  # fmt: skip
    enter_rate(
        policy=HUANGDAO, table="flat_standard_fen", key=("special_operations",), start=dt.date(2020, 1, 20), end=None,
        value=RATE, cite="青人社规〔2020〕1号（测试）", by=city.actor("city_bureau"), at=at("2020-11-09 12:00"),
    )  # fmt: skip
    replace_own_account(person=person, bank_name="中国银行黄岛支行", number="6217000000000123", by=me, at=DAY)
    for number in range(4):
        held = certificate(city, person, number)
        claim = at_the_desk(city, me, held)
    agency = claim.case.agency
    return Fourth(
        city=city,
        me=me,
        claim=claim,
        reviewer=city.actor("agency_reviewer", agency),
        second=city.actor("agency_reviewer", agency, 1),
        approver=city.actor("hrss_approver", city.office("hrss", claim.case.division)),
    )


def certificate(city, person, number: int, until: dt.date = dt.date(2026, 6, 1)):
    """A certificate for special operations, each of another occupation so that nothing is subsidised twice."""
    return register_certificate(
        person=person, kind="special_operation", number=f"T370200{number}", issuer="青岛市应急管理局",
        occupation=f"6-31-01-0{number}", level="none", issued_on=dt.date(2020, 6, 1), valid_until=until,
        source="特种作业操作证", by=city.actor("city_bureau"), at=at("2020-06-02 09:00"),
    )  # fmt: skip


def at_the_desk(city, me: Actor, held) -> Claim:
    """A claim for a certificate handed in, accepted, its statements confirmed and the office's question answered."""
    claim = draft_own_claim(offer=offer_of(HUANGDAO, "special_operations"), held=held, by=me, at=DAY)
    place = next(iter(load_policy(HUANGDAO).fact_specs["connection_places"].choices))
    state_facts(claim=claim, values=STATED | {"connection_places": [place]}, by=me, at=DAY)
    move_case(case=claim.case, move="submit", by=me, at=DAY)
    reviewer = city.actor("agency_reviewer", claim.case.agency)
    move_case(case=claim.case, move="accept", by=reviewer, at=DESK)
    for row in Statement.objects.filter(claim=claim):
        check_statement(statement=row, accept=True, words="核对证件", by=reviewer, at=DESK)
    words = "应急管理部门查询平台"
    answer_for_office(claim=claim, values={"certificate_verified": True}, words=words, by=reviewer, at=DESK)
    claim.refresh_from_db()
    return claim
