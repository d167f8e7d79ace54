"""The budget of a fund as of any day, its book, and where a case's money came from."""

import dataclasses
import datetime as dt
from decimal import Decimal
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from peibu.accounts.access import only
from peibu.casework.models import Case
from peibu.casework.queries import cases_for
from peibu.claims.queries import Asked, asked_of
from peibu.desk import budget_charts, list_exports
from peibu.desk.budget_scope import Scope, scope_of
from peibu.desk.views.payments import LOOKERS
from peibu.kernel.money import yuan
from peibu.ledger.beancount_text import beancount_text
from peibu.ledger.enums import EntryKind, Passed
from peibu.ledger.models import Commitment
from peibu.ledger.queries import Figures, Spent, by_district, by_item, by_year, entries, figures, history_of
from peibu.programmes.queries import current_policies
from peibu.theme.exports import excel_asked

PAGE, LATEST = 50, 8
AHEAD = dt.timedelta(days=30)


@dataclasses.dataclass(frozen=True)
class Row:
    """An item, district or year with what it used and its share of all that was used (None when nothing was)."""

    of: object
    figures: Figures
    share: Decimal | None

    @property
    def used(self) -> int:
        return self.figures.committed + self.figures.paid

    @property
    def percent(self) -> Decimal | None:
        return None if self.share is None else self.share * 100


def _rows(found: list[Spent]) -> list[Row]:
    total = sum(one.figures.committed + one.figures.paid for one in found)
    return [
        Row(one.of, one.figures, Decimal(one.figures.committed + one.figures.paid) / total if total else None)
        for one in found
    ]


@only(*LOOKERS)
def show(request: HttpRequest) -> HttpResponse:
    """Appropriated, committed, paid, recovered and free money of a fund's year at the end of a day; by item, by district."""
    scope = scope_of(request)
    if scope.fund is None:
        return render(request, "desk/ledger/budget.html", {"scope": scope})
    when_known = {"year": scope.year, "known_at": scope.known_at}
    when = {"year": scope.year, "on": scope.on, "known_at": scope.known_at}
    items = _rows(by_item(scope.fund, divisions=scope.divisions, **when))
    if excel_asked(request):
        return list_exports.budget(request, scope, items)
    whole = figures(scope.fund, **when)
    mine = None if scope.divisions is None else figures(scope.fund, divisions=scope.divisions, **when)
    asked = asked_of(scope.fund, on=request.today, within=AHEAD)
    context = {
        "scope": scope,
        "kpis": _kpis(whole, mine),
        "warning": _warning(scope, asked, request.today),
        "asked": asked,
        "months_chart": budget_charts.months(scope),
        "budget_chart": budget_charts.parts(whole),
        "items": items,
        "districts": _rows(by_district(scope.fund, divisions=scope.divisions, **when)),
        "years": by_year(scope.fund, on=scope.on, known_at=scope.known_at),
        "latest": entries(scope.fund, divisions=scope.divisions, until=scope.on, **when_known)[:LATEST],
        "total": _total(items),
    }
    return render(request, "desk/ledger/budget.html", context)


def _total(rows: list[Row]) -> Row:
    names = ("committed", "paid", "recovered")
    sums = {name: sum(getattr(row.figures, name) for row in rows) for name in names}
    return Row(None, Figures(0, sums["committed"], sums["paid"], 0, sums["recovered"]), None)


def _kpis(whole: Figures, mine: Figures | None) -> list[dict]:
    told = [
        (_("下达"), whole.appropriated, _carried(whole)),
        (_("已占用"), whole.committed, _of_mine(mine, "committed")),
        (_("已支付"), whole.paid, _of_mine(mine, "paid")),
        (_("已追回"), whole.recovered, _of_mine(mine, "recovered")),
        (_("可用"), whole.free, ""),
    ]
    return [
        {
            "label": label,
            "unit": _("元"),
            "value": yuan(fen),
            "note": note,
            "tone": "mine" if label == _("可用") else "rest",
        }
        for label, fen, note in told
    ]


