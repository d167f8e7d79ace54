"""What the city consists of: frozen records, no database, no behaviour. Money is whole fen; times are aware."""

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

CHINA = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")
NOW = dt.datetime(2020, 12, 10, 10, 0, tzinfo=CHINA)
LAST_MONTH = dt.date(2020, 12, 1)
PUBLISHED_ON = dt.date(2020, 9, 15)


@dataclass(frozen=True, slots=True)
class Division:
    """A district or a functional zone. Zones have no code; work is routed by ``routes_to`` (a division key)."""

    key: str
    name: str
    kind: str  # city | district | zone
    code: str | None
    routes_to: str


@dataclass(frozen=True, slots=True)
class Agency:
    key: str
    name: str
    kind: str  # agency | hrss | industry | education | finance
    division: str
    uscc: str


@dataclass(frozen=True, slots=True)
class Provider:
    """A 培训承接单位 of annex 1: the name is real, all else is assumed for the demo (QD97.2.1, QD97.2.4)."""

    key: str
    name: str
    institution_type: str  # university | college | technician_college
    division: str
    uscc: str
    synthetic_code: bool = True
    batch: int = 1
    published_on: dt.date = PUBLISHED_ON
    demo_assumptions: tuple[str, ...] = ("institution_type", "division", "uscc")


@dataclass(frozen=True, slots=True)
class PracticeBase:
    """A 实训基地 of annex 2: the name is real, all else is assumed for the demo (QD97.2.2, QD97.2.4)."""

    key: str
    name: str
    category: str  # listed_enterprise | industry_education | ai_community
    is_enterprise: bool
    division: str
    uscc: str
    synthetic_code: bool = True
    batch: int = 1
    published_on: dt.date = PUBLISHED_ON
    demo_assumptions: tuple[str, ...] = ("category", "is_enterprise", "division", "uscc")


@dataclass(frozen=True, slots=True)
class BankAccount:
    kind: str  # basic | general
    bank: str
    number: str
    holder: str


@dataclass(frozen=True, slots=True)
class Enterprise:
    no: int
    key: str
    name: str
    industry: str
    division: str
    uscc: str
    account: BankAccount
    listed_from: dt.date | None
    listed_until: dt.date | None  # last day on the 555 list; None = still on it, or never was


class OutsideEmployer(NamedTuple):
    """An employer outside the programme, seen in insurance records only."""

    no: int
    name: str


@dataclass(frozen=True, slots=True)
class Truth:
    """What was planted in a person; for tests and the tour, never shown to the rules."""

    insurance: str  # a key of peibu.demo.city.insurance.SITUATIONS
    contract: str  # fixed | open_ended | short | missing | expired
    registration: str  # done | late | missing


@dataclass(frozen=True, slots=True)
class Contract:
    start: dt.date | None
    end: dt.date | None  # None with a start: open-ended
    open_ended: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    no: int
    key: str
    name: str
    id_number: str
    sex: str  # male | female
    birth: dt.date
    mobile: str | None
    employer: int  # Enterprise.no
    post: str
    level: str  # senior | middle | other
    contract: Contract
    registered_on: dt.date | None
    pension_from: dt.date | None
    truth: Truth


class InsuranceRow(NamedTuple):
    """One posting of one month of contributions."""

    person: int  # Person.no
    employer: int  # Enterprise.no or OutsideEmployer.no
    month: dt.date  # first day of the month paid for
    paid_on: dt.date
    kind: str  # normal | arrears
    base_fen: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class RecordSet:
    """How far a person's insurance records can be trusted: months that were not delivered are unknown, not unpaid."""

    person: int
    first: dt.date
    last: dt.date
    unknown_months: tuple[dt.date, ...]

    @property
    def complete(self) -> bool:
        return not self.unknown_months


@dataclass(frozen=True, slots=True)
class Teacher:
    key: str
    name: str
    id_number: str
    sex: str
    birth: dt.date
    mobile: str
    title: str
    provider: str | None  # None: an outside expert
    employer_name: str
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Officer:
    """One account-to-be. The same id_number on two officers, or with a Person, is one natural person."""

    key: str
    name: str
    id_number: str
    mobile: str
    role: str  # codes of accounts.enums.Role
    unit: str  # key of an Agency, Enterprise, Provider or PracticeBase; "" for operator and auditor
    division: str
    person: int | None = None
    teacher: str | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class EarlierGrant:
    """A subsidy of this training already paid elsewhere (QD97.4.4)."""

    person: int
    id_number: str
    paid_by: str
    employer_name: str
    paid_on: dt.date
    amount_fen: int


@dataclass(frozen=True, slots=True)
class PlantedFraud:
    kind: str
    says: str
    refs: tuple[str, ...]
