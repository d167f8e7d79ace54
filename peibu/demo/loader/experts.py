"""The city's expert library."""

import datetime as dt
from typing import TYPE_CHECKING

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.accounts.models import Assignment
from peibu.accreditation.actions.panels import add_expert

if TYPE_CHECKING:
    from peibu.demo.loader.base import Loaded

# where the experts work: listed providers, one institution that will apply itself (z01), two enterprises
WORK_AT = ("p02", "p05", "p06", "p09", "p11", "z01", "p14", "e002", "e004")
TITLES = ("教授", "高级工程师", "教授级高工", "副教授", "高级讲师")
FIELDS = (["teaching", "standards"], ["industry", "digital"], ["equipment", "teaching"], ["digital", "teaching"])


def load_experts(loaded: "Loaded", *, at: dt.datetime) -> None:
    """Everybody with an expert's account, through the action of the bureau that keeps the library."""
    row = Assignment.objects.select_related("user", "unit__division").get(
        user__username="o-370200-hrss-city_bureau-1", role=Role.CITY_BUREAU
    )
    keeper = Actor(user=row.user, role=row.role, unit=row.unit)
    firms = {row.key: loaded.firms[row.no] for row in loaded.city.enterprises}
    experts = [officer for officer in loaded.city.officers if officer.role == Role.EXPERT]
    for n, (officer, work) in enumerate(zip(experts, WORK_AT, strict=True)):
        add_expert(
            name=officer.name,
            id_number=officer.id_number,
            title=TITLES[n % len(TITLES)],
            fields=FIELDS[n % len(FIELDS)],
            units=[loaded.units.get(work) or firms[work]],
            user=loaded.users[officer.key],
            by=keeper,
            at=at,
        )
