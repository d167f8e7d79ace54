"""What somebody can claim now, and who of a class can be claimed for by whom (ADR 0029)."""

import dataclasses
import datetime as dt
from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.accounts.models import Unit
from peibu.casework.enums import Decision
from peibu.claims.about import About, Judged, Terms, about_certificate, about_enrolment
from peibu.claims.facts import judge_one
from peibu.claims.models import Claim
from peibu.claims.offers import CERTIFICATE, CLASS, PROJECT, Offer, offers_in, offers_to
from peibu.registry.models import HeldCertificate
from peibu.rulebook import load_policy
from peibu.training.enums import CohortStage, EnrolmentState
from peibu.training.models import Cohort, Enrolment
from peibu.training.queries.agreements import agreement_on

CLAIMABLE = (CohortStage.TAUGHT, CohortStage.EXAMINED, CohortStage.CERTIFIED)
TEACHING = (Role.PROVIDER, Role.BASE)


@dataclasses.dataclass(frozen=True)
class Claimable:
    """One thing an actor can claim: the offer, and the class, the own place in it, or the certificate."""

    offer: Offer
    cohort: Cohort | None = None
    enrolment: Enrolment | None = None
    held: HeldCertificate | None = None
    judged: Judged | None = None

    @property
    def name(self) -> str:
        """The class or the certificate in words."""
        return self.cohort.name if self.cohort else str(self.held)

    @property
    def verdict(self) -> Decision | None:
        """What the rules say by what is known today."""
        return Decision(str(self.judged.judgement.decision)) if self.judged else None

    @property
    def hopeless(self) -> bool:
        """Do the rules already say no, by what is known today?"""
        return self.verdict == Decision.FAIL


def finished_classes(policy: str) -> QuerySet[Cohort]:
    """Classes of a policy whose teaching is over."""
    rows = Cohort.objects.filter(policy=policy, stage__in=CLAIMABLE).select_related("provider__division", "plan")
    return rows.order_by("-ends_on", "name")


def classes_of(offer: Offer, unit: Unit, role: str) -> QuerySet[Cohort]:
    """Finished classes that a unit may claim for: those it taught, or those its people were in."""
    rows = finished_classes(offer.policy)
    if role in TEACHING:
        return rows.filter(provider=unit)
    mine = Enrolment.objects.filter(enterprise=unit, state=EnrolmentState.ACTIVE)
    return rows.filter(enrolments__in=mine).distinct()


def claimable(actor: Actor, *, on: dt.date) -> list[Claimable]:
    """Everything a unit can claim for its classes now: without a living claim of the same subject."""
    if actor.unit is None:
        return []
    found = []
    for offer in offers_to(actor.role, on=on, of=CLASS):
        living = Claim.objects.filter(
            enterprise=actor.unit, policy=offer.policy, subject=offer.subject, invoice_active=True
        )
        rows = classes_of(offer, actor.unit, actor.role).exclude(claims__in=living)
        found += [Claimable(offer, cohort) for cohort in rows]
    return found


def projects(actor: Actor, *, on: dt.date) -> list[Offer]:
    """What a unit can claim for a project of its own."""
    return offers_to(actor.role, on=on, of=PROJECT) if actor.unit is not None else []


def own_claimable(actor: Actor, *, at: dt.datetime) -> list[Claimable]:
    """What a person can claim: for each own class and certificate what today's knowledge says; the hopeless last."""
    if not actor.person_key:
        return []
    on = timezone.localdate(at)
    live = Claim.objects.filter(person__key=actor.person_key, invoice_active=True)
    taken = {(row.policy, row.subject, row.cohort_id, row.held_id) for row in live}
    found = [
        one
        for one in (*_own_classes(actor, on), *_own_certificates(actor, on))
        if (one.offer.policy, one.offer.subject, one.cohort and one.cohort.pk, one.held and one.held.pk) not in taken
    ]
    judged = [dataclasses.replace(one, judged=_judged(one, at)) for one in found]
    return sorted(judged, key=lambda one: one.hopeless)


def _own_classes(actor: Actor, on: dt.date) -> Iterable[Claimable]:
    rows = Enrolment.objects.filter(person__key=actor.person_key, state=EnrolmentState.ACTIVE)
    rows = rows.filter(cohort__stage__in=CLAIMABLE).select_related("cohort__provider__division", "cohort__plan")
    rows = rows.select_related("person", "enterprise__division", "line").order_by("-enrolled_at")
    for offer in offers_to(Role.TRAINEE, on=on, of=CLASS):
        for row in rows:
            if row.cohort.policy == offer.policy:
                yield Claimable(offer, row.cohort, row)


def _own_certificates(actor: Actor, on: dt.date) -> Iterable[Claimable]:
    rows = HeldCertificate.objects.filter(person__key=actor.person_key, withdrawn_at=None).select_related("person")
    for offer in offers_to(Role.TRAINEE, on=on, of=CERTIFICATE):
        for row in rows.order_by("-issued_on"):
            yield Claimable(offer, held=row)


def _judged(one: Claimable, at: dt.datetime) -> Judged:
    about: About = about_enrolment(one.enrolment) if one.enrolment else about_certificate(one.held)
    terms = Terms(one.offer.policy, one.offer.subject, about.person, one.cohort)
    return judge_one(terms, about, on=timezone.localdate(at), known_at=at)


def people_of(cohort: Cohort, unit: Unit) -> QuerySet[Enrolment]:
    """Whom a unit may claim for in a class: everybody it taught, or those it sent."""
    rows = Enrolment.objects.filter(cohort=cohort, state=EnrolmentState.ACTIVE)
    rows = rows if unit.pk == cohort.provider_id else rows.filter(enterprise=unit)
    rows = rows.select_related("person", "enterprise__division", "line", "cohort__plan", "cohort__provider__division")
    return rows.order_by("line__position", "enrolled_at", "id")


@dataclasses.dataclass(frozen=True)
class Whose:
    """Who of a class can be claimed for, or why not by this claimant."""

    enrolment: Enrolment
    why_not: str = ""


def whose(offer: Offer, cohort: Cohort, unit: Unit) -> list[Whose]:
    """The people of a class as this unit may claim for them; by an agreement that pays the enterprise it may not (JN6.4.1b)."""
    rows = list(people_of(cohort, unit))
    if unit.pk != cohort.provider_id or "senders_without_agreement" not in load_policy(offer.policy).fact_specs:
        return [Whose(row) for row in rows]
    day = cohort.opens_on or timezone.localdate(cohort.created_at)
    why = {row.enterprise: "" for row in rows}
    for enterprise in why:
        agreement = agreement_on(offer.policy, enterprise, unit, on=day) if enterprise.pk != unit.pk else None
        if agreement is not None and agreement.payee == "enterprise":
            why[enterprise] = f"委托培训协议{agreement.number}约定补贴付给{enterprise.name}，由该企业申领"
        elif agreement is None and enterprise.pk != unit.pk:
            why[enterprise] = f"与{enterprise.name}没有生效的委托培训协议，不能代为申领"
    return [Whose(row, why[row.enterprise]) for row in rows]


def claims_of_class(cohort: Cohort) -> QuerySet[Claim]:
    """Living claims for a class, of whatever subject and claimant."""
    rows = Claim.objects.filter(cohort=cohort, invoice_active=True)
    return rows.select_related("enterprise", "person", "case").order_by("created_at")


def offers_of_class(cohort: Cohort, *, on: dt.date) -> list[Offer]:
    """What can be claimed for a class at all, by whomever."""
    return [offer for offer in offers_in(cohort.policy) if offer.of == CLASS and offer.in_force(on)]
