"""The published lists of providers and practice bases (QD97.2.4): on the page, as Excel, as JSON."""

import datetime as dt
from typing import Any
from urllib.parse import quote

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.translation import gettext as _

from peibu.accounts.access import public
from peibu.papers.office_tables import Column, OfficeTable, office_table
from peibu.portal.policy_pages import policy_url
from peibu.programmes.models import ListedUnit, PublishedList
from peibu.programmes.queries import current_policies
from peibu.rulebook import Policy
from peibu.theme.policy_words import english, said

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _published() -> QuerySet[PublishedList]:
    rows = PublishedList.objects.prefetch_related(
        "units__unit__division", "units__unit__organisation", "units__pauses"
    )
    return rows.order_by("-published_on", "policy", "-role", "batch")


@public()
def lists(request: HttpRequest) -> HttpResponse:
    """Every published batch; `district` keeps the units of one district."""
    shown = [_sheet(row, _policies(), request) for row in _published()]
    return render(request, "portal/public/lists.html", _with_districts({"sheets": shown}, shown, request))


@public()
def published_list(request: HttpRequest, pk: Any) -> HttpResponse:
    """One batch."""
    sheet = _sheet(get_object_or_404(_published(), pk=pk), _policies(), request)
    return render(request, "portal/public/list.html", _with_districts({"sheet": sheet}, [sheet], request))


@public()
@translation.override("zh-hans")  # the table is Chinese in whatever language the page is read
def excel(request: HttpRequest, pk: Any) -> HttpResponse:
    """One batch as .xlsx, whole whatever the filter."""
    published = get_object_or_404(_published(), pk=pk)
    policy = _policies().get(published.policy)
    table = OfficeTable(
        title=published.title,
        columns=[
            Column("序号", "serial"), Column("单位名称", width=44), Column("类别", width=30), Column("所在区（市）", width=20),
            Column("列入日期", "date"),
        ],
        rows=[
            (f"{row.unit.name} {row.name}".strip(), category_of(row, policy), row.unit.division.name, row.valid_from)
            for row in published.units.all()
        ],
        subtitle=(f"发布单位：{'、'.join(published.issuers)}",),
        notes=(f"依据：{published.source}；第{published.batch}批，{published.published_on.isoformat()}公布。",),
        totals=False,
        sheet=published.get_role_display(),
        dated=published.published_on,
    )  # fmt: skip
    answer = HttpResponse(office_table(table), content_type=EXCEL)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(published.title)}.xlsx"
    return answer


@public()
def as_json(request: HttpRequest, pk: Any) -> HttpResponse:
    """One batch as data; whole whatever the filter."""
    published = get_object_or_404(_published(), pk=pk)
    policy = _policies().get(published.policy)
    answer = {
        "policy": published.policy, "role": published.role, "batch": published.batch, "title": published.title,
        "published_on": published.published_on, "issuers": published.issuers, "source": published.source,
        "units": [
            {"position": row.position, "name": row.unit.name, "subject": row.name, "category": category_of(row, policy),
             "division": row.unit.division.name, "valid_from": None if row.awaits_signature else row.valid_from,
             "valid_until": row.valid_until}
            for row in published.units.all()
        ],
    }  # fmt: skip
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False, "indent": 1})


def _policies() -> dict[str, Policy]:
    return {policy.path: policy for policy in current_policies()}


def _sheet(published: PublishedList, policies: dict[str, Policy], request: HttpRequest) -> dict[str, Any]:
    policy = policies.get(published.policy)
    wanted = request.GET.get("district", "")
    everybody = list(published.units.all())
    rows = [
        {
            "row": row,
            "category": category_of(row, policy),
            "gone": _gone(row, request.today),
            "paused": _paused(row, request.today),
        }
        for row in everybody
        if not wanted or row.unit.division.name == wanted
    ]
    return {
        "list": published, "rows": rows, "total": len(everybody), "everybody": everybody,
        "policy_title": said(policy.card, "title") if policy else "",
        "policy_url": policy_url(policy) if policy else "",
    }  # fmt: skip


def _gone(row: ListedUnit, today: dt.date) -> bool:
    return row.valid_until is not None and row.valid_until < today


def _paused(row: ListedUnit, today: dt.date) -> bool:
    return any(today in pause.days for pause in row.pauses.all())


def category_of(row: ListedUnit, policy: Policy | None) -> str:
    """What makes the unit fit for the list, in words: the category of the list, else its kind of institution."""
    codes = policy.codes.get("base_qualifications") if policy else None
    if codes is not None and row.category in codes.items:
        return (codes.items_en if english() else codes.items)[row.category]
    organisation = getattr(row.unit, "organisation", None)
    return row.category or (str(organisation.get_kind_display()) if organisation else "")


def _with_districts(context: dict[str, Any], sheets: list[dict], request: HttpRequest) -> dict[str, Any]:
    found = {row.unit.division.pk: row.unit.division for sheet in sheets for row in sheet["everybody"]}
    ordered = sorted(found.values(), key=lambda d: (d.code == "", d.code, d.name))
    names = [division.name for division in ordered]
    wanted = request.GET.get("district", "")
    return context | {"districts": names, "district": wanted, "all_districts": _("全部区（市）")}
