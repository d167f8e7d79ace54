"""The form with which the bureau gives a platform a key."""

import datetime as dt

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from peibu.accounts.enums import Scope
from peibu.accounts.models import Unit

USUAL = (Scope.WRITE, Scope.READ_MINE, Scope.STATE, Scope.INTAKE)
MONTHS = dt.timedelta(days=180)


class KeyForm(forms.Form):
    """Which platform, what for, with which rights, until when."""

    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("平台"), error_messages={"required": _("没有选择平台。")}
    )
    label = forms.CharField(
        label=_("用途"),
        max_length=60,
        help_text=_("例如：正式环境、测试环境。"),
        error_messages={"required": _("没有填写用途。")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("权限范围"),
        choices=Scope.choices,
        initial=[str(scope) for scope in USUAL],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("至少选择一项权限。")},
    )
    expires_on = forms.DateField(
        label=_("有效期至"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("最长一年，到期前换发。"),
        error_messages={"required": _("没有填写有效期。")},
    )

    def __init__(self, platforms: QuerySet[Unit], *args, on: dt.date, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = platforms
        self.fields["expires_on"].initial = on + MONTHS
