"""Reads a rules.py as text and refuses what a rule cannot mean: numbers, Python's own logic, foreign imports, length."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from peibu.rulebook.errors import PolicyError

_ALLOWED_IMPORTS = ("peibu.rulebook", "__future__")
_ALLOWED_NUMBERS = (0, 1)
_MAX_LINES = 10
_MARKS = ("rule", "amount", "outcome")
_INSTEAD: dict[type[ast.AST], tuple[str, str]] = {
    ast.If: ("if", "write when(c).then(a).otherwise(b)"),
    ast.IfExp: ("if ... else", "write when(c).then(a).otherwise(b)"),
    ast.While: ("while", "a rule returns one expression; count_of(), has_all() and missing_from() look at lists"),
    ast.For: ("for", "a rule returns one expression; count_of(), has_all() and missing_from() look at lists"),
    ast.Match: ("match", "write when(c).then(a).otherwise(b), or pick() for a reading"),
    ast.Try: ("try", "nothing is computed while a rule is read, so nothing can be caught: return the expression"),
    ast.Assert: ("assert", "return the condition instead"),
    ast.And: ("and", "write a & b, or all_of(a, b)"),
    ast.Or: ("or", "write a | b, or any_of(a, b)"),
    ast.Not: ("not", "write ~a"),
    ast.In: ("in", "write is_in(code, codes) for one code, has_all() or has_any() for a list"),
    ast.NotIn: ("not in", "write ~is_in(code, codes) for one code, ~has_any() for a list"),
    ast.Is: ("is", "write ~is_known(f.fact) for `is None`, a == b otherwise"),
    ast.IsNot: ("is not", "write is_known(f.fact) for `is not None`, a != b otherwise"),
    ast.Div: (
        "/",
        "write a // b for whole numbers, percent_of(amount, percent) for money, ratio_at_least() to compare",
    ),
    ast.Pow: ("**", "multiply"),
}
_CALLS = {
    "min": "write least(a, b): it stays unknown when one of them is unknown",
    "max": "write greatest(a, b): it stays unknown when one of them is unknown",
    "sum": "write a + b",
    "any": "write any_of(a, b)",
    "all": "write all_of(a, b)",
    "len": "write count_of(f.list)",
    "abs": "write greatest(a, 0 - a)",
    "round": "numbers are whole: percent_of() and // round down",
    "int": "facts have their type already (facts.yaml)",
    "float": "numbers are whole: money in fen, shares in basis points",
    "bool": "a condition is a value of three kinds already",
    "sorted": "a rule returns one expression; rank_of() gives a place in a code list",
    "eval": "a policy uses the words of peibu.rulebook only",
    "exec": "a policy uses the words of peibu.rulebook only",
    "open": "a policy reads no files: declare a fact",
    "getattr": "write f.<fact> or p.<number>",
    "print": "a rule returns its expression and does nothing else",
}


def lint_rules(source: str, path: Path | str = "rules.py") -> list[PolicyError]:
    """Return a PolicyError (file, line, clause, remedy) for each thing that a rules.py must not hold, by line."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        return [PolicyError(error.msg, file=path, line=error.lineno or 0, remedy="mend the Python")]
    problems = []
    for top in tree.body:
        clause = _clause_of(top)
        for node in ast.walk(top):
            for told, remedy in _problems(node):
                line = getattr(node, "lineno", 0)
                problems.append(PolicyError(told, file=path, line=line, clause=clause, remedy=remedy))
    return sorted(problems, key=lambda problem: problem.line)


def _clause_of(node: ast.stmt) -> str:
    """The clause that the decorator of a function cites; "" for a helper."""
    for decorator in getattr(node, "decorator_list", ()):
        if isinstance(decorator, ast.Call) and getattr(decorator.func, "id", "") in _MARKS and decorator.args:
            cited = decorator.args[0]
            return cited.value if isinstance(cited, ast.Constant) and isinstance(cited.value, str) else ""
    return ""


def _problems(node: ast.AST) -> Iterator[tuple[str, str]]:
    for kind in _kinds(node):
        if kind in _INSTEAD:
            word, remedy = _INSTEAD[kind]
            yield f"Python's own `{word}` cannot judge an unknown", remedy
    if isinstance(node, ast.Constant):
        yield from _number(node)
    elif isinstance(node, ast.Compare) and len(node.ops) > 1:
        yield "Python's own `a < b < c` cannot judge an unknown", "write between(b, a, c), or all_of(a < b, b < c)"
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
        yield f"Python's own {node.func.id}() cannot judge an unknown", _CALLS[node.func.id]
    elif isinstance(node, ast.Import | ast.ImportFrom):
        module = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
        if not str(module).startswith(_ALLOWED_IMPORTS):
            yield f"a policy imports {module}", "a policy uses peibu.rulebook only"
    elif isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= _MAX_LINES:
        yield f"{node.name} is longer than {_MAX_LINES} lines", "one clause, one small function"


def _kinds(node: ast.AST) -> Iterator[type[ast.AST]]:
    """The node's own kind and those of its operators (which have no line of their own, so they are left to it)."""
    if isinstance(node, ast.stmt | ast.expr):
        yield type(node)
    if isinstance(node, ast.BoolOp | ast.UnaryOp | ast.BinOp):
        yield type(node.op)
    elif isinstance(node, ast.Compare):
        yield from map(type, node.ops)


def _number(node: ast.Constant) -> Iterator[tuple[str, str]]:
    numeric = isinstance(node.value, int | float | complex) and not isinstance(node.value, bool)
    if numeric and node.value not in _ALLOWED_NUMBERS:
        yield f"the number {node.value} is written in a rule", "put it in parameters.yaml and write p.<name>"
