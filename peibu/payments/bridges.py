"""What a day's page shows: how the bank's balance comes about, what our book says, and what lies between."""

import dataclasses
import datetime as dt

from django.db.models import QuerySet, Sum

from peibu.accounts.actor import Actor
from peibu.accounts.models import Unit
from peibu.casework.models import Case
from peibu.ledger.models import Entry
from peibu.payments.enums import LineKind, RunState
from peibu.payments.models import Difference, PaymentBatch, Reconciliation, Statement
from peibu.payments.reconciling import SIGN


@dataclasses.dataclass(frozen=True)
class Bridge:
    """Sums in fen. expected = opening + receipts + what our book says; difference = closing - expected.

    `run` is the latest finished comparison; without one the difference is not known, and nothing is claimed.
    """

    statement: Statement
    run: Reconciliation | None
    receipts_fen: int
    out_fen: int
    in_fen: int

    @property
    def expected_fen(self) -> int | None:
        return self.statement.opening_fen + self.receipts_fen + self.run.book_net_fen if self.run else None

    @property
    def difference_fen(self) -> int | None:
        return self.statement.closing_fen - self.expected_fen if self.run else None

    @property
    def empty(self) -> bool:
        """Neither the bank nor the book has moved anything: there was nothing to compare."""
        return self.run is not None and not (self.run.matched or self.run.differences.exists() or self.receipts_fen)


def agencies_for(actor: Actor) -> list[Unit]:
    """Agencies with batches or statements the actor may see; a district's own first of all."""
    rows = Unit.objects.filter(kind="agency")
    if not actor.is_officer:
        return []
    if actor.whole_city:
        used = {*PaymentBatch.objects.values_list("agency"), *Statement.objects.values_list("agency")}
        return list(rows.filter(pk__in=[pk for (pk,) in used]).order_by("name"))
    return list(rows.filter(division_id__in=actor.division_ids()).order_by("name"))


def statements_of(agency: Unit) -> QuerySet[Statement]:
    """The agency's statements, newest first."""
    return Statement.objects.filter(agency=agency).select_related("document", "imported_by").order_by("-on")


def bridge_of(statement: Statement) -> Bridge:
    run = statement.runs.filter(state=RunState.DONE).order_by("-started_at", "-pk").first()
    sums = dict.fromkeys(("receipts", "out", "in"), 0)
    for kind, fen in statement.lines.values_list("kind", "amount_fen"):
        sums["receipts" if kind == LineKind.RECEIPT else "out" if fen < 0 else "in"] += fen
    return Bridge(statement, run, sums["receipts"], sums["out"], sums["in"])


def differences_of(run: Reconciliation) -> QuerySet[Difference]:
    """Open ones first, the larger first."""
    rows = run.differences.select_related("line", "payment__case", "closed_by")
    return rows.order_by("closed_at", "-amount_fen", "pk")


def open_differences(agency: Unit) -> QuerySet[Difference]:
    """Whatever of any day somebody has yet to explain, the oldest day first."""
    rows = Difference.objects.filter(run__statement__agency=agency, closed_at__isnull=True)
    return rows.select_related("run__statement", "payment__case", "line").order_by("run__statement__on", "pk")


def days_without_statement(agency: Unit) -> list[tuple[dt.date, int]]:
    """Days on which our book has moved money and no statement of the bank has come: (day, fen paid less returned)."""
    have = Statement.objects.filter(agency=agency).values("on")
    rows = Entry.objects.filter(kind__in=list(SIGN), postings__amount_fen__gt=0).exclude(on__in=have)
    rows = rows.filter(commitment__source_id__in=agency_cases(agency)).order_by("on")
    found: dict[dt.date, int] = {}
    for on, kind, fen in rows.values_list("on", "kind").annotate(fen=Sum("postings__amount_fen")):
        found[on] = found.get(on, 0) - SIGN[kind] * fen
    return list(found.items())


def agency_cases(agency: Unit) -> QuerySet:
    """Keys of the cases an agency handles."""
    return Case.objects.filter(agency=agency).values("pk")
