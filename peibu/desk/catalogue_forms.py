"""The form with which a bureau brings the file of a catalogue in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Division
from peibu.catalogue.enums import IMPORTED


class EditionForm(forms.Form):
    """Which catalogue, for where, from which day, on whose word, and the file."""

    kind = forms.ChoiceField(label=_("目录"), choices=[(kind.value, kind.label) for kind in IMPORTED])
    division = forms.ModelChoiceField(
        Division.objects.none(),
        label=_("适用地区"),
        empty_label=None,
        error_messages={"required": _("没有选择适用地区")},
    )
    title = forms.CharField(
        label=_("标题"), max_length=120, error_messages={"required": _("没有填写标题。请填写目录的名称和年度。")}
    )
    source = forms.CharField(
        label=_("依据（文号）"), max_length=200, error_messages={"required": _("没有填写依据。请填写发布目录的文号。")}
    )
    effective_from = forms.DateField(
        label=_("生效日期"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("没有填写生效日期")},
    )
    file = forms.FileField(
        label=_("目录文件（Excel）"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"required": _("没有选择文件。请先下载模板，填写后上传。")},
    )

    def __init__(self, divisions: list[Division], *args, **kwargs):
        super().__init__(*args, **kwargs)
        keys = [row.pk for row in divisions]
        self.fields["division"].queryset = Division.objects.filter(pk__in=keys).order_by("code", "name")
        if len(keys) == 1:
            self.fields["division"].initial = keys[0]
