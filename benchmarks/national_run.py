"""Fifty million applications, the three-year target of 国办发〔2019〕24号, generated and judged partition by partition.

`python -m benchmarks.national_run FOLDER [--applications N] [--partition N] [--workers 2] [--keep-results]`. Killed at any
moment and started again with the same words it goes on where it stopped: a partition counts when its manifest stands in
FOLDER. What was generated is deleted as soon as it is judged.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import shutil
import time
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

TARGET = 50_000_000
MINUTES = 20


class Plan(NamedTuple):
    """What is to be run: applications (at least; one person in two hundred has two), persons a partition, the seed."""

    applications: int
    partition: int
    seed: int

    def partitions(self) -> range:
        return range(-(-self.applications // self.partition))

    def persons(self, number: int) -> int:
        return min(self.partition, self.applications - number * self.partition)


def judge(folder: Path, plan: Plan, keep: bool, number: int) -> dict[str, Any]:
    """Generate one partition, judge it, write its manifest, delete what was generated; return the manifest."""
    from benchmarks.engines import from_rows, policy
    from benchmarks.generate import BLOCK, write
    from benchmarks.measure import peak

    policy()
    work = folder / f"work-{number:05}-{os.getpid()}"
    start = time.perf_counter()
    write(work, plan.seed, plan.persons(number), number * -(-plan.partition // BLOCK))
    made, cpu = time.perf_counter(), time.process_time()
    table = from_rows(work)
    judged = time.perf_counter() - made
    if keep:
        _whole(folder / f"result-{number:05}.parquet", table.write_parquet)
    manifest = {
        "partition": number,
        "applications": table.height,
        "decisions": dict(table["decision"].value_counts().iter_rows()),
        "amount_fen": table["amount_fen"].sum(),
        "digest": digest(table),
        "generating_seconds": made - start,
        "judging_seconds": judged,
        "judging_cpu_seconds": time.process_time() - cpu,
        "memory_mb": peak(),
    }
    _whole(folder / f"done-{number:05}.json", lambda path: path.write_text(json.dumps(manifest), "utf-8"))
    shutil.rmtree(work)
    return manifest


def digest(table: pl.DataFrame) -> str:
    """Return a sha256 over every cell, the same on every machine and whatever file it was written to."""
    whole = hashlib.sha256()
    for column in table.iter_columns():
        whole.update(column.name.encode())
        whole.update(column.is_null().to_numpy().tobytes())
        if column.dtype == pl.String:
            whole.update("\n".join(column.fill_null("").to_list()).encode())
        else:
            whole.update(column.to_physical().cast(pl.Int64).fill_null(0).to_numpy().tobytes())
    return whole.hexdigest()


def _whole(path: Path, write: Any) -> None:
    part = path.with_name(path.name + ".part")
    write(part)
    part.replace(path)


def open_run(folder: Path, plan: Plan) -> list[dict[str, Any]]:
    """Return the manifests of the partitions that are done. Raises SystemExit when the folder holds another run."""
    folder.mkdir(parents=True, exist_ok=True)
    card = folder / "run.json"
    if card.exists() and json.loads(card.read_text("utf-8")) != list(plan):
        raise SystemExit(
            f"{folder} holds another run: {card.read_text('utf-8')}; use a new folder or the same numbers"
        )
    _whole(card, lambda path: path.write_text(json.dumps(plan), "utf-8"))
    for work in folder.glob("work-*"):  # what a killed run left; its last workers may still be finishing theirs
        if not Path("/proc", work.name.split("-")[-1]).exists():
            shutil.rmtree(work)
    paths = [folder / f"done-{number:05}.json" for number in plan.partitions()]
    return [json.loads(path.read_text("utf-8")) for path in paths if path.exists()]


def run(folder: Path, plan: Plan, *, workers: int, keep: bool = False) -> list[dict[str, Any]]:
    """Judge every partition that is not done yet; return all manifests in order."""
    from tqdm import tqdm

    done = open_run(folder, plan)
    left = sorted(set(plan.partitions()) - {manifest["partition"] for manifest in done})
    total = sum(plan.persons(number) for number in plan.partitions())
    # one thread a worker: the workers are what fills the cores
    os.environ["POLARS_MAX_THREADS"] = "1"
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        os.environ.pop(name, None)
    bar = tqdm(total=total, unit=" applications", unit_scale=True, smoothing=0)
    with bar, multiprocessing.get_context("spawn").Pool(workers) as pool:
        bar.update(sum(plan.persons(manifest["partition"]) for manifest in done))
        for manifest in pool.imap_unordered(partial(judge, folder, plan, keep), left):
            done.append(manifest)
            bar.update(plan.persons(manifest["partition"]))
    return sorted(done, key=lambda manifest: manifest["partition"])


def report(manifests: list[dict[str, Any]], workers: int) -> list[str]:
    """Return the lines to print."""
    count = sum(manifest["applications"] for manifest in manifests)
    decisions = {
        name: sum(manifest["decisions"].get(name, 0) for manifest in manifests) for name in ("pass", "fail", "unknown")
    }
    fen = sum(manifest["amount_fen"] for manifest in manifests)
    judging, cpu, making = (
        sum(manifest[name] for manifest in manifests)
        for name in ("judging_seconds", "judging_cpu_seconds", "generating_seconds")
    )
    whole = hashlib.sha256("".join(manifest["digest"] for manifest in manifests).encode()).hexdigest()
    return [
        f"{count:,} applications in {len(manifests)} partitions",
        *(f"  {name:8}{number:>14,}" for name, number in decisions.items()),
        f"  money   {fen // 100:>14,}.{fen % 100:02} yuan",
        f"  digest  {whole}",
        f"judging: {judging / workers / 60:.1f} minutes on {workers} workers (target: under {MINUTES}), {cpu:.0f} CPU s,"
        f" {cpu / count * 1e6:.2f} CPU us each",
        f"generating: {making / workers / 60:.1f} minutes; most memory of a worker: {max(m['memory_mb'] for m in manifests):.0f} MB",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--applications", type=int, default=TARGET)
    parser.add_argument(
        "--partition", type=int, default=500_000, help="persons a partition; full blocks of 50,000 are best"
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=2019)
    parser.add_argument("--keep-results", action="store_true")
    given = parser.parse_args()
    plan = Plan(given.applications, given.partition, given.seed)
    manifests = run(given.folder, plan, workers=given.workers, keep=given.keep_results)
    print("\n".join(report(manifests, given.workers)))


if __name__ == "__main__":
    main()
