"""The registers of the city: divisions, units, accounts, people, dated evidence, lists, quotas."""

import dataclasses
import datetime as dt

from django.contrib.auth.hashers import make_password
from django.db import transaction

from peibu.accounts.enums import Role
from peibu.accounts.models import Assignment, Division, Unit, User
from peibu.accounts.secrecy import person_key, secret_index
from peibu.demo.city import City
from peibu.demo.loader.experts import load_experts
from peibu.demo.loader.programme import load_programme
from peibu.kernel.ids import uuid7
from peibu.kernel.months import add_months
from peibu.registry.models import (
    BankAccount,
    EarlierGrant,
    Employment,
    InsuranceCoverage,
    InsuranceMonth,
    Organisation,
    Person,
    RegisterEntry,
    Teacher,
)

PASSWORD = "Peibu-demo-2020"
LONG_AGO = dt.date(2015, 1, 1)
CHUNK = 5000
SOURCE_LABOUR = "就业登记系统（演示）"
SOURCE_INSURANCE = "社会保险系统（演示）"
LEVELS = {"senior": "senior", "middle": "middle", "other": "staff"}
REGISTER_OF_CATEGORY = {
    "listed_enterprise": "list_555",
    "industry_education": "integration",
    "ai_community": "ai_community",
}


@dataclasses.dataclass
class Loaded:
    """Rows by the keys of the city, for the parts of the loader that come after."""

    city: City
    policy: str
    divisions: dict[str, Division] = dataclasses.field(default_factory=dict)
    units: dict[str, Unit] = dataclasses.field(default_factory=dict)
    firms: dict[int, Unit] = dataclasses.field(default_factory=dict)
    people: dict[int, Person] = dataclasses.field(default_factory=dict)
    teachers: dict[str, Teacher] = dataclasses.field(default_factory=dict)
    users: dict[str, User] = dataclasses.field(default_factory=dict)


@transaction.atomic
def load_base(city: City, *, policy: str, known_at: dt.datetime) -> Loaded:
    """Everything that is simply there before anybody acts. `known_at`: when the registers learned of it."""
    loaded = Loaded(city=city, policy=policy)
    _divisions(loaded)
    _units(loaded, known_at)
    _people(loaded)
    _employments(loaded, known_at)
    _insurance(loaded)
    _teachers_and_officers(loaded, known_at)
    load_programme(loaded)
    load_experts(loaded, at=known_at)
    return loaded


def _divisions(loaded: Loaded) -> None:
    rows = loaded.city.divisions
    for row in sorted(rows, key=lambda r: r.kind != "city"):
        parent = next((d for d in loaded.divisions.values() if d.kind == "city"), None)
        loaded.divisions[row.key] = Division.objects.create(
            code=row.code or "", name=row.name, kind=row.kind, parent=parent if row.kind != "city" else None
        )
    for row in rows:
        if row.routes_to != row.key:
            division = loaded.divisions[row.key]
            division.served_by = loaded.divisions[row.routes_to]
            division.save()


def _organisation(loaded: Loaded, row, kind: str, *, synthetic: bool) -> Unit:
    unit = Unit.objects.create(kind="organisation", name=row.name, division=loaded.divisions[row.division])
    Organisation.objects.create(unit=unit, uscc=row.uscc, kind=kind, synthetic_code=synthetic)
    loaded.units[row.key] = unit
    return unit


def _units(loaded: Loaded, known_at: dt.datetime) -> None:
    city = loaded.city
    for row in city.agencies:
        loaded.units[row.key] = Unit.objects.create(
            kind=row.kind, name=row.name, division=loaded.divisions[row.division]
        )
    for row in (*city.providers, *city.candidates):
        kind = "technician_college" if row.institution_type == "technician_college" else "university"
        _organisation(loaded, row, kind, synthetic=True)
    for row in city.bases:
        unit = _organisation(loaded, row, "enterprise" if row.is_enterprise else "institute", synthetic=True)
        RegisterEntry.objects.create(
            register=REGISTER_OF_CATEGORY[row.category],
            unit=unit,
            valid_from=row.published_on,
            source="演示数据：附件2未写明入选类别，此为假设",
            known_at=known_at,
        )
    for row in city.enterprises:
        _enterprise(loaded, row, known_at)
    somewhere = next(d for d in loaded.divisions.values() if d.kind == "district")
    for row in city.outside_employers:
        loaded.firms[row.no] = Unit.objects.create(kind="organisation", name=row.name, division=somewhere)


def _enterprise(loaded: Loaded, row, known_at: dt.datetime) -> None:
    unit = _organisation(loaded, row, "enterprise", synthetic=True)
    loaded.firms[row.no] = unit
    BankAccount.objects.create(
        unit=unit,
        kind=row.account.kind,
        bank_name=row.account.bank,
        number=row.account.number,
        number_index=secret_index(row.account.number),
        valid_from=LONG_AGO,
    )
    if row.listed_from:
        RegisterEntry.objects.create(
            register="list_555",
            unit=unit,
            valid_from=row.listed_from,
            valid_until=row.listed_until,
            source="市工业和信息化局互联网工业“555”项目名单（演示）",
            known_at=known_at,
        )


