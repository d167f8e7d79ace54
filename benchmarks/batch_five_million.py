"""Does the cost of an application stay the same from ten thousand to five million, and does it fit into 24 GB?

`python -m benchmarks.batch_five_million [--sizes 10000 ...] [--folder DIR]`. Judges from raw rows, all explanations.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

import polars as pl

from benchmarks.generate import write
from benchmarks.measure import Cost, differences, run

SIZES = (10_000, 100_000, 1_000_000, 5_000_000)
ENGINE, OTHER = "ours, raw rows", "numpy by hand"


def measure(folder: Path, sizes: tuple[int, ...], seed: int = 2019) -> dict[int, Cost]:
    """Return {persons: mean cost of a whole batch}, every batch having been compared with numpy by hand."""
    costs = {}
    for size in sizes:
        part = folder / str(size)
        write(part, seed, size)
        costs[size] = run(ENGINE, part, part / "ours.parquet", warm=True)
        run(OTHER, part, part / "hand.parquet")
        if different := differences(pl.read_parquet(part / "hand.parquet"), pl.read_parquet(part / "ours.parquet")):
            raise SystemExit(f"{size:,}: {ENGINE} differs from {OTHER}: {different}")
        shutil.rmtree(part)
    return costs


def report(costs: dict[int, Cost]) -> list[str]:
    """Return the lines to print."""
    each = {size: cost.cpu / size * 1e6 for size, cost in costs.items()}
    lines = ["every cell is the same as by hand", "", f"{'persons':>10}{'CPU s':>9}{'CPU us each':>13}{'GB':>7}"]
    for size, cost in costs.items():
        lines.append(f"{size:10,}{cost.cpu:9.2f}{each[size]:13.2f}{cost.memory / 1000:7.2f}")
    spread = max(each.values()) / min(each.values()) - 1
    return [
        *lines,
        "",
        f"dearest against cheapest: +{spread:.0%} (target: at most 25 %)",
        f"most memory: {max(cost.memory for cost in costs.values()) / 1000:.2f} GB (target: at most 24)",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--folder", type=Path, help="a place for about 1 GB; a temporary one by default")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        costs = measure(Path(folder), tuple(given.sizes))
    print("\n".join(report(costs)))


if __name__ == "__main__":
    main()
