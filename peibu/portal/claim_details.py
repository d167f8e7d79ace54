"""What the pages of a claim show beside its lines: what is known and from where, what was stated, which papers it rests on."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

from django.db.models import Q, QuerySet

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.casework.enums import Decision
from peibu.claims.answers import known_facts, missing_in, rates_in
from peibu.claims.claimable import CLAIMABLE, Whose, claims_of_class, offers_of_class, whose
from peibu.claims.enums import LineState, StatementState
from peibu.claims.models import Claim, ClaimLine
from peibu.claims.needs import papers_kept
from peibu.claims.offers import Offer, offer_of
from peibu.claims.papers import cited_against
from peibu.claims.permissions import EDITING
from peibu.claims.terms import seen_then
from peibu.portal.forms_claims import StatedFacts, stated_form
from peibu.rulebook import load_policy
from peibu.training.enums import EnrolmentState
from peibu.training.models import Cohort, Enrolment

FIRST = 1


def details_of(claim: Claim, lines: Sequence[ClaimLine], *, facts: StatedFacts | None = None) -> dict:
    """The form of what nobody knows, what was stated, known facts of a claim with one line, papers, missing rates."""
    policy, offer = load_policy(claim.policy), offer_of(claim.policy, claim.subject)
    editable = claim.case.state in EDITING
    form = facts or (stated_form(claim) if editable else None)
    rows = claim.statements.filter(replaced_at__isnull=True).select_related("line__person", "document")
    alone = seen_then(claim, list(lines)) if len(lines) == FIRST else {}
    waiting = [line for line in lines if line.state == LineState.PENDING]
    over = sum(line.determination.decision == Decision.FAIL for line in waiting)
    tables = rates_in(missing_in(line.determination for line in waiting))
    ways = set(offer.papers.values()) if offer else set()
    for line in lines:
        line.cited = cited_against(line)
    return {
        "returned": returned_why(claim),
        "offer": offer,
        "asks_invoice": "entered" in ways,
        "asks_roster": "made" in ways,
        "facts_form": form if form is not None and form.names else None,
        "statements": [(row, policy.fact_specs[row.fact]) for row in rows],
        "rejected": any(row.state == StatementState.REJECTED for row in rows),
        "known": known_facts(policy, alone[lines[0].pk]) if alone else [],
        "papers": _papers(claim, offer),
        "pending": len(waiting) - over,
        "over": over,
        "rates": [policy.rates[name] for name in tables],
    }


def returned_why(claim: Claim) -> str:
    """Why the office sent it back, while it lies with the claimant again."""
    if not claim.case.suspended:
        return ""
    last = claim.case.steps.filter(to_state=claim.case.state).order_by("-seq").first()
    return last.reason if last else ""


def _papers(claim: Claim, offer: Offer | None) -> list[dict]:
    """Each paper of the folder with how it comes: made, entered, known to the state, uploaded."""
    if offer is None:
        return []
    kept = papers_kept(claim)
    return [
        {"code": code, "how": how, "said": offer.document(code), "row": kept.get(code)}
        for code, how in offer.papers.items()
    ]


def classes_seen(actor: Actor) -> QuerySet[Cohort]:
    """Finished classes a unit taught or sent people to."""
    rows = Cohort.objects.filter(stage__in=CLAIMABLE).select_related("provider__division", "plan")
    mine = Enrolment.objects.filter(enterprise=actor.unit, state=EnrolmentState.ACTIVE)
    return rows.filter(Q(provider=actor.unit) | Q(enrolments__in=mine)).distinct()


@dataclasses.dataclass(frozen=True)
class Part:
    """One subject of a class: who claims it, whether this visitor may, for whom, and what is claimed already."""

    offer: Offer
    claimants: str
    mine: bool
    people: list[Whose]
    living: list[Claim]


def class_parts(actor: Actor, cohort: Cohort, *, on: dt.date) -> list[Part]:
    """Everything that can be claimed for a class, by whomever; of people only those this unit taught or sent."""
    living = list(claims_of_class(cohort))
    parts = []
    for offer in offers_of_class(cohort, on=on):
        teaches = actor.unit.pk == cohort.provider_id
        mine = actor.role in offer.claimants and (teaches or actor.role == Role.ENTERPRISE)
        seen = [row for row in living if row.subject == offer.subject and row.enterprise_id == actor.unit.pk]
        claimants = "、".join(str(Role(role).label) for role in offer.claimants)
        parts.append(Part(offer, claimants, mine, whose(offer, cohort, actor.unit), seen))
    return parts
