"""Questions to the registers; evidence is read as it was known at a moment."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from peibu.accounts.actor import Actor
from peibu.accounts.models import Unit
from peibu.registry.enums import AboutKind
from peibu.registry.models import (
    BankAccount,
    EarlierGrant,
    Employment,
    HeldCertificate,
    InsuranceCoverage,
    InsuranceMonth,
    Person,
    RegisteredFact,
    RegisterEntry,
)


def on_register(unit: Unit, register: str, *, on: dt.date, known_at: dt.datetime) -> RegisterEntry | None:
    """The unit's entry on a dated register in force on a day, as known then; None when it is not on it."""
    rows = RegisterEntry.objects.filter(unit=unit, register=register, valid_from__lte=on, known_at__lte=known_at)
    return rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=on)).order_by("-known_at").first()


def employment_of(person: Person, unit: Unit, *, known_at: dt.datetime) -> Employment | None:
    """The newest known record of a person's work at a unit; None when the register has none."""
    return (
        Employment.objects.filter(person=person, unit=unit, known_at__lte=known_at)
        .order_by("-known_at", "-id")
        .first()
    )


def insurance_of(person: Person, *, known_at: dt.datetime) -> QuerySet[InsuranceMonth]:
    """All contribution records of a person known at a moment, at any unit."""
    rows = InsuranceMonth.objects.filter(person=person, known_at__lte=known_at)
    return rows.select_related("unit").order_by("month", "paid_on", "id")


def coverage_of(person: Person, *, known_at: dt.datetime) -> QuerySet[InsuranceCoverage]:
    """For which months the insurance bureau has answered; other months are unknown, not unpaid."""
    return InsuranceCoverage.objects.filter(person=person, known_at__lte=known_at).order_by("from_month")


def earlier_grants(person: Person, policy: str, *, known_at: dt.datetime) -> QuerySet[EarlierGrant]:
    return EarlierGrant.objects.filter(person=person, policy=policy, known_at__lte=known_at).order_by("paid_on")


def basic_account(unit: Unit, *, on: dt.date) -> BankAccount | None:
    """The unit's basic account in force on a day (QD97.5.4)."""
    rows = unit.bank_accounts.filter(kind="basic", valid_from__lte=on)
    return rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=on)).first()


def own_account(person: Person, *, on: dt.date) -> BankAccount | None:
    """The account in a person's own name in force on a day."""
    rows = person.bank_accounts.filter(valid_from__lte=on)
    return rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=on)).first()


def person_by_key(key: str) -> Person | None:
    return Person.objects.filter(key=key).first()


def found_on_register(
    register: str, *, name: str = "", uscc: str = "", known_at: dt.datetime
) -> QuerySet[RegisterEntry]:
    """Entries of a register, past ones too, for a credit code or for a part of a name; newest first per unit."""
    rows = RegisterEntry.objects.filter(register=register, known_at__lte=known_at)
    rows = rows.filter(unit__organisation__uscc=uscc) if uscc else rows.filter(unit__name__icontains=name)
    return rows.select_related("unit").order_by("unit__name", "-valid_from")


def registered(kind: str, abouts: Iterable[object], *, on: dt.date, known_at: dt.datetime) -> dict[str, dict]:
    """What is on record about each person, unit or occupation on a day, as known then: about -> name -> values.

    Of a fact the row known last stands alone; of a kind of records every row counts. A withdrawn row empties its name.
    """
    wanted = [str(about) for about in abouts]
    rows = RegisteredFact.objects.filter(kind=kind, about__in=wanted, valid_from__lte=on, known_at__lte=known_at)
    rows = rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=on)).order_by("known_at", "id")
    found: dict[str, dict] = {about: {} for about in wanted}
    for row in rows:
        names = found[row.about]
        if row.value is None:
            names.pop(row.name, None)
        elif isinstance(row.value, dict):
            names.setdefault(row.name, []).append(row.value)
        else:
            names[row.name] = row.value
    if kind == AboutKind.PERSON:
        for held in certificates_known(wanted, known_at=known_at):
            found[str(held.person_id)].setdefault(QUALIFICATIONS, []).append(_qualification(held))
    return found


QUALIFICATIONS = "qualifications"  # the rulebook's kind of records that tells what somebody holds


def certificates_known(people: Iterable[str], *, known_at: dt.datetime) -> QuerySet[HeldCertificate]:
    """The certificates of these people (ids) on the register at a moment: entered by then, not withdrawn by then."""
    rows = HeldCertificate.objects.filter(person__in=people, known_at__lte=known_at)
    return rows.filter(Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=known_at)).order_by("issued_on", "id")


def _qualification(row: HeldCertificate) -> dict[str, str]:
    told = {
        "number": row.number,
        "kind": row.kind,
        "occupation": row.occupation,
        "level": row.level,
        "issuer": row.issuer,
        "issued_on": row.issued_on.isoformat(),
        "valid_until": row.valid_until.isoformat() if row.valid_until else "",
    }
    return {name: value for name, value in told.items() if value}


def held_certificates(*, text: str = "", person: Person | None = None) -> QuerySet[HeldCertificate]:
    """The register, the last entered first; by a part of the number, or of one person. Withdrawn ones too."""
    rows = HeldCertificate.objects.select_related("person", "entered_by")
    rows = rows.filter(number__contains=text) if text else rows
    return (rows.filter(person=person) if person else rows).order_by("-known_at", "-id")


def entered_by(actor: Actor) -> QuerySet[RegisteredFact]:
    """What this account has put on record, newest first."""
    return RegisteredFact.objects.filter(entered_by=actor.user).order_by("-known_at", "-id")
