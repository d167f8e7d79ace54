"""What a kind of record is: its columns, the facts it gives, and what it must know to give them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from peibu.rulebook.facts import FactSpec

Row = Mapping[str, Any]
PERSON, TRAINING = "person", "training"


class Records(NamedTuple):
    """The records of one kind about one case.

    rows: {column: value in its Python type}; a column left out is null. complete: the rows are all there are.
    covered: first and last day (month, for insurance) the extract answers for; an end that is None has no limit.
    """

    rows: Sequence[Row]
    covered: tuple[date | None, date | None] | None = None
    complete: bool = True


@dataclass(frozen=True)
class Column:
    """One column of a record. choices_from: the fact whose code list the column shares."""

    name: str
    type: str
    label: str
    label_en: str
    required: bool = False
    help: str = ""
    unit: str = ""
    also: tuple[str, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    choices_en: Mapping[str, str] = field(default_factory=dict)
    choices_from: str = ""

    def spec(self, facts: Mapping[str, FactSpec]) -> FactSpec:
        """Return the reader of this column's values, with the code list of this policy."""
        listed = facts[self.choices_from] if self.choices_from else self
        choices = {"choices": listed.choices, "choices_en": listed.choices_en}
        return FactSpec(self.name, self.type, self.label, self.label_en, self.unit, help=self.help, **choices)


class Case(NamedTuple):
    """What a derivation sees of one case: facts in their Python types, days by role, numbers and code lists."""

    facts: Mapping[str, Any]
    days: Mapping[str, date]
    numbers: Mapping[str, Any] = MappingProxyType({})
    specs: Mapping[str, FactSpec] = MappingProxyType({})
    employer: str = ""


@dataclass(frozen=True)
class RecordKind:
    """One kind of record and its derivation.

    key: column that says whose record it is. gives: {fact: facts it cannot be computed without}. uses: facts it looks
    at when they are there. days: {role: facts that may give that day, first known first}. numbers: parameters and code
    lists of the policy, each with what holds when the policy has none. derive: the scalar form, None when the facts of
    this kind are computed elsewhere. check: a Chinese sentence when a row contradicts itself. by_employer: the records are
    looked up for one enterprise.
    """

    name: str
    label: str
    label_en: str
    key: str
    columns: tuple[Column, ...]
    gives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    uses: tuple[str, ...] = ()
    days: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: Mapping[str, Any] = field(default_factory=dict)
    derive: Callable[[Records, Case], dict[str, Any]] | None = None
    check: Callable[[Row], str | None] = lambda _row: None
    by_employer: bool = False

    @property
    def inputs(self) -> tuple[str, ...]:
        """Every fact the derivation may look at."""
        needed = [name for names in self.gives.values() for name in names]
        return tuple(dict.fromkeys([*needed, *self.uses, *(name for order in self.days.values() for name in order)]))


def exact(low: int, *, open_ended: bool) -> tuple[int, int | None]:
    """Return (certain, possible): nothing bounds the second when records may be missing."""
    return low, None if open_ended else low
