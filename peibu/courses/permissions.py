"""Who may make courses, who may learn in which."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.accounts.models import Unit
from peibu.courses.enums import Audience, EditionState
from peibu.courses.models import Course, Edition, NamedLearner, Registration
from peibu.kernel.verdict import Verdict, no, yes
from peibu.programmes.enums import ListRole
from peibu.programmes.models import ListedUnit
from peibu.programmes.queries import listed
from peibu.registry.models import Employment, Person
from peibu.training.enums import EnrolmentState
from peibu.training.models import Enrolment

MAKERS = (Role.PROVIDER, Role.ENTERPRISE)
# The list on which a unit or its course must stand for each audience (JN6.2, 6.3.1, 6.4a, 6.5a).
LIST_OF = {
    Audience.ALL_WORKERS: ListRole.PLATFORM,
    Audience.OWN_STAFF: ListRole.COURSE,
    Audience.OWN_STUDENTS: ListRole.COURSE,
}


def courses_of(unit: Unit | None) -> QuerySet[Course]:
    """What a unit has made; nothing for who acts for no unit."""
    rows = Course.objects.filter(unit=unit) if unit is not None else Course.objects.none()
    return rows.select_related("unit", "division").order_by("-created_at")


def can_make(actor: Actor, course: Course | None = None) -> Verdict:
    """Make courses, or change one of the own."""
    if actor.role not in MAKERS or actor.unit is None:
        return no("只有培训机构、平台和企业可以制作线上课程")
    if course is not None and course.unit_id != actor.unit.pk:
        return no("这不是本单位的课程")
    return yes()


def listing_of(course: Course, *, on: dt.date) -> ListedUnit | None:
    """The listing that lets a course be taught to its audience on a day: of the platform, or of this very course."""
    rows = listed(course.policy, LIST_OF[Audience(course.audience)], on=on).filter(unit=course.unit_id)
    return rows.filter(Q(name="") | Q(name=course.title)).first()


def open_to(person: Person, *, on: dt.date) -> QuerySet[Course]:
    """The published courses a person may learn in: of platforms all, of others only as one of their own (JN6.3.1, 6.4a)."""
    working = Q(ended_on__isnull=True) | Q(ended_on__gte=on)
    works = Employment.objects.filter(working, person=person, unit=OuterRef("unit"))
    learns = Enrolment.objects.filter(person=person, state=EnrolmentState.ACTIVE, cohort__provider=OuterRef("unit"))
    named = NamedLearner.objects.filter(course=OuterRef("pk"), person=person)
    own_staff = Q(audience=Audience.OWN_STAFF) & (Exists(works) | Exists(named))
    own_student = Q(audience=Audience.OWN_STUDENTS) & (Exists(learns) | Exists(named))
    taught = Edition.objects.filter(course=OuterRef("pk"), state=EditionState.PUBLISHED)
    rows = Course.objects.filter(Q(audience=Audience.ALL_WORKERS) | own_staff | own_student)
    return rows.filter(Exists(taught)).select_related("unit").order_by("title", "pk")


def registrations_of(actor: Actor) -> QuerySet[Registration]:
    """The courses of the signed-in learner."""
    if actor.role != Role.TRAINEE or not actor.person_key:
        return Registration.objects.none()
    rows = Registration.objects.filter(person__key=actor.person_key)
    return rows.select_related("course__unit", "edition", "person").order_by("-registered_at")
