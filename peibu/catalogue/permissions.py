"""Who may publish a catalogue."""

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.accounts.models import Division
from peibu.kernel.errors import Refused

PUBLISHERS = (Role.CITY_BUREAU, Role.HRSS_APPROVER)


def divisions_of(by: Actor) -> list[Division]:
    """The divisions for which somebody publishes: the city's bureau the city, a district's its district and zones."""
    if by.role not in PUBLISHERS or by.unit is None:
        return []
    if by.role == Role.CITY_BUREAU:
        return [by.unit.division]
    return list(Division.objects.filter(pk__in=by.division_ids()).order_by("code", "name"))


def require_publisher(by: Actor, division: Division) -> None:
    """Refuse whoever does not publish for the division."""
    if division.pk not in {row.pk for row in divisions_of(by)}:
        raise Refused(
            f"只有{division.name}的人力资源社会保障主管部门可以发布该地的目录",
            "not_yours",
            "请由该地主管部门的账号办理",
        )
