"""`peibu decide ... --cluster MASTER`: checked here, judged on Spark, written here in the order of the file."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from peibu.cli.batch import run
from peibu.cli.batch.buckets import how_many, key_of, one_for_all
from peibu.cli.batch.records import RecordReader
from peibu.cli.batch.source import Source
from peibu.cli.batch.table import TableReader
from peibu.rulebook import Policy, RulebookError
from peibu.rulebook.batch.cluster import STRETCH, Shared, judge_on_cluster
from peibu.rulebook.batch.partition import GRANTS, Job, judge_partition
from peibu.rulebook.derived import KINDS
from peibu.rulebook.derived.frames import schema_of
from peibu.rulebook.limits import limits_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_ADVICE = "见 docs/how-to/run-on-a-cluster.md"
JAVA_MISSING = f"集群运行需要 Java 17 或以上：请安装 openjdk-17-jre-headless，或用 JAVA_HOME 指明位置；{_ADVICE}"


def judge_source_on_cluster(
    master: str,
    source: Source,
    reader: TableReader,
    readers: Mapping[str, RecordReader],
    policy: Policy,
    job: Job,
    spool: run.Spool,
) -> None:
    """Check every row here, judge on the cluster, and hand the rows to the spool in the order of the file.

    The hidden folder beside the output must lie where all machines of the cluster see it under the same path.
    """
    claims = Parts(spool.folder / "claims")
    run.check_source(source, reader, claims.add, "检查")
    records = {kind: Parts(spool.folder / kind) for kind in readers}
    for kind, one in readers.items():
        with run.bar(one.source.total, one.kind.label) as progress:
            for table in one.chunks():
                records[kind].add(table)
                progress.update(len(table))
        one.refuse()
    limited, quota = bool(limits_of(policy, job.subject)), one_for_all(policy, job.subject)
    if limited and GRANTS not in records:
        # claims of one person must meet in one bucket, grants or not
        records[GRANTS] = Parts(spool.folder / GRANTS)
        records[GRANTS].add(pl.DataFrame(schema=schema_of(KINDS[GRANTS])))
    # on a cluster each worker has the policies in a place of its own, told by PEIBU_POLICIES
    root = job.root if master.startswith("local") else None
    job = replace(job, root=root, covered={kind: one.covered for kind, one in readers.items()}, derive_only=quota)
    shared = Shared(
        claims=str(claims.folder),
        result=str(spool.folder / "result"),
        key=key_of(readers),
        record_key=next((one.kind.key for one in readers.values()), "person"),
        records={kind: str(parts.folder) for kind, parts in records.items()},
        schemas={kind: schema_of(KINDS[kind]) for kind in records},
    )
    buckets = how_many(source.total, sum(one.source.total for one in readers.values()))
    with session(master) as spark:
        least = spark.sparkContext.defaultParallelism
        judge_on_cluster(spark, job, shared, buckets=max(buckets, least), rows_per_file=run.CHUNK)
    chunks = _by_row(Path(shared.result))
    if quota:
        # a place in a quota depends on everybody before: one small step here, on facts that are already there
        grants = pl.scan_parquet(sorted(records[GRANTS].folder.glob("*.parquet")))
        whole = judge_partition(policy, replace(job, derive_only=False), pl.concat(chunks), {GRANTS: grants})
        chunks = iter(whole.iter_slices(run.CHUNK))
    for chunk in chunks:
        spool.add(chunk)


def _by_row(result: Path) -> Iterator[pl.DataFrame]:
    for place in sorted(result.glob(f"{STRETCH}=*"), key=lambda one: int(one.name.partition("=")[2])):
        yield pl.read_parquet(sorted(place.glob("*.parquet")), hive_partitioning=False)


class Parts:
    """A folder of Parquet files, written one after the other."""

    def __init__(self, folder: Path):
        folder.mkdir()
        self.folder, self._number = folder, 0

    def add(self, table: pl.DataFrame) -> None:
        """Write one more file. Spark reads it, so it is written as everybody reads Parquet."""
        table.write_parquet(self.folder / f"{self._number:08}.parquet", compression="snappy")
        self._number += 1


@contextmanager
def session(master: str) -> Iterator[SparkSession]:
    """A Spark session on a master (local[2], spark://..., yarn, k8s://...), stopped afterwards if it was made here."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise RulebookError(f"没有安装 pyspark：请安装 requirements/cluster.txt；{_ADVICE}") from None
    if not has_java():
        raise RulebookError(JAVA_MISSING)
    there = SparkSession.getActiveSession()
    spark = there or _built(SparkSession.builder.appName("peibu decide").master(master), master)
    try:
        yield spark
    finally:
        if there is None:
            spark.stop()


def has_java() -> bool:
    """Whether Spark would find a Java here."""
    home = os.environ.get("JAVA_HOME")
    return bool(shutil.which("java")) or bool(home and (Path(home) / "bin" / "java").exists())


def _built(builder: Any, master: str) -> SparkSession:
    options = {"spark.sql.execution.arrow.maxRecordsPerBatch": "50000", "spark.log.level": "WARN"}
    if master.startswith("local"):
        # on one machine: this Python and this code, no page, no open port to the outside
        os.environ["PYSPARK_PYTHON"] = sys.executable
        options |= {"spark.executorEnv.PYTHONPATH": str(Path(__file__).resolve().parents[3])}
        options |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
        options |= {"spark.ui.enabled": "false"}
    for name, value in options.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()
