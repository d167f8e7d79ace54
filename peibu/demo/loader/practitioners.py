"""What the city's teachers, examiners and experts hold and where they belong; a few papers have run out on purpose."""

import datetime as dt

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.accounts.models import Assignment, Unit
from peibu.accreditation.models import Expert
from peibu.demo.city.draw import stream
from peibu.demo.loader.base import Loaded
from peibu.registry.models import Practitioner, Teacher
from peibu.registry.practitioners import Held, engage, qualify

HIRED = dt.date(2018, 9, 1)
SOURCE = "核对证书原件（演示）"
# Of ten people one's paper ran out in the year of the story, and one's runs out soon after it.
ENDS = {3: dt.date(2020, 8, 31), 7: dt.date(2021, 2, 28)}
# Demo titles -> the codes documents ask for.
TITLES = {
    "教授": "senior_title", "副教授": "senior_title", "高级工程师": "senior_title", "正高级讲师": "senior_title",
    "高级实习指导教师": "senior_instructor",
}  # fmt: skip


def load_practitioners(loaded: Loaded, *, at: dt.datetime) -> None:
    """Through the actions of the units' own accounts; experts through the bureau that keeps their library."""
    keepers = _keepers()
    for number, teacher in enumerate(Teacher.objects.select_related("unit").order_by("name", "pk")):
        by, outside = keepers.get(teacher.unit_id), not teacher.full_time
        if by is None:
            continue
        examines = by.role == Role.EXAMINER
        person = Practitioner.objects.get(person_key=teacher.person_key)
        engage(
            person=person, unit=teacher.unit, role="examiner" if examines else "teacher", full_time=not outside,
            valid_from=HIRED, valid_until=dt.date(2021, 8, 31) if outside else None,
            source=f"聘用合同{HIRED.year}-{number:03d}号（演示）", by=by, at=at,
        )  # fmt: skip
        held = _examiner(number) if examines else _title(teacher, number)
        _qualify(loaded, person, teacher.unit, held, number, by, at)
        if not examines and not outside:
            licence = Held("teacher_licence", f"20{number:02d}3702{number:07d}", "市教育局（演示）")
            _qualify(loaded, person, teacher.unit, licence, 0, by, at)
    _experts(loaded, at)


def _keepers() -> dict[object, Actor]:
    rows = Assignment.objects.filter(role__in=(Role.PROVIDER, Role.EXAMINER)).select_related("user", "unit__division")
    return {row.unit_id: Actor(user=row.user, role=row.role, unit=row.unit) for row in rows.order_by("-pk")}


def _experts(loaded: Loaded, at: dt.datetime) -> None:
    row = Assignment.objects.select_related("user", "unit__division").get(
        user__username="o-370200-hrss-city_bureau-1", role=Role.CITY_BUREAU
    )
    bureau = Actor(user=row.user, role=row.role, unit=row.unit)
    for number, expert in enumerate(Expert.objects.prefetch_related("affiliations__unit")):
        person = Practitioner.objects.get(person_key=expert.person_key)
        unit = expert.affiliations.all()[0].unit
        engage(
            person=person, unit=unit, role="expert", full_time=False, valid_from=HIRED,
            source=f"任职证明{number:03d}号（演示）", by=bureau, at=at,
        )  # fmt: skip
        letter = Held("expert_letter", expert.number, row.unit.name, occupation=expert.title)
        _qualify(loaded, person, None, letter, number + 2, bureau, at)


def _title(teacher: Teacher, number: int) -> Held:
    code = TITLES.get(teacher.title, "intermediate_title")
    return Held("title", f"ZC2016{number:05d}", "省人力资源和社会保障厅（演示）", title=code, occupation="自动化")


def _examiner(number: int) -> Held:
    kind = "examiner_card" if number % 2 else "senior_examiner_card"
    return Held(kind, f"KP37{number:08d}", "市职业技能鉴定指导中心（演示）", occupation="焊工", level="technician")


def _qualify(
    loaded: Loaded, person: Practitioner, unit: Unit | None, held: Held, number: int, by: Actor, at: dt.datetime
) -> None:
    since = dt.date(2016, 9, 1) + dt.timedelta(days=stream(loaded.city.seed, "paper", number).randrange(500))
    qualify(
        person=person, unit=unit, held=held, valid_from=since, valid_until=ENDS.get(number % 10), source=SOURCE, by=by,
        at=at,
    )  # fmt: skip
