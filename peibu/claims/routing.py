"""To which office a claim goes, and why: by the folder's `route` (QD97.5.1, JN6.4.3a, HD2.5.15a, QD10.2.1c)."""

import dataclasses
import datetime as dt

from peibu.accounts.models import Division, Unit
from peibu.claims.offers import Offer
from peibu.kernel.errors import Refused
from peibu.registry.models import Employment, Person
from peibu.rulebook import load_policy


@dataclasses.dataclass(frozen=True)
class Route:
    """The office, the division whose desk it is, and the reason in a sentence."""

    agency: Unit
    division: Division
    why: str


def route_of(
    offer: Offer, *, unit: Unit | None, person: Person | None, chosen: Division | None, at: dt.datetime
) -> Route:
    """chosen: the district a person names where no register knows the place of work. Refused: no office for it."""
    if offer.route == "registration" or (offer.route == "work" and unit is not None):
        home = unit.division
        served = f"，该功能区的业务由{home.served_by.name}受理" if home.served_by_id else ""
        return _at(home, f"{unit.name}注册地为{home.name}{served}")
    if offer.route == "work":
        return _of_work(person, chosen, at)
    if offer.route == "city":
        city = Division.objects.filter(kind="city").first()
        office = Unit.objects.filter(kind="hrss", division=city).first()
        if office is None:
            raise Refused("没有登记市级主管部门", "no_agency", "请联系系统管理员登记受理机构")
        return Route(office, city, f"该项目由市级组织，由{office.name}受理")
    card = load_policy(offer.policy).card
    division = Division.objects.filter(code=card["division"]).first()
    if division is None:
        raise Refused(f"没有登记{card['jurisdiction']}的受理机构", "no_agency", "请联系市级主管部门登记受理机构")
    return _at(division, f"{card['document_number']}由{card['jurisdiction']}实施")


def work_of(person: Person, *, at: dt.datetime) -> Employment | None:
    """The newest known work of a person that has not ended."""
    rows = Employment.objects.filter(person=person, known_at__lte=at, ended_on__isnull=True)
    return rows.select_related("unit__division__served_by").order_by("-known_at", "-id").first()


def _of_work(person: Person, chosen: Division | None, at: dt.datetime) -> Route:
    work = work_of(person, at=at)
    if work is not None:
        return _at(work.unit.division, f"就业登记显示您在{work.unit.name}工作，其注册地为{work.unit.division.name}")
    if chosen is None:
        raise Refused("没有查到您的就业登记", "place_of_work_unknown", "请选择您工作或居住所在的区（市）")
    return _at(chosen, f"您申报工作或居住在{chosen.name}")


def _at(home: Division, why: str) -> Route:
    found = Unit.objects.filter(kind="agency", division=home.desk).first()
    if found is None:
        told = f"{home.name}没有登记受理补贴申领的公共就业服务机构"
        raise Refused(told, "no_agency", "请联系市级主管部门登记受理机构")
    return Route(found, found.division, f"{why}，由{found.name}受理")
