"""Facts on record: an officer enters what a paper proves about a person, a unit, an occupation or the city."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.desk.record_forms import RecordForm
from peibu.kernel.errors import Refused
from peibu.programmes.queries import running_policies
from peibu.registry.entries import register_fact
from peibu.registry.models import RegisteredFact
from peibu.registry.queries import entered_by
from peibu.rulebook import FactSpec
from peibu.rulebook.derived.registry import KINDS

SHOWN = 50


@only(Role.AGENCY_REVIEWER, Role.HRSS_APPROVER, Role.CITY_BUREAU, writes=True)
def show(request: HttpRequest) -> HttpResponse:
    """Enter a fact; below it those this account has entered last."""
    policies = running_policies()
    wanted = request.POST.get("policy") or request.GET.get("policy", "")
    policy = next((p for p in policies if p.path == wanted), policies[0] if policies else None)
    form = RecordForm(request.POST or None, policy=policy, on=request.today) if policy else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            register_fact(policy=policy.path, **form.cleaned_data, by=request.actor, at=request.now)
        except Refused as refused:
            form.add_error(None, refused.sentence())
        else:
            messages.success(request, _("已登记。"))
            return redirect(f"{reverse('desk-records')}?policy={policy.path}")
    specs = {spec.name: spec for p in reversed(policies) for spec in p.facts}
    rows = [(row, _label(row, specs), _value(row, specs)) for row in entered_by(request.actor)[:SHOWN]]
    context = {"policies": policies, "policy": policy, "form": form, "rows": rows}
    return render(request, "desk/records.html", context, status=422 if form and form.errors else 200)


def _label(row: RegisteredFact, specs: Mapping[str, FactSpec]) -> str:
    known = KINDS.get(row.name) or specs.get(row.name)
    return known.label if known else row.name


def _value(row: RegisteredFact, specs: Mapping[str, FactSpec]) -> object:
    """One value in the policy's words; a row of records with the names of its columns."""
    if not isinstance(row.value, dict) or row.name not in KINDS:
        return _told(specs[row.name].choices if row.name in specs else {}, row.value)
    parts = [(column, row.value.get(column.name)) for column in KINDS[row.name].columns]
    return "；".join(f"{column.label} {_told(column.choices, value)}" for column, value in parts if value is not None)


def _told(choices: Mapping[str, str], value: object) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    values = value if isinstance(value, list) else [value]
    return "、".join(str(choices.get(each, each)) for each in values)
