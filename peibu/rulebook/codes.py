"""Code lists and texts of a policy: what may be chosen, what must be complete, what people agree to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from peibu.rulebook.errors import PolicyError


@dataclass(frozen=True)
class CodeList:
    """A closed list: {code: Chinese label}, with English labels beside. Iterating gives the codes."""

    name: str
    label: str
    label_en: str
    clause: str
    items: Mapping[str, str]
    items_en: Mapping[str, str]

    def __iter__(self) -> Iterator[str]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, code: str) -> str:
        return self.items[code]


@dataclass(frozen=True)
class Text:
    """A text people accept (a commitment): its version is kept with every acceptance."""

    name: str
    version: str
    since: date
    title: str
    body: str
    clause: str
    body_en: str = ""


def read_codes(path: Path, content: Mapping[str, Any]) -> dict[str, CodeList]:
    """Read codes.yaml."""
    found = {}
    for name, item in content.get("codes", {}).items():
        try:
            items = {code: labels["zh"] for code, labels in item["items"].items()}
            items_en = {code: labels["en"] for code, labels in item["items"].items()}
            found[name] = CodeList(name, item["label"], item["label_en"], item["clause"], items, items_en)
        except KeyError as key:
            told = f"code list {name}: without {key}"
            raise PolicyError(
                told, file=path, line=item.line, remedy="label, label_en, clause, items {code: {zh, en}}"
            )
    return found


def read_texts(path: Path, content: Mapping[str, Any]) -> dict[str, Text]:
    """Read texts.yaml."""
    found = {}
    for name, item in content.get("texts", {}).items():
        try:
            head = (name, str(item["version"]), item["since"], item["title"], item["body"].strip(), item["clause"])
        except KeyError as key:
            told = f"text {name}: without {key}"
            raise PolicyError(told, file=path, line=item.line, remedy="version, since, title, body, clause")
        found[name] = Text(*head, item.get("body_en", "").strip())
    return found
