"""Secret calendar addresses: make one, revoke it."""

import datetime as dt
import secrets

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.training.enums import FeedAudience
from peibu.training.models import CalendarFeed, Cohort
from peibu.training.queries.feeds import fingerprint, own_feed

SECRET_BYTES = 32
_OF_ROLE = {Role.TEACHER: FeedAudience.TEACHER, Role.TRAINEE: FeedAudience.TRAINEE}


def make_feed(*, by: Actor, at: dt.datetime, cohort: Cohort | None = None) -> str:
    """A new secret for the actor's own calendar, or for a class of the actor's unit; told once and never again.

    An earlier address of the same calendar is revoked with it. Refused: a foreign class; a role without sessions.
    """
    audience, key = _whose(by, cohort)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    with refusing():
        CalendarFeed.objects.filter(audience=audience, cohort=cohort, person_key=key, revoked_at=None).update(
            revoked_at=at
        )
        CalendarFeed.objects.create(
            audience=audience,
            cohort=cohort,
            person_key=key,
            secret_sha256=fingerprint(secret),
            made_by=by.user,
            made_at=at,
        )
    return secret


def _whose(by: Actor, cohort: Cohort | None) -> tuple[FeedAudience, str]:
    if cohort is not None:
        if by.role == Role.PROVIDER and by.unit is not None and cohort.provider_id == by.unit.pk:
            return FeedAudience.CLASS, ""
        raise Refused("该班次不属于您所在的单位", "foreign_class", "请使用承接单位的账号")
    if by.role not in _OF_ROLE or not by.person_key:
        raise Refused("该账号没有个人课程", "no_own_sessions", "请使用教师或学员账号")
    return _OF_ROLE[Role(by.role)], by.person_key


def revoke_feed(*, by: Actor, at: dt.datetime, cohort: Cohort | None = None) -> None:
    """From now on the address answers as if it had never been; revoking twice changes nothing."""
    _whose(by, cohort)
    row = own_feed(by, cohort)
    if row is not None:
        with refusing():
            CalendarFeed.objects.filter(pk=row.pk, revoked_at=None).update(revoked_at=at)
