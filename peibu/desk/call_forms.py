"""Forms of calls, experts and measures."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from peibu.accounts.actor import Actor
from peibu.accreditation.enums import ExpertField, MeasureKind
from peibu.accreditation.permissions import can_run
from peibu.accreditation.terms import all_terms
from peibu.theme.policy_words import said
from peibu.theme.unit_field import UnitField


def _day(label, **more) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **more)


class CallForm(forms.Form):
    """What a bureau decides about a call; conditions and documents come from the policy."""

    subject = forms.ChoiceField(label=_("政策和征集对象"), help_text=_("条件、材料和参加决定的部门由政策规定"))
    title = forms.CharField(label=_("标题"), max_length=120, help_text=_("例如“第二批培训承接单位征集”"))
    about = forms.CharField(label=_("说明"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    opens_on = _day(_("开始日期"))
    closes_on = _day(_("截止日期"))
    fields_wanted = forms.MultipleChoiceField(
        label=_("所需专家专业"), choices=ExpertField.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("不选表示全部专业"),
    )  # fmt: skip

    def __init__(self, *args, actor: Actor, on: dt.date, **kwargs):
        super().__init__(*args, **kwargs)
        mine = [terms for terms in all_terms(on=on) if can_run(actor, terms)]
        self.fields["subject"].choices = [
            (f"{t.policy.path}:{t.subject}", f"{said(t.policy.subjects[t.subject])} · {said(t.policy.card, 'title')}")
            for t in mine
        ]

    def told(self) -> dict:
        """What `publish_call` takes."""
        given = self.cleaned_data
        policy, _colon, subject = given["subject"].rpartition(":")
        return {
            "policy": policy, "subject": subject, "title": given["title"], "about": given["about"],
            "fields": given["fields_wanted"], "opens_on": given["opens_on"], "closes_on": given["closes_on"],
        }  # fmt: skip


class ExpertForm(forms.Form):
    """A new expert of the library."""

    name = forms.CharField(label=_("姓名"), max_length=50)
    id_number = forms.CharField(
        label=_("公民身份号码"), max_length=20, help_text=_("用于识别同一自然人；系统只保存不可还原的标识。")
    )
    title = forms.CharField(label=_("职称或职务"), max_length=60, required=False)
    fields_known = forms.MultipleChoiceField(
        label=_("专业"), choices=ExpertField.choices, widget=forms.CheckboxSelectMultiple
    )
    unit = UnitField(
        label=_("所在单位"), max_length=120, help_text=_("写登记的单位全称；评审该单位的申请时自动回避。")
    )
    active_until = _day(_("出库日期"), required=False)


class MeasureForm(forms.Form):
    """What a bureau does with a listing."""

    kind = forms.ChoiceField(label=_("措施"), choices=MeasureKind.choices)
    effective_on = _day(_("生效日期"))
    reason = forms.CharField(label=_("理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class AgreementForm(forms.Form):
    """Term and scope of an agreement."""

    valid_from = _day(_("协议起"))
    valid_until = _day(_("协议止"))
    scope = forms.CharField(
        label=_("承担的职业（工种）和对象"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
