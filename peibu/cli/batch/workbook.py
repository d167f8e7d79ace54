"""The Excel workbook of a large table: what came out, every row, and the sentences of the chosen rows."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
from tqdm import tqdm

from peibu.cli.batch.explain import chosen, explainer
from peibu.cli.batch.run import Spool
from peibu.cli.batch.write import EXCEL_ROWS
from peibu.cli.fact_output import DECISIONS, amount_yuan
from peibu.rulebook import RulebookError
from peibu.rulebook.batch.partition import ON, PEOPLE, ROW
from peibu.rulebook.wording import yuan

_YES_NO = {True: "是", False: "否", None: "待核实"}
_HEADERS = {ROW: "行", "@name": "姓名", "@id": "证件号码", "@employer": "企业", ON: "判定日"}
_HEADERS |= {"decision": "结论", "amount_fen": "补贴金额（元）"}
_SENTENCES = ("行", "姓名", "证件号码", "规则", "条款", "出处", "状态", "所见", "说明", "办法", "缺少")
_WIDE = {"说明": 60, "所见": 40, "办法": 40, "要求": 50}


def write_workbook(spool: Spool, path: Path, which: str, lang: str) -> None:
    """Write the sheets 汇总, 结果 and 逐条. RulebookError when the sentences outgrow a sheet."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
    try:
        _summary(book, spool)
        keys = [ROW, *PEOPLE.values(), ON, *spool.results]
        results = _sheet(book, "结果", [_HEADERS.get(name) or _header(spool, name) for name in keys])
        sentences = _sheet(book, "逐条", _SENTENCES)
        shown, told = itertools.count(1), itertools.count(1)
        said = _Sentences(spool, which, lang)
        with tqdm(total=spool.rows, unit="行", unit_scale=True, desc="写出", disable=None) as bar:
            for chunk in spool.chunks():
                for row in chunk.select(keys).iter_rows(named=True):
                    _write(results, next(shown), [_shown(spool, name, row[name]) for name in keys])
                for line in said.of(chunk):
                    _write(sentences, _room(next(told)), line)
                bar.update(len(chunk))
    finally:
        book.close()


def _room(line: int) -> int:
    if line > EXCEL_ROWS:
        raise RulebookError(
            "逐条说明超过 Excel 一张工作表的最大行数，请加 --explain none 只写结果，或改用 .parquet、.csv"
        )
    return line


class _Sentences:
    """The lines of the sheet 逐条."""

    def __init__(self, spool: Spool, which: str, lang: str):
        self._which, self._explain = which, explainer(spool, which, lang)
        self._cites = {clause.id: clause.cite for clause in spool.policy.clauses}

    def of(self, chunk: pl.DataFrame) -> Iterator[list[Any]]:
        for row in chosen(chunk, self._which).iter_rows(named=True):
            for finding in self._explain(row):
                seen = "；".join(f"{label}：{value}" for label, value in finding.observed.items())
                status = DECISIONS["zh"][finding.status.value]
                head = [row[ROW], row["@name"], row["@id"], finding.title, finding.clause]
                tail = [seen, finding.sentence, finding.fix, "、".join(finding.missing)]
                yield [*head, self._cites[finding.clause], status, *tail]


def _header(spool: Spool, name: str) -> str:
    if name not in spool.policy.wording:
        return name
    rule = next(rule for rule in spool.policy.rules if rule.name == name)
    return f"{_title(spool, name)}（{rule.mark.clause}）"


def _title(spool: Spool, name: str) -> str:
    plan = spool.policy.plan(spool.subject, spool.last_day)
    return next((rule.title for rule in plan.rules if rule.name == name), name)


def _summary(book: Any, spool: Spool) -> None:
    sheet = _sheet(book, "汇总", ("项目", "内容", "", "", ""))
    card, counts = spool.policy.card, spool.counts
    lines: list[Iterable[Any]] = [
        ("政策", f"{card['document_number']} {card['title']}"),
        ("判定对象", spool.policy.subjects[spool.subject]["label"]),
        ("规则版本", f"{spool.policy.path} {spool.policy.fingerprint}"),
        ("件数", spool.rows),
        *((word, counts[code]) for code, word in DECISIONS["zh"].items()),
        ("补贴合计", yuan(spool.amount_fen)),
        (),
        ("要求", "条款", *DECISIONS["zh"].values()),
    ]
    for name, seen in spool.rules.items():
        rule = next(rule for rule in spool.policy.rules if rule.name == name)
        lines.append((_title(spool, name), rule.mark.clause, seen[True], seen[False], seen[None]))
    for number, line in enumerate(lines, start=1):
        _write(sheet, number, line)


def _sheet(book: Any, title: str, headers: Iterable[str]) -> Any:
    sheet = book.add_worksheet(title)
    bold = book.add_format({"bold": True, "bg_color": "#DCE6F5", "text_wrap": True, "valign": "top"})
    sheet.freeze_panes(1, 0)
    for index, header in enumerate(headers):
        sheet.set_column(index, index, _WIDE.get(header, 50 if title == "汇总" and index < 2 else 16))
        sheet.write_string(0, index, header, bold)
    return sheet


def _shown(spool: Spool, name: str, value: Any) -> Any:
    if name == "decision":
        return DECISIONS["zh"][value]
    if name == "amount_fen":
        return amount_yuan(value)
    return _YES_NO[value] if name in spool.rules else value


def _write(sheet: Any, number: int, values: Iterable[Any]) -> None:
    for index, value in enumerate(values):
        if isinstance(value, int):
            sheet.write_number(number, index, value)
        elif value is not None:
            sheet.write_string(number, index, value.isoformat() if isinstance(value, date) else str(value))
