"""Reads cases from JSON, JSON lines, CSV, Excel or Parquet: {fact: value} each, all problems of a file at once."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from peibu.cli.fact_template import HELP_MARK
from peibu.rulebook import FactError, Policy
from peibu.rulebook.schema import columns, yuan_to_fen

KEYS = {
    "姓名": "name",
    "name": "name",
    "证件号码": "id",
    "身份证号": "id",
    "身份证号码": "id",
    "id": "id",
    "person": "id",
    "企业": "employer",
    "企业名称": "employer",
    "employer": "employer",
    "enterprise": "employer",
    "division": "division",
    "区市": "division",
    "区（市）": "division",
    "培训编号": "training",
    "班级编号": "training",
    "training": "training",
}
IGNORED = {"序号", "备注"}
FORMATS = (".json", ".jsonl", ".csv", ".xlsx", ".xls", ".parquet")
_HEADER_SEARCH = 10
_MAX_SHOWN = 50


class Case(NamedTuple):
    """One case: where it stood in the file, who it is about, and the facts given."""

    where: str
    key: Mapping[str, Any]
    facts: dict[str, Any]


class Cell(NamedTuple):
    """A row of a table before its columns are understood."""

    where: str
    values: list[Any]


def read_cases(path: Path, policy: Policy, subject: str) -> tuple[list[Case], bool]:
    """Return the cases and whether the file held a single object. FactError with every problem otherwise."""
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise FactError([f"不支持的文件类型“{path.name}”，请用 {'、'.join(FORMATS)}"])
    if not path.is_file():
        raise FactError([f"找不到文件“{path}”"])
    if suffix in (".json", ".jsonl"):
        return _from_json(path, policy, subject)
    rows = read_rows(path)
    return _from_table(rows, policy, subject), False


def _from_json(path: Path, policy: Policy, subject: str) -> tuple[list[Case], bool]:
    text = decode(path)
    try:
        if path.suffix.lower() == ".jsonl":
            items: Any = [json.loads(line, parse_constant=_constant) for line in text.splitlines() if line.strip()]
        else:
            items = json.loads(text, parse_constant=_constant)
    except json.JSONDecodeError as error:
        raise FactError(
            [f"“{path.name}”第{error.lineno}行第{error.colno}列不是正确的 JSON，请检查逗号和引号"]
        ) from None
    except (RecursionError, ValueError) as error:
        raise FactError([f"“{path.name}”不是正确的 JSON：{error}"]) from None
    single = isinstance(items, dict)
    listed = [items] if single else items
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise FactError([f"“{path.name}”应为一个对象，或对象的列表"])
    known = {slot for spec in policy.facts_of(subject) for slot in (spec.name, *spec.slots)}
    cases, problems = [], []
    for number, item in enumerate(listed, start=1):
        where = "" if single else f"第{number}项"
        key = {KEYS[name]: value for name, value in item.items() if name in KEYS and name not in known}
        facts = {name: value for name, value in item.items() if name not in KEYS or name in known}
        problems += [f"{where}{problem}" for problem in _strange(facts, policy, known)]
        cases.append(Case(where, key, facts))
    _refuse(problems)
    return cases, single


def _constant(word: str) -> Any:
    raise ValueError(f"不接受 {word}")


def _strange(facts: Mapping[str, Any], policy: Policy, known: set[str]) -> Iterator[str]:
    for name in facts:
        if name in known or name in policy.slots or name in policy.fact_specs:
            continue  # a fact of another subject does no harm
        near = ""
        for spec in policy.facts:
            if name in (spec.label, spec.label_en):
                near = f"，应写作“{spec.name}”"
        yield f"没有名为“{name}”的事实{near}；可用 peibu facts 查看全部事实"


def decode(path: Path) -> str:
    """Return the text of a UTF-8 or GB18030 file."""
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FactError([f"“{path.name}”的文字编码不能识别，请另存为 UTF-8"])


def read_rows(path: Path) -> list[Cell]:
    """Return the rows of a table file as lists of values, the header among them."""
    suffix = path.suffix.lower()
    if suffix == ".csv":
        rows = csv.reader(io.StringIO(decode(path)), strict=True)
        try:
            return [Cell(f"第{rows.line_num}行", row) for row in rows]
        except csv.Error:
            raise FactError([f"“{path.name}”第{rows.line_num}行不是正确的 CSV，请检查引号"]) from None
    if suffix == ".parquet":
        import polars as pl

        try:
            frame = pl.read_parquet(path)
        except (pl.exceptions.PolarsError, OSError):
            raise FactError([f"“{path.name}”不是可以读取的 Parquet 文件"]) from None
        body = [Cell(f"第{number}行", list(row)) for number, row in enumerate(frame.iter_rows(), start=1)]
        return [Cell("表头", frame.columns), *body]
    return _from_excel(path)


def _from_excel(path: Path) -> list[Cell]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except (CalamineError, OSError, IndexError):
        raise FactError([f"“{path.name}”不是可以读取的 Excel 文件（可能已损坏或加密）"]) from None
    return [Cell(f"工作表“{sheet.name}”第{number}行", row) for number, row in enumerate(rows, start=1)]


def plain_header(header: Any) -> str:
    """Return a column name without blanks and with full-width brackets, as names are compared."""
    return "".join(str(header).split()).replace("(", "（").replace(")", "）")


def _names(policy: Policy, subject: str) -> dict[str, tuple[str, bool, str]]:
    """Return {header: (slot, is yuan, label)}: by fact name, by label, and by label with its unit."""
    names: dict[str, tuple[str, bool, str]] = {}
    for spec in policy.facts:
        for slot in (spec.name, *spec.slots):
            names[slot] = (slot, False, spec.label)
        if spec.type == "fen":
            names[plain_header(spec.label)] = (spec.name, True, spec.label)
        else:
            names[plain_header(spec.label)] = names[plain_header(spec.label_en)] = (spec.name, False, spec.label)
    for column in columns(policy, subject):
        names[plain_header(column.header)] = (column.slot, column.spec.type == "fen", column.header)
    return names


def find_header(rows: list[Cell], known: Mapping[str, Any]) -> int:
    """Return the index of the header row: the row among the first ten with the most known names."""
    scores = [sum(plain_header(value) in known for value in row.values) for row in rows[:_HEADER_SEARCH]]
    if not scores or max(scores) == 0:
        raise FactError(["找不到表头：前10行里没有可以识别的列名，请使用 peibu facts --template 写出的模板"])
    return scores.index(max(scores))


class Header(NamedTuple):
    """What the columns of a table stand for, in their order: names as written, and the slot or key each one fills."""

    plain: list[str]
    targets: list[str | None]
    names: Mapping[str, tuple[str, bool, str]]


def match_columns(header: Cell, policy: Policy, subject: str, more: Collection[str] = ()) -> tuple[Header, list[str]]:
    """Return what the columns stand for, and every problem with their names. more: names that are allowed besides."""
    names = _names(policy, subject)
    plain = [plain_header(value) for value in header.values]
    problems = [
        f"{header.where}：列名“{name}”不能识别，请改为模板中的列名或删除该列"
        for name in plain
        if name and name not in names and name not in KEYS and name not in more and name not in IGNORED
    ]
    targets = [names[name][0] if name in names else KEYS.get(name) for name in plain]
    doubled = {name for name, target in zip(plain, targets, strict=True) if target and targets.count(target) > 1}
    problems += [f"{header.where}：列“{name}”重复，请只保留一列" for name in sorted(doubled)]
    return Header(plain, targets, names), problems


def header_names(policy: Policy, subject: str) -> Mapping[str, Any]:
    """Return every name a column may have."""
    return {**_names(policy, subject), **KEYS}


def _from_table(rows: list[Cell], policy: Policy, subject: str) -> list[Case]:
    at = find_header(rows, header_names(policy, subject))
    header, problems = match_columns(rows[at], policy, subject)
    cases = []
    for row in rows[at + 1 :]:
        if str(row.values[0] if row.values else "").startswith(HELP_MARK) or all(
            _empty(value) for value in row.values
        ):
            continue
        cases.append(_case(row, header.plain, header.names, policy, problems))
    if not cases and not problems:
        problems.append("表中没有数据行")
    _refuse(problems)
    return cases


def _case(row: Cell, plain: list[str], names: Mapping, policy: Policy, problems: list[str]) -> Case:
    key, facts, taken = {}, {}, {}
    for name, value in zip(plain, row.values, strict=False):
        if _empty(value):
            continue
        if name in names:
            slot, is_yuan, label = names[name]
            spec = policy.fact_specs.get(slot) or policy.slots[slot]
            try:
                read = yuan_to_fen(value) if is_yuan else value if isinstance(value, list | dict) else spec.read(value)
            except ValueError as error:
                problems.append(f"{row.where}“{label}”列：“{value}”不能识别，{error}")
                continue
            taken[slot] = read
        elif name in KEYS:
            key[KEYS[name]] = key_text(value)
    # An exact quantity and its possible end may stand side by side: the exact one is then what is certain.
    for slot, value in taken.items():
        spec = policy.fact_specs.get(slot)
        if spec is not None and spec.bounds:
            facts[slot] = (value, taken.get(spec.slots[1], value))
    singles = {slot: value for slot, value in taken.items() if slot not in facts}
    merged = {slot for name in facts for slot in policy.fact_specs[name].slots}
    facts |= {slot: value for slot, value in singles.items() if slot not in merged}
    return Case(row.where, key, facts)


def key_text(value: Any) -> str:
    """Return a name or number as text; a spreadsheet gives whole numbers as 12.0."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _refuse(problems: list[str]) -> None:
    if len(problems) > _MAX_SHOWN:
        rest = len(problems) - _MAX_SHOWN
        problems = [*problems[:_MAX_SHOWN], f"……另有{rest}处问题"]
    if problems:
        raise FactError(problems)
