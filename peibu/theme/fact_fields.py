"""Facts of a policy as form fields, wherever they are asked: an empty answer is an unknown fact."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from peibu.kernel.errors import Refused
from peibu.kernel.money import fen_from_yuan
from peibu.rulebook import FactSpec, Policy
from peibu.theme.policy_words import english, said, unit_word

RADIOS_AT_MOST = 4
INPUTS: dict[str, dict[str, Any]] = {
    "date": {"type": "date"},
    "month": {"type": "month", "placeholder": "2020-05"},
    "fen": {"inputmode": "decimal", "placeholder": "2600.00"},
    "integer": {"inputmode": "numeric", "autocomplete": "off"},
}


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


def param(name: str) -> str:
    """The name of a fact in an address: money is asked in yuan, so its `_fen` is dropped."""
    return name.removesuffix("_fen")


def add_questions(form: forms.Form, policy: Policy, names: Iterable[str], values: Mapping[str, Any]) -> None:
    """Put a question per fact into a form; a text is typed here, not only answered with yes."""
    lists = policy.delivery.choices if policy.delivery else {}
    for name in names:
        spec = policy.fact_specs[name]
        text = spec.type == "text"
        codes = policy.codes[lists[name]].items if name in lists else None
        form.fields[param(name)] = (
            forms.CharField(label=label_of(spec), required=False, max_length=100)
            if text
            else Answer(spec, label=label_of(spec), widget=widget_of(spec), help_text=help_of(spec), required=False)
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


def label_of(spec: FactSpec) -> str:
    """The question, with the unit of its answer."""
    unit = unit_word(spec.unit or ("fen" if spec.type == "fen" else ""))
    return _("%(name)s（%(role)s）") % {"name": said(spec), "role": unit} if unit else said(spec)


def help_of(spec: FactSpec) -> str:
    """What helps to answer it."""
    if spec.type == "text":
        return _("这里不填写号码，只答有没有")
    return "" if english() else spec.help


def widget_of(spec: FactSpec) -> forms.Widget:
    """How it is asked: radios for a few words, a list for many."""
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
    return forms.TextInput(attrs=INPUTS.get(spec.type, INPUTS["integer"]))
