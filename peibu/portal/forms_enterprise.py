"""Forms of an enterprise's sign-up; what they let through is checked again by the actions."""

import contextlib
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from peibu.registry.enums import ManagementLevel
from peibu.rulebook import Policy
from peibu.theme.fact_fields import add_questions, answers

MAX_ROSTER_BYTES = 20 * 1024 * 1024


class RosterField(forms.FileField):
    """The drop area of a roster; an empty file is left to the reader, which says it better."""

    max_bytes = MAX_ROSTER_BYTES

    def __init__(self):
        super().__init__(
            label=_("花名册文件"),
            allow_empty_file=True,
            help_text=_("支持 .xlsx、.xls 和 .csv，最大20MB、2000人。重新上传会替换现有名单。"),
            widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        )

    def clean(self, data, initial=None):
        found = super().clean(data, initial)
        if found.size > self.max_bytes:
            raise forms.ValidationError(_("文件超过20MB。请删去无关内容或分成几个文件上传。"))
        return found


class RosterForm(forms.Form):
    roster = RosterField()


class PersonForm(forms.Form):
    """One person added by hand."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    id_number = forms.CharField(label=_("身份证号码"), max_length=30)
    post = forms.CharField(label=_("职务"), max_length=60)
    level = forms.ChoiceField(
        label=_("管理层级"), choices=[(v, t) for v, t in ManagementLevel.choices if v != ManagementLevel.UNKNOWN]
    )
    level_evidence = forms.CharField(label=_("层级依据"), max_length=120, required=False)
    mobile = forms.CharField(label=_("手机号码"), max_length=20, required=False)

    def __init__(self, *args, policy: Policy, **kwargs):
        super().__init__(*args, **kwargs)
        self.policy = policy
        if policy.delivery.roster:
            del self.fields["level"], self.fields["level_evidence"]
            add_questions(self, policy, policy.delivery.roster, {})

    def person(self) -> dict:
        """What `add_person` takes."""
        own = {name: self.cleaned_data[name] for name in PersonForm.base_fields if name in self.cleaned_data}
        return own | {"stated": answers(self, self.policy.delivery.roster)}


class CheckForm(forms.Form):
    expected_claim_on = forms.DateField(
        label=_("预计申领日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("培训结束后申领补贴的日期。从现在到那时继续缴费的月份会计入连续缴费。"),
    )


class CommitmentForm(forms.Form):
    version = forms.CharField(widget=forms.HiddenInput)
    accepted = forms.BooleanField(
        label=_("本人已代表企业逐条阅读，同意并承诺以上全部内容"),
        error_messages={"required": _("请先勾选承诺，再提交报名。")},
    )

    def included(self) -> list[UUID]:
        """People sent at the enterprise's own risk: line ids; what is not one counts for nobody."""
        found = []
        for text in self.data.getlist("include"):
            with contextlib.suppress(ValueError):
                found.append(UUID(text))
        return found
