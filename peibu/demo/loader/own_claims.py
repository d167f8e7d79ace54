"""People who claim for a certificate of their own (HD2.3.8): one has handed in, one has a certificate and has not claimed."""

import contextlib
import datetime as dt

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.accounts.models import Assignment
from peibu.casework.actions import move_case
from peibu.claims.actions.drafts import draft_own_claim
from peibu.claims.actions.statements import state_facts
from peibu.claims.offers import offer_of
from peibu.demo.city import NOW
from peibu.demo.loader.players import Players
from peibu.kernel.errors import Refused
from peibu.papers.plain_papers import Part, plain_pdf
from peibu.registry.actions import replace_own_account
from peibu.registry.held_certificates import register_certificate
from peibu.registry.models import Person

HUANGDAO, SUBJECT = "huangdao/skills_action_2020", "special_operations"
DAY = dt.timedelta(days=1)


def play_own_claims(players: Players) -> None:
    """Certificates of two people with accounts, and the claim of one."""
    bureau = players.by_user(Assignment.objects.filter(role="city_bureau").order_by("user__username").first().user)
    rows = Assignment.objects.filter(role="trainee", user__is_active=True).select_related("user")
    people = [row for row in rows.order_by("user__username") if row.user.person_key][:2]
    for number, row in enumerate(people, start=1):
        me = Actor(user=row.user, role=Role.TRAINEE)
        held = register_certificate(
            person=Person.objects.get(key=me.person_key),
            kind="special_operation",
            number=f"T37020020201100{number}",
            issuer="青岛市应急管理局",
            occupation="",
            level="",
            issued_on=(NOW - 60 * DAY).date(),
            valid_until=(NOW + 2100 * DAY).date(),
            source="特种作业操作证（演示数据）",
            by=bureau,
            at=NOW - 30 * DAY,
        )
        if number > 1:
            _claim(me, held, number)


def _claim(me: Actor, held, number: int) -> None:
    at = NOW - 2 * DAY
    claim = draft_own_claim(offer=offer_of(HUANGDAO, SUBJECT), held=held, by=me, at=at)
    replace_own_account(
        person=held.person, bank_name="中国银行青岛西海岸新区支行", number=f"62170031100000{number:04d}", by=me, at=at
    )
    told = {
        "connection_places": ["work"],
        "training_started_on": (NOW - 90 * DAY).date().isoformat(),
        "training_ended_on": (NOW - 75 * DAY).date().isoformat(),
    }
    paper = plain_pdf(
        title="培训结业证明（演示）",
        parts=[Part(heading="培训", paragraphs=["特种作业安全技能培训"])],
        dated=at.date(),
    )
    state_facts(claim=claim, values=told, name="培训结业证明.pdf", content=paper, by=me, at=at + DAY / 24)
    claim.case.refresh_from_db()
    with contextlib.suppress(Refused):  # the register may not know the name: the claim then stays a draft, as in life
        move_case(case=claim.case, move="submit", by=me, at=at + DAY / 12)
