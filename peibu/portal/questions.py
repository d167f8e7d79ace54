"""The self-check's questions, made from what the rules of a policy still need to know. Nobody's identity is asked.

Only facts that the plan of a subject reads are asked for: what a chosen reading makes superfluous never appears. The
run of insured months is entered as first month, last month and months in arrears; the facts follow from these three.
"""

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from peibu.kernel.errors import Refused
from peibu.kernel.money import fen_from_yuan
from peibu.kernel.months import add_months, first_of, months_between
from peibu.rulebook import FactSpec, Policy
from peibu.theme.policy_words import english, said, unit_word

INSURANCE = frozenset(
    ["insured_months", "arrears_months", "late_arrears_months", "run_first_month", "run_last_month", "last_paid_month"]
)
RADIOS_AT_MOST = 4
_INPUTS: dict[str, dict[str, Any]] = {
    "date": {"type": "date"},
    "month": {"type": "month", "placeholder": "2020-05"},
    "fen": {"inputmode": "decimal", "placeholder": "2600.00"},
    "integer": {"inputmode": "numeric", "autocomplete": "off"},
}
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


class Answer(forms.Field):
    """One question. An empty answer is an unknown fact, so nothing is compulsory."""

    def __init__(self, spec: FactSpec, **more: Any):
        self.spec = spec
        super().__init__(**more)

    def validate(self, value: Any) -> None:
        """Nothing is compulsory."""

    def to_python(self, value: Any) -> Any:
        if value in (None, "", []):
            return None
        try:
            if self.spec.type == "fen":
                return fen_from_yuan(value)
            # Nobody types a certificate's number here: having one is all the rules need.
            read = _("（已有）") if self.spec.type == "text" else self.spec.read(value)
        except Refused as refusal:
            raise forms.ValidationError(refusal.sentence()) from None
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        if self.spec.type == "integer" and read < 0:
            raise forms.ValidationError(_("不能是负数"))
        return read


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
        widget, note = _widget(spec), _help(spec)
        initial = self.on.isoformat() if spec.type == "date" and spec.supplied_by == "system" else None
        self.fields[param(spec.name)] = Answer(
            spec, label=_label(spec), widget=widget, help_text=note, initial=initial
        )

    def _ask_insurance(self) -> None:
        self.fields["insured_from"] = Answer(
            FactSpec("insured_from", "month", "", ""),
            label=_("在本企业连续缴费，从哪个月开始"),
            widget=forms.TextInput(attrs=_INPUTS["month"]),
            help_text=_("中间断过的，从断缴后重新缴费的那个月算起"),
        )
        self.fields["insured_to"] = Answer(
            FactSpec("insured_to", "month", "", ""),
            label=_("最近一次缴费是哪个月"),
            widget=forms.TextInput(attrs=_INPUTS["month"]),
        )
        self.fields["arrears"] = Answer(
            FactSpec("arrears", "integer", "", ""),
            label=_("其中有几个月是补缴的（个月）"),
            widget=forms.TextInput(attrs=_INPUTS["integer"]),
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


def param(name: str) -> str:
    """The name of a fact in an address: money is asked in yuan, so its `_fen` is dropped."""
    return name.removesuffix("_fen")


def add_questions(form: forms.Form, policy: Policy, names: Iterable[str], values: Mapping[str, Any]) -> None:
    """Put a question per fact into a form; a text is typed here, not only answered with yes."""
    for name in names:
        spec = policy.fact_specs[name]
        text = spec.type == "text"
        codes = policy.codes[policy.delivery.choices[name]].items if name in policy.delivery.choices else None
        form.fields[param(name)] = (
            forms.CharField(label=_label(spec), required=False, max_length=100)
            if text
            else Answer(spec, label=_label(spec), widget=_widget(spec), help_text=_help(spec), required=False)
        )
        if codes is not None:
            form.fields[param(name)].widget = forms.RadioSelect(choices=list(codes.items()))
        form.initial[param(name)] = _shown(values.get(name))


def _shown(value: Any) -> Any:
    return {True: "1", False: "0"}.get(value, value) if isinstance(value, bool) else value


def answers(form: forms.Form, names: Iterable[str]) -> dict[str, Any]:
    """What was answered, as JSON holds it; empty answers are left out."""
    given = {name: form.cleaned_data.get(param(name)) for name in names}
    plain = {
        k: v.isoformat() if isinstance(v, dt.date) else v for k, v in given.items() if v not in (None, "", [], ())
    }
    return {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}


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


def _label(spec: FactSpec) -> str:
    unit = unit_word(spec.unit or ("fen" if spec.type == "fen" else ""))
    return _("%(name)s（%(role)s）") % {"name": said(spec), "role": unit} if unit else said(spec)


def _help(spec: FactSpec) -> str:
    if spec.type == "text":
        return _("这里不填写号码，只答有没有")
    return "" if english() else spec.help


def _widget(spec: FactSpec) -> forms.Widget:
    unsure = ("", _("不清楚"))
    labels = spec.choices_en if english() else spec.choices
    if spec.type == "boolean":
        return forms.RadioSelect(choices=[("1", _("是")), ("0", _("否")), unsure])
    if spec.type == "text":
        return forms.RadioSelect(choices=[("1", _("有")), ("", _("没有或不清楚"))])
    if spec.type == "codes":
        return forms.CheckboxSelectMultiple(choices=list(labels.items()))
    if spec.type == "code" and len(labels) > RADIOS_AT_MOST:
        return forms.Select(choices=[unsure, *labels.items()])
    if spec.type == "code":
        return forms.RadioSelect(choices=[*labels.items(), unsure])
    return forms.TextInput(attrs=_INPUTS.get(spec.type, _INPUTS["integer"]))
