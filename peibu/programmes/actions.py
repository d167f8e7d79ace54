"""Deeds of programmes: publish a list, take and release places, accept a commitment."""

import datetime as dt
import hashlib
from uuid import UUID

from django.db import transaction
from django.db.models import F

from peibu.accounts.actor import Actor
from peibu.accounts.models import Unit
from peibu.kernel.errors import Refused
from peibu.programmes.models import Commitment, Quota, QuotaPlace
from peibu.rulebook import load_policy


@transaction.atomic
def take_places(*, policy: str, code: str, holders: list[str], at: dt.datetime) -> list[Quota]:
    """Take one place per holder (person key) in the quota and in every quota above it: all or none (QD97.4.1).

    The counter is moved by one conditional UPDATE, innermost first in a fixed order, so that two people after the
    last place cannot both get it.
    """
    chain = _chain(policy, code)
    for quota in chain:
        _take(quota, holders, at)
    return chain


def _chain(policy: str, code: str) -> list[Quota]:
    quota = Quota.objects.filter(policy=policy, code=code).first()
    if quota is None:
        raise Refused(f"政策没有名为“{code}”的名额", "no_quota", "请联系市级主管部门设置名额")
    chain = [quota]
    while chain[-1].parent_id:
        chain.append(chain[-1].parent)
    return chain


def _take(quota: Quota, holders: list[str], at: dt.datetime) -> None:
    # The row lock comes first: what is counted below can then not change before the update.
    locked = Quota.objects.select_for_update().get(pk=quota.pk)
    have = set(quota.places.filter(released_at__isnull=True, holder__in=holders).values_list("holder", flat=True))
    new = sorted(set(holders) - have)
    taken = Quota.objects.filter(pk=quota.pk, used__lte=F("limit") - len(new)).update(used=F("used") + len(new))
    if not taken:
        raise Refused(
            f"“{locked.label}”剩余名额{locked.free}个，本次需要{len(new)}个，名额不足",
            "quota_exhausted",
            f"请减少到{locked.free}人以内后再提交，或联系市级主管部门",
        )
    QuotaPlace.objects.bulk_create(QuotaPlace(quota=quota, holder=holder, taken_at=at) for holder in new)


@transaction.atomic
def release_places(*, policy: str, code: str, holders: list[str], at: dt.datetime) -> None:
    """Give places back, in the quota and in every quota above it."""
    for quota in _chain(policy, code):
        Quota.objects.select_for_update().get(pk=quota.pk)
        given = quota.places.filter(released_at__isnull=True, holder__in=holders).update(released_at=at)
        Quota.objects.filter(pk=quota.pk).update(used=F("used") - given)


def accept_commitment(
    *, unit: Unit, policy: str, text_code: str, version: str, subject_id: UUID, by: Actor, at: dt.datetime
):
    """Keep an accepted commitment with text, version, time and account (QD97.3.3). Refuses an outdated version."""
    text = load_policy(policy).texts[text_code]
    if version != text.version:
        raise Refused(
            "承诺书文本已更新，您看到的不是现行版本", "commitment_outdated", "请刷新页面，阅读现行文本后再确认"
        )
    return Commitment.objects.create(
        unit=unit,
        user=by.user,
        policy=policy,
        text_version=version,
        text_sha256=hashlib.sha256(text.body.encode()).hexdigest(),
        text=text.body,
        subject_id=subject_id,
        accepted_at=at,
    )
