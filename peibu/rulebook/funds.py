"""The `funds` section of policy.yaml: from which money a policy pays, in which order, and on which item each subject.

    funds:
      items: spending_items           # the code list that is the chart of accounts
      order:                          # the first fund that covers the whole sum pays
      - {code: .., label: .., label_en: .., clause: .., held_by: policy}
      passing: fund_first_reading     # may a fund that has something left be passed over? (a reading, see PASSING)
      facts: {amount_fen: payment_fen} # what the book tells the rules about a payment: a word of TOLD -> the fact
    subjects:
      claim: {.., item: training}     # the item this subject is booked on

`order` and `item` may depend on a reading: {by: <interpretation>, <reading>: <value>, ..}. A policy without the section
pays nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from peibu.rulebook.codes import CodeList
from peibu.rulebook.dated import Interpretation
from peibu.rulebook.errors import PolicyError

# Whose money it is: the city or district that issued the document, or the district whose case is paid.
HELD_BY = ("policy", "district")
# The readings `passing` may have: the whole sum or nothing, or nothing but an empty fund is passed over.
PASSING = ("whole_payment", "until_empty")
# What the book knows of a commitment: was the fund one of the order, which fund, item and subject, the sum, what was
# free in the fund and in the first fund of the order just before the commitment.
TOLD = ("in_order", "fund", "item", "subject", "amount_fen", "free_fen", "first_free_fen")
_KEYS = ("items", "order", "passing", "facts")
_SOURCE = ("code", "label", "label_en", "clause", "held_by")
_BY = "by"


@dataclass(frozen=True)
class FundSource:
    """A fund a policy may draw on. `held_by`: one of HELD_BY."""

    code: str
    label: str
    label_en: str
    clause: str
    held_by: str = "policy"


@dataclass(frozen=True)
class Choice:
    """A value that stands as it is (`reading` is ""), or one for each reading of an interpretation."""

    values: Mapping[str, Any]
    reading: str = ""

    def value(self, dated: Mapping[str, Any], on: date) -> Any:
        """The value on a day. NotInForce when the reading it depends on has none on that day."""
        return self.values[dated[self.reading].value(on) if self.reading else ""]


@dataclass(frozen=True)
class Funds:
    """`order`: gives tuple[FundSource, ..]; `items`: the chart of accounts; `item`: subject -> Choice of an item code;
    `passing`: the interpretation that reads PASSING, or ""; `facts`: word of TOLD -> fact of the policy."""

    order: Choice
    items: CodeList
    item: Mapping[str, Choice]
    passing: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def sources(self) -> tuple[FundSource, ...]:
        """Every fund under any reading, each once, in the order of the file."""
        every = [source for order in self.order.values.values() for source in order]
        return tuple(dict.fromkeys(every))


def read_funds(path: Path, card: Mapping[str, Any], *, paying: set[str], **names: Any) -> Funds | None:
    """Read the section; None when the policy has none and then names no items either.

    paying: subjects that come to an amount. names: codes, readings (interpretations), facts, clauses of the folder.
    PolicyError names the line: an unknown key or name, a reading left out, a paying subject without an item.
    """
    given, subjects = card.get("funds"), card["subjects"]
    named = {code: subject["item"] for code, subject in subjects.items() if "item" in subject}
    if given is None:
        if named:
            _fail(path, subjects, f"items of {', '.join(named)}, but no funds", "add funds: {items, order}")
        return None
    _known(path, given, "funds", _KEYS, needed=("items", "order"))
    codes, readings = names["codes"], names["readings"]
    if given["items"] not in codes:
        _fail(path, given, f"items: {given['items']!r} is no code list", "name a list of codes.yaml")
    items = codes[given["items"]]
    return Funds(
        _order(path, given, readings, names["clauses"]),
        items,
        _items(path, subjects, named, paying, items, readings),
        _passing(path, given, readings),
        _facts(path, given, names["facts"]),
    )


def _order(path: Path, given: Any, readings: Mapping, clauses: set[str]) -> Choice:
    choice = _choice(path, given, given["order"], readings, "order")
    orders = {key: tuple(_source(path, row, clauses) for row in rows or ()) for key, rows in choice.values.items()}
    for key, order in orders.items():
        if not order or len({source.code for source in order}) != len(order):
            _fail(path, given, f"order {key}: empty, or a fund twice".replace(" :", ":"), "name each fund once")
    return Choice(orders, choice.reading)


def _source(path: Path, row: Any, clauses: set[str]) -> FundSource:
    _known(path, row, "fund", _SOURCE, needed=_SOURCE[:4])
    if row["clause"] not in clauses:
        _fail(path, row, f"fund {row['code']}: no clause {row['clause']!r}", "cite a clause of clauses.yaml")
    if row.get("held_by", HELD_BY[0]) not in HELD_BY:
        _fail(path, row, f"fund {row['code']}: unknown held_by", f"one of {', '.join(HELD_BY)}")
    return FundSource(**row)


def _items(
    path: Path, subjects: Any, named: Mapping[str, Any], paying: set[str], items: CodeList, readings: Mapping
) -> dict[str, Choice]:
    found = {}
    for subject, given in named.items():
        choice = _choice(path, subjects[subject], given, readings, f"subject {subject}: item")
        strange = [str(code) for code in choice.values.values() if code not in items.items]
        if strange:
            told = f"subject {subject}: {', '.join(strange)} is no item of {items.name}"
            _fail(path, subjects[subject], told, f"one of {', '.join(items)}")
        found[subject] = choice
    for subject in sorted(paying - set(found)):
        told = f"subject {subject} comes to an amount, but names no item of {items.name}"
        _fail(path, subjects[subject], told, "add item: to the subject")
    return found


def _passing(path: Path, given: Any, readings: Mapping[str, Interpretation]) -> str:
    name = given.get("passing", "")
    if name and (name not in readings or set(readings[name].readings) - set(PASSING)):
        _fail(path, given, f"passing: {name!r} does not read {', '.join(PASSING)}", "name such an interpretation")
    return name


def _facts(path: Path, given: Any, facts: Mapping) -> dict[str, str]:
    told = dict(given.get("facts", {}))
    for word, fact in told.items():
        if word not in TOLD or fact not in facts:
            _fail(path, given, f"facts: {word}: {fact}", f"one of {', '.join(TOLD)}, and a fact of facts.yaml")
    return told


def _choice(path: Path, item: Any, given: Any, readings: Mapping[str, Interpretation], what: str) -> Choice:
    if not isinstance(given, dict):
        return Choice({"": given})
    name = given.get(_BY, "")
    values = {key: value for key, value in given.items() if key != _BY}
    if name not in readings or set(values) != set(readings[name].readings):
        told = f"{what}: not one value for each reading of {name!r}"
        _fail(path, item, told, "write {by: <interpretation>, <each of its readings>: <value>}")
    return Choice(values, name)


def _known(path: Path, item: Any, what: str, keys: tuple[str, ...], *, needed: tuple[str, ...]) -> None:
    given = item if isinstance(item, dict) else {}
    strange, absent = set(given) - set(keys), [key for key in needed if not given.get(key)]
    if strange or absent:
        _fail(path, item, f"{what}: unknown {sorted(strange)}, without {absent}", f"keys: {', '.join(keys)}")


def _fail(path: Path, item: Any, told: str, remedy: str) -> None:
    raise PolicyError(told, file=path, line=getattr(item, "line", 0), remedy=remedy)
