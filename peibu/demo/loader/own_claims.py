"""People who claim for a certificate of their own (HD2.3.8), each as far as a claim can come: one has not claimed yet, one
has handed in, one was returned, one is looked at with what was stated confirmed, and one asks for a fourth subsidy of a
year, which only an exception allows (HD2.5.15b)."""

import datetime as dt

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.accounts.models import Assignment
from peibu.casework.actions import move_case
from peibu.claims.actions.drafts import draft_own_claim
from peibu.claims.actions.overrides import propose_override
from peibu.claims.actions.statements import answer_for_office, check_statement, state_facts
from peibu.claims.models import Claim
from peibu.claims.offers import offer_of
from peibu.demo.city import NOW
from peibu.demo.loader.players import Players
from peibu.kernel.errors import Refused
from peibu.papers.plain_papers import Part, plain_pdf
from peibu.programmes.rates import enter_rate
from peibu.registry.actions import replace_own_account
from peibu.registry.held_certificates import register_certificate
from peibu.registry.models import HeldCertificate, Person

HUANGDAO, SUBJECT = "huangdao/skills_action_2020", "special_operations"
DAY = dt.timedelta(days=1)
HANDED_IN, RETURNED, CONFIRMED, FOURTH = 1, 2, 3, 4  # places of people; the one at 0 has not claimed
A_YEAR = 3
LIMIT = "at_most_three_a_year"


def play_own_claims(players: Players) -> None:
    """Certificates of five people with accounts, and the claims of four."""
    bureau = players.by_user(Assignment.objects.filter(role="city_bureau").order_by("user__username").first().user)
    rows = Assignment.objects.filter(role="trainee", user__is_active=True).select_related("user")
    people = [
        Actor(user=row.user, role=Role.TRAINEE) for row in rows.order_by("user__username") if row.user.person_key
    ]
    for place, me in enumerate(people[: FOURTH + 1]):
        held = [_certificate(me, place, number, bureau) for number in range(A_YEAR + 1 if place == FOURTH else 1)]
        if place == HANDED_IN:
            _claim(me, held[0], place)
        elif place == RETURNED:
            _returned(players, _claim(me, held[0], place))
        elif place == CONFIRMED:
            _confirmed(players, _claim(me, held[0], place))
        elif place == FOURTH:
            _fourth(players, bureau, [_claim(me, one, place) for one in held])


def _certificate(me: Actor, place: int, number: int, bureau: Actor) -> HeldCertificate:
    return register_certificate(
        person=Person.objects.get(key=me.person_key),
        kind="special_operation",
        number=f"T3702002020110{place}{number + 1:02d}",
        issuer="青岛市应急管理局",
        occupation=f"6-31-01-{number + 1:02d}" if place == FOURTH else "",
        level="none" if place == FOURTH else "",
        issued_on=(NOW - 60 * DAY).date(),
        valid_until=(NOW + 2100 * DAY).date(),
        source="特种作业操作证（演示数据）",
        by=bureau,
        at=NOW - 30 * DAY,
    )


def _claim(me: Actor, held: HeldCertificate, place: int) -> Claim | None:
    """Drafted, stated and handed in. None where the register does not know the name: it stays a draft, as in life."""
    at = NOW - 2 * DAY
    claim = draft_own_claim(offer=offer_of(HUANGDAO, SUBJECT), held=held, by=me, at=at)
    replace_own_account(
        person=held.person, bank_name="中国银行青岛西海岸新区支行", number=f"62170031100000{place:04d}", by=me, at=at
    )
    told = {
        "connection_places": ["work"],
        "training_started_on": (NOW - 90 * DAY).date().isoformat(),
        "training_ended_on": (NOW - 75 * DAY).date().isoformat(),
    }
    paper = {"name": "培训结业证明.pdf", "content": _paper(at)} if place != FOURTH else {}
    state_facts(claim=claim, values=told, by=me, at=at + DAY / 24, **paper)
    claim.case.refresh_from_db()
    try:
        move_case(case=claim.case, move="submit", by=me, at=at + DAY / 12)
    except Refused:
        return None
    return Claim.objects.select_related("case__agency").get(pk=claim.pk)


def _paper(at: dt.datetime) -> bytes:
    parts = [Part(heading="培训", paragraphs=["特种作业安全技能培训"])]
    return plain_pdf(title="培训结业证明（演示）", parts=parts, dated=at.date())


def _returned(players: Players, claim: Claim | None) -> None:
    if claim is not None:
        by, why = _reviewer(players, claim), "培训结业证明看不清楚，请重新上传"
        move_case(case=claim.case, move="return", by=by, at=NOW - DAY, reason=why)


def _confirmed(players: Players, claim: Claim | None) -> Actor | None:
    """Accepted, and every word of the claimant confirmed; what the office alone knows is still asked."""
    if claim is None:
        return None
    by = _reviewer(players, claim)
    move_case(case=claim.case, move="accept", by=by, at=NOW - DAY)
    for row in claim.statements.filter(replaced_at__isnull=True):
        check_statement(statement=row, accept=True, words="核对结业证明原件", by=by, at=NOW - DAY)
    return by


def _fourth(players: Players, bureau: Actor, claims: list[Claim | None]) -> None:
    """Three that pass and one beyond: an exception is proposed and waits for a second officer."""
    enter_rate(
        policy=HUANGDAO, table="flat_standard_fen", key=(SUBJECT,), start=dt.date(2020, 1, 20), end=None, value=80_000,
        cite="演示数据", by=bureau, at=NOW - 2 * DAY,
    )  # fmt: skip
    for claim in claims:
        by = _confirmed(players, claim)
        if by is None:
            return
        words = "应急管理部门查询平台"
        answer_for_office(claim=claim, values={"certificate_verified": True}, words=words, by=by, at=NOW - DAY)
    line = claims[-1].lines.select_related("determination").get()
    if any(one["rule"] == LIMIT and one["status"] == "fail" for one in line.determination.findings):
        propose_override(
            line=line, rule=LIMIT, reason="该工种为园区急需，经培训主管科室研究拟同意", expires_on=(NOW + 30 * DAY).date(),
            by=by, at=NOW - DAY / 2,
        )  # fmt: skip


def _reviewer(players: Players, claim: Claim) -> Actor:
    return players.of(Role.AGENCY_REVIEWER, claim.case.agency)
