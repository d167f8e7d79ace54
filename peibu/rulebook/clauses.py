"""The clauses of a document, in our own words, and what realises each of them."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from pathlib import Path

from peibu.rulebook.errors import PolicyError
from peibu.rulebook.yaml_reader import Lined

REALISED = ("computed", "parameter", "process", "by_hand", "report", "for_information")
UNITS = "responsible_units"  # the code list of a policy whose document says who answers for which clause


@dataclass(frozen=True)
class Clause:
    """One clause: its id (QD97.1.2), where it stands in the document, and what it demands.

    responsible: the units that answer for it (codes of `responsible_units`), in the order of the document.
    """

    id: str
    cite: str
    kind: str
    realised: str
    says_zh: str
    says_en: str
    pages: tuple[str, ...] = ()
    line: int = 0
    responsible: tuple[str, ...] = ()


def read_clauses(path: Path, rows: Iterable[Lined]) -> list[Clause]:
    """Read clauses.yaml."""
    found: dict[str, Clause] = {}
    for row in rows:
        absent = [key for key in ("id", "cite", "kind", "realised", "says_zh", "says_en") if not row.get(key)]
        name = str(row.get("id", "?"))
        if absent:
            told = f"a clause without {', '.join(absent)}"
            raise PolicyError(told, file=path, line=row.line, clause=name, remedy="add it")
        if row["realised"] not in REALISED:
            told = f"realised: {row['realised']!r} is not known"
            raise PolicyError(told, file=path, line=row.line, clause=name, remedy=f"one of {', '.join(REALISED)}")
        if name in found:
            raise PolicyError("the clause occurs twice", file=path, line=row.line, clause=name, remedy="keep one")
        head = (name, str(row["cite"]), row["kind"], row["realised"], row["says_zh"], row["says_en"])
        tail = (tuple(row.get("pages", ())), row.line, tuple(row.get("responsible", ())))
        found[name] = Clause(*head, *tail)
    return list(found.values())


def unrealised(path: Path, clauses: Iterable[Clause], cited: dict[str, set[str]]) -> list[PolicyError]:
    """Return an error for each clause that says it is realised in a way that nothing of the folder bears out.

    cited: {"computed" | "parameter" | "process": ids cited by rules | numbers and readings | process.yaml}.
    """
    remedies = {
        "computed": "write a rule that cites it in rules.py, or mark it by_hand",
        "parameter": "give it a number in parameters.yaml, or mark it otherwise",
        "process": "cite it in process.yaml, or mark it otherwise",
    }
    return [
        PolicyError(
            f"marked {clause.realised}, but nothing cites it",
            file=path,
            line=clause.line,
            clause=clause.id,
            remedy=remedies[clause.realised],
        )
        for clause in clauses
        if clause.realised in remedies and clause.id not in cited[clause.realised]
    ]


def strange_units(path: Path, clauses: Iterable[Clause], units: Container[str]) -> list[PolicyError]:
    """Return an error for each clause that makes a unit responsible which the code list `responsible_units` lacks."""
    return [
        PolicyError(
            f"responsible: unknown unit {unit!r}",
            file=path,
            line=clause.line,
            clause=clause.id,
            remedy=f"one of the code list {UNITS} (codes.yaml)",
        )
        for clause in clauses
        for unit in clause.responsible
        if unit not in units
    ]
