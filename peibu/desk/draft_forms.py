"""The form of a what-if draft: one row per number or reading that decides; what is left empty stays as it is."""

import dataclasses
import datetime as dt
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peibu.kernel.errors import Refused
from peibu.kernel.money import fen_from_yuan, yuan
from peibu.rulebook import Policy, RulebookError
from peibu.rulebook.dated import Interpretation, Parameter
from peibu.rulebook.levers import levers, money_subjects
from peibu.theme.policy_words import english, said, shown_value, unit_word

_MOST = 9  # digits of a number that is not money


@dataclasses.dataclass(frozen=True)
class Lever:
    """One row of the form: what it is, what holds today, and the field for what to try."""

    item: Parameter
    label: str
    unit: str
    today: str
    field: BoundField


class DraftForm(forms.Form):
    """Name, reason, first day, and a field `number_<name>` or `reading_<name>` for each lever of the policy."""

    name = forms.CharField(
        label=gettext_lazy("方案名称"),
        max_length=60,
        error_messages={"required": gettext_lazy("没有填写方案名称。请用几个字说明试什么。")},
    )
    reason = forms.CharField(
        label=gettext_lazy("试算理由"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("没有填写试算理由。请写明为什么要试算。")},
    )
    since = forms.DateField(
        label=gettext_lazy("自何日起改"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("不填：对全部认定按改动后的规定试算"),
        error_messages={"invalid": gettext_lazy("日期不存在，请按年-月-日填写")},
    )

    def __init__(self, policy: Policy, today: dt.date, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.policy, self.today = policy, today
        self._items = levers(policy, money_subjects(policy))
        for item in self._items:
            self.fields[_key(item)] = _field(item, value_on(item, today))

    @property
    def head(self) -> list[BoundField]:
        """What every draft has."""
        return [self["name"], self["reason"], self["since"]]

    @property
    def numbers(self) -> list[Lever]:
        """The rows of numbers."""
        return [self._lever(item) for item in self._items if not isinstance(item, Interpretation)]

    @property
    def readings(self) -> list[Lever]:
        """The rows of readings."""
        return [self._lever(item) for item in self._items if isinstance(item, Interpretation)]

    def _lever(self, item: Parameter) -> Lever:
        now = told(item, value_on(item, self.today))
        return Lever(item, said(item), unit_word(item.unit), now, self[_key(item)])

    def clean(self) -> dict:
        """Every field in its unit; at least one must differ from what holds."""
        given = super().clean()
        self.parameters: dict[str, Any] = {}
        self.chosen: dict[str, str] = {}
        for item in self._items:
            self._take(item, (given.get(_key(item)) or "").strip())
        if not (self.parameters or self.chosen or self.errors):
            self.add_error(None, _("没有改动任何数字或读法。请至少改动一项再试算。"))
        return given

    def _take(self, item: Parameter, text: str) -> None:
        if not text:
            return
        try:
            value = text if isinstance(item, Interpretation) else _number(item, text)
        except Refused as refusal:
            self.add_error(_key(item), refusal.sentence())
            return
        if value != value_on(item, self.today):
            (self.chosen if isinstance(item, Interpretation) else self.parameters)[item.name] = value


def value_on(item: Parameter, day: dt.date) -> Any:
    """The value of a day; where none holds, the last one that was written down."""
    try:
        return item.value(day)
    except RulebookError:
        return next((value for value in reversed(item.values) if value is not None), None)


def told(item: Parameter, value: Any) -> str:
    """A value of a number or reading in the words of the page."""
    if value is None:
        return "—"
    if isinstance(item, Interpretation):
        return (item.readings_en if english() else item.readings)[value]
    return shown_value(value, item.unit)


def _key(item: Parameter) -> str:
    return f"{'reading' if isinstance(item, Interpretation) else 'number'}_{item.name}"


def _field(item: Parameter, now: Any) -> forms.Field:
    if isinstance(item, Interpretation):
        labels = item.readings_en if english() else item.readings
        others = [(code, label) for code, label in labels.items() if code != now]
        return forms.ChoiceField(label=said(item), choices=[("", _("不改")), *others], required=False)
    shown = "" if now is None else yuan(now).replace(",", "") if item.unit == "fen" else str(now)
    attrs = {"placeholder": shown or "—", "inputmode": "text" if item.unit == "date" else "decimal"}
    return forms.CharField(label=said(item), max_length=30, required=False, widget=forms.TextInput(attrs=attrs))


def _number(item: Parameter, text: str) -> Any:
    if item.unit == "fen":
        return fen_from_yuan(text)
    if item.unit == "date":
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            raise Refused(f"“{text}”不是日期", "not_a_day", "请按年-月-日填写，例如2020-12-31") from None
    if not (text.isascii() and text.isdigit()) or len(text) > _MOST:
        raise Refused(f"“{text}”不是整数", "not_a_number", "请填写不带小数的数字")
    return int(text)
