"""Questions about recoveries."""

import dataclasses
import datetime as dt

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from peibu.accounts.actor import Actor
from peibu.casework.models import Case, CaseEvent
from peibu.casework.queries import cases_for
from peibu.claims.enums import LineState, RecheckState, Settlement
from peibu.claims.models import Claim, ClaimLine, Recheck
from peibu.claims.rechecks import ACCEPTED
from peibu.oversight.enums import FindingState
from peibu.oversight.models import Finding
from peibu.payments.amounts import payable_fen
from peibu.payments.enums import LineKind
from peibu.payments.models import StatementLine
from peibu.payments.permissions import is_payable
from peibu.recovery.models import Instalment, Recovery, RecoveryLine

CONCLUDED = (FindingState.ERROR, FindingState.FRAUD)


def recoveries_for(actor: Actor) -> QuerySet[Recovery]:
    """Recoveries the actor may see: officers by district, a party its own once it has been told."""
    rows = Recovery.objects.filter(case__in=cases_for(actor).values("pk"))
    if not actor.is_officer:
        rows = rows.filter(case__in=CaseEvent.objects.filter(move="notify").values("case"))
    related = ("case__agency", "case__applicant", "claim__case", "claim__enterprise", "claim__cohort", "finding")
    return rows.select_related(*related, "opened_by").order_by("-opened_at", "pk")


def waiting_rechecks(actor: Actor) -> QuerySet[Recheck]:
    """Re-checks whose result is to recover and that no recovery has taken up."""
    rows = recoverable(Recheck.objects.filter(line__claim__case__in=cases_for(actor).values("pk")))
    related = ("line__person", "line__claim__case", "line__claim__enterprise", "before", "after")
    return rows.select_related(*related).order_by("settled_at", "pk")


def recoverable(rows: QuerySet[Recheck]) -> QuerySet[Recheck]:
    """Of each paid person the re-check that was accepted last, if it is to be recovered and stands in no recovery but one
    that was given up while it was drawn up."""
    to_recover = Q(state=RecheckState.SETTLED, settlement=Settlement.RECOVER)
    later = Recheck.objects.filter(settlement__in=ACCEPTED, line=OuterRef("line"), found_at__gt=OuterRef("found_at"))
    given_up = CaseEvent.objects.filter(move="drop_draft").values("case")
    taken_up = RecoveryLine.objects.filter(recheck=OuterRef("pk")).exclude(recovery__case__in=given_up)
    return rows.filter(to_recover, ~Exists(later), ~Exists(taken_up), line__state=LineState.PAID)


def is_recoverable(recheck: Recheck) -> bool:
    return recoverable(Recheck.objects.filter(pk=recheck.pk)).exists()


def recovery_with(recheck: Recheck) -> Recovery | None:
    """The recovery a re-check stands in; the latest, when an earlier one was given up while it was drawn up."""
    return Recovery.objects.filter(lines__recheck=recheck).order_by("-opened_at", "-pk").first()


def paid_lines_of(finding: Finding) -> QuerySet[ClaimLine]:
    """Paid people whom a concluded finding can concern: of its class, or of its claim."""
    if finding.state not in CONCLUDED:
        return ClaimLine.objects.none()
    about = Q(claim__cohort_id=finding.subject_id) | Q(claim_id=finding.subject_id)
    about |= Q(claim__case_id=finding.subject_id)
    rows = ClaimLine.objects.filter(about, state=LineState.PAID, claim__case__division_id=finding.division_id)
    return rows.select_related("claim__case", "claim__enterprise", "person").order_by(
        "claim__case__number", "position"
    )


def owed_elsewhere(line: ClaimLine) -> int:
    """Fen of a line that recoveries ask for already (those that were dropped left out)."""
    rows = line.recovery_lines.exclude(recovery__case__state="dropped")
    return rows.aggregate(fen=Sum("owed_fen"))["fen"] or 0


def bank_lines(recovery: Recovery) -> QuerySet[StatementLine]:
    """Movements into the agency's account told as money given back that no receipt has taken up."""
    rows = StatementLine.objects.filter(statement__agency=recovery.case.agency, kind=LineKind.RECOVERY, receipt=None)
    rows = rows.filter(amount_fen__gt=0, amount_fen__lte=recovery.open_fen)
    return rows.select_related("statement").order_by("statement__on", "row")


def named_in(line: StatementLine, recovery: Recovery) -> bool:
    """Does the payer name the recovery's number?"""
    return recovery.case.number in f"{line.text} {line.key} {line.reference}"


@dataclasses.dataclass(frozen=True)
class Payable:
    """A claim of the same party that is about to be paid, with the fen of it that are left to pay."""

    claim: Claim
    fen: int


def to_set_off(actor: Actor, recovery: Recovery, *, on: dt.date) -> list[Payable]:
    """Claims of the party that could be paid today, without a payment under way, as far as the actor may see them."""
    rows = Claim.objects.filter(enterprise=recovery.claim.enterprise, approved_fen__gt=0, case__closed_at__isnull=True)
    rows = rows.filter(case__in=cases_for(actor).values("pk")).exclude(pk=recovery.claim_id).select_related("case")
    found = []
    for claim in rows:
        fen = payable_fen(claim.case)
        if fen > 0 and is_payable(claim.case, on=on):
            found.append(Payable(claim, fen))
    return found


def plan_of(recovery: Recovery) -> list[Instalment]:
    """The instalments that count now; none agreed, none given."""
    rows = list(recovery.instalments.all())
    last = max((row.plan for row in rows), default=0)
    return [row for row in rows if row.plan == last]


@dataclasses.dataclass(frozen=True)
class Due:
    """An instalment and what of it has come back."""

    instalment: Instalment
    back_fen: int

    @property
    def open_fen(self) -> int:
        return self.instalment.amount_fen - self.back_fen


def dues(recovery: Recovery) -> list[Due]:
    """What has come back since the plan, put to the instalments in their order."""
    plan = plan_of(recovery)
    if not plan:
        return []
    left = recovery.back_fen - (recovery.owed_fen - sum(row.amount_fen for row in plan))
    told = []
    for row in plan:
        part = max(0, min(left, row.amount_fen))
        told.append(Due(row, part))
        left -= part
    return told


@dataclasses.dataclass(frozen=True)
class Totals:
    """Sums in fen over recoveries that were not dropped."""

    count: int
    owed: int
    back: int

    @property
    def open(self) -> int:
        return self.owed - self.back


def totals(rows: QuerySet[Recovery]) -> Totals:
    rows = rows.exclude(case__state="dropped").order_by()
    found = rows.aggregate(owed=Sum("owed_fen"), back=Sum("back_fen"))
    return Totals(rows.count(), found["owed"] or 0, found["back"] or 0)


def by_nature(rows: QuerySet[Recovery]) -> dict[str, tuple[int, int]]:
    """Nature -> (owed, back) in fen, of recoveries that were not dropped."""
    rows = rows.exclude(case__state="dropped").order_by().values("nature")
    told = rows.annotate(owed=Sum(F("owed_fen")), back=Sum(F("back_fen")))
    return {row["nature"]: (row["owed"], row["back"]) for row in told}


def recovery_of(case: Case) -> Recovery:
    return Recovery.objects.select_related("claim__case", "claim__enterprise", "finding").get(case=case)
