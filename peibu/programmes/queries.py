"""Questions about programmes."""

import datetime as dt

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from peibu.accounts.models import Unit
from peibu.programmes.models import ListedUnit, ListingPause, PublishedList, Quota
from peibu.rulebook import Policy, list_policies, load_policy


def current_policies() -> list[Policy]:
    """Every policy folder, newest issue first."""
    policies = [load_policy(path) for path in list_policies()]
    return sorted(policies, key=lambda p: str(p.card["issued"]), reverse=True)


def running_policies() -> list[Policy]:
    """The policies that are carried out here: those whose list of teaching units has been published, newest first."""
    started = set(PublishedList.objects.values_list("policy", "role"))
    running = (policy for policy in current_policies() if policy.delivery is not None)
    return [policy for policy in running if (policy.path, policy.delivery.list) in started]


def published_lists(policy: str) -> QuerySet[PublishedList]:
    return (
        PublishedList.objects.filter(policy=policy).prefetch_related("units__unit__division").order_by("role", "batch")
    )


def listed(policy: str, role: str, *, on: dt.date) -> QuerySet[ListedUnit]:
    """Who stands on the policy's lists on a day and is not paused on it, in list order."""
    rows = ListedUnit.objects.filter(published__policy=policy, published__role=role, valid_from__lte=on)
    rows = rows.filter(awaits_signature=False)
    rows = rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=on))
    # a pause holds back only its own days: afterwards the unit is listed again
    rows = rows.exclude(Exists(ListingPause.objects.filter(listing=OuterRef("pk"), days__contains=on)))
    return rows.select_related("unit__division", "published").order_by("published__batch", "position")


def is_listed(unit: Unit, policy: str, role: str, *, on: dt.date) -> bool:
    return listed(policy, role, on=on).filter(unit=unit).exists()


def quotas(policy: str) -> QuerySet[Quota]:
    """Parents before children."""
    return Quota.objects.filter(policy=policy).order_by(F("parent_id").asc(nulls_first=True), "code")
