"""A field in which somebody writes the full name of a unit."""

from django import forms
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit


class UnitField(forms.CharField):
    """Full name -> Unit. Names are unique in a district only: namesakes are told apart as 名称（区划）."""

    def clean(self, value: str) -> Unit | None:
        text = super().clean(value).strip()
        if not text:
            return None
        found = list(Unit.objects.filter(name=text).select_related("division"))
        if not found:
            rows = Unit.objects.filter(division__name__in=[text.rpartition("（")[2].rstrip("）")])
            found = [row for row in rows.select_related("division") if text == f"{row.name}（{row.division.name}）"]
        if not found:
            raise forms.ValidationError(_("没有名为“%(name)s”的单位，请核对全称") % {"name": text})
        if len(found) > 1:
            names = "、".join(f"{row.name}（{row.division.name}）" for row in found)
            raise forms.ValidationError(_("有同名单位，请写成下列之一：%(names)s") % {"names": names})
        return found[0]
