"""Insured months as a stored derived fact: refreshed batch by batch, asked as known on any day.

Partitions are ranges of the person key. A refresh rewrites only those with new rows. Each key (person, employer, block of
months) has versions: the current one, and past ones in a file per batch that ended them. "As known at K" takes from the
current files what no later batch than K's wrote, and the rest from the files of the later batches.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from peibu.rulebook.months.ask import Part, asked_of, keys_as, read_part
from peibu.rulebook.months.claims import KEYS, Claims
from peibu.rulebook.months.files import (
    FORMAT,
    TABLES,
    StoreError,
    check_table,
    named_files,
    one_writer,
    read_manifest,
    read_table,
    remove_strays,
    write_manifest,
    write_table,
)
from peibu.rulebook.months.fold import KEY, Known, fold, merge
from peibu.rulebook.months.layout import known_of, lay_out
from peibu.rulebook.months.marks import LATE
from peibu.rulebook.months.scan import Scan
from peibu.rulebook.records import LOOKBACK_MONTHS
from peibu.rulebook.records_frame import facts_beside

_NEEDED = (*KEYS, "month")


class MonthStore:
    """A folder of insured months. Open it with MonthStore(path); every question reads the manifest anew."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        read_manifest(self.folder)

    @classmethod
    def create(cls, folder: Path, boundaries: Sequence[int | str] = ()) -> MonthStore:
        """Make an empty store in a new or empty folder.

        boundaries: the first person of every partition but the first, ascending (see `boundaries_of`).
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise StoreError(f"{folder} 不是空目录，建库须使用新的目录")
        if list(boundaries) != sorted(set(boundaries)):
            raise StoreError("分区的起始人员编号须由小到大且不重复")
        parts = [dict.fromkeys(TABLES) | {"past": []} for _ in range(len(boundaries) + 1)]
        content = {"format": FORMAT, "boundaries": list(boundaries), "batches": [], "partitions": parts}
        write_manifest(folder, content)
        return cls(folder)

    @property
    def batches(self) -> list[date]:
        """The day of knowledge of every batch, in the order they came."""
        return [date.fromisoformat(batch["known_at"]) for batch in read_manifest(self.folder)["batches"]]

    def refresh(self, records: pl.LazyFrame, *, known_at: date) -> list[int]:
        """Take in one batch of rows learned on the day `known_at`; return the numbers of the partitions it changed.

        records: person, employer, month (date), paid_on (date), kind, and optionally corrects (boolean): this row and its
        batch say everything about that month of that person at that employer, earlier batches do not count there any
        more. kind `withdrawn` does the same and leaves nothing. Raises StoreError, and changes nothing, when a row lacks
        its person, employer or month, when an earlier batch was learned later, or when another process is writing.
        """
        day = _day(known_at)
        with one_writer(self.folder):
            manifest = read_manifest(self.folder)
            remove_strays(self.folder, manifest)
            if manifest["batches"] and day.isoformat() < manifest["batches"][-1]["known_at"]:
                last = manifest["batches"][-1]["known_at"]
                raise StoreError(f"本批知悉日期 {day} 早于上一批的 {last}，批次须按知悉日期先后入库")
            counts = self._count(records, manifest["boundaries"])
            number = len(manifest["batches"]) + 1
            for index in counts:
                rows = _within(records, manifest["boundaries"], index).collect(engine="streaming")
                manifest["partitions"][index] = self._rewrite(index, manifest["partitions"][index], rows, number)
            manifest["batches"].append({"known_at": day.isoformat(), "rows": sum(counts.values())})
            write_manifest(self.folder, manifest)
        return sorted(counts)

    def _count(self, records: pl.LazyFrame, boundaries: list[int | str]) -> dict[int, int]:
        """Return {partition: rows}, having looked at every row."""
        if missing := [name for name in (*_NEEDED, "paid_on", "kind") if name not in records.collect_schema()]:
            raise StoreError(f"缴费记录缺少列：{'、'.join(missing)}")
        place = pl.lit(0, dtype=pl.UInt32)
        if boundaries:
            place = pl.lit(pl.Series(boundaries)).search_sorted(pl.col("person"), side="right")
        lacking = [pl.col(name).is_null().sum().alias(name) for name in _NEEDED]
        table = records.select(*_NEEDED, place=place).group_by("place").agg(pl.len(), *lacking)
        found = table.collect(engine="streaming")
        holes = {name: found[name].sum() for name in _NEEDED if found[name].sum()}
        if holes:
            said = "、".join(f"{name} {count:,} 行" for name, count in holes.items())
            raise StoreError(f"缴费记录有空值：{said}；人员、单位和所属月份须逐行填写，本批未入库")
        return dict(sorted(found.select("place", "len").iter_rows()))

    def _rewrite(self, index: int, part: dict[str, Any], rows: pl.DataFrame, number: int) -> dict[str, Any]:
        """Write the files of one partition after a batch and return its entry in the manifest."""
        fresh = fold(rows)
        since = pl.lit(number, dtype=pl.UInt32).alias("since")
        old = self._read(part) if part["words"] else _nothing(fresh)
        keys = fresh.words.select(KEY)
        touched = Known(*(table.join(keys, on=KEY, how="semi") for table in old))
        merged = merge(touched, fresh)
        current = []
        for before, now in zip(old, merged, strict=True):
            rest = before.join(keys, on=KEY, how="anti")
            current.append(pl.concat([rest, now.with_columns(since)], how="vertical_relaxed").sort(KEY))
        past = [*part["past"]]
        if touched.words.height:
            past.append({"batch": number} | self._write(f"part-{index:05}/past-{number:05}", touched))
        return self._write(f"part-{index:05}/current-{number:05}", Known(*current)) | {"past": past}

    def _read(self, part: dict[str, Any]) -> Known:
        for name in TABLES:
            check_table(self.folder, part[name])
        return known_of(*(read_table(self.folder, part[name]) for name in TABLES))

    def _write(self, stem: str, known: Known) -> dict[str, Any]:
        tables = zip(TABLES, lay_out(known), strict=True)
        return {name: write_table(self.folder, f"{stem}-{name}", table) for name, table in tables}

    def verify(self) -> int:
        """Compare every file with the manifest; return how many were compared. Raises StoreError at the first that differs."""
        entries = list(named_files(read_manifest(self.folder)))
        for entry in entries:
            check_table(self.folder, entry)
        return len(entries)

    def insurance_runs(
        self,
        people: pl.LazyFrame,
        *,
        known_at: date | None = None,
        late_after_months: int = 3,
        lookback: int = LOOKBACK_MONTHS,
    ) -> pl.LazyFrame:
        """Add the insurance facts to `people`, exactly as `records_frame.insurance_runs` would from the rows.

        known_at: only what batches learned by that day; None is everything.
        """
        manifest = read_manifest(self.folder)
        batches = [date.fromisoformat(batch["known_at"]) for batch in manifest["batches"]]
        until = len(batches) if known_at is None else sum(day <= _day(known_at) for day in batches)
        part_of = cache(lambda index: list(self._versions(manifest["partitions"][index], until)))
        newest = until >= len(batches)

        def gather(claims: Claims, wanted: Collection[str]) -> Scan:
            scan, late = Scan(claims, late_after_months, lookback), not LATE.isdisjoint(wanted)
            for index, claim in _by_partition(claims.people, manifest["boundaries"]):
                for part in part_of(index):
                    for asked in asked_of(claims, claim, part):
                        read_part(scan, asked, part, late=late, until=None if newest else until)
            return scan

        return facts_beside(people, gather, lookback, apart=True)

    def _versions(self, part: dict[str, Any], until: int) -> Iterator[Part]:
        """Open the files in which something of a partition stands that was known after the batch `until`."""
        for version in (part, *(past for past in part["past"] if past["batch"] > until)):
            if version["keys"] and version["keys"]["rows"]:
                yield Part.of(*(read_table(self.folder, version[name]) for name in TABLES))


def boundaries_of(persons: pl.Series, partitions: int) -> list[Any]:
    """Return boundaries that divide these persons into so many ranges of equal size (fewer when persons are few)."""
    known = persons.drop_nulls().unique().sort()
    places = [known.len() * index // partitions for index in range(1, partitions)]
    return sorted({known[place] for place in places if place})


def _day(known_at: date) -> date:
    if isinstance(known_at, datetime):
        raise TypeError("known_at is a date: the register is known day by day")
    return known_at


def _within(records: pl.LazyFrame, boundaries: list[int | str], index: int) -> pl.LazyFrame:
    if index:
        records = records.filter(pl.col("person") >= boundaries[index - 1])
    if index < len(boundaries):
        records = records.filter(pl.col("person") < boundaries[index])
    return records


def _nothing(like: Known) -> Known:
    """Return an empty partition with the key types of the first batch."""
    since = pl.Series("since", [], dtype=pl.UInt32)
    return Known(*(table.clear().drop("cleared", strict=False).with_columns(since) for table in like))


def _by_partition(people: pl.Series, boundaries: list[int | str]) -> Iterator[tuple[int, slice | np.ndarray]]:
    """Yield every partition in which a claim's person may stand, with these claims. people: the person of each claim."""
    if not boundaries:
        yield 0, slice(0, len(people))
        return
    ends = pl.Series(boundaries)
    keys = keys_as(people, ends.dtype)
    if people.dtype.is_integer() and keys.dtype.is_integer() and not keys.null_count():
        # both sorted as numbers: each partition has a stretch of them
        cuts = [0, *keys.search_sorted(ends).to_list(), len(keys)]
        yield from ((index, slice(*cut)) for index, cut in enumerate(pairwise(cuts)) if cut[0] < cut[1])
        return
    places = ends.search_sorted(keys.fill_null(boundaries[0]), side="right").to_numpy()
    yield from ((int(index), np.flatnonzero(places == index)) for index in np.unique(places))
