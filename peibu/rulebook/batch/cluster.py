"""The same partition function on Spark: buckets of whole persons travel as Arrow tables to the workers' Polars.

Spark only moves rows. What a bucket gives is computed by `judge_partition`, the function a single machine runs, so that no
rule exists twice. Claims and records lie as Parquet where driver and workers both read; so does the result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from peibu.rulebook.batch.partition import ROW, Job, alike, derive_partition, empty_result, judge_partition
from peibu.rulebook.errors import RulebookError

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

BUCKET, KIND, STRETCH = "bucket", "kind", "stretch"
_SPARK_TYPES = {pl.String: "string", pl.Boolean: "boolean", pl.Date: "date", pl.Null: "string"}
_WHOLE = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32)


@dataclass(frozen=True)
class Shared:
    """Absolute folders of Parquet that every machine reads: claims, records by kind with their Polars schemas, and the result.

    key: the column of the claims by which records are found; record_key: its name in the records.
    """

    claims: str
    result: str
    key: str = "@id"
    record_key: str = "person"
    records: Mapping[str, str] = field(default_factory=dict)
    schemas: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def judge_on_cluster(spark: SparkSession, job: Job, shared: Shared, *, buckets: int, rows_per_file: int) -> None:
    """Judge all claims on the cluster and write the result, a folder `stretch=N` per so many rows of the file.

    Raises RulebookError when a worker has another version of the policy than the driver.
    """
    spark.conf.set("spark.sql.shuffle.partitions", str(buckets))
    claims = spark.read.parquet(_shared(shared.claims))
    first = pl.scan_parquet(Path(shared.claims) / "*.parquet").head(1).collect()
    policy = job.policy()
    empty = empty_result(policy, job, first, shared.schemas)
    work = _Work(job, policy.fingerprint, {name: tuple(schema) for name, schema in shared.schemas.items()}, empty)
    ddl = ", ".join(f"`{name}` {_spark_type(kind)}" for name, kind in empty.schema.items())
    if shared.records:
        judged = _with_records(spark, claims, shared, work, ddl, buckets)
    else:
        judged = claims.mapInArrow(work.batches, ddl)
    _write(judged, shared.result, rows_per_file, buckets)


def _with_records(
    spark: SparkSession, claims: DataFrame, shared: Shared, work: _Work, ddl: str, buckets: int
) -> DataFrame:
    from pyspark.sql import functions as F  # noqa: N812

    def bucket(column: str) -> Any:
        return F.pmod(F.xxhash64(F.coalesce(F.col(f"`{column}`"), F.lit(""))), F.lit(buckets)).cast("int")

    rows = None
    for kind, place in shared.records.items():
        table = spark.read.parquet(_shared(place))
        columns = [F.col(f"`{name}`").alias(f"{kind}:{name}") for name in table.columns]
        table = table.select(bucket(shared.record_key).alias(BUCKET), F.lit(kind).alias(KIND), *columns)
        rows = table if rows is None else rows.unionByName(table, allowMissingColumns=True)
    left = claims.withColumn(BUCKET, bucket(shared.key)).groupBy(BUCKET)
    return left.cogroup(rows.groupBy(BUCKET)).applyInArrow(work.bucket, ddl)


def _write(judged: DataFrame, place: str, rows_per_file: int, buckets: int) -> None:
    from pyspark.sql import functions as F  # noqa: N812

    stretch = F.floor(F.col(f"`{ROW}`") / F.lit(rows_per_file)).cast("int")
    ordered = (
        judged.withColumn(STRETCH, stretch).repartition(buckets, STRETCH).sortWithinPartitions(STRETCH, f"`{ROW}`")
    )
    ordered.write.partitionBy(STRETCH).option("compression", "lz4").mode("error").parquet(_shared(place))


def _shared(place: str) -> str:
    """A folder every machine mounts, also where Spark would otherwise look into its own file system."""
    return f"file://{place}"


@dataclass(frozen=True)
class _Work:
    """What travels to the workers."""

    job: Job
    fingerprint: str
    schemas: Mapping[str, tuple[str, ...]]
    empty: pl.DataFrame

    def batches(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Judge claims that need no records, batch by batch."""
        for batch in batches:
            if batch.num_rows:
                yield from self._judged(_frame(batch), {}).to_batches()

    @property
    def bucket(self) -> Callable[[pa.Table, pa.Table], pa.Table]:
        """A plain function of (claims, records of all kinds): Spark looks at how many arguments it takes."""

        def judge(claims: pa.Table, records: pa.Table) -> pa.Table:
            rows = _frame(records)
            own = {kind: self._of_kind(rows, kind, names) for kind, names in self.schemas.items()}
            table = _frame(claims)
            return self._judged(table.drop(BUCKET), own)

        return judge

    def _of_kind(self, rows: pl.DataFrame, kind: str, names: tuple[str, ...]) -> pl.LazyFrame:
        mine = rows.lazy().filter(pl.col(KIND) == kind)
        return mine.select(pl.col(f"{kind}:{name}").alias(name) for name in names)

    def _judged(self, claims: pl.DataFrame, records: Mapping[str, pl.LazyFrame]) -> pa.Table:
        policy = self.job.policy()
        if policy.fingerprint != self.fingerprint:
            raise RulebookError(
                f"计算节点上的政策 {policy.path} 版本不同（{policy.fingerprint[:12]}，应为 {self.fingerprint[:12]}），"
                "请把同一份 policies 文件夹发到各节点"
            )
        work = derive_partition if self.job.derive_only else judge_partition
        # a bucket may hold records of people without a claim
        judged = alike(work(policy, self.job, claims, records), self.empty) if len(claims) else self.empty
        return judged.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(_arrow_schema(judged))


def _frame(data: Any) -> pl.DataFrame:
    return pl.DataFrame(pl.from_arrow(data))


def _arrow_schema(frame: pl.DataFrame) -> pa.Schema:
    """The types Spark expects back: Polars' own arrow types have wide offsets."""
    import pyarrow as pa

    return pa.schema([(name, _arrow_type(kind)) for name, kind in frame.schema.items()])


def _arrow_type(kind: Any) -> pa.DataType:
    import pyarrow as pa

    if isinstance(kind, pl.List):
        return pa.list_(_arrow_type(kind.inner))
    return {"bigint": pa.int64(), "string": pa.string(), "boolean": pa.bool_(), "date": pa.date32()}[_spark_type(kind)]


def _spark_type(kind: Any) -> str:
    if isinstance(kind, pl.List):
        return f"array<{_spark_type(kind.inner)}>"
    if kind in _WHOLE:
        return "bigint"
    if kind not in _SPARK_TYPES:
        raise RulebookError(f"列的类型 {kind} 不能送到计算节点")
    return _SPARK_TYPES[kind.base_type()]
