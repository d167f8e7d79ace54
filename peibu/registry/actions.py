"""Deeds on the registers."""

import datetime as dt

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.models import Unit
from peibu.accounts.secrecy import person_key
from peibu.kernel.errors import Refused
from peibu.kernel.identity import check_id_number, check_name
from peibu.registry.models import Teacher

YOUNGEST_TEACHER = 18


def add_teacher(
    *, unit: Unit, name: str, id_number: str, title: str, full_time: bool, by: Actor, at: dt.datetime
) -> Teacher:
    """Put a teacher or an outside expert on a unit's own list (QD97.2.3); the number is hashed, not stored.

    The same person again with the same name changes nothing; under another name it is refused.
    """
    if by.unit is None or by.unit.pk != unit.pk:
        raise Refused("只能维护本单位的教师名册", "foreign_unit", "请使用本单位的账号")
    name = check_name(name)
    number = check_id_number(id_number, timezone.localdate(at), min_age=YOUNGEST_TEACHER).number
    row, made = Teacher.objects.get_or_create(
        unit=unit,
        person_key=person_key(number),
        defaults={"name": name, "title": title.strip(), "full_time": full_time},
    )
    if not made and row.name != name:
        raise Refused(
            f"该身份证号码已登记为教师“{row.name}”，与所填姓名“{name}”不一致",
            "teacher_name",
            "请对照身份证核对姓名和号码",
        )
    return row
