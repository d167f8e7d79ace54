"""Reads the declarations of facts: facts.yaml of a policy and the vocabulary all policies share."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from peibu.rulebook.authoring import unknown_name
from peibu.rulebook.codes import CodeList
from peibu.rulebook.errors import PolicyError
from peibu.rulebook.facts import TYPES, FactSpec
from peibu.rulebook.yaml_reader import Lined, read_yaml

VOCABULARY = Path(__file__).with_name("vocabulary.yaml")
PRIVACY = ("public", "internal", "personal", "sensitive")
_KEYS = {*FactSpec.__dataclass_fields__} - {"name", "choices_en", "file"}


@cache
def _shared() -> Mapping[str, FactSpec]:
    content = read_yaml(VOCABULARY)
    codes = {name: _shared_list(name, items) for name, items in content["codes"].items()}
    return {name: _spec(VOCABULARY, name, item, codes) for name, item in content["facts"].items()}


def _shared_list(name: str, items: Mapping[str, Mapping[str, str]]) -> CodeList:
    chinese = {code: labels["zh"] for code, labels in items.items()}
    return CodeList(name, name, name, "", chinese, {code: labels["en"] for code, labels in items.items()})


def shared_facts() -> Mapping[str, FactSpec]:
    """Return the facts of the shared vocabulary by name."""
    return _shared()


def read_fact_specs(path: Path, content: Mapping[str, Any], codes: Mapping[str, Any]) -> dict[str, FactSpec]:
    """Return every fact the policy may ask for: its own, those it takes over, and the reasons for soft limits."""
    shared = _shared()
    specs = {"soft_reasons": shared["soft_reasons"]}
    for name in content.get("use", ()):
        if name not in shared:
            error = unknown_name("shared fact", name, shared, "declare it under facts:")
            raise PolicyError(error.problem, file=path, remedy=error.remedy)
        specs[name] = shared[name]
    for name, item in content.get("facts", {}).items():
        specs[name] = _spec(path, name, item, codes)
    for spec in specs.values():
        _check_derivation(path, spec, specs, getattr(content.get("facts", {}).get(spec.name), "line", 0))
    return specs


def _check_derivation(path: Path, spec: FactSpec, specs: Mapping[str, FactSpec], line: int) -> None:
    """A derived fact must be one its records can give, in the same shape, with the facts it needs beside it."""
    from peibu.rulebook.derived.registry import DERIVATIONS, KINDS  # its package reads the vocabulary of this module

    def fail(told: str, remedy: str) -> PolicyError:
        return PolicyError(f"fact {spec.name}: {told}", file=path, line=line, remedy=remedy)

    if not spec.derived_by:
        return
    if spec.derived_by not in DERIVATIONS:
        raise fail(f"unknown derivation {spec.derived_by!r}", f"one of {', '.join(DERIVATIONS)}")
    gives, shared = KINDS[spec.derived_by].gives, _shared().get(spec.name)
    if spec.name not in gives:
        raise fail(f"{spec.derived_by} does not give it", f"derived_by {spec.derived_by}: {', '.join(gives)}")
    if shared is not None and (spec.type, spec.bounds) != (shared.type, shared.bounds):
        told = f"derived facts keep their type: {shared.type}" + (", bounds: true" if shared.bounds else "")
        raise fail("its type or bounds differ from the shared one", told)
    absent = [name for name in gives[spec.name] if name not in specs]
    if absent:
        raise fail(f"is computed with the help of {', '.join(absent)}", "take it over under use: as well")


def _spec(path: Path, name: str, item: Lined, codes: Mapping[str, Any]) -> FactSpec:
    def fail(told: str, remedy: str) -> PolicyError:
        return PolicyError(f"fact {name}: {told}", file=path, line=item.line, remedy=remedy)

    absent = [key for key in ("type", "label", "label_en", "source", "supplied_by", "privacy") if key not in item]
    strange = [key for key in item if key not in _KEYS]
    if absent or strange:
        raise fail(f"without {absent}" if absent else f"unknown key {strange}", f"keys: {', '.join(sorted(_KEYS))}")
    if item["type"] not in TYPES:
        raise fail(f"unknown type {item['type']!r}", f"one of {', '.join(TYPES)}")
    if item["privacy"] not in PRIVACY:
        raise fail(f"unknown privacy class {item['privacy']!r}", f"one of {', '.join(PRIVACY)}")
    if item["type"] in ("code", "codes") and not item.get("choices"):
        raise fail("a code needs choices", "name a code list of codes.yaml, or list {code: {zh, en}}")
    return FactSpec(**{"name": name, "file": path.name} | dict(item) | _choices(item, codes, fail))


def _choices(item: Lined, codes: Mapping[str, Any], fail: Any) -> dict[str, Mapping[str, str]]:
    choices = item.get("choices", {})
    if isinstance(choices, str):
        if choices not in codes:
            raise fail(f"unknown code list {choices!r}", f"one of {', '.join(codes)}")
        return {"choices": codes[choices].items, "choices_en": codes[choices].items_en}
    chinese = {code: label["zh"] for code, label in choices.items()}
    return {"choices": chinese, "choices_en": {code: label["en"] for code, label in choices.items()}}
