"""Reads limits.yaml. Every error names file, line, clause and remedy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from peibu.rulebook.authoring import unknown_name
from peibu.rulebook.errors import PolicyError
from peibu.rulebook.limits.model import COLUMNS, PROGRAMMES, WINDOWS, Above, Limit, Tie
from peibu.rulebook.yaml_reader import Lined

_NEEDED = ("clause", "same", "window", "programmes")
_KEYS = {*_NEEDED, "counts", "ranks", "ties", "differs", "only", "above", "places", "note", "free_on"}
_UNCOMPARED = ("id", "at", "amount_fen", "certain")
_COMPARED = tuple(name for name in COLUMNS if name not in _UNCOMPARED)


def read_limits(
    path: Path,
    content: Mapping[str, Any],
    *,
    facts: Mapping[str, Any],
    parameters: Mapping[str, Any],
    codes: Mapping[str, Any],
    clauses: set[str],
) -> dict[str, Limit]:
    """Return {fact: limit}. facts, parameters, codes: what the folder declares, by name; clauses: their ids."""
    found = {}
    for name, item in (content.get("limits") or {}).items():
        if not isinstance(item, Lined):
            raise PolicyError(f"limit {name}: no keys", file=path, remedy=f"keys: {', '.join(sorted(_KEYS))}")
        found[name] = _Reader(path, name, item, facts, parameters, codes).read(clauses)
    return found


class _Reader:
    """Reads one limit."""

    def __init__(self, path: Path, name: str, item: Lined, facts: Mapping, parameters: Mapping, codes: Mapping):
        self.path, self.name, self.item = path, name, item
        self.facts, self.parameters, self.codes = facts, parameters, codes

    def fail(self, told: str, remedy: str) -> PolicyError:
        clause = str(self.item.get("clause", ""))
        return PolicyError(
            f"limit {self.name}: {told}", file=self.path, line=self.item.line, clause=clause, remedy=remedy
        )

    def read(self, clauses: set[str]) -> Limit:
        item = self.item
        self._check_keys(clauses)
        self._check_fact()
        window, months = self._window(item["window"])
        if item["programmes"] not in PROGRAMMES:
            raise self.fail(f"programmes: {item['programmes']!r}", f"one of {', '.join(PROGRAMMES)}")
        ranks = item.get("ranks", "")
        if ranks:
            self._known_fact(ranks, ("integer", "fen", "date"), "ranks")
        return Limit(
            self.name,
            str(item["clause"]),
            self._columns("same"),
            window,
            item["programmes"],
            differs=self._columns("differs"),
            only=self._only(),
            above=self._above(),
            months=months,
            places=self._places(),
            ranks=ranks,
            ties=self._ties(),
            note=self._companion("note", "text"),
            free_on=self._companion("free_on", "date"),
            line=item.line,
        )

    def _check_keys(self, clauses: set[str]) -> None:
        item = self.item
        absent = [key for key in _NEEDED if key not in item]
        if absent or set(item) - _KEYS:
            told = f"without {', '.join(absent)}" if absent else f"unknown key {sorted(set(item) - _KEYS)}"
            raise self.fail(told, f"keys: {', '.join(sorted(_KEYS))}")
        if (item.get("counts") == "grants") == bool(item.get("ranks")):
            raise self.fail("says neither or both of what it counts and ranks", "counts: grants, or ranks: <fact>")
        if item.get("ties") is not None and not item.get("ranks"):
            raise self.fail("ties without ranks", "ties settle the order of ranks: <fact>")
        if str(item["clause"]) not in clauses:
            raise self.fail("cites a clause that clauses.yaml does not have", "correct the id, or add the clause")

    def _check_fact(self) -> None:
        spec = self.facts.get(self.name)
        if spec is None:
            error = unknown_name("fact", self.name, self.facts, "declare it in facts.yaml")
            raise self.fail("is named after no fact", error.remedy)
        if spec.type != "integer" or not spec.bounds:
            raise self.fail(f"its fact is {spec.type}, bounds: {spec.bounds}", "type: integer, bounds: true")

    def _columns(self, key: str) -> tuple[str, ...]:
        listed = self.item.get(key, [])
        if not isinstance(listed, list) or any(name not in _COMPARED for name in listed):
            raise self.fail(f"{key}: {listed!r}", f"a list of {', '.join(_COMPARED)}")
        return tuple(listed)

    def _window(self, wish: Any) -> tuple[str, str]:
        if isinstance(wish, Mapping) and list(wish) == ["months"]:
            return "months", self._number(wish["months"])
        if wish not in WINDOWS or wish == "months":
            raise self.fail(f"window: {wish!r}", "calendar_year, policy, ever or {months: <parameter>}")
        return wish, ""

    def _number(self, name: Any) -> str:
        if name not in self.parameters:
            error = unknown_name("number", str(name), self.parameters, "declare it in parameters.yaml")
            raise self.fail(f"unknown number {name!r}", error.remedy)
        return name

    def _only(self) -> dict[str, tuple[str, ...]]:
        wish = self.item.get("only") or {}
        if not isinstance(wish, Mapping) or any(
            name not in _COMPARED or not isinstance(values, list) or not values for name, values in wish.items()
        ):
            raise self.fail(f"only: {wish!r}", f"{{column: [value, ...]}}, columns: {', '.join(_COMPARED)}")
        return {name: tuple(map(str, values)) for name, values in wish.items()}

    def _above(self) -> Above | None:
        wish = self.item.get("above")
        if wish is None:
            return None
        column, codes = next(iter(wish.items())) if isinstance(wish, Mapping) and len(wish) == 1 else (wish, None)
        if column not in _COMPARED:
            raise self.fail(f"above: {wish!r}", f"a column: {', '.join(_COMPARED)}")
        # `above: level` takes the one code list that is named after the column: levels, qualification_levels ...
        named = [codes] if codes else [name for name in self.codes if f"_{name}".endswith(f"_{column}s")]
        if len(named) != 1 or named[0] not in self.codes:
            told = f"above: no code list gives the order of {column!r}"
            raise self.fail(told, f"write above: {{{column}: <code list>}}, lowest first; one of {[*self.codes]}")
        return Above(column, tuple(self.codes[named[0]]))

    def _places(self) -> int | str | None:
        wish = self.item.get("places")
        if wish is None or (isinstance(wish, int) and not isinstance(wish, bool) and wish == 1):
            return wish
        if isinstance(wish, int):
            raise self.fail(f"places: {wish}", "a number lives in parameters.yaml: write its name (or 1)")
        return self._number(wish)

    def _ties(self) -> tuple[Tie, ...]:
        listed = self.item.get("ties") or []
        if not isinstance(listed, list):
            raise self.fail(f"ties: {listed!r}", "a list of facts; -fact: the larger value comes first")
        found = []
        for word in map(str, listed):
            column = word.removeprefix("-")
            if column not in ("id", "at"):
                self._known_fact(column, ("integer", "fen", "date", "month", "boolean"), "ties")
            found.append(Tie(column, word.startswith("-")))
        return tuple(found)

    def _known_fact(self, name: str, types: tuple[str, ...], key: str) -> None:
        spec = self.facts.get(name)
        if spec is None:
            raise self.fail(
                f"{key}: unknown fact {name!r}", unknown_name("fact", name, self.facts, "declare it").remedy
            )
        if spec.type not in types or spec.bounds:
            raise self.fail(f"{key}: {name} is {spec.type}", f"a fact without bounds of type {', '.join(types)}")

    def _companion(self, key: str, kind: str) -> str:
        name = self.item.get(key) or f"{self.name}_{key}"
        if name in self.facts and self.facts[name].type == kind:
            return name
        if key in self.item:
            raise self.fail(f"{key}: {name!r} is no fact of type {kind}", "declare it in facts.yaml")
        return ""
