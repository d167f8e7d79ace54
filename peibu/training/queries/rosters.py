"""Versions of a roster and what each differs in from the one before; the last is compared with today."""

import dataclasses
import datetime as dt

from django.utils import translation

from peibu.kernel.identity import mask_id
from peibu.papers.office_tables import Column, OfficeTable, office_table
from peibu.training.actions.rosters import places_today
from peibu.training.models import Cohort, RosterPlace, RosterVersion


@dataclasses.dataclass(frozen=True)
class Difference:
    """Places of people who came, who left, and (before, now) of those of whom something else is told."""

    joined: list[RosterPlace]
    left: list[RosterPlace]
    otherwise: list[tuple[RosterPlace, RosterPlace]]

    def __bool__(self) -> bool:
        return bool(self.joined or self.left or self.otherwise)


@dataclasses.dataclass(frozen=True)
class Edition:
    """A version with its places and what it changed; the first changed nothing."""

    version: RosterVersion
    places: list[RosterPlace]
    difference: Difference


def difference(before: list[RosterPlace], after: list[RosterPlace]) -> Difference:
    """What happened between two lists of places."""
    old, new = {p.enrolment_id: p for p in before}, {p.enrolment_id: p for p in after}
    return Difference(
        joined=[p for key, p in new.items() if key not in old],
        left=[p for key, p in old.items() if key not in new],
        otherwise=[(old[k], p) for k, p in new.items() if k in old and _words(old[k]) != _words(p)],
    )


def _words(place: RosterPlace) -> tuple[str, str, str]:
    return place.name, place.post, place.told


def editions(cohort: Cohort) -> list[Edition]:
    """Every version of the roster, newest first."""
    rows = cohort.rosters.select_related("case").prefetch_related("places__sender", "places__enrolment__person")
    found: list[Edition] = []
    for version in rows.order_by("number"):
        places = list(version.places.all())
        before = found[-1].places if found else places
        found.append(Edition(version, places, difference(before, places)))
    return found[::-1]


def since_filed(cohort: Cohort, found: list[Edition]) -> Difference:
    """What is otherwise today than on the newest version: nothing, unless somebody went round the change."""
    return difference(found[0].places, places_today(cohort)) if found else Difference([], [], [])


@translation.override("zh-hans")
def roster_version_table(version: RosterVersion, *, dated: dt.date) -> bytes:
    """A version as .xlsx, identity numbers masked."""
    columns = [
        Column("序号", "serial"),
        Column("姓名", "text", 12, align="center"),
        Column("公民身份号码", "text", 24, align="center"),
        Column("报名单位", "text", 36),
        Column("岗位", "text", 18),
        Column("报名事项", "text", 24),
    ]
    places = version.places.select_related("sender", "enrolment__person").order_by("position")
    rows = [(p.name, mask_id(p.enrolment.person.id_number), p.sender.name, p.post, p.told) for p in places]
    made = f"第{version.number}版 {version.made_at:%Y-%m-%d}　{version.reason}"
    return office_table(
        OfficeTable(
            title=f"{version.cohort.name}花名册",
            columns=columns,
            rows=rows,
            subtitle=(made, f"规则版本：{version.rule_version[:12]}"),
            sign_off=("承接单位（盖章）：", "负责人：", "经办人："),
            totals=False,
            sheet=f"第{version.number}版",
            dated=dated,
        )
    )
