"""python -m tests.mutation rules [policy ...]: which slips in a policy its worked examples would let pass."""

from __future__ import annotations

import sys
from collections import Counter

from peibu.rulebook import list_policies
from tests.mutation.bench import DORMANT, KILLED, STILLBORN, SURVIVED
from tests.mutation.mutants import outcomes


def main(words: list[str]) -> int:
    """Print per policy: mutants, killed, survivors. Returns 1 when more than one in twenty survives somewhere."""
    if not words or words[0] != "rules":
        print(__doc__)
        return 2
    return max(_one(path) for path in words[1:] or list_policies())


def _one(path: str) -> int:
    found = list(outcomes(path))
    times = Counter(one.verdict for one in found)
    left = [one for one in found if one.verdict == SURVIVED]
    counted = times[KILLED] + times[SURVIVED]
    share = 100 * len(left) / counted
    print(f"{path}: {counted} mutants, {times[KILLED]} killed, {len(left)} survive ({share:.1f} %)", end="; ")
    print(f"{times[DORMANT]} in readings nobody has chosen or numbers no rule reads, not counted; {times[STILLBORN]} do not run")
    for one in left:
        print(f"  {one.file}:{one.line} {one.key}")
    return int(share >= 5)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
