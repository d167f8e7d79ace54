"""The public catalogues (HD2.3.7, JN6.5b, WH63.1.2): searched on the page, as Excel, as JSON, as of any day."""

import datetime as dt
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from peibu.accounts.access import public
from peibu.catalogue.enums import CatalogueKind, Level
from peibu.catalogue.models import Entry
from peibu.catalogue.queries.demand import SMALL_CELL, Wanted, balance, wanted
from peibu.catalogue.queries.editions import published
from peibu.catalogue.queries.entries import counted, matching, narrowed, places_of, standing
from peibu.papers.office_tables import Column
from peibu.theme.exports import excel, excel_asked

PAGE = 30
CHARTED = 12
CLAUSES = dict.fromkeys(CatalogueKind.values, "HD2.3.7") | {CatalogueKind.OCCUPATIONS: "WH63.1.2"}


def day_asked(request: HttpRequest) -> dt.date:
    """The day of `?on=`; today when there is none or it is no date."""
    try:
        return parse_date(request.GET.get("on", "")) or request.today
    except ValueError:
        return request.today


def kind_of(text: str) -> CatalogueKind:
    """The catalogue of an address. Http404 when there is none."""
    if text not in CatalogueKind.values:
        raise Http404
    return CatalogueKind(text)


@public()
def index(request: HttpRequest) -> HttpResponse:
    """Which catalogues there are, since when, how much is in them."""
    on = request.today
    cards = [_card(kind, on) for kind in CatalogueKind]
    return render(request, "portal/catalogue/index.html", {"cards": cards})


def _card(kind: CatalogueKind, on: dt.date) -> dict[str, Any]:
    if kind == CatalogueKind.DEMAND:
        return {"kind": kind, "clause": CLAUSES[kind], "entries": len(wanted(on=on)), "last": None}
    last = published(kind, on=on).first()
    return {"kind": kind, "clause": CLAUSES[kind], "entries": standing(kind, on=on).count(), "last": last}


@public()
def show(request: HttpRequest, kind: str) -> HttpResponse:
    """One catalogue as of a day: search by two characters, pinyin or initials; filters, counts and a chart."""
    chosen, on = kind_of(kind), day_asked(request)
    if chosen == CatalogueKind.DEMAND:
        return _demand(request, on)
    whole = standing(chosen, on=on)
    asked = {name: _text(request, name) for name in ("q", "industry", "level", "place")}
    places = places_of(chosen, on=on)
    if asked["place"] not in {str(row.pk) for row in places}:
        asked["place"] = ""
    rows = matching(narrowed(whole, **{k: v for k, v in asked.items() if k != "q"}), asked["q"])
    if excel_asked(request):
        return excel(request, chosen.label, _columns(chosen), rows, lambda row: _cells(chosen, row))
    industries = counted(rows, "industry")
    context = _common(request, chosen, on) | {
        "asked": asked, "places": places, "industries": [name for name, _n in counted(whole, "industry")],
        "levels": [(code, Level(code).label) for code, _n in counted(whole, "level")],
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "by_level": [(Level(code).label, n) for code, n in counted(rows, "level")],
        "chart": _bars(industries[:CHARTED], _("条目数")), "charted": bool(industries),
        "editions": published(chosen, on=request.today)[:10],
        "wish_url": reverse("demand"),
    }  # fmt: skip
    return render(request, "portal/catalogue/show.html", context)


def _text(request: HttpRequest, name: str) -> str:
    """A word of the address; without the null character, which the database cannot be asked for."""
    return request.GET.get(name, "").replace("\0", "").strip()


def _common(request: HttpRequest, kind: CatalogueKind, on: dt.date) -> dict[str, Any]:
    return {"kind": kind, "on": on, "clause": CLAUSES[kind], "past": on != request.today,
            "tabs": [(one, one.label) for one in CatalogueKind]}  # fmt: skip


def _bars(counts: list[tuple[str, int]], name: str) -> dict[str, Any]:
    return {
        "grid": {"left": 8, "right": 32, "top": 8, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "inverse": True, "data": [label for label, _n in counts]},
        "series": [{"type": "bar", "name": name, "data": [n for _l, n in counts], "barMaxWidth": 18,
                    "label": {"show": True, "position": "right"}}],
    }  # fmt: skip