def _of_mine(mine: Figures | None, name: str) -> str:
    return _("其中本区 %(amount)s 元") % {"amount": yuan(getattr(mine, name))} if mine else ""


def _carried(whole: Figures) -> str:
    notes = []
    if whole.carried:
        notes.append(_("结转 %(amount)s 元") % {"amount": yuan(whole.carried)})
    if whole.lapsed:
        notes.append(_("收回 %(amount)s 元") % {"amount": yuan(whole.lapsed)})
    return _("，").join(notes)


def _warning(scope: Scope, asked: Asked, today: dt.date) -> str:
    """What is under review may ask for more than is free in this year's budget: said before the approval is refused."""
    free = figures(scope.fund, year=today.year).free
    if asked.fen <= free:
        return ""
    told = {"count": asked.count, "asked": yuan(asked.fen), "free": yuan(free), "short": yuan(asked.fen - free)}
    return (
        _(
            "未来30天待审批的申领共%(count)s件、%(asked)s元，本年度可用资金只有%(free)s元，缺口%(short)s元。请及早下达资金；"
            "资金不足时，审批会被拒绝，政策列有后备资金的按次序改用后备资金。"
        )
        % told
    )


@only(*LOOKERS)
def book(request: HttpRequest) -> HttpResponse:
    """Every entry of a fund in my scope, by kind, item and district."""
    scope = scope_of(request)
    if scope.fund is None:
        return render(request, "desk/ledger/entries.html", {"scope": scope})
    rows = entries(
        scope.fund,
        year=scope.year,
        item=scope.item and scope.item.pk,
        kind=scope.kind,
        division=scope.division and scope.division.pk,
        divisions=scope.divisions,
        until=scope.on,
        known_at=scope.known_at,
    )
    if excel_asked(request):
        return list_exports.ledger_entries(request, scope, rows)
    context = {
        "scope": scope,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "kinds": EntryKind.choices,
    }
    return render(request, "desk/ledger/entries.html", context)


@only(*LOOKERS)
def commitment(request: HttpRequest, commitment_id: UUID) -> HttpResponse:
    """Where a case's money came from, why not from the funds before, and all that was booked for it."""
    rows = Commitment.objects.select_related("fund__division", "item", "division")
    if not request.actor.whole_city:
        rows = rows.filter(division_id__in=request.actor.division_ids())
    found = get_object_or_404(rows, pk=commitment_id)
    names = {one.path: one for one in current_policies()}
    passed = [one | {"said": Passed(one["why"]).label} for one in found.passed_over]
    context = {
        "commitment": found,
        "case": cases_for(request.actor).filter(pk=found.source_id).first() or Case(number="—"),
        "policy": names.get(found.policy),
        "passed": passed,
        "entries": history_of(found),
        "kpis": [
            {"label": label, "unit": _("元"), "value": yuan(fen), "tone": "rest"}
            for label, fen in (
                (_("占用金额"), found.amount_fen),
                (_("已占用未支付"), found.committed_fen),
                (_("已支付"), found.paid_fen),
                (_("已追回"), found.recovered_fen),
            )
        ],
    }
    return render(request, "desk/ledger/commitment.html", context)


@only(*LOOKERS)
def beancount(request: HttpRequest) -> HttpResponse:
    """A fund's whole book for another program's checker; only for those who see the whole fund."""
    scope = scope_of(request)
    if scope.fund is None or not scope.whole:
        raise Http404
    text = beancount_text(scope.fund, on=scope.on, known_at=scope.known_at)
    answer = HttpResponse(text, content_type="text/plain; charset=utf-8")
    name = f"{scope.fund.name}-{scope.on.isoformat()}.beancount"
    answer["Content-Disposition"] = content_disposition_header(True, name)
    answer["Cache-Control"] = "no-store"
    return answer
