"""Decides a large file: checked and judged chunk by chunk into a hidden folder, then written whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from tqdm import tqdm

from peibu.cli.batch.source import Source
from peibu.cli.batch.table import ON, PEOPLE, REASONS, ROW, TableReader
from peibu.rulebook import FactError, Policy, RulebookError
from peibu.rulebook.batch import judge_table, result_columns

# rows judged at a time: large enough for Polars to be at full speed, small enough for any machine
CHUNK = 50_000
FACT = "fact:"


@dataclass
class Spool:
    """Judged chunks on disk, in the order of the file, with what was counted on the way.

    A chunk holds `@row`, `@on`, `@name`, `@id`, `@employer`, the results, and the facts as `fact:<slot>`.
    """

    policy: Policy
    subject: str
    source: Source
    folder: Path
    files: list[Path] = field(default_factory=list)
    results: list[str] = field(default_factory=list)
    rows: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("pass", "fail", "unknown"), 0))
    amount_fen: int = 0
    rules: dict[str, dict[Any, int]] = field(default_factory=dict)
    last_day: date = date.min

    def add(self, judged: pl.DataFrame, results: list[str]) -> None:
        """Keep a judged chunk."""
        self.results = self.results or results
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
        return [name for name in self.results if name not in ("decision", "amount_fen") and name[:8] != "outcome_"]

    def chunks(self) -> Iterator[pl.DataFrame]:
        """Yield the judged chunks in the order of the file."""
        for path in self.files:
            yield pl.read_parquet(path)


@contextmanager
def hidden_folder(out: Path) -> Iterator[Path]:
    """A folder beside the file to be written, gone afterwards. RulebookError when the place cannot be written or is full."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=f".{out.stem}.", suffix=".partial", dir=out.parent))
    except OSError as error:
        raise RulebookError(f"不能写出“{out}”：{error.strerror}") from None
    try:
        yield folder
    except OSError as error:
        raise RulebookError(f"不能写出“{out}”：{error.strerror or error}") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def judge_source(
    source: Source, policy: Policy, subject: str, folder: Path, *, on: date | None = None, employer: str = ""
) -> Spool:
    """Check and judge every row. Raises TableError with every bad cell; then nothing of the file was judged for use."""
    reader = TableReader(source, policy, subject, on, employer)
    spool = Spool(policy, subject, source, folder)
    for table in typed_chunks(source, reader):
        if reader.problems.total == 0 and len(table):
            spool.add(*judge_chunk(policy, subject, table))
    reader.problems.refuse(source)
    if not spool.rows:
        raise FactError(["表中没有数据行"])
    return spool


def typed_chunks(source: Source, reader: TableReader) -> Iterator[pl.DataFrame]:
    """Yield checked chunks under a progress bar with rows per second and the time left."""
    with tqdm(total=source.total, unit="行", unit_scale=True, desc="判定", disable=None) as bar:
        for number, raw in source.chunks(CHUNK):
            yield reader.read(number, raw)
            bar.update(len(raw))


def judge_chunk(policy: Policy, subject: str, table: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Return a judged chunk and the names of its result columns."""
    judged = judge_table(policy, subject, table, day=ON)
    results = result_columns(policy, subject, judged)
    # a rule and a fact may bear the same name
    facts = table.select(pl.col(name).alias(FACT + name) for name in table.columns if name[0] != "@")
    keys = [ROW, ON, *PEOPLE.values(), *(name for name in (REASONS,) if name in table.columns)]
    return judged.select(*keys, *results).hstack(facts.get_columns()), results