def _people(loaded: Loaded) -> None:
    rows = [
        Person(
            id=uuid7(),
            key=person_key(row.id_number),
            id_number=row.id_number,
            name=row.name,
            sex=row.sex[0],
            born_on=row.birth,
            mobile=row.mobile or "",
        )
        for row in loaded.city.people
    ]
    Person.objects.bulk_create(rows, batch_size=CHUNK)
    loaded.people = {row.no: person for row, person in zip(loaded.city.people, rows, strict=True)}


def _employments(loaded: Loaded, known_at: dt.datetime) -> None:
    Employment.objects.bulk_create(
        (
            Employment(
                person=loaded.people[row.no],
                unit=loaded.firms[row.employer],
                contract_from=row.contract.start,
                contract_until=row.contract.end,
                open_ended=row.contract.open_ended,
                registered_on=row.registered_on,
                registration_known=row.registered_on is not None,
                post=row.post,
                level=LEVELS[row.level],
                level_evidence="任职文件" if row.level != "other" else "",
                source=SOURCE_LABOUR,
                known_at=known_at,
            )
            for row in loaded.city.people
        ),
        batch_size=CHUNK,
    )
    EarlierGrant.objects.bulk_create(
        EarlierGrant(
            person=loaded.people[row.person],
            policy=loaded.policy,
            paid_by=row.paid_by,
            employer_name=row.employer_name,
            paid_on=row.paid_on,
            amount_fen=row.amount_fen,
            source="市公共就业信息系统历史数据（演示）",
            known_at=known_at,
        )
        for row in loaded.city.earlier_grants
    )


def _insurance(loaded: Loaded) -> None:
    # A contribution is known from the end of the day it was posted: "paid by the claim date" stays exact.
    china = dt.timezone(dt.timedelta(hours=8))
    InsuranceMonth.objects.bulk_create(
        (
            InsuranceMonth(
                person=loaded.people[row.person],
                unit=loaded.firms[row.employer],
                month=row.month,
                paid_on=row.paid_on,
                kind=row.kind,
                amount_fen=row.amount_fen,
                source=SOURCE_INSURANCE,
                known_at=dt.datetime.combine(row.paid_on, dt.time(20), tzinfo=china),
            )
            for row in loaded.city.insurance
        ),
        batch_size=CHUNK,
    )
    long_ago = dt.datetime.combine(LONG_AGO, dt.time(), tzinfo=china)
    InsuranceCoverage.objects.bulk_create(
        (
            InsuranceCoverage(
                person=loaded.people[row.person],
                from_month=first,
                until_month=last,
                source=SOURCE_INSURANCE,
                known_at=long_ago,
            )
            for row in loaded.city.record_sets
            for first, last in _known_ranges(row)
        ),
        batch_size=CHUNK,
    )


def _known_ranges(row) -> list[tuple[dt.date, dt.date]]:
    """The months the bureau answered for, as runs between the ones it did not."""
    runs, month, start = [], row.first, None
    while month <= row.last:
        if month in row.unknown_months:
            if start:
                runs.append((start, add_months(month, -1)))
            start = None
        elif start is None:
            start = month
        month = add_months(month, 1)
    return [*runs, (start, row.last)] if start else runs


def _teachers_and_officers(loaded: Loaded, known_at: dt.datetime) -> None:
    city = loaded.city
    outside = next(iter(loaded.city.providers)).key
    for row in city.teachers:
        unit = loaded.units[row.provider or outside]
        loaded.teachers[row.key] = Teacher.objects.create(
            person_key=person_key(row.id_number),
            unit=unit,
            name=row.name,
            title=row.title,
            full_time=row.provider is not None,
        )
    city_hrss = Unit.objects.get(kind="hrss", division__kind="city")
    secret = make_password(PASSWORD)  # one hash for all: hashing is slow on purpose
    for row in city.officers:
        user = User.objects.create(
            username=row.key, password=secret, name=row.name, person_key=person_key(row.id_number), created_at=known_at
        )
        unit = None if row.role == Role.TRAINEE else loaded.units.get(row.unit, city_hrss)
        Assignment.objects.create(user=user, role=row.role, unit=unit, valid_from=LONG_AGO)
        loaded.users[row.key] = user
        if row.role == Role.EXAMINER:
            Teacher.objects.create(person_key=user.person_key, unit=unit, name=row.name, title="考评员", user=user)
        if row.teacher:
            Teacher.objects.filter(pk=loaded.teachers[row.teacher].pk).update(user=user)
