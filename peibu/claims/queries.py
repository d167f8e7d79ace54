"""Questions about claims."""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from peibu.accounts.actor import Actor
from peibu.accounts.models import Division
from peibu.casework.enums import Decision
from peibu.casework.models import Determination
from peibu.casework.processes import process_of
from peibu.casework.queries import cases_for
from peibu.claims.about import Judged
from peibu.claims.enums import LineState
from peibu.claims.models import Claim, ClaimLine
from peibu.claims.offers import PROCESSES
from peibu.claims.terms import judge_today
from peibu.ledger.models import Fund
from peibu.ledger.queries import first_fund
from peibu.rulebook import load_policy
from peibu.rulebook.records import MonthMark
from peibu.rulebook.wording import show
from peibu.training.queries.attendance import Rate, rates

FIELDS = ("case__agency", "case__division", "enterprise__division", "person", "cohort__provider", "held", "account")
NO_VALUE = "—"
BEFORE_APPROVAL = ("accept", "review", "approve")


def claims_for(actor: Actor) -> QuerySet[Claim]:
    """Every claim the actor may see: officers by district, an enterprise its own."""
    return Claim.objects.filter(case__in=cases_for(actor)).select_related(*FIELDS).order_by("-created_at")


def lines_of(claim: Claim) -> QuerySet[ClaimLine]:
    """The lines with all that a page draws of them."""
    rows = claim.lines.select_related("person", "determination", "certificate", "enrolment__cohort", "claim__case")
    rows = rows.select_related("enrolment__enterprise__division", "enrolment__person", "enrolment__line")
    return rows.order_by("position")


def judge_line(line: ClaimLine, *, at: dt.datetime) -> Judged:
    """The line judged with today's knowledge about the day of the claim."""
    return judge_today(line.claim, [line], at=at)[line.pk]


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
    lines = list(lines_of(claim).filter(state=LineState.INCLUDED))
    judged = judge_today(claim, lines, at=at)
    return [found for line in lines if (found := drift_of(line, judged[line.pk])) is not None]


def drift_of(line: ClaimLine, judged: Judged) -> Drift | None:
    """What changed for one person since the determination; None when nothing did."""
    then = line.determination
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
    if run is None:
        return []
    marks: list[MonthMark] = list(run.months)[-SHOWN_MONTHS:]
    return [
        Month(
            mark.month,
            STATUS_OF_KIND.get(mark.kind, "gap"),
            run.run_first_month is not None and run.run_first_month <= mark.month <= run.run_last_month,
        )
        for mark in marks
    ]


def attended(claim: Claim, lines: Iterable[ClaimLine]) -> dict[UUID, Rate]:
    """Enrolment -> attendance over all taught sessions of the class; nobody who left the class is in it."""
    if claim.cohort is None:
        return {}
    came = {person.pk: rate for person, rate in rates(claim.cohort)}
    return {line.enrolment_id: came.get(line.enrolment_id, Rate(0, 0)) for line in lines}


def board(actor: Actor) -> QuerySet[Claim]:
    """Claims as the desk lists them, with their lines at hand."""
    return claims_for(actor).prefetch_related(Prefetch("lines", ClaimLine.objects.only("id", "claim_id", "state")))


def under_review(*, on: dt.date, within: dt.timedelta) -> QuerySet[Claim]:
    """Claims handed in and not yet approved whose present step falls due within that time: money asked for soon.

    A claim returned to its applicant waits for the applicant and is left out.
    """
    rows = Claim.objects.filter(case__process__in=PROCESSES, case__closed_at__isnull=True, case__suspended=False)
    states = Q(pk__in=[])
    for policy, process in rows.values_list("policy", "case__process").distinct().order_by():
        moves = process_of(policy, process, on=on).moves
        before = {state for code in BEFORE_APPROVAL if code in moves for state in moves[code].sources}
        states |= Q(policy=policy, case__process=process, case__state__in=before)
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


def falling_due(actor: Actor, *, until: dt.date) -> QuerySet[Claim]:
    """Open claims in the actor's scope whose present step was or is due by a day, the longest overdue first. A claim that
    waits for its applicant has no running deadline."""
    rows = claims_for(actor).filter(case__closed_at__isnull=True, case__suspended=False, case__due_on__lte=until)
    return rows.order_by("case__due_on", "case__number")
