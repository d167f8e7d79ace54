"""Figures and charts of a replay in the words of the page."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from peibu.kernel.money import yuan
from peibu.oversight.replayed import Row
from peibu.rulebook.replay import Tally

MORE, LESS, WAS = "#2f8f83", "#c2553f", "#9aa5b4"
_LONGEST = 14  # characters of a name beside a bar


def outcome_words() -> dict[str, tuple[str, str]]:
    """Outcome -> (word, colour)."""
    return {
        "winner": (_("受益"), "green"),
        "loser": (_("受损"), "red"),
        "newly_passed": (_("由待核实变为符合"), "green"),
        "newly_failed": (_("由待核实变为不符合"), "red"),
        "newly_unknown": (_("变为待核实"), "azure"),
        "other_result": (_("其他结果有变化"), "orange"),
        "same": (_("不变"), "grey"),
    }


def signed(fen: int) -> str:
    """Yuan with a sign, for a difference."""
    return f"+{yuan(fen)}" if fen > 0 else yuan(fen)


def kpis(total: Tally) -> list[dict]:
    """The head figures: people first, then money."""
    decided = total.newly_passed + total.newly_failed
    return [
        {"label": _("受益"), "value": total.winner, "unit": _("件"), "tone": "mine",
         "note": _("共试算 %(n)s 件认定") % {"n": f"{total.cases:,}"}},
        {"label": _("受损"), "value": total.loser, "unit": _("件"), "tone": "due",
         "note": _("不变 %(n)s 件") % {"n": f"{total.same:,}"}},
        {"label": _("新得出结论"), "value": decided, "unit": _("件"),
         "note": _("符合 %(yes)s，不符合 %(no)s") % {"yes": total.newly_passed, "no": total.newly_failed}},
        {"label": _("待核实"), "value": total.unknown_after, "unit": _("件"),
         "note": _("原 %(n)s 件") % {"n": total.unknown_before}},
        {"label": _("试算金额"), "value": yuan(total.after_fen), "unit": _("元"),
         "note": _("原认定 %(was)s") % {"was": yuan(total.before_fen)}},
        {"label": _("差额"), "value": signed(total.delta_fen), "unit": _("元"), "tone": "mine",
         "note": _("增 %(more)s，减 %(less)s") % {"more": yuan(total.gained_fen), "less": yuan(total.lost_fen)}},
    ]  # fmt: skip


def _yuan(fen: int) -> str:
    """An exact decimal: ECharts reads numbers from text, and the table below the chart shows it as it is."""
    return yuan(fen).replace(",", "")


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def district_chart(rows: Sequence[Row]) -> dict:
    """Money before and after by district."""
    return {
        "grid": {"left": 12, "right": 24, "top": 40, "bottom": 8, "containLabel": True},
        "legend": {"top": 4},
        "xAxis": {"type": "value"},
        "yAxis": {"type": "category", "inverse": True, "data": [row.label for row in rows]},
        "series": [
            {"name": _("原认定（元）"), "type": "bar", "itemStyle": {"color": WAS},
             "data": [_yuan(row.tally.before_fen) for row in rows]},
            {"name": _("试算（元）"), "type": "bar", "data": [_yuan(row.tally.after_fen) for row in rows]},
        ],
    }  # fmt: skip


def enterprise_chart(rows: Sequence[Row]) -> dict:
    """Money gained and lost by enterprise, on both sides of zero."""
    return {
        "grid": {"left": 12, "right": 24, "top": 40, "bottom": 8, "containLabel": True},
        "legend": {"top": 4},
        "xAxis": {"type": "value"},
        "yAxis": {"type": "category", "inverse": True, "data": [_short(row.label) for row in rows]},
        "series": [
            {"name": _("增加（元）"), "type": "bar", "stack": "money", "itemStyle": {"color": MORE},
             "data": [_yuan(row.tally.gained_fen) for row in rows]},
            {"name": _("减少（元）"), "type": "bar", "stack": "money", "itemStyle": {"color": LESS},
             "data": [_yuan(-row.tally.lost_fen) for row in rows]},
        ],
    }  # fmt: skip
