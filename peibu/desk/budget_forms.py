"""Forms of whoever keeps a fund's budget. `source` makes a double click one booking."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from peibu.accounts.actor import Actor
from peibu.accounts.models import Division
from peibu.kernel.errors import Refused
from peibu.kernel.money import fen_from_yuan
from peibu.ledger.models import Fund
from peibu.ledger.permissions import can_book
from peibu.ledger.queries import funds_for, kept_by
from peibu.programmes.queries import current_policies, running_policies
from peibu.rulebook import Policy
from peibu.theme.policy_words import said

CARRY, LAPSE = "carry_over", "lapse"
YEARS_BACK = 3


class YuanField(forms.CharField):
    """An amount in yuan, cleaned to fen; what is wrong with it is said in a sentence."""

    def __init__(self, *, signed: bool = False, **kwargs):
        self.signed = signed
        said_empty = _("没有填写金额。请填写金额，单位元，如 2000000.00。")
        kwargs |= {"max_length": 30, "error_messages": {"required": said_empty}}
        super().__init__(label=_("金额（元）"), widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs)

    def clean(self, value: str) -> int:
        """Fen, not zero."""
        text = super().clean(value)
        try:
            fen = fen_from_yuan(text, allow_negative=self.signed)
        except Refused as refusal:
            raise forms.ValidationError(refusal.sentence()) from refusal
        if not fen:
            raise forms.ValidationError(_("金额不能为零。请填写实际金额。"))
        return fen


class AppropriationForm(forms.Form):
    """Money that came into a fund's year, with the document it rests on."""

    fund = forms.ChoiceField(label=_("资金"))
    year = forms.TypedChoiceField(label=_("预算年度"), coerce=int)
    document_number = forms.CharField(
        label=_("文号"),
        max_length=80,
        error_messages={"required": _("没有填写文号。请填写资金下达文件的文号，如“青财社〔2020〕12号”。")},
    )
    on = forms.DateField(
        label=_("文件日期"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("没有填写文件日期。请填写资金下达文件的日期。")},
    )
    amount = YuanField()
    memo = forms.CharField(
        label=_("摘要"),
        max_length=200,
        error_messages={"required": _("没有填写摘要。请写明资金用途。")},
    )
    source = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, actor: Actor, today: dt.date, **kwargs):
        super().__init__(*args, **kwargs)
        running = [one.path for one in running_policies()]
        policies = sorted(
            current_policies(), key=lambda one: one.path not in running
        )  # what is carried out comes first
        self.kept = {
            f"{policy.path} {source.code} {holder.pk}": (policy, holder)
            for policy, source, holder in kept_by(actor, policies, on=today)
        }
        self.fields["fund"].choices = [
            (key, f"{said(_source(policy, key, today))}（{holder.name}）")
            for key, (policy, holder) in self.kept.items()
        ]
        years = [today.year + 1, *(today.year - back for back in range(YEARS_BACK))]
        self.fields["year"].choices = [(year, str(year)) for year in sorted(years, reverse=True)]
        self.fields["year"].initial = today.year
        self.fields["on"].initial = today

    @property
    def chosen(self) -> tuple[Policy, str, Division]:
        """The policy that names the fund, its code, and who holds it."""
        policy, holder = self.kept[self.cleaned_data["fund"]]
        return policy, self.cleaned_data["fund"].split()[1], holder


def _source(policy: Policy, key: str, today: dt.date):
    return next(one for one in policy.fund_order(today) if one.code == key.split()[1])


class CorrectionForm(forms.Form):
    """A plus or a minus on an appropriation, with its reason."""

    amount = YuanField(signed=True, help_text=_("调增填正数，调减填负数"))
    reason = forms.CharField(
        label=_("更正理由"),
        max_length=200,
        error_messages={"required": _("没有填写更正理由。请写明原登记错在哪里。")},
    )
    source = forms.UUIDField(widget=forms.HiddenInput)


class YearEndForm(forms.Form):
    """What is left of a year that is over: into the next year, or back to the treasury."""

    fund = forms.ModelChoiceField(label=_("资金"), queryset=Fund.objects.none(), empty_label=None)
    year = forms.TypedChoiceField(label=_("年度"), coerce=int)
    deed = forms.ChoiceField(label=_("办理"), choices=[(CARRY, _("结转下年")), (LAPSE, _("收回结余"))])
    amount = YuanField()
    memo = forms.CharField(
        label=_("依据（文号、摘要）"),
        max_length=200,
        error_messages={"required": _("没有填写依据。请填写结转或收回的文号和摘要。")},
    )
    source = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, actor: Actor, today: dt.date, **kwargs):
        super().__init__(*args, **kwargs)
        mine = [fund.pk for fund in funds_for(actor) if can_book(actor, fund)]
        self.fields["fund"].queryset = funds_for(actor).filter(pk__in=mine)
        years = [today.year - back for back in range(YEARS_BACK)]
        self.fields["year"].choices = [(year, str(year)) for year in years]
        self.fields["year"].initial = today.year - 1
