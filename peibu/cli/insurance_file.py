"""Reads a file of social-insurance months and gives each case the insurance facts of its person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from peibu.cli.fact_table import Case, Cell, find_header, read_rows
from peibu.rulebook import FactError, FactSpec
from peibu.rulebook.records import Contribution, insurance_run

_HEADERS = {
    "证件号码": "person",
    "身份证号": "person",
    "身份证号码": "person",
    "id": "person",
    "person": "person",
    "企业": "employer",
    "企业名称": "employer",
    "单位名称": "employer",
    "employer": "employer",
    "费款所属期": "month",
    "月份": "month",
    "month": "month",
    "到账日期": "paid_on",
    "缴费日期": "paid_on",
    "paid_on": "paid_on",
    "缴费类别": "kind",
    "kind": "kind",
}
_KINDS = {"正常": "normal", "正常缴费": "normal", "补缴": "arrears", "不明": "unknown", "": ""}
_KINDS |= {kind: kind for kind in ("normal", "arrears", "unknown")}
_MONTH = FactSpec("month", "month", "费款所属期", "month")
_DATE = FactSpec("paid_on", "date", "到账日期", "paid on")


class InsuranceFile:
    """The months of many people. The file answers for the months from its first to its last; others are unknown."""

    def __init__(self, path: Path):
        self._people: dict[str, list[Contribution]] = defaultdict(list)
        problems: list[str] = []
        rows = read_rows(path)
        header = find_header(rows, _HEADERS)
        names = [_HEADERS.get("".join(str(value).split())) for value in rows[header].values]
        absent = [name for name in ("person", "employer", "month") if name not in names]
        if absent:
            raise FactError([f"“{path.name}”缺少列：证件号码、企业、费款所属期（都须有）"])
        for row in rows[header + 1 :]:
            self._add(row, names, problems)
        if problems:
            raise FactError([f"“{path.name}”{problem}" for problem in problems[:50]])
        months = [record.month for records in self._people.values() for record in records]
        self.covered = (min(months), max(months)) if months else None

    def _add(self, row: Cell, names: list[str | None], problems: list[str]) -> None:
        cells = {name: value for name, value in zip(names, row.values, strict=False) if name}
        if all(value in (None, "") for value in cells.values()):
            return
        try:
            kind = str(cells.get("kind") or "").strip()
            if kind not in _KINDS:
                raise ValueError(f"缴费类别“{kind}”不能识别，应为 正常、补缴 或 不明")
            month, employer = _MONTH.read(cells.get("month")), str(cells.get("employer") or "").strip()
            person = str(cells.get("person") or "").strip()
            if month is None or not employer or not person:
                raise ValueError("证件号码、企业、费款所属期都须填写")
            self._people[person].append(Contribution(month, employer, _DATE.read(cells.get("paid_on")), _KINDS[kind]))
        except ValueError as error:
            problems.append(f"{row.where}：{error}")

    def facts(self, case: Case, employer: str, on: date, late_after_months: int) -> Mapping[str, Any]:
        """Return the insurance facts of one case as known on the day of its claim or enrolment."""
        person, employer = str(case.key.get("id") or ""), str(case.key.get("employer") or employer or "")
        if not person or not employer:
            raise FactError([f"{case.where}须有证件号码和企业名称，才能查找缴费记录（也可用 --employer 指定企业）"])
        day = case.facts.get("claimed_on") or case.facts.get("enrolled_on") or on
        day = FactSpec("day", "date", "申领日期", "day").read(day)
        run = insurance_run(
            self._people.get(person, []),
            employer,
            day,
            covered=self.covered,
            paid_by=day,
            late_after_months=late_after_months,
        )
        return run.facts()
