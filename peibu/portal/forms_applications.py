"""Forms of an application and of a review."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from peibu.accreditation.enums import TEACHERS, HoldingKind
from peibu.accreditation.facts import register_facts
from peibu.accreditation.models import Application
from peibu.accreditation.terms import Terms
from peibu.portal.questions import Questions
from peibu.rulebook import Status
from peibu.rulebook.derived.teachers import TITLES, TITLES_EN
from peibu.theme.fact_fields import param
from peibu.theme.policy_words import english, said
from peibu.theme.unit_field import UnitField

EVIDENCE_BYTES = 20 * 1024 * 1024


def answers_form(application: Application, terms: Terms, *, at: dt.datetime, data: Mapping | None) -> Questions:
    """The questions of the subject that only the applicant can answer: no register and no entered teacher does."""
    known = register_facts(application.unit, terms, at=at)
    only = {spec.name for spec in terms.asked if spec.name not in known and not spec.derived_by}
    form = Questions(terms.policy, terms.subject, on=terms.on, data=data, only=only)
    form.initial = {param(name): _shown(value) for name, value in application.facts.items()}
    return form


def _shown(value: Any) -> Any:
    return ("1" if value else "0") if isinstance(value, bool) else value


class HoldingForm(forms.Form):
    """A licence, teacher, room or machine."""

    kind = forms.ChoiceField(label=lazy("类别"), choices=HoldingKind.choices)
    name = forms.CharField(label=lazy("名称或姓名"), max_length=80)
    title = forms.ChoiceField(label=lazy("教师职称或技能等级"), required=False, help_text=lazy("仅教师填写"))
    about = forms.CharField(
        label=lazy("范围或规格"),
        max_length=120,
        required=False,
        help_text=lazy("证书写业务范围，场所写面积，设备写型号"),
    )
    quantity = forms.IntegerField(label=lazy("数量"), min_value=1, max_value=100_000, initial=1)
    valid_from = forms.DateField(
        label=lazy("有效期起"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    valid_until = forms.DateField(
        label=lazy("有效期止"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=lazy("长期有效的不填"),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        titles = TITLES_EN if english() else TITLES
        self.fields["title"].choices = [("", _("不是教师，或尚未取得")), *titles.items()]

    def clean(self) -> dict:
        given = super().clean()
        first, last = given.get("valid_from"), given.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("有效期止早于有效期起，请对照证书核对"))
        return given

    def told(self) -> dict[str, Any]:
        """What `add_holding` takes."""
        given = self.cleaned_data
        teacher = given["kind"] in TEACHERS
        return {
            "kind": given["kind"], "name": given["name"], "quantity": given["quantity"],
            "qualification": given["title"] if teacher else given["about"],
            "valid_from": given["valid_from"], "valid_until": given["valid_until"],
        }  # fmt: skip


class EvidenceForm(forms.Form):
    """A scan for a document or a condition."""

    item = forms.ChoiceField(label=lazy("对应材料或条件"))
    file = forms.FileField(
        label=lazy("文件"), help_text=lazy("PDF、JPG 或 PNG，不超过 20 MB。专家盲评，请遮去单位名称和人员姓名。")
    )

    def __init__(self, *args, terms: Terms, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].max_bytes = EVIDENCE_BYTES
        lang = "en" if english() else "zh"
        papers = [(row["code"], said(row)) for row in terms.documents]
        rules = [(rule.name, rule.title) for rule in terms.policy.plan(terms.subject, terms.on, lang).rules]
        self.fields["item"].choices = [(_("所需材料"), papers), (_("条件证明"), rules)]

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > EVIDENCE_BYTES:
            raise forms.ValidationError(_("文件超过 20 MB，请压缩后再上传。"))
        return file


def soft_fields(findings) -> list:
    """Conditions that hold "in general" and are not met: they need a reason."""
    return [finding for finding in findings if finding.soft and finding.status is Status.FAIL]


class InterestForm(forms.Form):
    """An expert's bond to a unit."""

    unit = UnitField(label=lazy("有利害关系的单位"), max_length=120, help_text=lazy("写登记的单位全称"))
    reason = forms.CharField(label=lazy("情形"), max_length=200)


class ScoreForm(forms.Form):
    """Marks for each criterion and a comment."""

    def __init__(self, *args, criteria: Mapping[str, str], most: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        for code, label in criteria.items():
            self.fields[f"m-{code}"] = forms.IntegerField(
                label=_("%(name)s（0至%(most)d分）") % {"name": label, "most": most},
                min_value=0,
                max_value=most,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )
        self.fields["comment"] = forms.CharField(
            label=_("评审意见"),
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text=_("写明得分和失分的理由"),
        )

    def marks(self) -> dict[str, int]:
        return {code: self.cleaned_data[f"m-{code}"] for code in self.criteria}
