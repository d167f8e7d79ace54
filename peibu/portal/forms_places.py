"""Forms of open enrolment: the provider opens a class, the trainee applies."""

from django import forms
from django.utils.translation import gettext_lazy as _

from peibu.rulebook import load_policy
from peibu.theme.fact_fields import add_questions, answers
from peibu.training.models import Cohort


class OpenForm(forms.Form):
    """Until when single people may apply; the provider answers for what they state."""

    closes_on = forms.DateField(
        label=_("报名截止日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    version = forms.CharField(widget=forms.HiddenInput)
    accepted = forms.BooleanField(
        label=_("本人已代表单位逐条阅读，同意并承诺以上全部内容"),
        error_messages={"required": _("请先勾选承诺，再开放报名。")},
    )


class ApplyForm(forms.Form):
    """What the policy's roster asks of a person; what the class itself settles (occupation, level) is not asked."""

    accepted = forms.BooleanField(
        label=_("本人保证所填内容真实，如有虚假自愿承担责任"),
        error_messages={"required": _("请先勾选声明，再提交报名。")},
    )

    def __init__(self, *args, cohort: Cohort, **kwargs):
        super().__init__(*args, **kwargs)
        policy = load_policy(cohort.policy)
        settled = set(policy.delivery.asks)
        self.asked = [name for name in policy.delivery.roster if name not in settled]
        self.settled = {
            name: cohort.plan.stated[name]
            for name in policy.delivery.roster
            if name in settled and name in cohort.plan.stated
        }
        add_questions(self, policy, self.asked, {})
        self.order_fields([name for name in self.fields if name != "accepted"] + ["accepted"])

    def stated(self) -> dict:
        return self.settled | answers(self, self.asked)
