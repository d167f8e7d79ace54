"""Places under the limits of a policy: all of a claim's at once, or none (ADR 0011)."""

import datetime as dt

from django.db import connection

from peibu.casework.refusals import refusing
from peibu.claims.grants import named
from peibu.claims.models import Claim, Entitlement, Place
from peibu.kernel.errors import Refused
from peibu.registry.models import Person
from peibu.rulebook import Policy
from peibu.rulebook.limits import Seat, seats_of

HELD_ONCE = "a_place_is_held_once"
MEETING = ("no_lower_level_after_a_higher", "one_side_of_an_exclusion", "places_in_a_moving_window")
_NAMED = 3


def lock_people(claim: Claim) -> None:
    """Whoever hands in a claim for one of these people next waits here, and then judges with what this one took."""
    people = claim.lines.values_list("person_id", flat=True)
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk").values_list("pk"))


def take(policy: Policy, held: list[Entitlement], *, at: dt.datetime) -> list[Place]:
    """Take a place for each entitlement under each limit that counts it: all or none, inside the caller's transaction.

    The keys are locked first, in one order for everybody. Refused: no place is left, a higher level or the other side
    of an exclusion stands; the earlier claim is named.
    """
    wanted = [(row, seat) for row in held for seat in _seats(policy, row)]
    with refusing():
        _lock({(seat.scope, seat.code, seat.key) for _row, seat in wanted})
        return [_take(policy, row, seat, at) for row, seat in wanted]


def _seats(policy: Policy, row: Entitlement) -> list[Seat]:
    day = dt.date.fromisoformat(row.columns["at"])
    return seats_of(policy, row.line.claim.subject, row.columns | {"at": day}, row.line.determination.facts)


def _lock(keys: set[tuple[str, str, str]]) -> None:
    with connection.cursor() as cursor:
        for key in sorted(keys):
            # the same lock that the trigger `places_agree` takes
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(concat_ws(chr(31), %s::text, %s::text, %s::text), 0))",
                key,
            )


def _take(policy: Policy, row: Entitlement, seat: Seat, at: dt.datetime) -> Place:
    numbered = seat.maximum is not None and seat.until is None
    tries = seat.maximum + 1 if numbered else 1
    for _try in range(tries):
        ordinal = _free(seat) if numbered else None
        if numbered and ordinal is None:
            break
        try:
            with refusing():
                return _placed(policy, row, seat, ordinal, at)
        except Refused as refusal:
            if refusal.code in MEETING:
                raise _met(policy, row, seat, refusal) from refusal
            if refusal.code != HELD_ONCE:
                raise
    raise _full(policy, row, seat)


def _placed(policy: Policy, row: Entitlement, seat: Seat, ordinal: int | None, at: dt.datetime) -> Place:
    return Place.objects.create(
        entitlement=row,
        scope=seat.scope,
        code=seat.code,
        key=seat.key,
        ordinal=ordinal,
        maximum=seat.maximum,
        parameter=seat.parameter,
        fingerprint=policy.fingerprint,
        rank=seat.rank,
        side=seat.side,
        day=seat.day,
        until=seat.until,
        taken_at=at,
    )


def _standing(seat: Seat):
    return Place.objects.filter(scope=seat.scope, code=seat.code, key=seat.key, released_at__isnull=True)


def _free(seat: Seat) -> int | None:
    """The lowest free number of the seat's key; None when all are taken."""
    taken = set(_standing(seat).filter(ordinal__isnull=False).values_list("ordinal", flat=True))
    return next((number for number in range(1, seat.maximum + 1) if number not in taken), None)


def _full(policy: Policy, row: Entitlement, seat: Seat) -> Refused:
    label = policy.fact_specs[seat.code].label
    told = f"{row.line.name}不能提交：“{label}”最多{seat.maximum}，已满{_others(policy, row, seat)}"
    return Refused(told, "limit_is_full", "请重新判定后再提交，或由在先的申领单位撤回")


def _met(policy: Policy, row: Entitlement, seat: Seat, refusal: Refused) -> Refused:
    label = policy.fact_specs[seat.code].label
    told = f"{row.line.name}不能提交：受“{label}”限制{_others(policy, row, seat)}"
    return Refused(told, refusal.code, "请重新判定后再提交")


def _others(policy: Policy, row: Entitlement, seat: Seat) -> str:
    """The person's own earlier claims; a quota names nobody else's."""
    if not policy.limits[seat.code].of_person:
        return ""
    rows = Entitlement.objects.filter(places__in=_standing(seat), person=row.person).exclude(pk=row.pk)
    told = named(
        rows.select_related(
            "line__claim__enterprise", "line__claim__cohort", "line__claim__held", "line__claim__case"
        )[:_NAMED]
    )
    return f"（{told}）" if told else ""


def release(lines, *, at: dt.datetime) -> None:
    """Give back what these lines hold."""
    rows = Place.objects.filter(entitlement__line__in=lines, released_at__isnull=True)
    rows.update(released_at=at)
