"""Is the person who the roster says? Ask the population register, keep what it said, tell what is known (HD2.6.19b)."""

import datetime as dt
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.conf import settings

from peibu.accounts import clock
from peibu.accounts.actor import Actor
from peibu.gateways.identity import Ask, FakeIdentity, GatewayAway, HttpIdentity, IdentityService
from peibu.kernel.ids import uuid7
from peibu.registry.enums import IdentityVerdict
from peibu.registry.models import IdentityCheck, Person

NOBODY = "未配置核验接口"
ANSWERED = (IdentityVerdict.MATCH, IdentityVerdict.MISMATCH)


def service() -> IdentityService | None:
    """The register by setting; in demo mode one of the demo; None where nothing is set up."""
    if settings.IDENTITY["url"]:
        return HttpIdentity(settings.IDENTITY["url"], settings.IDENTITY["key"])
    return FakeIdentity(clock=clock.now) if settings.DEMO else None


def check_identities(
    *, people: Sequence[Person], by: Actor, at: dt.datetime, register: IdentityService | None
) -> list[IdentityCheck]:
    """Ask about some people and keep every result; a register that is away, or none, leaves `unknown` for each."""
    rows = [
        IdentityCheck(
            id=uuid7(), person=person, verdict=IdentityVerdict.UNKNOWN, asked_at=at, asked_by=by.user,
            source=register.source if register else NOBODY,
        )
        for person in people
    ]  # fmt: skip
    asks = [Ask(str(row.pk), row.person.name, row.person.id_number) for row in rows]
    try:
        answers = register.check(asks) if register and asks else []
    except GatewayAway:
        answers = []
    for row, answer in zip(rows, answers, strict=False):
        row.verdict, row.reference, row.answered_at = answer.verdict, answer.reference, answer.answered_at
    return IdentityCheck.objects.bulk_create(rows)


def latest_checks(people: Iterable[UUID], *, known_at: dt.datetime) -> dict[UUID, IdentityCheck]:
    """By person the newest answer at a moment; who has none: the newest try. A try without answer hides no answer."""
    rows = IdentityCheck.objects.filter(person__in=list(people), asked_at__lte=known_at).order_by("asked_at", "id")
    found: dict[UUID, IdentityCheck] = {}
    for row in rows:
        before = found.get(row.person_id)
        if row.verdict in ANSWERED or before is None or before.verdict not in ANSWERED:
            found[row.person_id] = row
    return found


def real_names(people: Iterable[UUID], *, known_at: dt.datetime) -> dict[UUID, bool]:
    """By person the fact `real_name_verified`; who is not in it is unknown."""
    checks = latest_checks(people, known_at=known_at)
    return {key: row.verdict == IdentityVerdict.MATCH for key, row in checks.items() if row.verdict in ANSWERED}
