"""Forms of the register of practitioners: a place at a unit, a qualification."""

from django import forms
from django.utils.translation import gettext_lazy as _

from peibu.portal.exam_forms import FileField
from peibu.registry.enums import PractitionerRole
from peibu.theme.practitioner_forms import day_field

FILE_BYTES = 5 << 20


class PlaceForm(forms.Form):
    """Who works here, as what, since when, by which contract."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    id_number = forms.CharField(
        label=_("公民身份号码"), max_length=30, help_text=_("只用于核对是否同一人，系统不保存号码。")
    )
    role = forms.ChoiceField(label=_("岗位"), choices=PractitionerRole.choices)
    full_time = forms.TypedChoiceField(
        label=_("聘用方式"), choices=[("yes", _("专职")), ("no", _("兼职"))], coerce=lambda word: word == "yes"
    )
    valid_from = day_field(_("聘期起"))
    valid_until = day_field(_("聘期止"), required=False, help_text=_("没有约定截止日期的留空。"))
    source = forms.CharField(label=_("合同或聘书（名称和编号）"), max_length=200)


class StaffFileForm(forms.Form):
    """The unit's people as a file."""

    file = FileField(
        label=_("师资和考评人员登记表"),
        max_bytes=FILE_BYTES,
        help_text=_("先下载模板填写，.xlsx，不超过 5 MB。"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )
