"""Keeping a fund's budget: money that came in, corrections, the end of a year."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.desk.budget_forms import CARRY, AppropriationForm, CorrectionForm, YearEndForm
from peibu.kernel.ids import uuid7
from peibu.kernel.money import yuan
from peibu.ledger.actions import appropriate, carry_over, correct, lapse, open_funds
from peibu.ledger.actions.budget import corrected
from peibu.ledger.enums import EntryKind
from peibu.ledger.models import Entry
from peibu.ledger.permissions import can_book
from peibu.ledger.queries import entries, figures, funds_for
from peibu.ledger.queries.balances import years_of

KEEPERS = (Role.CITY_BUREAU, Role.FINANCE)


@only(*KEEPERS)
def show(request: HttpRequest) -> HttpResponse:
    """What may be booked: an appropriation, a correction of one, the end of a year."""
    return _page(request)


def _page(request: HttpRequest, *, status: int = 200, **forms) -> HttpResponse:
    told = {"actor": request.actor, "today": request.today}
    fresh = {"source": uuid7()}
    mine = [fund for fund in funds_for(request.actor) if can_book(request.actor, fund)]
    context = {
        "form": forms.get("form") or AppropriationForm(initial=fresh, **told),
        "year_end": forms.get("year_end") or YearEndForm(initial=fresh, auto_id="end_%s", **told),
        "correction": forms.get("correction") or CorrectionForm(initial=fresh),
        "correcting": forms.get("entry"),
        "appropriations": [
            (fund, entry, corrected(entry)) for fund in mine for entry in entries(fund, kind=EntryKind.APPROPRIATION)
        ],
        "left": [
            (fund, year, found)
            for fund in mine
            for year in years_of(fund)
            if year < request.today.year and (found := figures(fund, year=year)).free
        ],
    }
    return render(request, "desk/ledger/book.html", context, status=status)


@only(*KEEPERS, writes=True)
def receive(request: HttpRequest) -> HttpResponse:
    """Book money that came into a fund; the fund is opened with its first money."""
    if request.method != "POST":
        return redirect("desk-budget")
    form = AppropriationForm(request.POST, actor=request.actor, today=request.today)
    if not form.is_valid():
        return _page(request, form=form, status=422)
    told, (policy, code, holder) = form.cleaned_data, form.chosen
    opened = open_funds(policy=policy.path, on=request.today, division=holder)
    fund = next(one for one in opened if one.code == code)
    appropriate(
        fund=fund,
        amount_fen=told["amount"],
        document_number=told["document_number"],
        memo=told["memo"],
        source_id=told["source"],
        by=request.actor,
        at=request.now,
        on=told["on"],
        year=told["year"],
    )
    messages.success(request, _("已登记资金下达 %(amount)s 元") % {"amount": yuan(told["amount"])})
    return _to(fund.pk, told["year"])


@only(*KEEPERS, writes=True)
def amend(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Correct an appropriation by a new entry."""
    mine = [fund.pk for fund in funds_for(request.actor) if can_book(request.actor, fund)]
    rows = Entry.objects.filter(kind=EntryKind.APPROPRIATION, postings__account__fund__in=mine).distinct()
    entry = get_object_or_404(rows, pk=entry_id)
    if request.method != "POST":
        return _page(request, entry=entry)
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return _page(request, correction=form, entry=entry, status=422)
    told = form.cleaned_data
    correct(
        entry=entry,
        amount_fen=told["amount"],
        reason=told["reason"],
        source_id=told["source"],
        by=request.actor,
        at=request.now,
    )
    messages.success(request, _("已登记更正 %(amount)s 元") % {"amount": yuan(told["amount"])})
    return redirect("desk-budget")


@only(*KEEPERS, writes=True)
def end_year(request: HttpRequest) -> HttpResponse:
    """Carry what is left of a year into the next, or give it back."""
    if request.method != "POST":
        return redirect("desk-budget")
    form = YearEndForm(request.POST, actor=request.actor, today=request.today, auto_id="end_%s")
    if not form.is_valid():
        return _page(request, year_end=form, status=422)
    told = form.cleaned_data
    deed = carry_over if told["deed"] == CARRY else lapse
    deed(
        fund=told["fund"],
        year=told["year"],
        amount_fen=told["amount"],
        memo=told["memo"],
        source_id=told["source"],
        by=request.actor,
        at=request.now,
    )
    messages.success(request, _("已登记 %(amount)s 元") % {"amount": yuan(told["amount"])})
    return _to(told["fund"].pk, told["year"])


def _to(fund: UUID, year: int) -> HttpResponse:
    answer = redirect("desk-ledger")
    answer["Location"] += f"?fund={fund}&year={year}"
    return answer
