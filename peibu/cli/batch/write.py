"""Writes a judged spool: Parquet, CSV or JSON lines by Polars' own streaming sinks; the file appears whole or not at all."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from tqdm import tqdm

from peibu.cli.batch.explain import as_text, chosen, explainer
from peibu.cli.batch.run import Spool
from peibu.rulebook import RulebookError
from peibu.rulebook.batch.partition import ON, PEOPLE, ROW

FORMATS = (".parquet", ".csv", ".jsonl", ".xlsx")
EXCEL_ROWS = 1_048_575
_FORMULA = r"^[=+\-@\t\r]"


def check_target(out: Path, rows: int) -> None:
    """Refuse a kind of file that cannot hold this many rows, before anything is judged."""
    suffix = out.suffix.lower()
    if suffix not in FORMATS:
        told = "；.json 须整个装入内存，请用 .jsonl" if suffix == ".json" else ""
        raise RulebookError(f"数据有{rows}行，不支持写出“{out.name}”，请用 {'、'.join(FORMATS)}{told}")
    if suffix == ".xlsx" and rows > EXCEL_ROWS:
        raise RulebookError(
            f"数据有{rows}行，超过 Excel 一张工作表的{EXCEL_ROWS}行，请改用 .parquet 或 .csv，或将数据分成几个文件"
        )


def write_spool(spool: Spool, out: Path, which: str, lang: str) -> None:
    """Write every row with its decision, amount, outcomes, a column per rule, and sentences for the chosen rows."""
    partial = spool.folder / f"out{out.suffix.lower()}"
    if partial.suffix == ".xlsx":
        from peibu.cli.batch.workbook import write_workbook  # xlsxwriter loads only when a workbook is wanted

        write_workbook(spool, partial, which, lang)
    else:
        _sink(_explained(spool, which, lang), spool, partial)
    partial.replace(out)


def _explained(spool: Spool, which: str, lang: str) -> pl.LazyFrame:
    """The spool as a person reads it, with the column `explanation`."""
    if which == "none":
        return _readable(pl.scan_parquet(spool.files)).with_columns(pl.lit(None, pl.String).alias("explanation"))
    explain, files = explainer(spool, which, lang), []
    bar = tqdm(total=spool.rows, unit="行", unit_scale=True, desc="说明", disable=None)
    for number, chunk in enumerate(spool.chunks()):
        rows = chosen(chunk, which)
        texts = [as_text(explain(row), lang) for row in rows.iter_rows(named=True)]
        told = pl.DataFrame({ROW: rows[ROW], "explanation": pl.Series(texts, dtype=pl.String)})
        files.append(spool.folder / f"explained-{number:06}.parquet")
        chunk.join(told, on=ROW, how="left", maintain_order="left").write_parquet(files[-1], compression="lz4")
        bar.update(len(chunk))
    bar.close()
    lazy = pl.scan_parquet(files)
    return _readable(lazy, "explanation")


def _readable(lazy: pl.LazyFrame, *more: str) -> pl.LazyFrame:
    names = lazy.collect_schema().names()
    results = [name for name in names if name[0] != "@" and name[:5] != "fact:" and name not in more]
    head = [pl.col(ROW).alias("row"), *(pl.col(key).alias(name) for name, key in PEOPLE.items())]
    return lazy.select(*head, pl.col(ON).alias("on"), *results, *more)


def _sink(lazy: pl.LazyFrame, spool: Spool, partial: Path) -> None:
    stamp = {"policy": spool.policy.path, "fingerprint": spool.policy.fingerprint, "subject": spool.subject}
    if partial.suffix == ".parquet":
        lazy.sink_parquet(partial, metadata=stamp)
    elif partial.suffix == ".jsonl":
        lazy.with_columns(pl.lit(value).alias(name) for name, value in stamp.items()).sink_ndjson(partial)
    else:
        # a cell that begins like a formula is run by a spreadsheet that opens the file
        texts = [name for name, kind in lazy.collect_schema().items() if kind == pl.String]
        safe = [
            pl.when(pl.col(name).str.contains(_FORMULA)).then("'" + pl.col(name)).otherwise(pl.col(name)).alias(name)
            for name in texts
        ]
        lazy.with_columns(safe).sink_csv(partial, include_bom=True)
