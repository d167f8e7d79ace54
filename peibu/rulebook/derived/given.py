"""Records as plain mappings (JSON, YAML, a form) -> typed Records, every problem at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from peibu.rulebook.derived.derive import specs_of
from peibu.rulebook.derived.kinds import RecordKind, Records, Row
from peibu.rulebook.derived.registry import KINDS
from peibu.rulebook.errors import FactError
from peibu.rulebook.facts import FactSpec

if TYPE_CHECKING:
    from peibu.rulebook.policy import Policy

_DAY = FactSpec("day", "date", "日期", "day")


def read_records(policy: Policy, given: Mapping[str, Any]) -> dict[str, Records]:
    """Return {kind: Records}. FactError with a Chinese sentence per problem.

    given: {kind: rows} or {kind: {rows, covered: [first, last], complete}}, rows by column name.
    """
    specs, problems = specs_of(policy), []
    found: dict[str, Records] = {}
    for name, content in given.items():
        kind = KINDS.get(name)
        if kind is None:
            problems.append(f"没有名为“{name}”的记录种类，可用：{'、'.join(KINDS)}")
            continue
        whole = content if isinstance(content, Mapping) else {"rows": content}
        rows = [_row(kind, row, number, specs, problems) for number, row in enumerate(whole["rows"], start=1)]
        found[name] = Records(rows, _covered(whole.get("covered")), whole.get("complete", True))
    if problems:
        raise FactError(problems)
    return found


def _covered(ends: Any) -> tuple[date | None, date | None] | None:
    return None if ends is None else (_DAY.read(ends[0]), _DAY.read(ends[1]))


def _row(
    kind: RecordKind, row: Row, number: int, specs: Mapping[str, FactSpec], problems: list[str]
) -> dict[str, Any]:
    where, record, before = f"{kind.label}第{number}条", {}, len(problems)
    columns = {column.name: column for column in kind.columns}
    problems += [f"{where}没有名为“{name}”的列，可用：{'、'.join(columns)}" for name in row if name not in columns]
    for name, column in columns.items():
        try:
            record[name] = column.spec(specs).read(row.get(name))
            if record[name] is None and column.required:
                raise ValueError("须填写")
        except ValueError as error:
            problems.append(f"{where}“{column.label}”的值 {row.get(name)!r} 不能识别：{error}")
    if len(problems) == before and (told := kind.check(record)):
        problems.append(f"{where}：{told}")
    return record
