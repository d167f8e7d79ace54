"""The pictures of the budget page, as ECharts options; the numbers are yuan as text, nobody reckons with them."""

from django.utils.translation import gettext as _

from peibu.desk.budget_scope import Scope
from peibu.kernel.months import add_months
from peibu.ledger.enums import EntryKind
from peibu.ledger.queries import Figures, by_month

MONTHS = 6
SHOWN = (EntryKind.APPROPRIATION, EntryKind.COMMITMENT, EntryKind.PAYMENT, EntryKind.RECOVERY)
FEN_PER_YUAN = 100


def _yuan(fen: int) -> str:
    return f"{fen // FEN_PER_YUAN}.{fen % FEN_PER_YUAN:02d}"


def parts(whole: Figures) -> dict:
    """What has become of the year's money: paid, committed, free."""
    shown = [(_("已支付"), whole.paid), (_("已占用"), whole.committed), (_("可用"), whole.free)]
    return {
        "tooltip": {"trigger": "item"},
        "legend": {"bottom": 0},
        "series": [
            {
                "name": _("金额（元）"),
                "type": "pie",
                "radius": ["45%", "70%"],
                "data": [{"name": name, "value": _yuan(fen)} for name, fen in shown],
            }
        ],
    }


def months(scope: Scope) -> dict:
    """What was booked in each of the last six months up to the day, in the scope of the page."""
    first = add_months(scope.on.replace(day=1), 1 - MONTHS)
    shown = [add_months(first, i) for i in range(MONTHS)]
    found = by_month(
        scope.fund, kinds=SHOWN, since=first, until=scope.on, known_at=scope.known_at, divisions=scope.divisions
    )
    series = [
        {"name": str(kind.label), "type": "bar", "data": [_yuan(found.get((kind.value, one), 0)) for one in shown]}
        for kind in SHOWN
    ]
    return {
        "xAxis": {"type": "category", "data": [_("%(month)d月") % {"month": one.month} for one in shown]},
        "yAxis": {"type": "value", "name": _("元")},
        "legend": {},
        "tooltip": {"trigger": "axis"},
        "series": series,
    }
