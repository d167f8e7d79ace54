"""A draft over the real past: who would win, who would lose, how much money, because of which rule, how much work.

Plain results for a page or a file. The columns are computed by `replay_frame`; every case belongs to exactly one
outcome and one cause, so that the parts of any table add up to the whole, in fen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from peibu.rulebook.difference import Difference

OUTCOMES: Mapping[str, tuple[str, str]] = {
    "winner": ("受益", "winners"),
    "loser": ("受损", "losers"),
    "newly_passed": ("由待核实变为符合", "unknown, now met"),
    "newly_failed": ("由待核实变为不符合", "unknown, now not met"),
    "newly_unknown": ("变为待核实", "decided, now unknown"),
    "other_result": ("金额不变，其他结果有变化", "same money, another result"),
    "same": ("不变", "same"),
}
MONEY = "amount"  # stands among the rule names where no rule but a result made the difference: the money ...
RESULT = "outcome"  # ... or hours, title, payee


@dataclass(frozen=True)
class Tally:
    """Counts of cases by outcome, and money in fen. An unknown amount is counted as 0, its case in `unknown_*`."""

    cases: int
    winner: int
    loser: int
    newly_passed: int
    newly_failed: int
    newly_unknown: int
    other_result: int
    same: int
    before_fen: int
    after_fen: int
    gained_fen: int
    lost_fen: int
    passed_before: int
    passed_after: int
    unknown_before: int
    unknown_after: int

    @property
    def delta_fen(self) -> int:
        """Money after less money before."""
        return self.after_fen - self.before_fen


@dataclass(frozen=True)
class Group:
    """The cases of one enterprise, one division, or one set of causing rules."""

    key: str
    label: str
    tally: Tally
    rules: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Waiting:
    """How many cases wait for a fact of one rule, before and after: the work that a draft makes or saves."""

    rule: str
    clause: str
    title: str
    before: int
    after: int


@dataclass(frozen=True)
class Sample:
    """One changed case, explained."""

    case: str
    enterprise: str
    division: str
    outcome: str
    difference: Difference


@dataclass(frozen=True)
class Replay:
    """The whole result. skipped: {reason: number of rows that were not judged}."""

    policy: str
    subject: str
    base: str
    draft: str
    total: Tally
    by_enterprise: tuple[Group, ...]
    by_division: tuple[Group, ...]
    by_rule: tuple[Group, ...]
    waiting: tuple[Waiting, ...]
    samples: tuple[Sample, ...]
    skipped: Mapping[str, int]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, the sentences of the samples in both languages beside their parts."""
        told = asdict(self)
        for plain, sample in zip(told["samples"], self.samples, strict=True):
            plain["sentence"], plain["sentence_en"] = sample.difference.sentence(), sample.difference.sentence("en")
        return told
