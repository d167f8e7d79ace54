"""A catalogue as data, in a shape that stays (docs/reference/catalogue-json.md): paged, as of a day, with an ETag."""

import datetime as dt
import hashlib
import json
import re
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.dateparse import parse_date

from peibu.accounts.access import public
from peibu.catalogue.enums import CatalogueKind, Level
from peibu.catalogue.models import Entry
from peibu.catalogue.queries.demand import SMALL_CELL, Wanted, wanted
from peibu.catalogue.queries.editions import published
from peibu.catalogue.queries.entries import matching, standing
from peibu.portal.views.catalogues import kind_of

SHAPE = "peibu/catalogue/1"
SIZE, MOST = 100, 1000


@public()
@translation.override("zh-hans")  # the data are the same in whatever language the site is read
def as_json(request: HttpRequest, kind: str) -> HttpResponse:
    """Parameters: on (a day), q, page, size. 400 with `error` for what cannot be read; 304 when nothing changed."""
    chosen = kind_of(kind)
    try:
        on, page, size = _day(request), _number(request, "page", 1, None), _number(request, "size", SIZE, MOST)
    except ValueError as problem:
        return _answer(request, {"shape": SHAPE, "error": str(problem)}, 400)
    query = request.GET.get("q", "")
    if chosen == CatalogueKind.DEMAND:
        rows, one = wanted(on=on, query=query), _wish
    else:
        rows, one = matching(standing(chosen, on=on), query), _entry
    pages = Paginator(rows, size)
    found = pages.page(page).object_list if page <= pages.num_pages else []
    body = {
        "shape": SHAPE, "catalogue": chosen.value, "title": str(chosen.label), "on": on.isoformat(),
        "total": pages.count, "page": page, "size": size, "pages": pages.num_pages,
        "editions": _editions(chosen, on), "entries": [one(row) for row in found],
    }  # fmt: skip
    if chosen == CatalogueKind.DEMAND:
        body["least_people_shown"] = SMALL_CELL
    return _answer(request, body, 200)


def _day(request: HttpRequest) -> dt.date:
    text = request.GET.get("on", "")
    if not text:
        return request.today
    found = parse_date(text)  # raises ValueError for a day like 2020-02-30
    if found is None:
        raise ValueError(f"on：“{text[:20]}”不是日期，请写成 2020-10-12 的形式")
    return found


def _number(request: HttpRequest, name: str, usual: int, most: int | None) -> int:
    text = request.GET.get(name, "") or str(usual)
    if not (re.fullmatch(r"[1-9][0-9]{0,8}", text) and (most is None or int(text) <= most)):
        limit = f"1至{most}" if most else "1以上"
        raise ValueError(f"{name}：“{text[:20]}”应为{limit}的整数")
    return int(text)


def _editions(kind: CatalogueKind, on: dt.date) -> list[dict[str, Any]]:
    return [
        {"title": row.title, "source": row.source, "division": row.division.name,
         "effective_from": row.effective_from.isoformat(), "sha256": row.sha256}
        for row in published(kind, on=on)
    ]  # fmt: skip


def _entry(row: Entry) -> dict[str, Any]:
    until = row.valid.upper - dt.timedelta(days=1) if row.valid.upper else None
    return {
        "code": row.code, "name": row.name, "level": row.level, "level_name": str(Level(row.level).label),
        "industry": row.industry, "headcount": row.headcount, "note": row.note,
        "institution": row.unit.name if row.unit else None, "division": (row.unit or row).division.name,
        "valid_from": row.valid.lower.isoformat(), "valid_until": until.isoformat() if until else None,
    }  # fmt: skip


def _wish(row: Wanted) -> dict[str, Any]:
    return {"code": row.code, "name": row.name, "level": row.level, "level_name": str(Level(row.level).label),
            "division": row.division, "people": row.people}  # fmt: skip


def _answer(request: HttpRequest, body: dict[str, Any], status: int) -> HttpResponse:
    content = json.dumps(body, ensure_ascii=False, indent=1).encode()
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    answer = HttpResponse(content, content_type="application/json; charset=utf-8", status=status)
    if status != 200:
        return answer
    answer["ETag"] = tag
    answer["Cache-Control"] = "public, max-age=0, must-revalidate"
    return get_conditional_response(request, etag=tag, response=answer)
