"""A version of the roster: the people of a class frozen with who, when, why and on which rules."""

import datetime as dt

from peibu.accounts.actor import Actor
from peibu.casework.models import Case
from peibu.rulebook import load_policy
from peibu.training.enums import EnrolmentState
from peibu.training.models import Cohort, RosterPlace, RosterVersion


def places_today(cohort: Cohort) -> list[RosterPlace]:
    """The people in the class now, as a version would hold them (not saved)."""
    rows = cohort.enrolments.filter(state=EnrolmentState.ACTIVE).select_related("person", "enterprise", "line")
    return [
        RosterPlace(
            position=position, enrolment=row, sender=row.enterprise, name=row.person.name, post=row.line.post,
            told=row.line.told[:300],
        )
        for position, row in enumerate(rows.order_by("enterprise__name", "line__position", "id"), start=1)
    ]  # fmt: skip


def keep_roster(*, cohort: Cohort, case: Case, reason: str, by: Actor, at: dt.datetime) -> RosterVersion:
    """Freeze the roster; when nobody came, left or was told otherwise since the last version, that one stays the last."""
    places = places_today(cohort)
    last = cohort.rosters.order_by("-number").first()
    if last is not None and [_told(p) for p in last.places.all()] == [_told(p) for p in places]:
        return last
    version = RosterVersion.objects.create(
        cohort=cohort,
        number=last.number + 1 if last else 1,
        case=case,
        reason=reason.strip()[:300],
        made_by=by.user,
        made_by_name=by.name,
        made_at=at,
        rule_version=load_policy(cohort.policy).fingerprint,
    )
    for place in places:
        place.version = version
    RosterPlace.objects.bulk_create(places)
    return version


def _told(place: RosterPlace) -> tuple:
    return place.enrolment_id, place.sender_id, place.name, place.post, place.told
