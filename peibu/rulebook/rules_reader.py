"""Reads rules.py of a policy folder: lints it, runs it alone, and collects its marked functions as expressions."""

from __future__ import annotations

import inspect
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peibu.rulebook.authoring import FactNames, Mark, NumberNames
from peibu.rulebook.dated import Interpretation
from peibu.rulebook.errors import PolicyError
from peibu.rulebook.expr import Expr, Misused, Pair
from peibu.rulebook.rules_lint import lint_rules


@dataclass(frozen=True)
class Rule:
    """One marked function of rules.py, read."""

    name: str
    mark: Mark
    expr: Expr
    says: str
    line: int
    file: str = "rules.py"


def rule_files(folder: Path) -> list[Path]:
    """Return rules.py and, for a long document, the files rules_<part>.py beside it, in the order of their names."""
    return [folder / "rules.py", *sorted(folder.glob("rules_*.py"))]


def one_of_each(folder: Path, rules: list[Rule]) -> None:
    """Raise PolicyError when two files of a folder mark functions of one name."""
    seen: dict[str, Rule] = {}
    for rule in rules:
        other = seen.setdefault(rule.name, rule)
        if other is not rule:
            told = f"{rule.name} is also a function of {other.file}"
            raise PolicyError(
                told, file=folder / rule.file, line=rule.line, clause=rule.mark.clause, remedy="rename one"
            )


def read_rules(path: Path, facts: FactNames, numbers: NumberNames, readings: dict[str, Any]) -> list[Rule]:
    """Return every rule, amount and figure of the file, in its order."""
    if not path.is_file():
        raise PolicyError("the file is missing", file=path, remedy="every policy folder needs it")
    source = path.read_text(encoding="utf-8")
    problems = lint_rules(source, path)
    if problems:
        raise problems[0]
    namespace: dict[str, Any] = {"__name__": f"policy_rules:{path.parent.name}"}
    try:
        exec(compile(source, str(path), "exec"), namespace)  # policy folders are code of the house, reviewed as such
    except Exception as error:
        raise _located(path, error) from error
    marked = [item for item in namespace.values() if hasattr(item, "__peibu__")]
    return [_read(path, function, facts, numbers, readings) for function in marked]


def read_each(
    path: Path, facts: FactNames, numbers: NumberNames, readings: dict[str, Any]
) -> tuple[list[Rule], list[PolicyError]]:
    """Return the functions of the file that can be read, and an error for each that cannot (or for the file)."""
    namespace: dict[str, Any] = {"__name__": f"policy_rules:{path.parent.name}"}
    try:
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), namespace)
    except Exception as error:
        return [], [_located(path, error)]
    found, problems = [], []
    for function in (item for item in namespace.values() if hasattr(item, "__peibu__")):
        try:
            found.append(_read(path, function, facts, numbers, readings))
        except PolicyError as error:
            problems.append(error)
    return found, problems


def _read(path: Path, function: Any, facts: FactNames, numbers: NumberNames, readings: dict[str, Any]) -> Rule:
    given = {"f": facts, "p": numbers}
    mark, line = function.__peibu__, function.__code__.co_firstlineno
    try:
        names = tuple(inspect.signature(function).parameters)
        expr = function(*(given[name] for name in names))
    except KeyError:
        told = f"{function.__name__}: a rule takes f (facts) and p (numbers) only"
        raise PolicyError(told, file=path, line=line, clause=mark.clause, remedy="rename the arguments")
    except Exception as error:
        raise _located(path, error, mark.clause) from error
    if isinstance(expr, Pair) or not isinstance(expr, Expr):
        told = f"{function.__name__} returns {type(expr).__name__}, not an expression"
        raise PolicyError(told, file=path, line=line, clause=mark.clause, remedy="return a comparison")
    _check_readings(path, function.__name__, line, expr, readings)
    return Rule(function.__name__, mark, expr, inspect.getdoc(function) or "", line, path.name)


def _check_readings(path: Path, name: str, line: int, expr: Expr, readings: dict[str, Any]) -> None:
    for node in expr.walk():
        if node.op != "pick":
            continue
        reading = readings.get(node.args[0].data)
        if not isinstance(reading, Interpretation) or set(reading.readings) != set(node.data):
            known = list(reading.readings) if isinstance(reading, Interpretation) else "an interpretation"
            told = f"{name}: pick() offers {list(node.data)}, the interpretation has {known}"
            raise PolicyError(told, file=path, line=line, remedy="give every reading one option")


def _located(path: Path, error: Exception, clause: str = "") -> PolicyError:
    line = error.lineno or 0 if isinstance(error, SyntaxError) else 0
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == str(path):
            line = frame.lineno or 0
    if isinstance(error, PolicyError | Misused):
        return PolicyError(error.problem, file=path, line=line, clause=clause, remedy=error.remedy)
    told = f"{type(error).__name__}: {error}"
    remedy = "the words a rule may use are those of peibu.rulebook"
    return PolicyError(told, file=path, line=line, clause=clause, remedy=remedy)
