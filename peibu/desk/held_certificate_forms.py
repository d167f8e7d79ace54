"""The form in which an officer enters a certificate of another issuer."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from peibu.desk.record_forms import day_field, person_of
from peibu.kernel.errors import Refused
from peibu.registry.enums import CertificateKind, CertificateLevel
from peibu.registry.models import Person

LARGEST = 20 * (1 << 20)


class HeldCertificateForm(forms.Form):
    """Whose, which, by whom, from when, on which paper."""

    person = forms.CharField(label=_("公民身份号码"), max_length=30)
    kind = forms.ChoiceField(label=_("证书类别"), choices=[("", "—"), *CertificateKind.choices])
    number = forms.CharField(
        label=_("证书编号"),
        max_length=40,
        help_text=_("职业技能等级证书22位，职业资格证书16位，系统逐位核对。"),
    )
    issuer = forms.CharField(label=_("发证机构"), max_length=120)
    occupation = forms.CharField(
        label=_("职业（工种）编码"), max_length=20, required=False, help_text=_("不知道时留空。")
    )
    level = forms.ChoiceField(label=_("等级"), choices=[("", "—"), *CertificateLevel.choices], required=False)
    issued_on = day_field(_("发证日期"))
    valid_until = day_field(_("有效期至"), required=False)
    source = forms.CharField(label=_("依据（核对的原件或查询结果）"), max_length=200)
    scan = forms.FileField(
        label=_("证书扫描件"),
        required=False,
        help_text=_("PDF、JPG 或 PNG，不超过 20 MB。"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )

    def __init__(self, *args, on: dt.date, **kwargs):
        super().__init__(*args, **kwargs)
        self.on = on
        self.fields["scan"].max_bytes = LARGEST

    def clean_person(self) -> Person:
        try:
            person = person_of(self.cleaned_data["person"], on=self.on)
        except Refused as refused:
            raise forms.ValidationError(refused.sentence()) from None
        if person is None:
            raise forms.ValidationError(_("没有找到，请核对号码、名称或编码。"))
        return person
