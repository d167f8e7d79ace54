"""The form of an entrusted-training agreement."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit
from peibu.programmes.queries import listed, running_policies
from peibu.training.enums import Payee


def _day(label) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class AgreementForm(forms.Form):
    """With whom, for which policy, from when until when, and who is paid: one party only."""

    policy = forms.ChoiceField(label=_("政策"))
    provider = forms.ModelChoiceField(label=_("受托培训单位"), queryset=Unit.objects.none())
    number = forms.CharField(label=_("协议编号"), max_length=60)
    valid_from = _day(_("协议开始日期"))
    valid_until = _day(_("协议结束日期（含当日）"))
    payee = forms.ChoiceField(
        label=_("补贴付给"),
        choices=Payee.choices,
        widget=forms.RadioSelect,
        help_text=_("同一培训只付一方，协议登记后不能更改收款方。"),
    )

    def __init__(self, *args, on: dt.date, **kwargs):
        super().__init__(*args, **kwargs)
        policies = [p for p in running_policies() if "senders_without_agreement" in p.fact_specs]
        self.fields["policy"].choices = [(p.path, p.card["short_title"]) for p in policies]
        units = [row.unit_id for p in policies for row in listed(p.path, p.delivery.list, on=on)]
        self.fields["provider"].queryset = Unit.objects.filter(pk__in=units).order_by("name")
