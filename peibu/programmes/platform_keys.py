"""Keys for platforms: given by the bureau to a platform on a published list, shown once, taken back with a reason."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role, Scope
from peibu.accounts.models import PlatformKey, Unit
from peibu.accounts.platforms import digest_of, new_secret
from peibu.kernel.errors import Refused
from peibu.kernel.ids import uuid7
from peibu.programmes.enums import ListRole
from peibu.programmes.models import ListedUnit, ListingPause

ISSUERS = (Role.CITY_BUREAU,)
READERS = (Role.CITY_BUREAU, Role.AUDITOR)  # keys, counts and failures are those of the whole city
LONGEST = dt.timedelta(days=366)


def listed_platforms(*, on: dt.date) -> QuerySet[Unit]:
    """The platforms on any published list on a day, those paused on it left out."""
    rows = ListedUnit.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=on),
        published__role=ListRole.PLATFORM, unit=OuterRef("pk"), valid_from__lte=on, awaits_signature=False,
    ).exclude(Exists(ListingPause.objects.filter(listing=OuterRef("pk"), days__contains=on)))  # fmt: skip
    return Unit.objects.filter(Exists(rows)).select_related("division").order_by("name")


@transaction.atomic
def issue_key(
    *, unit: Unit, label: str, scopes: Sequence[str], expires_on: dt.date, by: Actor, at: dt.datetime
) -> tuple[PlatformKey, str]:
    """A new key and its secret, which is not kept. Refused: not the bureau, not a listed platform, no end within a year."""
    on = timezone.localdate(at)
    if by.role not in ISSUERS:
        raise Refused("平台密钥由市级主管部门签发", "not_the_bureau", "请联系市级主管部门")
    if not listed_platforms(on=on).filter(pk=unit.pk).exists():
        raise Refused("该单位不在已公布的线上培训平台名单内", "not_a_listed_platform", "请先公布平台名单，再签发密钥")
    if not on <= expires_on <= on + LONGEST:
        raise Refused("有效期应从今天起，最长一年", "key_validity", "请重新选择有效期")
    known = [code for code in Scope.values if code in scopes]
    if not label.strip() or not known:
        raise Refused("没有填写用途或没有选择权限", "key_incomplete", "请填写用途并至少选择一项权限")
    secret = new_secret()
    key = PlatformKey.objects.create(
        id=uuid7(), unit=unit, label=label.strip(), scopes=known, digest=digest_of(secret), issued_by=by.user,
        issued_at=at, expires_on=expires_on,
    )  # fmt: skip
    return key, secret


@transaction.atomic
def revoke_key(*, key: PlatformKey, why: str, by: Actor, at: dt.datetime) -> None:
    """Take a key back at once and for good. Refused: not the bureau, no reason, taken back already."""
    if by.role not in ISSUERS:
        raise Refused("平台密钥由市级主管部门吊销", "not_the_bureau", "请联系市级主管部门")
    if not why.strip():
        raise Refused("没有填写吊销原因", "no_reason", "请写明原因，例如密钥泄露或平台退出名单")
    changed = PlatformKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(
        revoked_by=by.user, revoked_at=at, revoked_why=why.strip()
    )
    if not changed:
        raise Refused("该密钥已吊销", "revoked_already", "不需要再次吊销")
