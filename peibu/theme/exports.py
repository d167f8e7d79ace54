"""Every list as an Excel file in the office's habit: the page's own rows, asked for with `?as=xlsx` at its address.

The view that draws a list hands the same rows to `excel`: what somebody may not see on the page cannot come out in a file.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.http import content_disposition_header

from peibu.kernel.errors import Refused
from peibu.papers.errors import PaperError
from peibu.papers.office_tables import SUMMED, Column, OfficeTable, office_table

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ASKED = "as"
MAX_ROWS = 100_000


def day_of(moment: dt.datetime | None) -> dt.date | None:
    """The day of a moment where the office is, for a column of dates."""
    return timezone.localdate(moment) if moment else None


def excel_asked(request: HttpRequest) -> bool:
    """Does the visitor want the list of this page as a file?"""
    return request.GET.get(ASKED) == "xlsx"


def excel(
    request: HttpRequest,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Any],
    cells: Callable[[Any], Sequence[Any]],
) -> HttpResponse:
    """The whole list (not only one page of it) as .xlsx; `cells` turns a row into its values without the serial number.

    Headings and words are Chinese in whatever language the page is read. Values by kind as in `papers.office_tables`;
    text may be anything with a str(). Refused beyond MAX_ROWS rows.
    """
    every = rows.paginator.object_list if isinstance(rows, Page) else rows
    with translation.override("zh-hans"):
        title = str(title)
        made = [_plain(columns, cells(row)) for row in every[: MAX_ROWS + 1]]
        if len(made) > MAX_ROWS:
            raise Refused(f"列表超过{MAX_ROWS}行", "too_many_rows", "请先按条件筛选后再导出")
        table = OfficeTable(
            title=title,
            columns=[Column("序号", "serial"), *columns],
            rows=made,
            subtitle=(f"填报单位：{_office(request)}", f"导出日期：{request.today.isoformat()}"),
            totals=any(column.kind in SUMMED for column in columns),
            dated=request.today,
        )
        try:
            content = office_table(table)
        except PaperError as problem:
            raise Refused(str(problem), "paper") from problem
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, f"{title}.xlsx")
    answer["Cache-Control"] = "no-store"
    return answer


def _plain(columns: Sequence[Column], values: Sequence[Any]) -> list[Any]:
    return [
        "" if value is None and column.kind == "text" else str(value) if column.kind == "text" else value
        for column, value in zip(columns, values, strict=True)
    ]


def _office(request: HttpRequest) -> str:
    actor = request.actor
    return actor.unit.name if actor and actor.unit else actor.name if actor else "公众查询"
