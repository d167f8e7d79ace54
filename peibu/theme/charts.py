"""The text alternative of a chart: the same numbers as a table."""

from typing import Any

from django.utils.translation import gettext as _


def _point(value: Any) -> Any:
    return value.get("value") if isinstance(value, dict) else value


def _first(axis: Any) -> dict:
    return (axis[0] if axis else {}) if isinstance(axis, list) else axis or {}


def table_of(option: dict) -> tuple[list[str], list[list[Any]]]:
    """Heads and rows from an ECharts option: category axis and series, or the slices of a pie."""
    series = option.get("series") or []
    series = series if isinstance(series, list) else [series]
    axes = [_first(option.get("xAxis")), _first(option.get("yAxis"))]
    names = next((axis["data"] for axis in axes if axis.get("data")), None)
    if names is None:
        heads = [_("项目"), *(one.get("name") or _("数值") for one in series[:1])]
        slices = series[0].get("data", []) if series else []
        return heads, [[one.get("name", ""), one.get("value", "")] for one in slices if isinstance(one, dict)]
    heads = [_("项目"), *(one.get("name") or _("数值") for one in series)]
    rows = [[_point(name), *(_at(one.get("data", []), at) for one in series)] for at, name in enumerate(names)]
    return heads, rows


def _at(data: list, position: int) -> Any:
    value = _point(data[position]) if position < len(data) else None
    return "—" if value is None else value
