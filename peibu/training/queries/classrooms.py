"""Which classes and sessions a teacher, a provider's clerk or a trainee may see. Everything else does not exist."""

from django.db.models import Q, QuerySet

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.casework.enums import Purpose
from peibu.casework.models import Document
from peibu.training.enums import CohortStage, EnrolmentState, LeaveState
from peibu.training.models import Cohort, Enrolment, Leave, Session

HIDDEN = (CohortStage.FILING, CohortStage.CANCELLED)


def sessions_run_by(actor: Actor) -> QuerySet[Session]:
    """Sessions of confirmed classes: a teacher's own, or all of a provider."""
    rows = Session.objects.exclude(cohort__stage__in=HIDDEN).select_related(
        "cohort__provider", "teacher", "base", "check_in"
    )
    if actor.role == Role.PROVIDER and actor.unit is not None:
        return rows.filter(cohort__provider=actor.unit).order_by("starts_at")
    if actor.role == Role.TEACHER and actor.person_key:
        return rows.filter(teacher_key=actor.person_key).order_by("starts_at")
    return rows.none()


def classes_run_by(actor: Actor) -> QuerySet[Cohort]:
    """Confirmed classes of a provider, or those a teacher teaches in."""
    rows = Cohort.objects.exclude(stage__in=HIDDEN).select_related("provider", "plan")
    if actor.role == Role.PROVIDER and actor.unit is not None:
        return rows.filter(provider=actor.unit).order_by("-opens_on", "name")
    if actor.role == Role.TEACHER and actor.person_key:
        mine = Session.objects.filter(teacher_key=actor.person_key).values("cohort_id")
        return rows.filter(pk__in=mine).order_by("-opens_on", "name")
    return rows.none()


def enrolments_of(actor: Actor) -> QuerySet[Enrolment]:
    """A trainee's own places in confirmed classes, newest class first."""
    if actor.role != Role.TRAINEE or not actor.person_key:
        return Enrolment.objects.none()
    rows = Enrolment.objects.filter(person__key=actor.person_key, state=EnrolmentState.ACTIVE)
    rows = rows.exclude(cohort__stage__in=HIDDEN)
    return rows.select_related("cohort__provider", "person", "enterprise").order_by("-cohort__opens_on", "cohort_id")


def sessions_attended(enrolments: QuerySet[Enrolment]) -> QuerySet[Session]:
    """The sessions of these places: those of their classes, and those of other classes that make up for a missed one."""
    make_ups = Leave.objects.filter(enrolment__in=enrolments.order_by().values("pk"), state=LeaveState.GRANTED)
    own = Q(cohort_id__in=enrolments.order_by().values("cohort_id"))
    rows = Session.objects.filter(own | Q(pk__in=make_ups.filter(make_up__isnull=False).values("make_up_id")))
    return rows.exclude(cohort__stage__in=HIDDEN)


def photos_seen_by(actor: Actor) -> QuerySet[Document]:
    """Site photos of the actor's classes: those run, or those attended."""
    if actor.role == Role.TRAINEE:
        mine = Q(subject_id__in=enrolments_of(actor).values("cohort_id"))
    else:
        mine = Q(subject_id__in=classes_run_by(actor).values("pk"))
    return Document.objects.filter(mine, purpose=Purpose.SITE_PHOTO)
