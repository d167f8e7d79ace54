"""What both windows say of a practitioner: words of the states, the list as an Excel file in the office's habit."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from peibu.papers.office_tables import Column
from peibu.registry.practitioner_queries import Listed
from peibu.theme.exports import excel

STATES = {
    "valid": ("green", _("有效")),
    "soon": ("orange", _("90日内到期")),
    "expired": ("red", _("已过期")),
    "none": ("grey", _("未登记资格")),
    "withdrawn": ("grey", _("已撤回")),
}
KINDS = {
    "teaching": _("授课"),
    "supervising": _("监考"),
    "grading": _("阅卷"),
    "panel": _("专家评审"),
}
CHOICES = [(code, label) for code, (_tone, label) in STATES.items() if code != "withdrawn"]


def people(request: HttpRequest, title: str, rows: Sequence[Listed]) -> HttpResponse:
    """The people of a page, one line each."""
    columns = [
        Column("姓名", width=12), Column("单位", width=34), Column("岗位", width=18), Column("聘用方式", width=12),
        Column("资格和证书编号", width=46), Column("最近到期", "date"), Column("状态", width=14),
    ]  # fmt: skip
    return excel(request, title, columns, rows, _cells)


def _cells(row: Listed) -> list:
    def of(words) -> str:
        return "；".join(dict.fromkeys(str(word) for word in words))

    return [
        row.person.name,
        of(row.units),
        of(place.get_role_display() for place in row.engagements),
        of("专职" if place.full_time else "兼职" for place in row.engagements),
        of(f"{paper.get_kind_display()} {paper.number}" for paper in row.qualifications),
        row.next_end,
        STATES[row.state][1],
    ]
