"""The policies from the officers' side: rule versions, and the rates that other documents leave to the bureau."""

import dataclasses
import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from peibu.accounts.access import officers, only
from peibu.accounts.enums import Role
from peibu.casework.models import Determination
from peibu.desk.rate_forms import RateForm, key_heads
from peibu.kernel.errors import Problem, Refused
from peibu.programmes.models import EnteredRate
from peibu.programmes.queries import current_policies
from peibu.programmes.rates import enter_rate, may_enter, rate_entry, withdraw_rate
from peibu.rulebook import Policy, RateTable
from peibu.theme.policy_words import english, said, shown_value, standing, unit_word


def policy_at(city: str, name: str) -> Policy:
    """The policy at a path. Http404 when there is none."""
    found = next((policy for policy in current_policies() if policy.path == f"{city}/{name}"), None)
    if found is None:
        raise Http404
    return found


@officers()
def index(request: HttpRequest) -> HttpResponse:
    """Every policy: is it in force, what it still lacks, how many cases it has judged."""
    judged = dict(Determination.objects.order_by().values_list("policy").annotate(n=Count("pk")))
    entered = dict(
        EnteredRate.objects.filter(withdrawn_at__isnull=True).order_by().values_list("policy").annotate(n=Count("pk"))
    )
    rows = [
        {
            "policy": policy,
            "url": reverse("desk-policy", args=policy.path.split("/")),
            "title": said(policy.card, "title"),
            "standing": standing(policy, request.today),
            "rules": sum(rule.mark.kind == "rule" for rule in policy.rules),
            "open_tables": [said(table) for table in policy.rates.values() if not table.rows],
            "entered": entered.get(policy.path, 0),
            "judged": judged.get(policy.path, 0),
        }
        for policy in current_policies()
    ]
    return render(request, "desk/policies/index.html", {"rows": rows})


@dataclasses.dataclass(frozen=True)
class RateLine:
    """One rate as shown: whom it is for, since when, how much, on whose word; `row` when it was entered here."""

    keys: list[str]
    value: str
    start: dt.date
    end: dt.date | None
    cite: str
    row: EnteredRate | None = None


@dataclasses.dataclass(frozen=True)
class RateSheet:
    """One rate table with its lines and, for those who may, the form."""

    table: RateTable
    label: str
    heads: list[str]
    unit: str
    lines: list[RateLine]
    form: RateForm | None


@officers()
def show(request: HttpRequest, city: str, name: str) -> HttpResponse:
    """One policy: its rate tables and what was entered."""
    return policy_page(request, policy_at(city, name))


def policy_page(
    request: HttpRequest,
    policy: Policy,
    *,
    bad: RateForm | None = None,
    wrong: tuple[str, list[Problem]] = ("", []),
    status: int = 200,
) -> HttpResponse:
    """The page of a policy; `bad` is a form that was refused, `wrong` a table and what is wrong with its file."""
    may = may_enter(request.actor, policy)
    sheets = []
    for table in policy.rates.values():
        form = (
            bad
            if bad is not None and bad.table.name == table.name
            else RateForm(policy, table, auto_id=f"{table.name}-%s")
        )
        heads = [*key_heads(policy, table).values()]
        lines = _lines(policy, table)
        sheets.append(RateSheet(table, said(table), heads, unit_word(table.unit), lines, form if may else None))
    context = {
        "policy": policy, "title": said(policy.card, "title"), "standing": standing(policy, request.today),
        "sheets": sheets, "may_enter": may, "city": policy.path.split("/")[0], "name": policy.path.split("/")[1],
        "wrong_table": wrong[0], "problems": wrong[1],
    }  # fmt: skip
    return render(request, "desk/policies/show.html", context, status=status)


def _lines(policy: Policy, table: RateTable) -> list[RateLine]:
    lines = [_line(table, row.key, row.value, row.start, row.end, row.cite) for row in table.rows]
    entered = EnteredRate.objects.filter(policy=policy.path, table=table.name).select_related(
        "entered_by", "withdrawn_by"
    )
    for row in entered.order_by("key", "valid"):
        entry = rate_entry(row)
        line = _line(table, entry.key, entry.value, entry.start, entry.end, entry.cite)
        lines.append(dataclasses.replace(line, row=row))
    return lines


def _line(
    table: RateTable, key: tuple[str, ...], value: int, start: dt.date, end: dt.date | None, cite: str
) -> RateLine:
    keys = [*table.key_labels(key, "en" if english() else "zh")]
    return RateLine(keys, shown_value(value, table.unit), start, end, cite)


@only(Role.CITY_BUREAU, writes=True)
def enter(request: HttpRequest, city: str, name: str, table: str) -> HttpResponse:
    """Enter one rate."""
    policy = policy_at(city, name)
    if table not in policy.rates:
        raise Http404
    if request.method != "POST":
        return redirect("desk-policy", city=city, name=name)
    form = RateForm(policy, policy.rates[table], request.POST, auto_id=f"{table}-%s")
    if not form.is_valid():
        return policy_page(request, policy, bad=form, status=422)
    told = form.cleaned_data
    try:
        enter_rate(
            policy=policy.path, table=table, key=form.key(), start=told["start"], end=told["end"],
            value=told["value"], cite=told["cite"], by=request.actor, at=request.now,
        )  # fmt: skip
    except Refused as refusal:
        form.add_error(None, refusal.sentence())
        return policy_page(request, policy, bad=form, status=422)
    messages.success(request, _("标准已录入。等待这项标准的认定重新核对后即可得出金额。"))
    return redirect("desk-policy", city=city, name=name)


@only(Role.CITY_BUREAU, writes=True)
def withdraw(request: HttpRequest, city: str, name: str, rate_id: UUID) -> HttpResponse:
    """Withdraw a rate that was entered wrongly, with a reason."""
    policy = policy_at(city, name)
    row = get_object_or_404(EnteredRate, pk=rate_id, policy=policy.path)
    if request.method == "POST":
        try:
            withdraw_rate(row, reason=request.POST.get("reason", ""), by=request.actor, at=request.now)
            messages.success(request, _("标准已撤销。用它作出的认定仍然保留。"))
        except Refused as refusal:
            messages.error(request, refusal.sentence())
    return redirect("desk-policy", city=city, name=name)
