"""What is known of a payee: its claims without money, its people, its account changes."""

from django.db.models import Q, QuerySet

from peibu.accounts.actor import Actor
from peibu.accounts.models import Unit, User
from peibu.casework.models import Case
from peibu.payments.amounts import outstanding_fen
from peibu.payments.enums import ChangeState
from peibu.payments.models import AccountChange

OPEN = (ChangeState.PROPOSED, ChangeState.COOLING, ChangeState.OBJECTED)


def unpaid_cases(unit: Unit) -> list[Case]:
    """Cases of a payee with approved money that has not arrived, by number: also the rest of a claim paid in part, and
    what the bank sent back after the claim was closed."""
    rows = Case.objects.filter(claim__enterprise=unit, claim__approved_fen__gt=0)
    rows = rows.select_related("division", "claim").order_by("number")
    return [case for case in rows if outstanding_fen(case) > 0]


def old_contacts(change: AccountChange) -> list[User]:
    """Everybody who acts for the payee on the day of the proposal, but the natural person who proposed."""
    on = change.proposed_at.date()
    rows = User.objects.filter(assignments__unit=change.unit, assignments__valid_from__lte=on)
    rows = rows.filter(Q(assignments__valid_until__isnull=True) | Q(assignments__valid_until__gte=on))
    return list(rows.exclude(person_key=change.proposed_key).distinct().order_by("pk"))


def changes_for(actor: Actor) -> QuerySet[AccountChange]:
    """Changes the actor may see: an officer those of payees of the district or with claims there, others their own."""
    rows = AccountChange.objects.select_related("unit", "old_account", "evidence", "proposed_by", "confirmed_by")
    rows = rows.order_by("-proposed_at", "-pk")
    if not actor.is_officer:
        return rows.filter(unit=actor.unit) if actor.unit is not None else rows.none()
    if actor.whole_city:
        return rows
    mine = actor.division_ids()
    with_claims = Case.objects.filter(division__in=mine, claim__isnull=False).values("applicant")
    return rows.filter(Q(division__in=mine) | Q(unit__in=with_claims))


def open_change(unit: Unit) -> AccountChange | None:
    """The change under way of a payee; at most one."""
    return AccountChange.objects.filter(unit=unit, state__in=OPEN).first()
