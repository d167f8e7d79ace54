"""Forms around a timetable: move, copy, repeat; venues and rooms."""

import datetime as dt

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peibu.portal.forms_provider import LessonForm
from peibu.training.actions.timetable import Pattern
from peibu.training.models import Cohort, Session

WEEKDAYS = [("0", _("周一")), ("1", _("周二")), ("2", _("周三")), ("3", _("周四")), ("4", _("周五")), ("5", _("周六")), ("6", _("周日"))]  # fmt: skip


def _day(label, **options) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


def _skip() -> forms.BooleanField:
    return forms.BooleanField(label=_("跳过节假日和休息日"), required=False, initial=True)


class MoveForm(forms.Form):
    """Where a session goes: the same as dragging it."""

    session = forms.ModelChoiceField(label=_("课次"), queryset=Session.objects.none())
    date = _day(_("新的日期"))
    starts = forms.TimeField(
        label=_("开始时间"), widget=forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M")
    )

    def __init__(self, *args, cohort: Cohort, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["session"].queryset = cohort.sessions.order_by("starts_at")
        self.fields["session"].label_from_instance = _session_label

    def moment(self) -> dt.datetime:
        data = self.cleaned_data
        return timezone.make_aware(dt.datetime.combine(data["date"], data["starts"]))


def _session_label(row: Session) -> str:
    return f"{timezone.localtime(row.starts_at):%m-%d %H:%M} {row.subject}"


class CopyWeekForm(forms.Form):
    """From the week shown to the week of a day."""

    week = forms.DateField(widget=forms.HiddenInput)
    to = _day(_("复制到哪一周（选该周任意一天）"))
    skip_holidays = _skip()


class PatternForm(LessonForm):
    """A lesson repeated on weekdays; the first day is the lesson's own date."""

    last = _day(_("截止日期"))
    weekdays = forms.MultipleChoiceField(label=_("星期"), choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple)
    skip_holidays = _skip()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["date"].label = _("起始日期")
        # in the table each cell speaks for itself; here every field has its own label
        for field in self.fields.values():
            field.widget.attrs.pop("aria-label", None)

    def has_changed(self) -> bool:
        return True

    def pattern(self) -> Pattern:
        days = {int(number) for number in self.cleaned_data["weekdays"]}
        return Pattern(self.lesson(), days, self.cleaned_data["date"], self.cleaned_data["last"])


class PlaceForm(forms.Form):
    """Where a venue is, and how far around it a phone counts as there. Which radius is fit is told by the action."""

    longitude = forms.DecimalField(
        label=_("经度"), required=False, min_value=-180, max_value=180, max_digits=9, decimal_places=6,
        help_text=_("度，例如 120.382631；与纬度同时填写或都留空。"),
    )  # fmt: skip
    latitude = forms.DecimalField(
        label=_("纬度"), required=False, min_value=-90, max_value=90, max_digits=8, decimal_places=6,
        help_text=_("度，例如 36.067082。"),
    )  # fmt: skip
    radius_m = forms.IntegerField(
        label=_("签到范围半径（米）"), required=False, min_value=1,
        help_text=_("政策要求核对位置的课次，手机在这个范围内才能直接签到；不填的，位置一律不明，由教师逐一确认。室内定位误差常有几十米，请留出余量。"),
    )  # fmt: skip

    def clean(self) -> dict:
        given = super().clean()
        if given.get("radius_m") and given.get("latitude") is None:
            self.add_error("radius_m", _("填写签到范围须先填写经度和纬度。"))
        return given


class VenueForm(PlaceForm):
    """A place to teach at."""

    name = forms.CharField(label=_("场所名称"), max_length=80)
    address = forms.CharField(label=_("详细地址"), max_length=200)
    field_order = ("name", "address", "longitude", "latitude", "radius_m")


class RoomForm(forms.Form):
    """A room of a venue."""

    name = forms.CharField(label=_("教室"), max_length=60)
    seats = forms.IntegerField(label=_("可容纳人数"), min_value=1, max_value=2000)
