"""The pictures of the budget page, as ECharts options; the numbers are yuan as text, nobody reckons with them."""

import datetime as dt

from django.utils.translation import gettext as _

from peibu.desk.budget_scope import Scope
from peibu.kernel.months import add_months
from peibu.ledger.enums import EntryKind
from peibu.ledger.queries import Figures, by_month

MONTHS = 6
# Each column is net of what undoes it, so that the columns of a year add up to the tiles above them: appropriated; committed
# less paid; paid less recovered; recovered.
SHOWN: tuple[tuple[EntryKind, tuple[EntryKind, ...], tuple[EntryKind, ...]], ...] = (
    (EntryKind.APPROPRIATION, (EntryKind.APPROPRIATION, EntryKind.INCREASE), (EntryKind.REDUCTION,)),
    (EntryKind.COMMITMENT, (EntryKind.COMMITMENT,), (EntryKind.RELEASE,)),
    (EntryKind.PAYMENT, (EntryKind.PAYMENT, EntryKind.SET_OFF_PAID), (EntryKind.RETURN,)),
    (EntryKind.RECOVERY, (EntryKind.RECOVERY, EntryKind.SET_OFF_BACK), (EntryKind.REFUND,)),
)
FEN_PER_YUAN = 100


def _yuan(fen: int) -> str:
    sign, whole = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{whole // FEN_PER_YUAN}.{whole % FEN_PER_YUAN:02d}"


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
    kinds = [kind for _name, plus, minus in SHOWN for kind in (*plus, *minus)]
    told = {"known_at": scope.known_at, "divisions": scope.divisions}
    found = by_month(scope.fund, kinds=kinds, since=first, until=scope.on, **told)

    def net(plus: tuple, minus: tuple, month: dt.date) -> int:
        return sum(found.get((kind.value, month), 0) for kind in plus) - sum(
            found.get((kind.value, month), 0) for kind in minus
        )

    series = [
        {"name": str(kind.label), "type": "bar", "data": [_yuan(net(plus, minus, one)) for one in shown]}
        for kind, plus, minus in SHOWN
    ]
    return {
        "xAxis": {"type": "category", "data": [_("%(month)d月") % {"month": one.month} for one in shown]},
        "yAxis": {"type": "value", "name": _("元")},
        "legend": {},
        "tooltip": {"trigger": "axis"},
        "series": series,
    }
