"""How many mutants were killed, which survive, and which cannot be told from the original."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from peibu.rulebook.yaml_reader import read_yaml
from tests.mutation.mutants import outcomes
from tests.mutation.outcome import DORMANT, KILLED, STILLBORN, SURVIVED, UNREAD

MOST_PERCENT = 5
EQUIVALENT = Path(__file__).with_name("equivalent.yaml")


@dataclass(frozen=True)
class Tally:
    """Of one policy or of the kernel. equivalent: {mutant: why no test can tell it}; not_counted: {why: how many}."""

    name: str
    killed: int
    survivors: tuple[str, ...]
    equivalent: Mapping[str, str]
    not_counted: Mapping[str, int]

    @property
    def mutants(self) -> int:
        """Those that count."""
        return self.killed + len(self.survivors)

    @property
    def percent(self) -> float:
        """Survivors of a hundred."""
        return 100 * len(self.survivors) / self.mutants if self.mutants else 0.0

    @property
    def too_many(self) -> bool:
        """Whether the share is not below the five in a hundred that we allow ourselves."""
        return self.percent >= MOST_PERCENT

    def line(self) -> str:
        """One line of figures."""
        aside = "".join(f", {number} {why}" for why, number in self.not_counted.items() if number)
        head = f"{self.name}: {self.mutants} mutants, {self.killed} killed, {len(self.survivors)} survive"
        return f"{head} ({self.percent:.1f} %); not counted: {len(self.equivalent)} equivalent{aside}"


def of_policy(path: str) -> Tally:
    """Try every mutant of a policy. ValueError for an entry of equivalent.yaml that is no survivor (any more)."""
    found = list(outcomes(path))
    times = Counter(one.verdict for one in found)
    excused = equivalent(path)
    alive = [one for one in found if one.verdict == SURVIVED]
    if stale := set(excused) - {one.key for one in alive}:
        raise ValueError(f"{EQUIVALENT.name} excuses what does not survive: {sorted(stale)}")
    survivors = tuple(f"{one.file}:{one.line} {one.key}" for one in alive if one.key not in excused)
    aside = {
        "in a reading nobody has chosen": times[DORMANT],
        "of a number or list no rule reads": times[UNREAD],
        "that do not run": times[STILLBORN],
    }
    return Tally(path, times[KILLED], survivors, excused, aside)


def equivalent(name: str) -> dict[str, str]:
    """The mutants of a policy, or of the kernel, that are listed with a reason."""
    return dict(read_yaml(EQUIVALENT).get(name) or {})
