"""Questions about leave: whose place in a session counts, what may make up for what."""

import datetime as dt

from django.db.models import Q, QuerySet

from peibu.training.enums import EnrolmentState, LeaveState
from peibu.training.models import Enrolment, Leave, Seat, Session
from peibu.training.queries.classrooms import HIDDEN


def place_in(session: Session, person_key: str) -> Enrolment | None:
    """A person's enrolment that may sign in to a session: of its class, or one that makes up for a missed session
    here. A cancelled one is returned too, so that the refusal can say so."""
    if not person_key:
        return None
    guest = Q(leaves__make_up=session, leaves__state=LeaveState.GRANTED)
    rows = Enrolment.objects.filter(Q(cohort=session.cohort_id) | guest, person__key=person_key)
    return rows.order_by("state", "id").first()  # active before cancelled


def guests_of(session: Session) -> QuerySet[Enrolment]:
    """People of other classes who make up for a missed session here."""
    rows = Enrolment.objects.filter(
        leaves__make_up=session, leaves__state=LeaveState.GRANTED, state=EnrolmentState.ACTIVE
    )
    return rows.select_related("person", "enterprise", "cohort").order_by("person__name", "id").distinct()


def leaves_of(session: Session) -> QuerySet[Leave]:
    """Requests for a session, those to be decided first."""
    rows = Leave.objects.filter(session=session).exclude(state=LeaveState.WITHDRAWN)
    return rows.select_related("enrolment__person", "decided_by", "make_up__cohort").order_by("state", "asked_at")


def own_leave(enrolment: Enrolment, session: Session) -> Leave | None:
    """The latest request of a trainee for a session."""
    rows = Leave.objects.filter(enrolment=enrolment, session=session).select_related("make_up__cohort", "decided_by")
    return rows.order_by("-asked_at", "-id").first()


def make_up_choices(session: Session, *, at: dt.datetime) -> QuerySet[Session]:
    """Sessions that can make up for this one: the same kind and course, no shorter, in another running class of the
    same provider and policy, not begun."""
    rows = Session.objects.filter(
        cohort__provider=session.cohort.provider_id,
        cohort__policy=session.cohort.policy,
        kind=session.kind,
        subject=session.subject,
        class_hours__gte=session.class_hours,
        starts_at__gt=at,
        active=True,
    )
    rows = rows.exclude(cohort=session.cohort_id).exclude(cohort__stage__in=HIDDEN)
    return rows.select_related("cohort").order_by("starts_at")


def is_free(enrolment: Enrolment, session: Session) -> bool:
    """Has the person no seat at the time of a session? Whoever is on leave has none in the session missed."""
    rows = Seat.objects.filter(
        person=enrolment.person_id, starts_at__lt=session.ends_at, ends_at__gt=session.starts_at
    )
    return not rows.exists()
