"""Writes judgements: text for a person, JSON, JSON lines, CSV, Excel or Parquet."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from peibu.rulebook import Judgement, RulebookError
from peibu.rulebook.wording import yuan

FORMATS = (".json", ".jsonl", ".csv", ".xlsx", ".parquet")
DECISIONS = {
    "zh": {"pass": "符合", "fail": "不符合", "unknown": "待核实"},
    "en": {"pass": "met", "fail": "not met", "unknown": "unknown"},
}
_MARKS = {"pass": "✓", "fail": "✗", "unknown": "?"}
_WORDS = {
    "zh": {
        "decision": "结论",
        "amount": "补贴金额",
        "clause": "依据",
        "fix": "办法",
        "on": "判定日",
        "rules": "规则版本",
    },
    "en": {
        "decision": "Decision",
        "amount": "Amount",
        "clause": "Clause",
        "fix": "Remedy",
        "on": "On",
        "rules": "Rules",
    },
}
_COLUMNS = ("where", "name", "id", "employer", "decision", "amount_fen", "amount_yuan", "on")
_RULE_COLUMNS = ("rule", "clause", "cite", "status", "soft", "title", "observed", "sentence", "fix", "missing")
_HEADERS = {
    "where": "位置",
    "name": "姓名",
    "id": "证件号码",
    "employer": "企业",
    "decision": "结论",
    "amount_fen": "补贴金额（分）",
    "amount_yuan": "补贴金额（元）",
    "on": "判定日",
    "rule": "规则",
    "clause": "条款",
    "cite": "出处",
    "status": "状态",
    "soft": "原则上",
    "title": "要求",
    "observed": "所见",
    "sentence": "说明",
    "fix": "办法",
    "missing": "缺少",
}
_EXCEL_ROWS = 1_048_575
Row = dict[str, Any]


def amount_yuan(fen: int | None) -> str | None:
    """Return exact yuan with two decimals, as text."""
    return None if fen is None else f"{fen // 100}.{fen % 100:02d}"


def record(where: str, key: Mapping[str, Any], judgement: Judgement, cites: Mapping[str, str]) -> Row:
    """Return one case as plain data: the head, and a list of findings."""
    head = dict.fromkeys(_COLUMNS) | dict(key) | {"where": where, "decision": judgement.decision.value}
    head |= {"amount_fen": judgement.amount_fen, "amount_yuan": amount_yuan(judgement.amount_fen)}
    findings = [
        finding._asdict() | {"status": finding.status.value, "cite": cites[finding.clause]}
        for finding in judgement.findings
    ]
    known = judgement.to_dict()["facts"]
    stamp = {"policy": judgement.policy, "fingerprint": judgement.fingerprint, "subject": judgement.subject}
    return head | {"on": judgement.on.isoformat(), **stamp, "facts": known, "findings": findings}


def print_case(row: Row, lang: str) -> None:
    """Print one case for a person to read."""
    words = _WORDS[lang]
    who = " ".join(str(row[name]) for name in ("name", "id") if row.get(name))
    print(f"{words['decision']}: {DECISIONS[lang][row['decision']]}" + (f"    {who}" if who else ""))
    if row["amount_fen"] is not None:
        print(f"{words['amount']}: {yuan(row['amount_fen'], lang)} ({row['amount_fen']} fen)")
    print(f"{words['on']}: {row['on']}    {words['rules']}: {row['policy']} {row['fingerprint'][:12]}\n")
    for finding in row["findings"]:
        print(f"{_MARKS[finding['status']]} {finding['sentence']}")
        seen = "；".join(f"{label} {value}" for label, value in finding["observed"].items())
        print(f"    {words['clause']} {finding['clause']}（{finding['cite']}）  {seen}")
        if finding["fix"]:
            print(f"    {words['fix']}: {finding['fix']}")


def write(rows: Iterable[Row], path: Path) -> int:
    """Write all cases to a file of the kind its name says; returns how many. The file appears whole or not at all."""
    writers = {".json": _json, ".jsonl": _jsonl, ".csv": _csv, ".xlsx": _xlsx, ".parquet": _parquet}
    suffix = path.suffix.lower()
    if suffix not in writers:
        raise RulebookError(f"不支持写出“{path.name}”，请用 {'、'.join(FORMATS)}")
    partial = path.with_name(f".{path.stem}.partial{suffix}")
    try:
        count = writers[suffix](rows, partial)
        partial.replace(path)
    except OSError as error:
        raise RulebookError(f"不能写出“{path}”：{error.strerror}") from None
    finally:
        partial.unlink(missing_ok=True)
    return count


def _json(rows: Iterable[Row], path: Path) -> int:
    listed = list(rows)
    path.write_text(json.dumps(listed, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return len(listed)


def _jsonl(rows: Iterable[Row], path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    return count


def _lines(row: Row) -> Iterator[Row]:
    head = {name: row[name] for name in _COLUMNS}
    for finding in row["findings"]:
        seen = "；".join(f"{label}：{value}" for label, value in finding["observed"].items())
        line = {name: finding[name] for name in _RULE_COLUMNS}
        yield head | line | {"observed": seen, "missing": "、".join(finding["missing"])}


def _safe(value: Any) -> Any:
    # A cell that begins like a formula is run by a spreadsheet that opens the file.
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value


def _csv(rows: Iterable[Row], path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        names = (*_COLUMNS, *_RULE_COLUMNS)
        writer.writerow(_HEADERS[name] for name in names)
        for row in rows:
            writer.writerows([_safe(line[name]) for name in names] for line in _lines(row))
            count += 1
    return count


def _xlsx(rows: Iterable[Row], path: Path) -> int:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
    bold = book.add_format({"bold": True, "bg_color": "#DCE6F5"})
    sheets = {"结果": _COLUMNS, "逐条": ("where", "name", "id", *_RULE_COLUMNS)}
    made = {title: book.add_worksheet(title) for title in sheets}
    for title, sheet in made.items():
        sheet.freeze_panes(1, 0)
        for index, name in enumerate(sheets[title]):
            sheet.write_string(0, index, _HEADERS[name], bold)
            sheet.set_column(index, index, 50 if name in ("sentence", "observed", "fix") else 16)
    count = lines = 0
    for count, row in enumerate(rows, start=1):
        _excel_row(made["结果"], count, row | {"decision": DECISIONS["zh"][row["decision"]]}, sheets["结果"])
        for line in _lines(row):
            lines += 1
            if lines > _EXCEL_ROWS:
                book.close()
                raise RulebookError("结果超过 Excel 的最大行数，请改用 .csv 或 .parquet")
            _excel_row(made["逐条"], lines, line | {"status": DECISIONS["zh"][line["status"]]}, sheets["逐条"])
    book.close()
    return count


def _excel_row(sheet: Any, number: int, row: Row, names: tuple[str, ...]) -> None:
    for index, name in enumerate(names):
        value = row[name]
        if isinstance(value, bool):
            sheet.write_string(number, index, "是" if value else "否")
        elif isinstance(value, int):
            sheet.write_number(number, index, value)
        elif value is not None:
            sheet.write_string(number, index, str(value))


def _parquet(rows: Iterable[Row], path: Path) -> int:
    import polars as pl

    types = dict.fromkeys((*_COLUMNS, *_RULE_COLUMNS), pl.String) | {"amount_fen": pl.Int64, "soft": pl.Boolean}
    lines: list[Row] = []
    count = 0
    for row in rows:
        lines += _lines(row)
        count += 1
    pl.DataFrame(lines, schema=types).write_parquet(path)
    return count
