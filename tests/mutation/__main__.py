"""Mutation testing: which slips in a policy or in the kernel the tests would let pass.

python -m tests.mutation rules [policy ...]
python -m tests.mutation kernel
python -m tests.mutation report      both, and writes docs/reference/mutation.md
"""

from __future__ import annotations

import sys

from peibu.rulebook import list_policies
from tests.mutation.tally import Tally, of_policy


def main(words: list[str]) -> int:
    """Print mutants, killed and survivors. Returns 1 when one in twenty or more survives somewhere."""
    if words[:1] == ["rules"]:
        found = (of_policy(path) for path in words[1:] or list_policies())
    elif words in (["kernel"], ["report"]):
        found = _all() if words == ["report"] else _kernel()
    else:
        print(__doc__)
        return 2
    tallies = []
    for tally in found:
        print(tally.line(), *(f"  {one}" for one in tally.survivors), sep="\n", flush=True)
        tallies.append(tally)
    if words == ["report"]:
        from tests.mutation.report import write

        print(write(tallies))
    return int(any(tally.too_many for tally in tallies))


def _kernel() -> list[Tally]:
    from tests.mutation import kernel

    return [kernel.tally()]


def _all() -> list[Tally]:
    return [*map(of_policy, list_policies()), *_kernel()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
