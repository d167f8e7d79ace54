"""Claims with records of their own: both are scattered by person into buckets, judged, and gathered by row again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path

import polars as pl

from peibu.cli.batch import run
from peibu.cli.batch.records import RecordReader
from peibu.cli.record_file import KEY_HEADERS
from peibu.rulebook import FactError, Policy
from peibu.rulebook.batch.partition import ROW, TRAINING, Job, alike, empty_result, judge_partition
from peibu.rulebook.limits import limits_of

_PEOPLE_EACH, _RECORDS_EACH = 100_000, 2_000_000
_KEY = {"person": "@id", "training": TRAINING}


class Buckets:
    """A folder of Parquet files by bucket; whoever has the same key is in the same bucket."""

    def __init__(self, folder: Path, buckets: int):
        self._folder, self.count, self._number = folder, buckets, count()

    def add(self, kind: str, table: pl.DataFrame, key: str) -> None:
        """Scatter the rows of a table by the hash of a key."""
        place = (pl.col(key).fill_null("").hash(seed=1) % self.count).alias("@bucket")
        parts = table.with_columns(place).partition_by("@bucket", include_key=False, as_dict=True)
        for (bucket,), part in parts.items():
            folder = self._folder / kind / f"{bucket:05}"
            folder.mkdir(parents=True, exist_ok=True)
            part.write_parquet(folder / f"{next(self._number):08}.parquet", compression="lz4")

    def scan(self, kind: str, bucket: int, empty: pl.LazyFrame) -> pl.LazyFrame:
        """Return the rows of a bucket, `empty` when there are none."""
        files = sorted((self._folder / kind / f"{bucket:05}").glob("*.parquet"))
        return pl.scan_parquet(files) if files else empty


def one_for_all(policy: Policy, subject: str) -> bool:
    """Whether a quota has to see everybody at once."""
    return not all(limit.of_person for limit in limits_of(policy, subject))


def how_many(claims: int, records: int) -> int:
    """Return a number of buckets that each fit into memory."""
    return 1 + max(claims // _PEOPLE_EACH, records // _RECORDS_EACH)


def key_of(readers: Mapping[str, RecordReader]) -> str:
    """Return the column of the claims by which they find their records."""
    keys = {reader.kind.key for reader in readers.values()}
    if len(keys) > 1:
        raise FactError(["按人的记录和按培训的记录不能一起给出，请分两次判定"])
    return _KEY[keys.pop()] if keys else "@id"


def needed_by(readers: Mapping[str, RecordReader]) -> dict[str, str]:
    """Return {column: label} of what every claim must say, so that its records are found."""
    labels = {_KEY[reader.kind.key]: KEY_HEADERS[reader.kind.key][0] for reader in readers.values()}
    by_employer = any(reader.kind.by_employer for reader in readers.values())
    return labels | ({"@employer": "企业名称"} if by_employer else {})


def store_records(readers: Mapping[str, RecordReader], buckets: Buckets) -> None:
    """Check the record files and scatter them. Raises TableError with every bad cell of a file."""
    for name, reader in readers.items():
        with run.bar(reader.source.total, reader.kind.label) as progress:
            for table in reader.chunks():
                if reader.problems.total == 0 and len(table):
                    buckets.add(name, table, reader.kind.key)
                progress.update(len(table))
        reader.refuse()


def judge_buckets(
    policy: Policy, job: Job, buckets: Buckets, readers: Mapping[str, RecordReader], spool: run.Spool, claims: int
) -> None:
    """Judge bucket after bucket, and hand the rows to the spool in the order of the file."""
    results = spool.folder / "by-row"
    empty = None
    with run.bar(claims, "判定") as progress:
        for bucket in range(buckets.count):
            people = buckets.scan("claims", bucket, pl.LazyFrame()).collect()
            if not len(people):
                continue
            records = {
                name: buckets.scan(name, bucket, pl.LazyFrame(schema=reader.schema()))
                for name, reader in readers.items()
            }
            if empty is None:
                empty = empty_result(policy, job, people, {name: reader.schema() for name, reader in readers.items()})
            scatter_by_row(alike(judge_partition(policy, job, people, records), empty), results, bucket)
            progress.update(len(people))
    for chunk in gather_by_row(results):
        spool.add(chunk)


def scatter_by_row(judged: pl.DataFrame, folder: Path, bucket: int) -> None:
    """Write judged rows by the stretch of the file they come from."""
    stretch = (pl.col(ROW) // run.CHUNK).alias("@stretch")
    for (number,), part in (
        judged.with_columns(stretch).partition_by("@stretch", include_key=False, as_dict=True).items()
    ):
        place = folder / f"{number:08}"
        place.mkdir(parents=True, exist_ok=True)
        part.write_parquet(place / f"{bucket:05}.parquet", compression="lz4")


def gather_by_row(folder: Path) -> Iterator[pl.DataFrame]:
    """Yield the judged rows in the order of the file."""
    for place in sorted(folder.iterdir()):
        yield pl.read_parquet(sorted(place.glob("*.parquet"))).sort(ROW)
