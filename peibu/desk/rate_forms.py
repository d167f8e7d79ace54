"""The form for one rate table of a policy: its keys, the period, the value in the table's unit, and the citation."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peibu.kernel.errors import Refused
from peibu.kernel.money import fen_from_yuan
from peibu.rulebook import Policy, RateTable
from peibu.rulebook.codes import CodeList
from peibu.theme.policy_words import english, said, unit_word


class RateForm(forms.Form):
    """Fields `key_<name>` for each key of the table, `value` in its unit (money in yuan), dates and citation."""

    start = forms.DateField(
        label=gettext_lazy("自何日起"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": gettext_lazy("没有填写起始日期。请填写标准开始适用的那一天。")},
    )
    end = forms.DateField(
        label=gettext_lazy("到何日止"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("一直适用的不填"),
    )
    cite = forms.CharField(
        label=gettext_lazy("依据（文号、条款）"),
        max_length=200,
        error_messages={"required": gettext_lazy("没有填写依据。请填写规定这项标准的文号和条款。")},
    )

    def __init__(self, policy: Policy, table: RateTable, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.table = table
        for name, label in key_heads(policy, table).items():
            self.fields[f"key_{name}"] = _key(label, table.lists.get(table.keys[name]))
        unit = unit_word(table.unit)
        self.fields["value"] = forms.CharField(
            label=_("标准（%(unit)s）") % {"unit": unit} if unit else _("标准"),
            max_length=30,
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            error_messages={"required": _("没有填写标准")},
        )
        self.order_fields([*(f"key_{name}" for name in table.keys), "value", "start", "end", "cite"])

    def clean_value(self) -> int:
        """The value as a whole number of the table's unit."""
        text = self.cleaned_data["value"].strip()
        try:
            return fen_from_yuan(text) if self.table.unit == "fen" else _whole(text)
        except Refused as refusal:
            raise forms.ValidationError(refusal.sentence()) from refusal

    def clean(self) -> dict:
        """The period must not run backwards."""
        given = super().clean()
        start, end = given.get("start"), given.get("end")
        if start and end and end < start:
            self.add_error("end", _("截止日早于起始日，请核对"))
        return given

    def key(self) -> tuple[str, ...]:
        """The codes in the order of the table's keys."""
        return tuple(str(self.cleaned_data[f"key_{name}"]).strip() for name in self.table.keys)


def key_heads(policy: Policy, table: RateTable) -> dict[str, str]:
    """What each key of a table is called: as the fact of that name, else as its code list."""
    specs = policy.fact_specs
    return {
        name: said(specs[name]) if name in specs else said(table.lists[kind]) if kind in table.lists else name
        for name, kind in table.keys.items()
    }


def _key(label: str, codes: CodeList | None) -> forms.Field:
    missing = {"required": _("请填写“%(label)s”") % {"label": label}}
    if codes is None:
        return forms.CharField(label=label, max_length=60, error_messages=missing)
    labels = codes.items_en if english() else codes.items
    return forms.ChoiceField(label=label, choices=[("", _("请选择")), *labels.items()], error_messages=missing)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise Refused(f"“{text}”不是整数", "not_a_number", "请填写不带小数的数字")
    return int(text)
