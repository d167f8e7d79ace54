"""The insurance months of a person at an employer as rows of squares, a year each."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

STATUSES = ("paid", "arrears", "gap", "unknown")


def _words() -> dict[str, tuple[str, str]]:
    return {
        "paid": ("✓", _("已缴")),
        "arrears": (_("补"), _("补缴或欠缴")),
        "gap": (_("断"), _("未参保")),
        "unknown": ("?", _("无记录，待核实")),
    }


def _get(thing: Any, name: str, default: Any = None) -> Any:
    return thing.get(name, default) if isinstance(thing, Mapping) else getattr(thing, name, default)


def _month(value: Any) -> tuple[int, int]:
    if isinstance(value, dt.date):
        return value.year, value.month
    year, month = str(value).split("-")[:2]
    return int(year), int(month)


def months_context(run: Any) -> dict:
    """Context of the component.

    `run`: an object or dict with `months`, or the months themselves; a month has `month` (date or "2020-03"), `status`
    (paid / arrears / gap / unknown) and optionally `in_run` (counted in the continuous run). `sentence` of the run, if
    given, is the summary; otherwise the counts are.
    """
    months = _get(run, "months", run) if not isinstance(run, (list, tuple)) else run
    words, cells, counts = _words(), {}, Counter()
    for one in months or ():
        year, number = _month(_get(one, "month"))
        status = str(_get(one, "status"))
        mark, word = words[status]
        counts[status] += 1
        title = _("%(year)s年%(month)s月：%(word)s") % {"year": year, "month": number, "word": word}
        cell = {"status": status, "mark": mark, "word": word, "title": title, "in_run": bool(_get(one, "in_run"))}
        cells.setdefault(year, {})[number] = cell
    legend = [
        {"status": status, "mark": words[status][0], "word": words[status][1], "count": counts[status]}
        for status in STATUSES
        if counts[status]
    ]
    total = " · ".join(f"{item['word']} {item['count']}" for item in legend)
    given = _get(run, "sentence", "") if not isinstance(run, (list, tuple)) else ""
    return {
        "years": [(year, [row.get(number) for number in range(1, 13)]) for year, row in sorted(cells.items())],
        "numbers": range(1, 13),
        "legend": legend,
        "caption": _("逐月参保情况"),
        "summary": given or (total if cells else _("没有参保记录")),
    }
