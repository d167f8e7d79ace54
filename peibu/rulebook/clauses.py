"""The clauses of a document, in our own words, and what realises each of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from peibu.rulebook.errors import PolicyError
from peibu.rulebook.yaml_reader import Lined

REALISED = ("computed", "parameter", "process", "by_hand", "report", "for_information")


@dataclass(frozen=True)
class Clause:
    """One clause: its id (QD97.1.2), where it stands in the document, and what it demands."""

    id: str
    cite: str
    kind: str
    realised: str
    says_zh: str
    says_en: str
    pages: tuple[str, ...] = ()
    line: int = 0


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
        found[name] = Clause(*head, tuple(row.get("pages", ())), row.line)
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
