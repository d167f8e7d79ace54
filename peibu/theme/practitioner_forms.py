"""The form of a qualification, the same for the unit that enters its people's and for the officer."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from peibu.accounts.actor import Actor
from peibu.accounts.models import Unit
from peibu.casework.qualification_evidence import qualify_with_scan
from peibu.kernel.errors import Refused
from peibu.registry.enums import CertificateLevel, QualificationKind, TitleCode
from peibu.registry.models import Practitioner, Qualification
from peibu.registry.practitioners import Held

LARGEST = 20 * (1 << 20)


def day_field(label, *, required: bool = True, help_text: str = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


def last_day(text: str) -> dt.date:
    """The last day at a place, as a page sent it. Refused: no day."""
    try:
        return day_field("").clean(text)
    except forms.ValidationError:
        raise Refused("没有填写离岗日期", "no_day", "请选择最后在岗的日期") from None


class QualificationForm(forms.Form):
    """What a paper says, and the paper."""

    kind = forms.ChoiceField(label=_("资格类别"), choices=[("", "—"), *QualificationKind.choices])
    title = forms.ChoiceField(
        label=_("职称或技能等级"),
        choices=[("", "—"), *TitleCode.choices],
        required=False,
        help_text=_("专业技术职称、职业资格或技能等级须选择。"),
    )
    occupation = forms.CharField(label=_("专业或职业（工种）"), max_length=60, required=False)
    level = forms.ChoiceField(label=_("等级"), choices=[("", "—"), *CertificateLevel.choices], required=False)
    number = forms.CharField(label=_("证书编号"), max_length=60)
    issuer = forms.CharField(label=_("发证机构"), max_length=120)
    valid_from = day_field(_("有效期起"))
    valid_until = day_field(_("有效期至"), required=False, help_text=_("长期有效的留空。"))
    source = forms.CharField(label=_("依据（核对的原件或查询结果）"), max_length=200)
    scan = forms.FileField(
        label=_("证书扫描件"),
        required=False,
        help_text=_("PDF、JPG 或 PNG，不超过 20 MB。"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["scan"].max_bytes = LARGEST

    def enter(self, *, person: Practitioner, unit: Unit | None, by: Actor, at: dt.datetime) -> Qualification | None:
        """The entry made of a valid form; None, and the reason on the form, when it is refused."""
        given = dict(self.cleaned_data)
        scan = given.pop("scan")
        days = {name: given.pop(name) for name in ("valid_from", "valid_until", "source")}
        try:
            return qualify_with_scan(
                name=scan.name if scan else "", content=scan.read() if scan else b"", person=person, unit=unit,
                held=Held(**given), by=by, at=at, **days,
            )  # fmt: skip
        except Refused as refused:
            self.add_error(None, refused.sentence())
            return None
