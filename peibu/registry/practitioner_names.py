"""Correct a name on the register of practitioners."""

import datetime as dt

from django.db import transaction

from peibu.accounts.actor import Actor
from peibu.kernel.errors import Refused
from peibu.kernel.identity import check_name
from peibu.registry.models import NameCorrection, Practitioner, Teacher
from peibu.registry.practitioner_queries import in_reach
from peibu.registry.practitioners import OFFICERS


@transaction.atomic
def correct_name(*, person: Practitioner, name: str, source: str, by: Actor, at: dt.datetime) -> Practitioner:
    """Put the right name on the register and on the units' lists of teachers; papers already made keep theirs.

    Refused: no officer, or nobody of the office's district; no name; the same name; no source.
    """
    if by.role not in OFFICERS or not in_reach(by).filter(pk=person.pk).exists():
        raise Refused("只有经办机构可以更正本辖区人员的姓名", "not_an_officer", "请持身份证到所在区（市）经办机构办理")
    name = check_name(name)
    row = Practitioner.objects.select_for_update().get(pk=person.pk)
    if name == row.name:
        raise Refused("更正后的姓名与登记的姓名相同", "a_corrected_name_is_another", "请填写身份证上的姓名")
    if not source.strip():
        raise Refused("没有写明依据", "a_corrected_name_is_another", "请写明核对的证件")
    NameCorrection.objects.create(
        person=row, was=row.name, becomes=name, source=source.strip()[:200], corrected_by=by.user, corrected_at=at
    )
    row.name = name
    row.save(update_fields=["name"])
    Teacher.objects.filter(person_key=row.person_key).update(name=name)
    return row