def _columns(kind: CatalogueKind) -> list[Column]:
    head = [Column("职业编码", width=16), Column("职业（工种）", width=28), Column("等级", width=12)]
    tail = [Column("行业（产业）", width=18), Column("备注", width=28), Column("起始日期", "date")]
    if kind == CatalogueKind.SPECIALITIES:
        return [Column("培训机构", width=32), Column("所在区（市）", width=16), *head, *tail]
    if kind == CatalogueKind.SCARCE:
        return [*head, Column("紧缺人数", "count"), *tail]
    return [*head, *tail]


def _cells(kind: CatalogueKind, row: Entry) -> list[Any]:
    head = [row.code, row.name, row.get_level_display()]
    tail = [row.industry, row.note, row.valid.lower]
    if kind == CatalogueKind.SPECIALITIES:
        return [row.unit.name, row.unit.division.name, *head, *tail]
    return [*head, row.headcount, *tail] if kind == CatalogueKind.SCARCE else [*head, *tail]


def _demand(request: HttpRequest, on: dt.date) -> HttpResponse:
    asked = {name: _text(request, name) for name in ("q", "level")}
    rows = wanted(on=on, query=asked["q"], level=asked["level"])
    if excel_asked(request):
        columns = [
            Column("职业编码"),
            Column("职业（工种）", width=28),
            Column("等级"),
            Column("所在区（市）"),
            Column("登记人数", "count"),
        ]
        return excel(request, CatalogueKind.DEMAND.label, columns, rows, _wanted_cells)
    context = _common(request, CatalogueKind.DEMAND, on) | {
        "asked": asked, "levels": Level.choices, "small": SMALL_CELL,
        "page": Paginator([_wanted_row(row) for row in rows], PAGE).get_page(request.GET.get("page")),
        "chart": _bars(_by_occupation(rows)[:CHARTED], _("登记人数")), "charted": bool(rows),
    }  # fmt: skip
    return render(request, "portal/catalogue/demand_catalogue.html", context)


def _wanted_cells(row: Wanted) -> list[Any]:
    return [row.code, row.name, Level(row.level).label, row.division, row.people]


def _wanted_row(row: Wanted) -> dict[str, Any]:
    return {"code": row.code, "name": row.name, "level": Level(row.level).label, "division": row.division,
            "people": row.people}  # fmt: skip


def _by_occupation(rows: list[Wanted]) -> list[tuple[str, int]]:
    found: dict[str, int] = {}
    for row in rows:
        found[row.name] = found.get(row.name, 0) + row.people
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))


@public()
def demand_supply(request: HttpRequest) -> HttpResponse:
    """Who wants what, who teaches it: by occupation and place (HD2.6.19b)."""
    on = day_asked(request)
    rows = balance(on=on)
    if excel_asked(request):
        columns = [
            Column("职业编码"), Column("职业（工种）", width=28), Column("所在区（市）", width=20), Column("登记人数", "count"),
            Column("开设机构数", "count", summed=False),
        ]  # fmt: skip
        cells = lambda row: [row.code, row.name, row.division, row.people, row.institutions]  # noqa: E731
        return excel(request, "培训需求与供给对照", columns, rows, cells)
    told = [row for row in rows if row.people][:CHARTED]
    labels = [f"{row.name} · {row.division}" for row in told]
    option = {
        "grid": {"left": 8, "right": 24, "top": 36, "bottom": 8, "containLabel": True},
        "legend": {"top": 0},
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "inverse": True, "data": labels},
        "series": [
            {"type": "bar", "name": _("登记人数"), "data": [row.people for row in told], "barMaxWidth": 14},
            {"type": "bar", "name": _("开设机构数"), "data": [row.institutions for row in told], "barMaxWidth": 14},
        ],
    }  # fmt: skip
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")), "on": on, "chart": option,
        "height": 80 + 44 * len(told), "charted": bool(told), "small": SMALL_CELL,
        "unmet": sum(1 for row in rows if row.people and not row.institutions),
    }  # fmt: skip
    return render(request, "portal/catalogue/balance.html", context)
