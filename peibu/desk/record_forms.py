"""The form in which an officer puts a fact on record."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit
from peibu.accounts.secrecy import person_key
from peibu.kernel.errors import Refused
from peibu.kernel.identity import check_id_number, normalise_id
from peibu.registry.enums import AboutKind
from peibu.registry.models import Person
from peibu.registry.queries import person_by_key
from peibu.rulebook import Policy
from peibu.theme.policy_words import said
from peibu.training.facts.teachers import ASKS, RECORD

TEACHER_ROW = ("teacher", "teaches", "titles")


def day_field(label, *, required=True) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


def person_of(text: str, *, on: dt.date) -> Person | None:
    """The registered person with an identity number; Refused when it is none."""
    return person_by_key(person_key(check_id_number(normalise_id(text), on).number))


class RecordForm(forms.Form):
    """About whom, what, from when, on which paper."""

    kind = forms.ChoiceField(label=_("对象"), choices=AboutKind.choices)
    about = forms.CharField(
        label=_("身份证号码、单位全称或职业编码"), max_length=120, required=False, help_text=_("登记全市事项时留空。")
    )
    name = forms.ChoiceField(label=_("事项"))
    value = forms.CharField(
        label=_("内容"), max_length=200, help_text=_("是或否、日期、数字，或列表中的词；多项用顿号隔开。")
    )
    valid_from = day_field(_("起"))
    valid_until = day_field(_("止"), required=False)
    source = forms.CharField(label=_("依据（证明材料名称和编号）"), max_length=200)

    def __init__(self, *args, policy: Policy, on: dt.date, **kwargs):
        super().__init__(*args, **kwargs)
        self.policy, self.on = policy, on
        names = [(spec.name, said(spec)) for spec in policy.facts if spec.type != "reasons"]
        if ASKS in policy.fact_specs:
            names.append((RECORD, _("教师资格（内容填“姓名；理论、实训或理论和实训；职称或技能等级”）")))
        self.fields["name"].choices = names

    def clean(self) -> dict:
        """Find whom it is about; the identity number must be one and the person must be known."""
        given = super().clean()
        if "kind" in given:
            given["about"] = self._found(given["kind"], given.get("about", "").strip())
        if given.get("name") == RECORD and given.get("value"):
            given["value"] = self._teacher(given)
        return given

    def _teacher(self, given: dict) -> dict[str, str]:
        """A teacher's row about the base: name, what is taught, titles."""
        parts = [part.strip() for part in given["value"].replace(";", "；").split("；")]
        if len(parts) != len(TEACHER_ROW) or not all(parts) or given.get("kind") != AboutKind.UNIT:
            self.add_error(
                "value", _("教师资格登记在单位名下，内容依次为姓名、任教类型、职称或技能等级，用分号隔开。")
            )
            return {}
        return dict(zip(TEACHER_ROW, parts, strict=True))

    def _found(self, kind: str, text: str) -> str:
        if kind == AboutKind.CITY:
            return self.policy.path
        found = {"person": self._person, "unit": self._unit}.get(kind, lambda t: t)(text) if text else ""
        if not found:
            self.add_error("about", _("没有找到，请核对号码、名称或编码。"))
        return found

    def _person(self, text: str) -> str:
        try:
            person = person_of(text, on=self.on)
        except Refused as refused:
            self.add_error("about", refused.sentence())
            return ""
        return str(person.pk) if person else ""

    def _unit(self, text: str) -> str:
        unit = Unit.objects.filter(name=text).first()
        return str(unit.pk) if unit else ""
