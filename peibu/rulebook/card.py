"""Reads policy.yaml: the card of a document and what can be judged by it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from peibu.rulebook.errors import PolicyError
from peibu.rulebook.yaml_reader import read_yaml

PAYEES = ("person", "enterprise", "institution", "platform", "project_host", "base")
PER = ("person", "project", "base", "platform", "certificate", "day", "class")
WHO = ("person", "enterprise", "institution", "base", "platform")
_CARD = ("title", "title_en", "document_number", "issuers", "issued", "in_force", "payee", "kind", "subjects")
_SUBJECT = ("label", "label_en", "payee", "benefit", "per", "who", "help", "help_en", "clause", "item")


def read_card(path: Path) -> Mapping[str, Any]:
    """Read policy.yaml. PolicyError names the file, the line and what may stand there."""
    card = read_yaml(path)
    absent = [key for key in _CARD if key not in card]
    if absent:
        raise PolicyError(f"without {', '.join(absent)}", file=path, remedy="add it")
    _check_dates(path, card)
    _check_words(path, card, "payee", PAYEES, "the card", many=True)
    if not isinstance(card["subjects"], dict):
        raise PolicyError("subjects: not a mapping", file=path, remedy="write <code>: {label: .., label_en: ..}")
    for code, subject in card["subjects"].items():
        _check_subject(path, code, subject)
    return card


def _check_dates(path: Path, card: Mapping[str, Any]) -> None:
    force = card["in_force"]
    line = getattr(force, "line", 0)
    remedy = "write in_force: {from: 2020-09-15, until: 2020-12-31}; until may be left out"
    if not isinstance(force, dict) or not isinstance(force.get("from"), date):
        raise PolicyError("in_force: from must be a date", file=path, line=line, remedy=remedy)
    until = force.get("until")
    if until is not None and (not isinstance(until, date) or until < force["from"]):
        raise PolicyError("in_force: until must be a date, not before from", file=path, line=line, remedy=remedy)


def _check_subject(path: Path, code: str, subject: Any) -> None:
    where = f"subject {code}"
    line = getattr(subject, "line", 0)
    if not isinstance(subject, dict) or not subject.get("label") or not subject.get("label_en"):
        raise PolicyError(f"{where}: without label, label_en", file=path, line=line, remedy="add both languages")
    strange = [key for key in subject if key not in _SUBJECT]
    if strange:
        told = f"{where}: unknown key {', '.join(map(str, strange))}"
        raise PolicyError(told, file=path, line=line, remedy=f"one of {', '.join(_SUBJECT)}")
    _check_words(path, subject, "payee", PAYEES, where)
    _check_words(path, subject, "per", PER, where)
    _check_words(path, subject, "who", WHO, where, many=True)


def _check_words(path: Path, item: Any, key: str, words: tuple[str, ...], where: str, *, many: bool = False) -> None:
    """Check that item[key], if there, is one of the words (or, with `many`, a list of them)."""
    given = item.get(key)
    if given is None:
        return
    listed = given if many and isinstance(given, list) else [given]
    strange = [str(word) for word in listed if word not in words]
    if strange:
        told, line = f"{where}: unknown {key} {', '.join(strange)}", getattr(item, "line", 0)
        raise PolicyError(told, file=path, line=line, remedy=f"one of {', '.join(words)}")
