"""What an author should look at in a folder that is whole: numbers nothing uses, facts nobody asks, readings no rule reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from peibu.rulebook.errors import PolicyError
from peibu.rulebook.policy import Policy
from peibu.rulebook.wording import Template
from peibu.rulebook.yaml_reader import read_yaml

_ELSEWHERE = "drop it, or leave it when another part of the system reads it"
_KNOWN = {"policy", "clauses", "parameters", "facts", "process", "wording", "cases", "interpretations", "codes", "texts",
          "rates", "limits"}  # fmt: skip


def hints(policy: Policy) -> Iterator[PolicyError]:
    """Yield one remark, with file and line, per thing that is declared and used nowhere in the folder."""
    used = _used(policy)
    for part, told in (("parameters", "number {} is used by no rule, sentence, step, rate or limit"),
                       ("interpretations", "reading {} is read by no rule")):  # fmt: skip
        declared = read_yaml(policy.folder / f"{part}.yaml", optional=True).get(part, {})
        for name, item in declared.items():
            if name not in used:
                where: dict[str, Any] = {"file": policy.folder / f"{part}.yaml", "line": item.line}
                yield PolicyError(told.format(name), clause=item["clause"], remedy=_ELSEWHERE, **where)
    yield from _unasked(policy)
    for file in sorted(policy.folder.iterdir()):
        if file.suffix in (".yaml", ".yml") and file.stem not in _KNOWN:
            yield PolicyError(
                "a file of this name is not read", file=file, remedy=f"one of {', '.join(sorted(_KNOWN))}"
            )


def _unasked(policy: Policy) -> Iterator[PolicyError]:
    asked = {spec.name for subject in policy.subjects for spec in policy.facts_of(subject)} | set(_words_of(policy))
    content = read_yaml(policy.folder / "facts.yaml")
    declared = content.get("facts") or {}
    limits = policy.limits
    asked |= {name for limit in limits.values() for name in (limit.note, limit.free_on, limit.ranks)}
    for name in [*(content.get("use") or ()), *declared]:
        spec = policy.fact_specs[name]
        if name not in asked and not asked & set(spec.slots) and name not in limits:
            line = getattr(declared.get(name), "line", getattr(content, "line", 1))
            told = f"fact {name} is asked by no rule and no sentence"
            yield PolicyError(told, file=policy.folder / "facts.yaml", line=line, remedy=_ELSEWHERE)


def _words_of(policy: Policy) -> Iterator[str]:
    for words in policy.wording.values():
        for text in words.values():
            yield from Template(text).names


def _used(policy: Policy) -> set[str]:
    found = set(_words_of(policy))
    for rule in policy.rules:
        for node in rule.expr.walk():
            if node.op == "param":
                found.add(node.data)
            elif node.op == "pick":
                found.add(node.args[0].data)
    texts = set(_texts(policy.processes)) | set(_texts(read_yaml(policy.folder / "limits.yaml", optional=True)))
    texts |= set(_texts(policy.card))  # a class's size, a fund's order
    return found | texts | {table.limit.name for table in policy.rates.values() if table.limit is not None}


def _texts(item: Any) -> Iterator[str]:
    """Every text in nested YAML: a deadline or a window names its number."""
    if isinstance(item, str):
        yield item
    elif isinstance(item, Mapping):
        for value in item.values():
            yield from _texts(value)
    elif isinstance(item, list):
        for value in item:
            yield from _texts(value)
