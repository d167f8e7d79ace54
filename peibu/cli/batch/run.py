"""Decides a large file: checked and judged part by part into a hidden folder, then written whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from tqdm import tqdm

from peibu.cli.batch.source import Source
from peibu.cli.batch.table import TableReader
from peibu.rulebook import FactError, Policy, RulebookError
from peibu.rulebook.batch.partition import FACT, ON, Job, judge_partition

# rows judged at a time: large enough for Polars to be at full speed, small enough for any machine
CHUNK = 50_000


@dataclass
class Spool:
    """Judged chunks on disk, in the order of the file, with what was counted on the way.

    A chunk holds what `judge_partition` gives: keys, results, and the facts as `fact:<slot>`.
    """

    policy: Policy
    subject: str
    folder: Path
    files: list[Path] = field(default_factory=list)
    results: list[str] = field(default_factory=list)
    rows: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("pass", "fail", "unknown"), 0))
    amount_fen: int = 0
    rules: dict[str, dict[Any, int]] = field(default_factory=dict)
    last_day: date = date.min

    def add(self, judged: pl.DataFrame) -> None:
        """Keep a judged chunk: the next rows of the file."""
        self.results = [name for name in judged.columns if name[0] != "@" and not name.startswith(FACT)]
        path = self.folder / f"{len(self.files):06}.parquet"
        judged.write_parquet(path, compression="lz4")
        self.files.append(path)
        self.rows += len(judged)
        self.amount_fen += judged["amount_fen"].sum() or 0
        self.last_day = max(self.last_day, judged[ON].max())
        for word, count in judged["decision"].value_counts().iter_rows():
            self.counts[word] += count
        for rule in self.rule_names:
            column, seen = judged[rule], self.rules.setdefault(rule, dict.fromkeys((True, False, None), 0))
            passed, unknown = column.sum() or 0, column.null_count()
            for value, count in ((True, passed), (None, unknown), (False, len(column) - passed - unknown)):
                seen[value] += count

    @property
    def rule_names(self) -> list[str]:
        """The rules among the results, in the order of the policy."""
        names = {rule.name for rule in self.policy.rules}
        return [name for name in self.results if name in names]

    def chunks(self) -> Iterator[pl.DataFrame]:
        """Yield the judged chunks in the order of the file."""
        for path in self.files:
            yield pl.read_parquet(path)


@contextmanager
def hidden_folder(out: Path) -> Iterator[Path]:
    """A folder beside the file to be written, gone afterwards. RulebookError when the place cannot be written or is full."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=f".{out.stem}.", suffix=".partial", dir=out.parent.resolve()))
    except OSError as error:
        raise RulebookError(f"不能写出“{out}”：{error.strerror}") from None
    try:
        yield folder
    except OSError as error:
        raise RulebookError(f"不能写出“{out}”：{error.strerror or error}") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def judge_source(source: Source, reader: TableReader, policy: Policy, job: Job, spool: Spool) -> None:
    """Check and judge every row in one pass. Raises TableError with every bad cell."""

    def judge(table: pl.DataFrame) -> None:
        spool.add(judge_partition(policy, job, table))

    check_source(source, reader, judge, "判定")


def check_source(source: Source, reader: TableReader, use: Callable[[pl.DataFrame], None], told: str) -> None:
    """Check every row and hand the typed chunks on while all is well. Raises TableError with every bad cell."""
    rows = 0
    with bar(source.total, told) as progress:
        for number, raw in source.chunks(CHUNK):
            table = reader.read(number, raw)
            rows += len(table)
            if reader.problems.total == 0 and len(table):
                use(table)
            progress.update(len(raw))
    reader.problems.refuse(source)
    if not rows:
        raise FactError(["表中没有数据行"])


def bar(total: int, told: str) -> Any:
    """A progress bar with rows per second and the time left; silent when nobody looks."""
    return tqdm(total=total, unit="行", unit_scale=True, desc=told, disable=None)
