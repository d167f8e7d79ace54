"""Questions about claims."""

import dataclasses
import datetime as dt
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet, Sum
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.models import Division, Unit
from peibu.casework.enums import Decision
from peibu.casework.models import CaseEvent, Determination
from peibu.casework.processes import process_of
from peibu.casework.queries import cases_for
from peibu.claims.enums import LineState
from peibu.claims.facts import Judged, judge_person
from peibu.claims.models import Claim, ClaimLine
from peibu.ledger.models import Fund
from peibu.ledger.queries import first_fund
from peibu.rulebook import load_policy
from peibu.rulebook.records import MonthMark
from peibu.rulebook.wording import show
from peibu.training.enums import CohortStage, EnrolmentState
from peibu.training.models import Cohort, Enrolment
from peibu.training.queries.attendance import Rate, rates

FIELDS = ("case__agency", "case__division", "enterprise__division", "cohort__provider", "account")
CLAIMABLE = (CohortStage.TAUGHT, CohortStage.EXAMINED, CohortStage.CERTIFIED)
NO_VALUE = "—"
PROCESS = "claim"
BEFORE_APPROVAL = ("accept", "review", "approve")


def claims_for(actor: Actor) -> QuerySet[Claim]:
    """Every claim the actor may see: officers by district, an enterprise its own."""
    return Claim.objects.filter(case__in=cases_for(actor)).select_related(*FIELDS).order_by("-created_at")


def lines_of(claim: Claim) -> QuerySet[ClaimLine]:
    """The lines with all that a page draws of them."""
    rows = claim.lines.select_related("person", "determination", "certificate", "enrolment__cohort", "claim__case")
    return rows.select_related("enrolment__enterprise", "enrolment__person").order_by("position")


def claimable_classes(unit: Unit) -> QuerySet[Cohort]:
    """Taught classes with people of this enterprise and no living claim of it."""
    mine = Enrolment.objects.filter(enterprise=unit, state=EnrolmentState.ACTIVE)
    rows = Cohort.objects.filter(enrolments__in=mine, stage__in=CLAIMABLE)
    rows = rows.exclude(claims__in=Claim.objects.filter(enterprise=unit, invoice_active=True))
    return rows.select_related("provider").distinct().order_by("-ends_on", "name")


def people_of(cohort: Cohort, unit: Unit) -> QuerySet[Enrolment]:
    rows = Enrolment.objects.filter(cohort=cohort, enterprise=unit, state=EnrolmentState.ACTIVE)
    return rows.select_related("person", "enterprise", "cohort").order_by("line__position", "enrolled_at", "id")


def claim_day(claim: Claim, *, at: dt.datetime) -> dt.date:
    """The day the claim was made: its first submission; before that, today."""
    first = CaseEvent.objects.filter(case_id=claim.case_id, move="submit").order_by("seq").first()
    return timezone.localdate(first.at if first else at)


def invoice_complete(claim: Claim) -> bool:
    """Is there an invoice with kind, number, amount, day and its scan (QD97.5.1)?"""
    return bool(
        claim.invoice_kind and claim.invoice_number and claim.invoice_fen and claim.invoice_on and claim.invoice_id
    )


def judge_line(line: ClaimLine, *, at: dt.datetime) -> Judged:
    """The line judged with today's knowledge about the day of the claim."""
    claim = line.claim
    return judge_person(
        line.enrolment,
        fee_fen=claim.fee_fen,
        fee_paid=invoice_complete(claim),
        claim=claim,
        on=claim_day(claim, at=at),
        known_at=at,
    )


@dataclasses.dataclass(frozen=True)
class Differing:
    """A fact that is no longer what the determination rests on."""

    label: str
    then: str
    now: str


@dataclasses.dataclass(frozen=True)
class Drift:
    """A line whose facts have changed since its determination."""

    line: ClaimLine
    judged: Judged
    facts: tuple[Differing, ...]

    @property
    def decision(self) -> Decision:
        return Decision(str(self.judged.judgement.decision))

    @property
    def decision_changes(self) -> bool:
        return str(self.judged.judgement.decision) != self.line.determination.decision


