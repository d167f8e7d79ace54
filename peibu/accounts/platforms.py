"""Who a programme is that comes with a platform's key: asked on every request, so a revocation counts at once."""

import base64
import binascii
import dataclasses
import datetime as dt
import hashlib
import hmac
import secrets
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest

from peibu.accounts.platform_models import PlatformKey

NOTED_EVERY = dt.timedelta(minutes=5)  # the time of last use need not be finer, and no row is written at each request


@dataclasses.dataclass(frozen=True)
class Platform:
    """A platform that has shown a valid key. `unit` owns what it sends and sees nothing of others."""

    key: UUID
    unit: UUID
    scopes: frozenset[str]

    def may(self, *scopes: str) -> bool:
        """Does the key hold one of these scopes?"""
        return not self.scopes.isdisjoint(scopes)


def new_secret() -> str:
    """A secret of 256 bits."""
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """What is kept of a secret. It is random and long, so one keyed SHA-256 is enough and costs no time."""
    return hmac.new(settings.INDEX_KEY.encode(), b"platform:" + secret.encode(), hashlib.sha256).hexdigest()


_NOBODY = digest_of("")  # compared when the key is unknown, so that both refusals take the same time


def platform_of(request: HttpRequest, *, at: dt.datetime, on: dt.date) -> Platform | None:
    """The platform whose key stands in the Authorization header (HTTP Basic); None unless it is valid now."""
    name, secret = _basic(request.META.get("HTTP_AUTHORIZATION", ""))
    row = PlatformKey.objects.filter(pk=name).first() if name else None
    right = hmac.compare_digest(row.digest if row else _NOBODY, digest_of(secret))
    if row is None or not right or row.revoked_at is not None or row.expires_on < on:
        return None
    if row.last_used_at is None or abs(at - row.last_used_at) > NOTED_EVERY:
        request.platform_key_used = row.pk
    return Platform(row.pk, row.unit_id, frozenset(row.scopes))


def note_use(key: UUID, *, at: dt.datetime) -> None:
    """Remember when a key was used; two requests at a time write once."""
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=at - NOTED_EVERY) | Q(last_used_at__gt=at + NOTED_EVERY)
    PlatformKey.objects.filter(stale, pk=key).update(last_used_at=at)


def _basic(header: str) -> tuple[UUID | None, str]:
    kind, _space, coded = header.partition(" ")
    if kind.lower() != "basic":
        return None, ""
    try:
        name, _colon, secret = base64.b64decode(coded, validate=True).decode().partition(":")
        return UUID(name), secret
    except (ValueError, binascii.Error):
        return None, ""
