"""Runs one competitor in a process of its own and says what it cost; compares tables cell by cell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import polars as pl

ROOT = Path(__file__).resolve().parents[1]
THREADS = "2"
_WARM = 2.0  # seconds of CPU


class Cost(NamedTuple):
    """CPU seconds (user and system, all threads), seconds on the clock, most memory in MB."""

    cpu: float
    clock: float
    memory: float


def run(engine: str, folder: Path, out: Path | None = None, *, warm: bool = False) -> Cost:
    """Run a competitor of `engines.ENGINES` on a folder; write its table to `out`. Raises CalledProcessError.

    warm: run it once before, then often enough to fill two seconds, and return the mean of these.
    """
    # these two tune OpenBLAS for one machine and slow numpy on others
    env = {name: value for name, value in os.environ.items() if name not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}
    env |= {"POLARS_MAX_THREADS": THREADS, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "benchmarks.measure", engine, str(folder), str(out or ""), "warm" * warm]
    done = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True)
    return Cost(*json.loads(done.stdout.splitlines()[-1]))


def _child(engine: str, folder: str, out: str, warm: str) -> None:

    import peibu.rulebook.frame_judge  # noqa: F401  loaded when a table is first judged
    from benchmarks.engines import ENGINES, policy

    policy()  # loading the folder and the packages is not what is measured
    if warm:
        ENGINES[engine](Path(folder))
    before, clock, times = _cpu(), time.perf_counter(), 0
    while not times or (warm and _cpu() - before < _WARM):
        table = ENGINES[engine](Path(folder))
        times += 1
    cost = Cost((_cpu() - before) / times, (time.perf_counter() - clock) / times, peak())
    if out:
        table.write_parquet(out)
    print(json.dumps(cost))


def _cpu() -> float:
    spent = os.times()
    return spent.user + spent.system


def peak() -> float:
    """Return the most memory this process held, in MB. (ru_maxrss would count what the parent held at the fork.)"""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1000
    raise OSError("/proc/self/status tells no VmHWM: this is measured on Linux")


def differences(one: pl.DataFrame, other: pl.DataFrame) -> dict[str, int]:
    """Return {column: rows that differ}; null equals null. Raises ValueError when the shapes differ."""
    if (one.columns, one.height) != (other.columns, other.height):
        raise ValueError(f"{one.shape} {one.columns} against {other.shape} {other.columns}")
    counts = {name: int(one[name].ne_missing(other[name]).sum()) for name in one.columns}
    return {name: count for name, count in counts.items() if count}


def installed(package: str) -> bool:
    """Whether a peer is there to be measured."""
    from importlib.util import find_spec

    return find_spec(package) is not None


if __name__ == "__main__":
    _child(*sys.argv[1:])
