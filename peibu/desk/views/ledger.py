"""The budget of a fund and its book; a district sees the fund's figures and its own bookings."""

import datetime as dt
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peibu.accounts.access import only
from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.desk.views.payments import LOOKERS
from peibu.kernel.errors import Refused
from peibu.kernel.ids import uuid7
from peibu.kernel.money import fen_from_yuan, yuan
from peibu.kernel.months import add_months
from peibu.ledger.actions import appropriate_to_policy
from peibu.ledger.enums import EntryKind
from peibu.ledger.models import Fund
from peibu.ledger.queries import by_month, entries, figures, figures_of_sources, funds
from peibu.payments.queries import sources_for
from peibu.programmes.queries import current_policies, running_policies

PAGE = 50
MONTHS = 6
SHOWN = (EntryKind.APPROPRIATION, EntryKind.COMMITMENT, EntryKind.PAYMENT)
FEN_PER_YUAN = 100


class AppropriationForm(forms.Form):
    """Money that came into the fund, with the document it rests on. `source` makes a double click one booking."""

    policy = forms.ChoiceField(label=gettext_lazy("资金"))
    amount = forms.CharField(
        label=gettext_lazy("金额（元）"),
        max_length=30,
        error_messages={"required": gettext_lazy("没有填写金额。请填写下达的金额，如 2000000.00。")},
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    memo = forms.CharField(
        label=gettext_lazy("依据（文号、摘要）"),
        max_length=200,
        error_messages={"required": gettext_lazy("没有填写依据。请填写资金下达文件的文号和摘要。")},
    )
    source = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        running = [one.path for one in running_policies()]
        named = [one for one in current_policies() if "fund" in one.card]
        named.sort(key=lambda one: one.path not in running)  # what is carried out here comes first
        self.fields["policy"].choices = [
            (one.path, f"{one.card['fund']['label']}（{one.card['title']}）") for one in named
        ]

    def clean_amount(self) -> int:
        """Fen."""
        try:
            return fen_from_yuan(self.cleaned_data["amount"])
        except Refused as refusal:
            raise forms.ValidationError(refusal.sentence()) from refusal


@only(*LOOKERS)
def show(request: HttpRequest) -> HttpResponse:
    """Appropriated, committed, paid and free money of a fund, month by month, and the book."""
    return _page(request)


def _page(request: HttpRequest, *, form: AppropriationForm | None = None, status: int = 200) -> HttpResponse:
    actor = request.actor
    everything = list(funds())
    fund = next((one for one in everything if one.code == request.GET.get("fund")), None) or next(
        iter(everything), None
    )
    context = {"funds": everything, "fund": fund, "books": actor.role == Role.CITY_BUREAU}
    if context["books"]:
        context["form"] = form or AppropriationForm(initial={"source": uuid7()})
    if fund is not None:
        context |= _figures(fund, actor, request.today)
        sources = None if actor.whole_city else sources_for(actor)
        book = Paginator(entries(fund, sources=sources), PAGE).get_page(request.GET.get("page"))
        context |= {"page": book, "months_chart": _months(fund, sources, request.today)}
    return render(request, "desk/payments/ledger.html", context, status=status)


def _figures(fund: Fund, actor: Actor, today: dt.date) -> dict:
    whole = figures(fund, on=today)
    items = [
        {"label": _("下达"), "unit": _("元"), "value": yuan(whole.appropriated), "tone": "rest"},
        {"label": _("已占用"), "unit": _("元"), "value": yuan(whole.committed), "tone": "rest"},
        {"label": _("已支付"), "unit": _("元"), "value": yuan(whole.paid), "tone": "rest"},
        {"label": _("可用"), "unit": _("元"), "value": yuan(whole.free), "tone": "mine"},
    ]
    if not actor.whole_city:
        mine = figures_of_sources(fund, sources_for(actor), on=today)
        items[1]["note"] = _("其中本区 %(amount)s 元") % {"amount": yuan(mine.committed)}
        items[2]["note"] = _("其中本区 %(amount)s 元") % {"amount": yuan(mine.paid)}
    parts = [(_("已支付"), whole.paid), (_("已占用"), whole.committed), (_("可用"), whole.free)]
    budget = {
        "tooltip": {"trigger": "item"},
        "legend": {"bottom": 0},
        "series": [
            {
                "name": _("金额（元）"),
                "type": "pie",
                "radius": ["45%", "70%"],
                "data": [{"name": name, "value": _yuan(fen)} for name, fen in parts],
            }
        ],
    }
    return {"kpis": items, "budget_chart": budget}


def _yuan(fen: int) -> str:
    """Exact yuan as text: charts draw it, nobody reckons with it."""
    return f"{fen // FEN_PER_YUAN}.{fen % FEN_PER_YUAN:02d}"


def _months(fund: Fund, sources: list[UUID] | None, today: dt.date) -> dict:
    first = add_months(today, 1 - MONTHS)
    months = [add_months(first, i) for i in range(MONTHS)]
    found = by_month(fund, kinds=SHOWN, sources=sources)
    series = [
        {
            "name": str(kind.label),
            "type": "bar",
            "data": [_yuan(found.get((kind.value, month), 0)) for month in months],
        }
        for kind in SHOWN
    ]
    return {
        "xAxis": {"type": "category", "data": [_("%(month)d月") % {"month": month.month} for month in months]},
        "yAxis": {"type": "value", "name": _("元")},
        "legend": {},
        "tooltip": {"trigger": "axis"},
        "series": series,
    }


@only(Role.CITY_BUREAU, writes=True)
def receive(request: HttpRequest) -> HttpResponse:
    """Book money that came into a fund."""
    if request.method != "POST":
        return redirect("desk-ledger")
    form = AppropriationForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form, status=422)
    told = form.cleaned_data
    appropriate_to_policy(
        policy=told["policy"],
        amount_fen=told["amount"],
        source_id=told["source"],
        memo=told["memo"],
        by=request.actor,
        at=request.now,
    )
    messages.success(request, _("已登记资金下达 %(amount)s 元") % {"amount": yuan(told["amount"])})
    return redirect("desk-ledger")
