"""Which funds there are, who holds them, and which of them a policy may draw on."""

import dataclasses
import datetime as dt
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from peibu.accounts.actor import Actor
from peibu.accounts.enums import DivisionKind
from peibu.accounts.models import Division
from peibu.ledger.enums import EntryKind
from peibu.ledger.models import Commitment, Fund, Item, Posting
from peibu.rulebook import Policy
from peibu.rulebook.funds import FundSource


def funds() -> QuerySet[Fund]:
    return Fund.objects.select_related("division").order_by("division__code", "code")


def funds_for(actor: Actor) -> QuerySet[Fund]:
    """The funds an officer may look into: every one for the city's roles; else the city's and those of the district."""
    if actor.whole_city:
        return funds()
    return funds().filter(Q(division__kind=DivisionKind.CITY) | Q(division_id__in=actor.division_ids()))


def holder_of(policy: Policy, source: FundSource, division: Division | None) -> Division | None:
    """Whose fund it is: the issuing city's or district's, or that of the district whose case is paid.

    None for a district's fund without a district. A document of another city is carried out with this city's money.
    """
    if source.held_by == "district":
        return division.desk if division else None
    issuer = Division.objects.filter(code=str(policy.card.get("division", ""))).first()
    return issuer or Division.objects.filter(parent__isnull=True, kind=DivisionKind.CITY).first()


@dataclasses.dataclass(frozen=True)
class Candidate:
    """A fund of a policy's order for a case; `fund` is None while nobody has opened it."""

    source: FundSource
    fund: Fund | None


def candidates(policy: Policy, division: Division, *, on: dt.date) -> list[Candidate]:
    """The funds that may pay a case of this district, the first one first (WH63.3)."""
    found = []
    for source in policy.fund_order(on):
        holder = holder_of(policy, source, division)
        found.append(Candidate(source, Fund.objects.filter(code=source.code, division=holder).first()))
    return found


def first_fund(policy: Policy, division: Division, *, on: dt.date) -> Fund | None:
    """The fund a case of this district is paid from as long as it has enough; None before it is opened."""
    order = candidates(policy, division, on=on)
    return order[0].fund if order else None


def kept_by(actor: Actor, policies: list[Policy], *, on: dt.date) -> list[tuple[Policy, FundSource, Division]]:
    """The funds this officer keeps the budget of, opened or not, each once: policy that names it, fund, holder."""
    found: dict[tuple, tuple[Policy, FundSource, Division]] = {}
    own = actor.unit.division if actor.unit else None
    for policy in policies:
        in_force = policy.card["in_force"]["from"] <= on
        for source in policy.fund_order(on) if in_force else ():
            holder = holder_of(policy, source, own)
            if holder is None or (holder.kind == DivisionKind.CITY) != actor.whole_city:
                continue
            if actor.whole_city or holder == own:
                found.setdefault((source.code, holder.pk), (policy, source, holder))
    return list(found.values())


def commitment_of(source_id: UUID) -> Commitment | None:
    """What is set aside for a case (the latest, when money was set aside for it more than once)."""
    rows = Commitment.objects.select_related("fund__division", "item", "division").filter(source_id=source_id)
    return rows.order_by("-sequence").first()


def set_off_of(source_id: UUID) -> int:
    """Fen of a case's money that was kept for what its payee owed; no bank has moved it."""
    rows = Posting.objects.filter(entry__commitment__source_id=source_id, entry__kind=EntryKind.SET_OFF_PAID)
    return rows.filter(amount_fen__gt=0).aggregate(fen=Sum("amount_fen"))["fen"] or 0


def place_of(commitment: Commitment) -> tuple[Fund, int, Item, Division]:
    """Where everything of a case is booked."""
    return commitment.fund, commitment.year, commitment.item, commitment.division
