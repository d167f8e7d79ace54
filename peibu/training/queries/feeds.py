"""Which calendar an address opens, and which one an actor has."""

import hashlib

from django.db.models import QuerySet

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.training.enums import EnrolmentState, FeedAudience
from peibu.training.models import CalendarFeed, Cohort, Enrolment, Session
from peibu.training.queries.classrooms import HIDDEN, sessions_attended


def fingerprint(secret: str) -> str:
    """What is kept of a secret: its SHA-256 in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def own_feed(actor: Actor, cohort: Cohort | None = None) -> CalendarFeed | None:
    """The live address of the actor's own calendar, or of a class; its secret is not kept."""
    rows = CalendarFeed.objects.filter(revoked_at=None)
    if cohort is not None:
        return rows.filter(audience=FeedAudience.CLASS, cohort=cohort).first()
    audience = FeedAudience.TEACHER if actor.role == Role.TEACHER else FeedAudience.TRAINEE
    return rows.filter(audience=audience, person_key=actor.person_key).first() if actor.person_key else None


def feed_behind(secret: str) -> CalendarFeed | None:
    """The live feed of a secret; None for an unknown or revoked one, and when the account that made it is closed."""
    rows = CalendarFeed.objects.filter(revoked_at=None, made_by__is_active=True).select_related("cohort__provider")
    return rows.filter(secret_sha256=fingerprint(secret)).first()


def sessions_of_feed(feed: CalendarFeed) -> QuerySet[Session]:
    """What the calendar holds today: people who left a class lose it, whatever address they kept. The calendar of a class
    keeps the sessions of a cancelled one, so that they are told to be cancelled."""
    rows = Session.objects.select_related("cohort__provider", "teacher", "base", "room__venue").order_by("starts_at")
    if feed.audience == FeedAudience.CLASS:
        return rows.filter(cohort=feed.cohort)
    if feed.audience == FeedAudience.TEACHER:
        return rows.exclude(cohort__stage__in=HIDDEN).filter(teacher_key=feed.person_key)
    mine = Enrolment.objects.filter(person__key=feed.person_key, state=EnrolmentState.ACTIVE)
    return rows.filter(pk__in=sessions_attended(mine).values("pk"))
