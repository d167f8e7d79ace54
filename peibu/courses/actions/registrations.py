"""Into a course: whom a unit names as its own, who registers. Free of charge (JN6.2, 6.3.1, 6.4)."""

import datetime as dt

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.accounts.secrecy import person_key
from peibu.casework.refusals import refusing
from peibu.courses.actions.record import keep, teller
from peibu.courses.enums import EditionState
from peibu.courses.models import Course, NamedLearner, Registration
from peibu.courses.permissions import can_make, listing_of, open_to
from peibu.courses.statements import course_activity
from peibu.kernel.errors import Refused
from peibu.kernel.identity import check_id_number, check_name
from peibu.learning.reports import words
from peibu.registry.models import Person


def name_learner(
    *, course: Course, name: str, id_number: str, relation: str, by: Actor, at: dt.datetime
) -> NamedLearner:
    """Somebody the unit counts among its own. Refused: not the unit's course, no such number, another name on record."""
    verdict = can_make(by, course)
    if not verdict:
        raise Refused(verdict.reason, "not_your_course", "请使用制作课程的单位的账号")
    told, name = check_id_number(id_number, timezone.localdate(at)), check_name(name)
    with refusing():
        person, _made = Person.objects.get_or_create(
            key=person_key(told.number),
            defaults={"id_number": told.number, "name": name, "sex": told.sex[0], "born_on": told.birth},
        )
        if person.name != name:
            raise Refused("姓名与身份号码不符", "name_and_number", "请对照身份证核对")
        return NamedLearner.objects.get_or_create(
            course=course, person=person, defaults={"relation": relation, "named_by": by.user, "named_at": at}
        )[0]


def register(*, course: Course, by: Actor, at: dt.datetime) -> Registration:
    """Register the signed-in learner; again it is the same place. Refused: not open to this person, not listed now."""
    person = Person.objects.filter(key=by.person_key).first() if by.role == Role.TRAINEE and by.person_key else None
    if person is None:
        raise Refused("没有您的实名信息，不能报名", "no_person", "请使用本人实名账号登录")
    on = timezone.localdate(at)
    with refusing():
        here = Registration.objects.filter(course=course, person=person).first()
        if here is not None:
            return here
        if not open_to(person, on=on).filter(pk=course.pk).exists():
            raise Refused(
                "本课程不对您开放", "not_open_to_you", "企业和机构的课程只对本单位人员开放，请联系该单位登记"
            )
        if listing_of(course, on=on) is None:
            raise Refused("开课单位或课程今天不在公布的名单内", "not_listed", "请选择其他课程，或联系开课单位")
        edition = course.editions.get(state=EditionState.PUBLISHED)
        row = Registration.objects.create(
            course=course, edition=edition, person=person, division=course.division, registered_at=at
        )
        keep(row, [teller(row).tell(words.REGISTERED, course_activity(course), at, "registered")])
        return row
