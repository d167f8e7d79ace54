"""Slips of the pen in a rules.py: each is one small change in the syntax tree of one function."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from peibu.rulebook.facts import FactSpec

_NEARBY = {ast.GtE: ast.Gt, ast.Gt: ast.GtE, ast.LtE: ast.Lt, ast.Lt: ast.LtE, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
_TURNED = {ast.GtE: ast.LtE, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.Lt: ast.Gt}
_OTHER_SIGN = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd}
_WORDS = ("all_of", "any_of"), ("least", "greatest"), ("at_least", "at_most"), ("has_all", "has_any")
_WORDS = (*_WORDS, ("ratio_at_least", "ratio_at_most"))
OTHER_WORD = {one: other for pair in _WORDS for one, other in (pair, pair[::-1])}
_JOINING = ("all_of", "any_of")
_MEMBERSHIP = ("is_in", "has_all", "has_any", "missing_from")


class Slip(NamedTuple):
    """A changed function: what was changed, on which line, and its new syntax tree."""

    function: str
    line: int
    told: str
    tree: ast.FunctionDef


def slips(function: ast.FunctionDef, facts: Mapping[str, FactSpec], units: Mapping[str, str]) -> Iterator[Slip]:
    """Yield every slip of a function. units: {number of parameters.yaml: its unit}, to confuse like with like."""
    nodes = list(ast.walk(function))
    marks = {id(node) for mark in function.decorator_list for node in ast.walk(mark)}
    peers = _Peers(nodes, facts, units)
    for place, node in enumerate(nodes):
        if id(node) in marks:
            continue
        for new in (*_operations(node), *_calls(node), *peers.swaps(node)):
            changed = _put(function, place, new)
            line = getattr(node, "lineno", function.lineno)
            yield Slip(function.name, line, f"{ast.unparse(node)} -> {ast.unparse(new)}", changed)


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _put(function: ast.FunctionDef, place: int, new: ast.expr) -> ast.FunctionDef:
    clone = copy.deepcopy(function)
    target = list(ast.walk(clone))[place]

    class Put(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return copy.deepcopy(new) if node is target else self.generic_visit(node)

    return ast.fix_missing_locations(Put().visit(clone))


def _operations(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Compare):
        for table in (_NEARBY, _TURNED):
            if type(node.ops[0]) in table:
                yield ast.Compare(node.left, [table[type(node.ops[0])]()], node.comparators)
    elif isinstance(node, ast.BinOp) and type(node.op) in _OTHER_SIGN:
        yield ast.BinOp(node.left, _OTHER_SIGN[type(node.op)](), node.right)
        if isinstance(node.op, ast.BitAnd | ast.BitOr):
            yield from (node.left, node.right)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
        yield node.operand
    elif isinstance(node, ast.Constant) and type(node.value) is int and node.value in (0, 1):
        yield ast.Constant(1 - node.value)


def _calls(node: ast.AST) -> Iterator[ast.expr]:
    """Slips in a call of a word: another word, a condition left out or turned round, options or codes confused."""
    if not isinstance(node, ast.Call):
        return
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name in OTHER_WORD:
        yield ast.Call(_name(OTHER_WORD[name]), node.args, node.keywords)
    if name in _JOINING:
        yield from _conditions(node)
    elif name in ("at_least", "at_most"):
        *quantity, bound = node.args
        for sign in (ast.Add(), ast.Sub()):
            yield ast.Call(node.func, [*quantity, ast.BinOp(bound, sign, ast.Constant(1))], [])
    elif name == "between":
        value, low, high = node.args
        yield from _ends(value, low, high)
    elif name == "pick":
        yield from _options(node)
    elif name in _MEMBERSHIP and isinstance(node.args[1], ast.Tuple):
        codes = node.args[1].elts
        for left_out in range(len(codes)):
            rest = ast.Tuple([code for place, code in enumerate(codes) if place != left_out], ast.Load())
            yield ast.Call(node.func, [node.args[0], rest], [])
    elif isinstance(node.func, ast.Attribute) and node.func.attr == "otherwise":
        yield from _swapped(node, node.func)


def _swapped(node: ast.Call, end: ast.Attribute) -> Iterator[ast.expr]:
    then = end.value
    if isinstance(then, ast.Call):
        yield ast.Call(ast.Attribute(ast.Call(then.func, node.args, []), "otherwise", ast.Load()), then.args, [])


def _conditions(node: ast.Call) -> Iterator[ast.expr]:
    for place, condition in enumerate(node.args):
        if isinstance(condition, ast.Starred):
            continue
        if len(node.args) > 1:
            yield ast.Call(node.func, [*node.args[:place], *node.args[place + 1 :]], [])
        turned = ast.UnaryOp(ast.Invert(), condition)
        yield ast.Call(node.func, [*node.args[:place], turned, *node.args[place + 1 :]], [])


def _ends(value: ast.expr, low: ast.expr, high: ast.expr) -> Iterator[ast.expr]:
    above, below = ast.Compare(value, [ast.GtE()], [low]), ast.Compare(value, [ast.LtE()], [high])
    yield from (above, below)
    yield ast.Call(_name("all_of"), [ast.Compare(value, [ast.Gt()], [low]), below], [])
    yield ast.Call(_name("all_of"), [above, ast.Compare(value, [ast.Lt()], [high])], [])


def _options(node: ast.Call) -> Iterator[ast.expr]:
    named = [place for place, option in enumerate(node.keywords) if option.arg]
    for one, other in zip(named, named[1:], strict=False):
        options = list(node.keywords)
        options[one] = ast.keyword(options[one].arg, node.keywords[other].value)
        options[other] = ast.keyword(options[other].arg, node.keywords[one].value)
        yield ast.Call(node.func, node.args, options)


class _Peers:
    """The facts and numbers of one function, to be mistaken for one another when they are alike."""

    def __init__(self, nodes: list[ast.AST], facts: Mapping[str, FactSpec], units: Mapping[str, str]):
        self._kinds = {"f": {n: (s.type, s.bounds) for n, s in facts.items()}, "p": units}
        found = [(n.value.id, n.attr) for n in nodes if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name)]
        self._used = dict.fromkeys(found)

    def swaps(self, node: ast.AST) -> Iterator[ast.expr]:
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
            return
        space = node.value.id
        kinds = self._kinds.get(space, {})
        for other_space, other in self._used:
            alike = kinds.get(other) == kinds.get(node.attr, "")
            if other_space == space and other != node.attr and alike:
                yield ast.Attribute(_name(space), other, ast.Load())
