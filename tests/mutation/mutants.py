"""Every mutant of a policy folder: slips in rules.py, numbers, readings, code lists and rates one step off."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from peibu.rulebook import expr
from peibu.rulebook.authoring import FactNames, NumberNames
from peibu.rulebook.codes import CodeList
from peibu.rulebook.errors import RulebookError
from peibu.rulebook.expr import Expr, Pair
from peibu.rulebook.policy import Policy
from peibu.rulebook.rules_reader import Rule, rule_files
from tests.mutation.bench import Bench
from tests.mutation.limits import limit_outcomes
from tests.mutation.outcome import STILLBORN, Outcome
from tests.mutation.slips import OTHER_WORD, slips

_YUAN = 100  # a rate is one step off by a yuan: fen vanish in the rounding of a share


def outcomes(path: str) -> Iterator[Outcome]:
    """Yield what became of every mutant of a policy that its worked examples could notice."""
    bench = Bench(path)
    books = [_Book(bench.policy, file) for file in rule_files(bench.policy.folder)]
    for book in books:
        yield from _rules(bench, book)
    yield from _codes(bench, books)
    yield from _numbers(bench)
    yield from _rates(bench)
    yield from limit_outcomes(path)


class _Book:
    """One file of rules of a policy, run once; `changed` runs what depends on one function or one code list again."""

    def __init__(self, policy: Policy, path: Path):
        self.policy, self.path = policy, path
        self.source = self.path.read_text(encoding="utf-8")
        self.trees = {node.name: node for node in ast.parse(self.source).body if isinstance(node, ast.FunctionDef)}
        self.space: dict[str, Any] = {"__name__": "mutated"}
        exec(compile(self.source, str(self.path), "exec"), self.space)  # the house's own folder, loaded before
        for word in OTHER_WORD:
            self.space.setdefault(word, getattr(expr, word))  # the file imports only the words it needs
        self.rules = {rule.name: rule for rule in policy.rules if rule.file == path.name}
        self._uses = {name: self._reach(name, set()) for name in self.trees}

    def _reach(self, name: str, seen: set[str]) -> set[str]:
        """Everything a function names, itself or through the helpers it calls."""
        seen.add(name)
        own = {node.id for node in ast.walk(self.trees[name]) if isinstance(node, ast.Name)}
        named = own | {node.attr for node in ast.walk(self.trees[name]) if isinstance(node, ast.Attribute)}
        for helper in own & set(self.trees) - seen:
            named |= self._reach(helper, seen)
        return named | {name}

    def users(self, name: str) -> list[Rule]:
        """The rules that name a function or a code list."""
        return [rule for rule in self.rules.values() if name in self._uses[rule.name]]

    def read(self, rule: Rule, codes: Mapping[str, CodeList] | None = None) -> Expr:
        """The expression of a rule as the functions stand now."""
        policy, function = self.policy, self.space[rule.name]
        numbers = NumberNames(policy.dated, codes or policy.codes, policy.rates)
        given = {"f": FactNames(policy.fact_specs), "p": numbers}
        read = function(*(given[name] for name in function.__code__.co_varnames[: function.__code__.co_argcount]))
        if isinstance(read, Pair) or not isinstance(read, Expr):
            raise TypeError("not an expression")
        return read

    def with_function(self, tree: ast.FunctionDef) -> list[tuple[Rule, Expr]]:
        """The rules that change when a function is replaced."""
        before = self.space[tree.name]
        try:
            exec(compile(ast.Module([tree], []), str(self.path), "exec"), self.space)
            return [(rule, self.read(rule)) for rule in self.users(tree.name)]
        finally:
            self.space[tree.name] = before


def _rules(bench: Bench, book: _Book) -> Iterator[Outcome]:
    policy = bench.policy
    units = {name: item.unit for name, item in policy.dated.items()}
    for tree in book.trees.values():
        for slip in slips(tree, policy.fact_specs, units):
            try:
                verdict = bench.verdict(book.with_function(slip.tree))
            except (RulebookError, TypeError, AttributeError, KeyError, NameError):
                verdict = STILLBORN
            yield Outcome(book.path.name, slip.line, slip.function, slip.told, verdict)


def _codes(bench: Bench, books: list[_Book]) -> Iterator[Outcome]:
    for name, codes in bench.policy.codes.items():
        users = [(book, rule) for book in books for rule in book.users(name)]
        for code in codes if users else ():
            rest = replace(codes, items={one: label for one, label in codes.items.items() if one != code})
            changed = [(rule, book.read(rule, {**bench.policy.codes, name: rest})) for book, rule in users]
            yield Outcome("codes.yaml", 0, name, f"without {code}", bench.verdict(changed))


def _numbers(bench: Bench) -> Iterator[Outcome]:
    for name, item in bench.policy.parameters.items():
        for place, value in enumerate(item.values):
            if value is None:
                continue
            for step in (1, -1):
                off = value + timedelta(step) if isinstance(value, date) else value + step
                other = replace(item, values=(*item.values[:place], off, *item.values[place + 1 :]))
                told = f"{value} -> {off}"
                yield Outcome("parameters.yaml", 0, name, told, _with_number(bench, name, other))
    for name, item in bench.policy.interpretations.items():
        for reading in item.readings:
            if reading not in item.values:
                other = replace(item, values=(reading,) * len(item.values))
                yield Outcome("interpretations.yaml", 0, name, f"read as {reading}", _with_number(bench, name, other))


def _with_number(bench: Bench, name: str, other: Any) -> str:
    users = [rule for rule in bench.policy.rules if any(n.op == "param" and n.data == name for n in rule.expr.walk())]

    def renumber(law: Policy, on: Any, numbers: dict[str, Any]) -> dict[str, Any]:
        return {**numbers, name: other.value(on)} if name in numbers else numbers

    return bench.verdict([(rule, rule.expr) for rule in users], renumber)


def _rates(bench: Bench) -> Iterator[Outcome]:
    for name, table in bench.policy.rates.items():
        users = [rule for rule in bench.policy.rules if any(_looks_up(node, name) for node in rule.expr.walk())]
        for place, row in enumerate(table.rows):

            def renumber(law: Policy, on: Any, numbers: dict[str, Any], name=name, place=place) -> dict[str, Any]:
                rows = list(law.rates[name].rows)
                rows[place] = rows[place]._replace(value=rows[place].value + _YUAN)
                return {**numbers, name: replace(law.rates[name], rows=tuple(rows)).day(on)}

            told = f"{'/'.join(row.key)} from {row.start}: {row.value} -> {row.value + _YUAN}"
            verdict = bench.verdict([(rule, rule.expr) for rule in users], renumber)
            yield Outcome("rates.yaml", table.line, name, told, verdict)


def _looks_up(node: Expr, name: str) -> bool:
    return node.op == "rate" and node.data == name
