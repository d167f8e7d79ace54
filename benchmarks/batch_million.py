"""A million applications from Parquet: numpy by hand, ours from raw rows and from stored months, OpenFisca-Core.

`python -m benchmarks.batch_million [--persons N] [--folder DIR]`. Prints a ratio only after every table was compared
cell by cell.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import polars as pl

from benchmarks.generate import write
from benchmarks.measure import Cost, differences, installed, run

HAND, RAW, STORED, FISCA, BUILD = (
    "numpy by hand",
    "ours, raw rows",
    "ours, stored months",
    "OpenFisca-Core",
    "store, built once",
)


def measure(folder: Path, persons: int, seed: int = 2019) -> dict[str, Cost]:
    """Generate, run everybody, compare every cell. Raises SystemExit when a single one differs."""
    write(folder, seed, persons)
    engines = [HAND, RAW, BUILD, STORED] + ([FISCA] if installed("openfisca_core") else [])
    costs, expected = {}, None
    for engine in engines:
        out = folder / "result.parquet"
        costs[engine] = run(engine, folder, out)
        if engine == BUILD:
            continue
        table = pl.read_parquet(out)
        expected = table if expected is None else expected
        if different := differences(expected, table):
            raise SystemExit(f"{engine} differs from {engines[0]}: {different}")
    return costs


def report(costs: dict[str, Cost], persons: int) -> list[str]:
    """Return the lines to print."""
    lines = [f"{persons:,} persons; every cell of every table is the same", ""]
    lines.append(f"{'':22}{'CPU s':>9}{'clock s':>9}{'MB':>8}{'CPU / hand':>12}")
    for engine, cost in costs.items():
        ratio = cost.cpu / costs[HAND].cpu
        lines.append(f"{engine:22}{cost.cpu:9.2f}{cost.clock:9.2f}{cost.memory:8.0f}{ratio:12.2f}")
    lines += ["", *_targets(costs)]
    return lines


def _targets(costs: dict[str, Cost]) -> list[str]:
    raw, stored = costs[RAW], costs[STORED]
    lines = [
        f"raw rows against numpy by hand: {raw.cpu / costs[HAND].cpu:.2f} (target: at most 1.15)",
        f"most memory, raw rows: {raw.memory / 1000:.2f} GB (target: at most 1.5)",
        f"stored months against raw rows: {stored.cpu / raw.cpu:.2f} (target: at most 0.25)",
    ]
    if FISCA in costs:
        fisca = costs[FISCA]
        lines.append(f"OpenFisca-Core against raw rows: {fisca.cpu / raw.cpu:.2f} (target: at least 1)")
        lines.append(f"OpenFisca-Core against stored months: {fisca.cpu / stored.cpu:.2f} (target: at least 4)")
    else:
        lines.append("OpenFisca-Core is not installed: pip install --require-hashes -r requirements/bench.txt")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="a place for about 0.2 GB a million; a temporary one by default")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        costs = measure(Path(folder), given.persons)
    print("\n".join(report(costs, given.persons)))


if __name__ == "__main__":
    main()