def drifts(claim: Claim, *, at: dt.datetime) -> list[Drift]:
    """Included people whose evidence, decision or amount differs from what was submitted."""
    lines = lines_of(claim).filter(state=LineState.INCLUDED)
    return [found for line in lines if (found := drift_of(line, at=at)) is not None]


def drift_of(line: ClaimLine, *, at: dt.datetime) -> Drift | None:
    """What changed for one person since the determination; None when nothing did."""
    judged, then = judge_line(line, at=at), line.determination
    differing = differences(then, judged)
    answer = (str(judged.judgement.decision), judged.judgement.amount_fen)
    if not differing and answer == (then.decision, then.amount_fen):
        return None
    return Drift(line, judged, differing)


def differences(then: Determination, now: Judged) -> tuple[Differing, ...]:
    """Facts then and now, in the words of the policy."""
    slots = load_policy(then.policy).slots
    told = []
    for name in sorted(set(then.facts) | set(now.facts)):
        before, after = then.facts.get(name), now.facts.get(name)
        if before != after:
            spec = slots.get(name)
            told.append(Differing(spec.label if spec else name, _told(spec, before), _told(spec, after)))
    return tuple(told)


def _told(spec, value) -> str:
    if value is None:
        return NO_VALUE
    if spec is None:
        return str(value)
    return show(spec.read(value), spec.type, spec.choices, "zh")


@dataclasses.dataclass(frozen=True)
class Month:
    month: dt.date
    status: str
    in_run: bool


STATUS_OF_KIND = {"normal": "paid", "arrears": "arrears", "undetermined": "paid", "unknown": "unknown"}
SHOWN_MONTHS = 24


def strip_of(judged: Judged) -> list[Month]:
    """The last months of a person's insurance at the enterprise as squares; the counted run is marked."""
    run = judged.run
    marks: list[MonthMark] = list(run.months)[-SHOWN_MONTHS:]
    return [
        Month(
            mark.month,
            STATUS_OF_KIND.get(mark.kind, "gap"),
            run.run_first_month is not None and run.run_first_month <= mark.month <= run.run_last_month,
        )
        for mark in marks
    ]


def attended(claim: Claim) -> dict[UUID, Rate]:
    """Enrolment -> attendance over all taught sessions of the class; nobody who left the class is in it."""
    came = {person.pk: rate for person, rate in rates(claim.cohort)}
    return {line.enrolment_id: came.get(line.enrolment_id, Rate(0, 0)) for line in claim.lines.all()}


def board(actor: Actor) -> QuerySet[Claim]:
    """Claims as the desk lists them, with their lines at hand."""
    return claims_for(actor).prefetch_related(Prefetch("lines", ClaimLine.objects.only("id", "claim_id", "state")))


def under_review(*, on: dt.date, within: dt.timedelta) -> QuerySet[Claim]:
    """Claims handed in and not yet approved whose present step falls due within that time: money asked for soon.

    A claim returned to its applicant waits for the applicant and is left out.
    """
    rows = Claim.objects.filter(case__process=PROCESS, case__closed_at__isnull=True, case__suspended=False)
    states = Q(pk__in=[])
    for policy in rows.values_list("policy", flat=True).distinct().order_by():
        moves = process_of(policy, PROCESS, on=on).moves
        before = {state for code in BEFORE_APPROVAL if code in moves for state in moves[code].sources}
        states |= Q(policy=policy, case__state__in=before)
    return rows.filter(states).filter(Q(case__due_on__isnull=True) | Q(case__due_on__lte=on + within))


@dataclasses.dataclass(frozen=True)
class Asked:
    """Claims under review that a fund will be asked for, and their sum in fen."""

    count: int
    fen: int


def asked_of(fund: Fund, *, on: dt.date, within: dt.timedelta) -> Asked:
    """What claims under review will ask of a fund: each of the first fund of its policy's order (WH63.3)."""
    rows = under_review(on=on, within=within).values_list("policy", "case__division_id")
    asked = rows.annotate(count=Count("pk"), fen=Sum("amount_fen")).order_by()
    divisions = Division.objects.select_related("served_by").in_bulk()
    mine = [
        (count, fen)
        for policy, division, count, fen in asked
        if first_fund(load_policy(policy), divisions[division], on=on) == fund
    ]
    return Asked(sum(count for count, _fen in mine), sum(fen for _count, fen in mine))
