"""The allow-list that a rules.py must pass before it is executed where nobody has reviewed it: in a bundle from outside.

Everything not named here is refused: other imports, attributes but `f.name` and `p.name`, calls but known words and
helpers of the same file, loops, comprehensions, subscripts, f-strings, default arguments, names that begin with an
underscore. Text and lists stand only where a word takes them, and the expressions that the file builds are bounded:
no doubling tower can be written. Every policy folder of the house passes, or its determinations could not be verified.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from peibu.rulebook import authoring, expr
from peibu.rulebook.errors import PolicyError

_MARKS = ("rule", "amount", "figure", "outcome")
_UNFIT = ("bind", "wrap", "ends")
_WORDS = {
    name for name, item in vars(expr).items()
    if callable(item) and not isinstance(item, type) and getattr(item, "__module__", "") == expr.__name__
    and not name.startswith("_") and name not in _UNFIT
}  # fmt: skip
_MARKS_THERE = {name for name in _MARKS if hasattr(authoring, name)}
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod, ast.BitAnd, ast.BitOr, ast.Invert, ast.USub)
_COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_ENDS = ("low", "high")
_STEPS = ("then", "otherwise")
_MOST_BYTES = 200_000
_MOST_NODES = 50_000
_MOST_DEPTH = 60
_MOST_CODES = 500
Found = Iterator[tuple[ast.AST, str]]


def gate(source: str, path: Path | str = "rules.py") -> list[PolicyError]:
    """Return what forbids executing this rules.py unreviewed: nothing when it keeps to the words of a policy."""
    if len(source.encode()) > _MOST_BYTES:
        return [PolicyError("the file is too large", file=path, remedy=f"at most {_MOST_BYTES} bytes")]
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", 0) or 0
        return [PolicyError(f"not Python: {error}", file=path, line=line, remedy="mend the Python")]
    if _depth(tree) > _MOST_DEPTH:
        return [PolicyError("nested too deeply", file=path, remedy="write small functions")]
    module = _Module(tree)
    problems = [
        PolicyError(
            told, file=path, line=getattr(node, "lineno", 0), remedy="a policy uses the words of peibu.rulebook"
        )
        for node, told in module.problems()
    ]
    return sorted(problems, key=lambda problem: problem.line) or _bounded(module, path)


def _depth(tree: ast.AST) -> int:
    deepest, level = 0, [tree]
    while level and deepest <= _MOST_DEPTH:
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        deepest += 1
    return deepest


class _Module:
    """One rules.py: what it imports, its functions, its constants, and all that is not allowed in it."""

    def __init__(self, tree: ast.Module):
        self.body = [node for node in tree.body if not _is_text(node)]
        self.functions = {node.name: node for node in self.body if isinstance(node, ast.FunctionDef)}
        self.words = {
            alias.name for node in self.body if isinstance(node, ast.ImportFrom) for alias in node.names
        }  # fmt: skip
        self.constants = {
            node.targets[0].id for node in self.body
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)
        }  # fmt: skip
        self.sizes: dict[str, int] = {}

    def problems(self) -> Found:
        names = [node.name for node in self.body if isinstance(node, ast.FunctionDef)]
        for node in self.body:
            if isinstance(node, ast.ImportFrom):
                yield from self._import(node)
            elif isinstance(node, ast.FunctionDef):
                yield from self._function(node)
                if names.count(node.name) > 1:
                    yield node, f"{node.name} is defined twice"
            elif isinstance(node, ast.Assign):
                yield from self._constant(node)
            else:
                yield node, f"{type(node).__name__} stands outside a function"

    def _import(self, node: ast.ImportFrom) -> Found:
        if node.module == "__future__" and not node.level:
            return
        if node.module != "peibu.rulebook" or node.level:
            yield node, f"a policy imports {node.module}"
        for alias in node.names:
            if alias.name not in _WORDS | _MARKS_THERE or alias.asname:
                yield node, f"imports {alias.name}, which is no word of a policy"

    def _constant(self, node: ast.Assign) -> Found:
        target = node.targets[0]
        if len(node.targets) != 1 or not isinstance(target, ast.Name) or not self._free(target.id):
            yield node, "a module may only name lists of codes"
        parts = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        if not isinstance(node.value, ast.Tuple) or not all(_is_string(item) or self._list(item) for item in parts):
            yield node, "a module may only name lists of codes"
        elif isinstance(target, ast.Name):
            self.sizes[target.id] = sum(self.sizes[item.value.id] if self._list(item) else 1 for item in parts)  # type: ignore[attr-defined]
            if self.sizes[target.id] > _MOST_CODES:
                yield node, f"a list of more than {_MOST_CODES} codes"

    def _list(self, node: ast.AST) -> bool:
        """*NAME of a list that stands further up."""
        return isinstance(node, ast.Starred) and isinstance(node.value, ast.Name) and node.value.id in self.sizes

    def _free(self, name: str) -> bool:
        return not name.startswith("_") and name not in _WORDS | set(_MARKS)

    def _function(self, node: ast.FunctionDef) -> Found:
        given = node.args
        extra = [*given.posonlyargs, *given.kwonlyargs, *given.defaults, *given.kw_defaults, given.vararg, given.kwarg]
        if any(item is not None for item in extra) or getattr(node, "type_params", None):
            yield node, f"{node.name}: a function takes plain arguments only"
        names = [argument.arg for argument in given.args]
        strange = [name for name in [node.name, *names] if not self._free(name)]
        if strange or any(argument.annotation for argument in given.args) or node.returns:
            yield node, f"{node.name}: unfit name or annotation {strange}"
        for mark in node.decorator_list:
            yield from self._mark(mark)
        known = set(names)
        body = [statement for statement in node.body if not _is_text(statement)]
        for place, statement in enumerate(body):
            last = place == len(body) - 1
            if isinstance(statement, ast.Return) and statement.value is not None and last:
                yield from self._expression(statement.value, known)
            elif isinstance(statement, ast.Assign) and self._local(statement) and not last:
                for value in _values(statement):
                    yield from self._expression(value, known)
                known.update(_targets(statement))
            else:
                yield statement, f"{node.name}: {type(statement).__name__} does not belong in a rule"

    def _local(self, node: ast.Assign) -> bool:
        """`a = x`, `a, b = x, y`, or `a = {"reading": x}` for pick(reading, **a)."""
        names = _targets(node)
        free = all(self._free(name) and name not in {*self.functions, *self.constants} for name in names)
        if isinstance(node.value, ast.Dict):
            return free and len(names) == 1 and all(key is not None and _is_string(key) for key in node.value.keys)
        return bool(names) and free and len(names) == len(_values(node))

    def _mark(self, node: ast.expr) -> Found:
        name = node.func if isinstance(node, ast.Call) else node
        if not isinstance(name, ast.Name) or name.id not in _MARKS_THERE & self.words:
            yield node, "a function is marked rule, amount, figure or outcome"
        if isinstance(node, ast.Call):
            values = [*node.args, *(keyword.value for keyword in node.keywords)]
            if not all(isinstance(value, ast.Constant) or self._list(value) for value in values):
                yield node, "a mark takes plain text and lists of codes only"

    def _expression(self, node: ast.expr, known: set[str], in_word: bool = False) -> Found:
        if isinstance(node, ast.Constant):
            if not (in_word if isinstance(node.value, str) else node.value in (0, 1, None)):
                yield node, f"the value {node.value!r} does not stand here"
        elif isinstance(node, ast.Name):
            if node.id not in known and not (in_word and node.id in self.constants):
                yield node, f"the name {node.id!r} is not known here"
        elif isinstance(node, ast.Tuple):
            if not in_word or not all(_is_string(item) for item in node.elts):
                yield node, "a list stands only where a word takes it, and holds texts"
        elif isinstance(node, ast.Attribute):
            yield from self._attribute(node, known)
        elif isinstance(node, ast.Call):
            yield from self._call(node, known)
        else:
            yield from self._operation(node, known)

    def _operation(self, node: ast.expr, known: set[str]) -> Found:
        parts: list[ast.expr] = []
        if isinstance(node, ast.BinOp) and isinstance(node.op, _OPERATORS):
            parts = [node.left, node.right]
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, _OPERATORS):
            parts = [node.operand]
        elif isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], _COMPARISONS):
            for part in (node.left, *node.comparators):
                yield from self._expression(part, known, in_word=_is_string(part))
            return
        else:
            yield node, f"{type(node).__name__} does not belong in a rule"
        for part in parts:
            yield from self._expression(part, known)

    def _attribute(self, node: ast.Attribute, known: set[str]) -> Found:
        if node.attr in _ENDS:
            yield from self._expression(node.value, known)
        elif not isinstance(node.value, ast.Name) or node.value.id not in ("f", "p") or node.value.id not in known:
            yield node, f"the attribute {node.attr!r} does not belong in a rule"
        elif node.attr.startswith("_"):
            yield node, f"the name {node.attr!r} is not a fact or number"

    def _call(self, node: ast.Call, known: set[str]) -> Found:
        called = node.func
        word = isinstance(called, ast.Name) and called.id in _WORDS & self.words
        if isinstance(called, ast.Attribute) and called.attr in _STEPS:
            word = True
            yield from self._expression(called.value, known)
        elif not word and not (isinstance(called, ast.Name) and called.id in self.functions):
            yield node, f"calls {ast.unparse(called)[:60]}, which is no word of a policy"
            return
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
            yield from self._expression(argument, known, in_word=word)
        spread = [keyword.value for keyword in node.keywords if keyword.arg is None]
        if any(not isinstance(item, ast.Name) for item in spread):
            yield node, "arguments are written one by one"


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and _is_string(node.value)


def _is_string(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _targets(node: ast.Assign) -> list[str]:
    """The names an assignment gives, [] where it gives anything else."""
    target = node.targets[0]
    parts = target.elts if isinstance(target, ast.Tuple) else [target]
    names = [part.id for part in parts if isinstance(part, ast.Name)]
    return names if len(names) == len(parts) and len(node.targets) == 1 else []


def _values(node: ast.Assign) -> list[ast.expr]:
    if isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple):
        return node.value.elts
    return node.value.values if isinstance(node.value, ast.Dict) else [node.value]


class _TooLarge(Exception):
    """The expressions of a file would not end."""


def _bounded(module: _Module, path: Path | str) -> list[PolicyError]:
    """Refuse functions that call themselves and expressions that grow beyond reason."""
    for function in module.functions.values():
        try:
            _Sizer(module.functions).function(function, {argument.arg: 1 for argument in function.args.args}, ())
        except _TooLarge as told:
            return [PolicyError(f"{function.name}: {told}", file=path, line=function.lineno, remedy="write it flat")]
    return []


class _Sizer:
    """How many nodes an expression gets when it is built. A word may use its arguments twice."""

    def __init__(self, functions: Mapping[str, ast.FunctionDef]):
        self._functions, self._steps = functions, 0

    def function(self, node: ast.FunctionDef, sizes: dict[str, int], above: tuple[str, ...]) -> int:
        if node.name in above:
            raise _TooLarge("calls itself")
        size = 1
        for statement in node.body:
            if isinstance(statement, ast.Assign | ast.Return) and statement.value is not None:
                size = self._size(statement.value, sizes, (*above, node.name))
            if isinstance(statement, ast.Assign):
                sizes |= dict.fromkeys(_targets(statement), size)
        return size

    def _size(self, node: ast.AST, sizes: dict[str, int], above: tuple[str, ...]) -> int:
        self._steps += 1
        if isinstance(node, ast.Name):
            return sizes.get(node.id, 1)
        parts = [self._size(child, sizes, above) for child in ast.iter_child_nodes(node)]
        called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        if called in self._functions:
            function = self._functions[called]
            given = dict(zip((argument.arg for argument in function.args.args), parts[1:], strict=False))
            size = self.function(function, given, above)
        else:
            size = 1 + sum(parts) * (2 if called in _WORDS else 1)
        if max(size, self._steps) > _MOST_NODES:
            raise _TooLarge(f"an expression of more than {_MOST_NODES} parts")
        return size
