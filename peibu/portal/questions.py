"""The self-check's questions, made from what the rules of a policy still need to know. Nobody's identity is asked.

Only facts that the plan of a subject reads are asked for: what a chosen reading makes superfluous never appears. The
run of insured months is entered as first month, last month and months in arrears; the facts follow from these three.
"""

import dataclasses
import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from peibu.kernel.months import add_months, first_of, months_between
from peibu.rulebook import FactSpec, Policy
from peibu.theme.fact_fields import INPUTS, Answer, help_of, label_of, param, widget_of

INSURANCE = frozenset(
    ["insured_months", "arrears_months", "late_arrears_months", "run_first_month", "run_last_month", "last_paid_month"]
)
LONGEST_RUN_MONTHS = 12 * 60
GROUPS = ("people", "contract", "insurance", "dates", "training", "money")
_GROUP_OF_KIND = {"exam": "training", "certificate": "training", "amount": "money", "exclusion": "money"}


@dataclasses.dataclass(frozen=True)
class Group:
    """Questions that belong together."""

    code: str
    title: str
    fields: list[forms.BoundField]


def needed(policy: Policy, subject: str, on: dt.date) -> dict[str, str]:
    """Names of the facts that the rules of a subject read on a day -> the clause of the first rule that does."""
    plan = policy.plan(subject, on)
    found: dict[str, str] = {}
    for clause, slots in plan.reads():
        for slot in slots:
            found.setdefault(policy.slots[slot].name, clause)
    return {spec.name: found[spec.name] for spec in policy.facts if spec.name in found}


class Questions(forms.Form):
    """The questions of one subject. `facts()` gives what was answered, `groups()` how they are shown."""

    use_required_attribute = False

    def __init__(
        self,
        policy: Policy,
        subject: str,
        *,
        on: dt.date,
        data: Mapping[str, str] | None,
        only: Collection[str] | None = None,
    ):
        """`only`: the facts to ask for, where others answer the rest."""
        super().__init__(data, auto_id="a-%s", label_suffix="")
        self.policy, self.subject, self.on = policy, subject, on
        self.needed = {n: c for n, c in needed(policy, subject, on).items() if only is None or n in only}
        for name in self.needed:
            if name not in INSURANCE:
                self._ask(policy.fact_specs[name])
        if INSURANCE & set(self.needed):
            self._ask_insurance()

    def _ask(self, spec: FactSpec) -> None:
        widget, note = widget_of(spec), help_of(spec)
        initial = self.on.isoformat() if spec.type == "date" and spec.supplied_by == "system" else None
        self.fields[param(spec.name)] = Answer(
            spec, label=label_of(spec), widget=widget, help_text=note, initial=initial
        )

    def _ask_insurance(self) -> None:
        self.fields["insured_from"] = Answer(
            FactSpec("insured_from", "month", "", ""),
            label=_("在本企业连续缴费，从哪个月开始"),
            widget=forms.TextInput(attrs=INPUTS["month"]),
            help_text=_("中间断过的，从断缴后重新缴费的那个月算起"),
        )
        self.fields["insured_to"] = Answer(
            FactSpec("insured_to", "month", "", ""),
            label=_("最近一次缴费是哪个月"),
            widget=forms.TextInput(attrs=INPUTS["month"]),
        )
        self.fields["arrears"] = Answer(
            FactSpec("arrears", "integer", "", ""),
            label=_("其中有几个月是补缴的（个月）"),
            widget=forms.TextInput(attrs=INPUTS["integer"]),
            help_text=_("没有补缴填 0"),
        )

    def clean(self) -> dict:
        """The three answers on insurance must agree."""
        given = super().clean()
        first, last, arrears = (given.get(name) for name in ("insured_from", "insured_to", "arrears"))
        if first and last:
            months = months_between(first, last) + 1
            if months < 1:
                self.add_error("insured_to", _("最近缴费月早于开始缴费月，请核对"))
            elif months > LONGEST_RUN_MONTHS:
                self.add_error("insured_from", _("开始缴费月太早，请核对"))
            elif arrears is not None and arrears > months:
                self.add_error(
                    "arrears",
                    _("补缴%(arrears)d个月，多于连续缴费的%(months)d个月，请核对")
                    % {"arrears": arrears, "months": months},
                )
        if last and last > add_months(first_of(self.on), 1):
            self.add_error("insured_to", _("还没有到这个月，请核对"))
        return given

    def facts(self) -> dict[str, Any]:
        """Facts for the judge; what was not answered, or cannot be read, is left out and so unknown."""
        if not self.is_bound:
            return {}
        self.full_clean()
        given = self.cleaned_data
        own = {name: given.get(param(name)) for name in self.needed if name not in INSURANCE}
        facts = {name: value for name, value in own.items() if value is not None}
        facts |= {
            name: value
            for name, value in _insurance_facts(given).items()
            if value is not None and name in self.policy.fact_specs
        }
        return facts

    def groups(self) -> list[Group]:
        """The questions, those on one matter together."""
        titles = {
            "people": _("企业和人员"), "contract": _("劳动关系"), "insurance": _("社会保险"), "dates": _("时间"),
            "training": _("考核和证书"), "money": _("费用和补贴"),
        }  # fmt: skip
        found: dict[str, list[forms.BoundField]] = {code: [] for code in GROUPS}
        for bound in self:
            found[self._group_of(bound.field.spec)].append(bound)
        return [Group(code, titles[code], fields) for code, fields in found.items() if fields]

    def _group_of(self, spec: FactSpec) -> str:
        if spec.name in ("insured_from", "insured_to", "arrears"):
            return "insurance"
        if spec.name.startswith(("contract_", "employment_")):
            return "contract"
        if spec.type == "date":
            return "dates"
        return _GROUP_OF_KIND.get(self.policy.clause(self.needed[spec.name]).kind, "people")

    def missing(self, names: list[str]) -> list[tuple[str, str]]:
        """(label, id of the field) of the questions that would answer these facts, each once."""
        asked_by = {
            "insured_months": ("insured_from", "insured_to"), "run_first_month": ("insured_from",),
            "run_last_month": ("insured_to",), "last_paid_month": ("insured_to",),
            "arrears_months": ("arrears",), "late_arrears_months": ("arrears",),
        }  # fmt: skip
        fields: dict[str, None] = {}
        for name in names:
            for field in asked_by.get(name, (param(name),)):
                if field in self.fields and self.cleaned_data.get(field) is None:
                    fields[field] = None
        return [(str(self.fields[field].label), self[field].id_for_label or f"a-{field}") for field in fields]


def _insurance_facts(given: Mapping[str, Any]) -> dict[str, Any]:
    first, last, arrears = (given.get(name) for name in ("insured_from", "insured_to", "arrears"))
    late = 0 if arrears == 0 else (0, arrears) if arrears else None
    return {
        "insured_months": months_between(first, last) + 1 if first and last else None,
        "run_first_month": first,
        "run_last_month": last,
        "last_paid_month": last,
        "arrears_months": arrears,
        "late_arrears_months": late,
    }
