"""Whose online classes an officer sees, and by which policy their hours are counted."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.accounts.models import Unit
from peibu.learning.hours.class_hours import hour_unit
from peibu.learning.models import OnlineClass
from peibu.programmes.models import ListedUnit
from peibu.rulebook import Policy, load_policy

READERS = (Role.CITY_BUREAU, Role.HRSS_APPROVER, Role.AGENCY_REVIEWER, Role.AUDITOR)


def platforms_for(actor: Actor) -> QuerySet[Unit]:
    """The units that send learning records, as far as the officer's district goes."""
    rows = Unit.objects.filter(pk__in=OnlineClass.objects.values("tenant"))
    return rows if actor.whole_city else rows.filter(division__in=actor.division_ids())


def online_classes_for(actor: Actor) -> QuerySet[OnlineClass]:
    """Classes of those units, the newest first."""
    units = platforms_for(actor).values("pk")
    return OnlineClass.objects.filter(tenant__in=units).order_by("-begins_on", "title", "pk")


def policies_of(units: Iterable[UUID], *, on: dt.date) -> dict[UUID, Policy]:
    """By unit: the policy on whose published list it stands and that knows class hours of online training."""
    rows = ListedUnit.objects.filter(unit__in=list(units), valid_from__lte=on).order_by("valid_from")
    found = {}
    for unit, path in rows.values_list("unit", "published__policy"):
        policy = load_policy(path)
        if hour_unit(policy, on=on) is not None:
            found[unit] = policy
    return found
