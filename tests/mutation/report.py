"""Writes docs/reference/mutation.md: the figures with their day, every survivor, every equivalent with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.mutation.tally import MOST_PERCENT, Tally

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "mutation.md"
_HEAD = f"""# Mutation testing

Written by `python -m tests.mutation report` on {{day}}. A mutant is one slip of the pen: a boundary one step off, a condition left
out, two facts confused, a code missing from a list, another reading chosen, a limit that looks at another window. It is killed
when a worked example of the policy (or a test of `tests/kernel`) comes out otherwise. Survivors must stay below {MOST_PERCENT} %.

| | mutants | killed | survive | equivalent | not counted |
|---|---|---|---|---|---|
"""


def write(tallies: Iterable[Tally]) -> Path:
    """Write the page and return its path."""
    tallies = list(tallies)
    rows = "\n".join(map(_row, tallies))
    text = (
        _HEAD.format(day=datetime.now(tz=UTC).date().isoformat()) + rows + "\n\n" + "\n".join(_lists(tallies)) + "\n"
    )
    PAGE.write_text(text, encoding="utf-8")
    return PAGE


def _row(tally: Tally) -> str:
    aside = "; ".join(f"{number} {why}" for why, number in tally.not_counted.items() if number) or "-"
    alive = f"{len(tally.survivors)} ({tally.percent:.1f} %)"
    return f"| {tally.name} | {tally.mutants} | {tally.killed} | {alive} | {len(tally.equivalent)} | {aside} |"


def _lists(tallies: list[Tally]) -> Iterator[str]:
    yield "## Survivors\n"
    alive = [f"- {tally.name}: `{one}`" for tally in tallies for one in tally.survivors]
    yield from alive or ["None."]
    yield "\n## Equivalent: no test can tell them from the original\n"
    same = [f"- {tally.name}: `{one}`: {why}" for tally in tallies for one, why in tally.equivalent.items()]
    yield from same or ["None."]
    yield "\n## Not counted\n"
    yield "- In a reading nobody has chosen: `tests/policies/test_readings.py` and `test_other_readings.py` try every reading."
    yield "- Numbers and lists that no rule reads are deadlines of `process.yaml` and choices of a form."
    yield "- Limits that rank candidates are tried as a whole in `tests/policies/test_limits_of_documents.py`."
    yield "- mutmut runs without the tests that start another process; it changes no module-level constants."
