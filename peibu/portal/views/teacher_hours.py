"""Teacher hours of a period: who taught how much, who is planned in two places (QD97.3.2)."""

import datetime as dt

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.papers.office_tables import Column, OfficeTable, office_table
from peibu.training.queries.teacher_hours import TeacherHours, teacher_hours

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _day(label) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class PeriodForm(forms.Form):
    """From when until when; both days included."""

    since = _day(gettext_lazy("起"))
    until = _day(gettext_lazy("止"))

    def clean(self) -> dict:
        given = super().clean()
        if given.get("since") and given.get("until") and given["until"] < given["since"]:
            self.add_error("until", _("结束日期早于开始日期，请核对。"))
        return given


def _period(request: HttpRequest) -> tuple[PeriodForm, dt.date, dt.date]:
    """The period asked for; the year of today when none, or none that makes sense, was asked for."""
    year = {"since": dt.date(request.today.year, 1, 1), "until": dt.date(request.today.year, 12, 31)}
    form = PeriodForm(request.GET if "since" in request.GET else None, initial=year)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else year
    return form, chosen["since"], chosen["until"]


@only(Role.PROVIDER)
def show(request: HttpRequest) -> HttpResponse:
    """The report on screen."""
    form, since, until = _period(request)
    rows = teacher_hours(request.actor.unit, since=since, until=until)
    context = {"form": form, "rows": rows, "since": since, "until": until, "clashes": [r for r in rows if r.clashes]}
    return render(request, "portal/provider/teacher_hours.html", context, status=422 if form.errors else 200)


@only(Role.PROVIDER)
def table(request: HttpRequest) -> HttpResponse:
    """The same rows as .xlsx."""
    _form, since, until = _period(request)
    rows = teacher_hours(request.actor.unit, since=since, until=until)
    with translation.override("zh-hans"):
        content = _sheet(request, rows, since, until)
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, f"教师课时统计{since}至{until}.xlsx")
    return answer


def _sheet(request: HttpRequest, rows: list[TeacherHours], since: dt.date, until: dt.date) -> bytes:
    columns = [
        Column("序号", "serial"),
        Column("姓名", "text", 12, align="center"),
        Column("职称或资格", "text", 24),
        Column("聘用方式", "text", 12, align="center"),
        Column("课次", "count"),
        Column("本单位课时", "count"),
        Column("其他单位课时", "count"),
    ]
    data = [
        (r.teacher.name, r.teacher.title, "专职" if r.teacher.full_time else "外聘", r.sessions, r.hours, r.elsewhere)
        for r in rows
    ]
    unit = request.actor.unit.name
    return office_table(
        OfficeTable(
            title="教师课时统计表",
            columns=columns,
            rows=data,
            subtitle=(f"培训承接单位：{unit}", f"统计期间：{since}至{until}"),
            sheet="教师课时",
            dated=request.today,
        )
    )
