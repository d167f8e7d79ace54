"""Shows and writes a replay: text for a person, Excel, Parquet (a row per case), JSON (the whole result)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from peibu.rulebook import RulebookError
from peibu.rulebook.replay import OUTCOMES, Group, Replay, Tally
from peibu.rulebook.wording import yuan

FORMATS = (".xlsx", ".parquet", ".json")
_SHOWN = 10
_EXCEL_ROWS = 1_048_575
_COUNTS = (*OUTCOMES, "passed_before", "passed_after", "unknown_before", "unknown_after")
_MONEY = ("before_fen", "after_fen", "gained_fen", "lost_fen", "delta_fen")
_LABELS = {name: words[0] for name, words in OUTCOMES.items()} | {
    "cases": "件数", "passed_before": "原符合", "passed_after": "现符合", "unknown_before": "原待核实",
    "unknown_after": "现待核实", "before_fen": "原金额（元）", "after_fen": "现金额（元）", "gained_fen": "增加（元）",
    "lost_fen": "减少（元）", "delta_fen": "差额（元）", "_case": "编号", "_enterprise": "企业", "_division": "区（市）",
    "_on": "判定日", "before_decision": "原结论", "after_decision": "现结论", "outcome": "结果", "cause": "原因",
}  # fmt: skip
_DECISIONS = {"pass": "符合", "fail": "不符合", "unknown": "待核实"}


def print_replay(found: Replay) -> None:
    """Print the summary for a person."""
    total = found.total
    print(f"政策 {found.policy}  对象 {found.subject}")
    print(f"现行 {found.base[:12]}  草案 {found.draft[:12]}  共 {total.cases} 件")
    print("  " + "、".join(f"{words[0]} {getattr(total, name)}" for name, words in OUTCOMES.items()))
    print(
        f"  符合 {total.passed_before} → {total.passed_after}，待核实 {total.unknown_before} → {total.unknown_after}"
    )
    print(f"  金额 {yuan(total.before_fen)} → {yuan(total.after_fen)}（{_signed(total.delta_fen)}）")
    for reason, count in found.skipped.items():
        print(f"  未计入：{reason} {count} 件")
    for title, groups in (
        ("按规则", found.by_rule),
        ("按企业", found.by_enterprise),
        ("按区（市）", found.by_division),
    ):
        _print_groups(title, groups)
    if found.waiting:
        print("待核实的工作量")
        for item in found.waiting[:_SHOWN]:
            print(f"  {item.title}〔{item.clause}〕 {item.before} → {item.after}")
    if found.samples:
        print("例子")
        for sample in found.samples:
            print(f"  {sample.case} {sample.enterprise} {OUTCOMES[sample.outcome][0]}：{sample.difference.sentence()}")


def _print_groups(title: str, groups: Sequence[Group]) -> None:
    if not groups or (len(groups) == 1 and not groups[0].key):
        return
    print(title)
    ordered = sorted(groups, key=lambda group: (-abs(group.tally.delta_fen), -group.tally.cases, group.key))
    for group in ordered[:_SHOWN]:
        clauses = f"〔{'、'.join(group.clauses)}〕" if group.clauses else ""
        tally = group.tally
        told = f"{tally.cases} 件，受益 {tally.winner}、受损 {tally.loser}，{_signed(tally.delta_fen)}"
        print(f"  {group.label or '（未注明）'}{clauses}：{told}")
    if len(groups) > _SHOWN:
        print(f"  ……另有 {len(groups) - _SHOWN} 项，写出文件可看全部")


def _signed(fen: int) -> str:
    return f"{'+' if fen > 0 else ''}{yuan(fen)}"


def write_replay(found: Replay, cases: pl.DataFrame, path: Path) -> None:
    """Write one file of the kind its name says. It appears whole or not at all."""
    partial = path.with_name(f".{path.stem}.partial{path.suffix}")
    try:
        if path.suffix.lower() == ".json":
            partial.write_text(
                json.dumps(found.to_dict(), ensure_ascii=False, indent=1, default=str) + "\n", encoding="utf-8"
            )
        elif path.suffix.lower() == ".parquet":
            cases.rename({name: name.removeprefix("_") for name in cases.columns}).write_parquet(partial)
        else:
            _excel(found, cases, partial)
        partial.replace(path)
    except OSError as error:
        raise RulebookError(f"不能写出“{path}”：{error.strerror}") from None
    finally:
        partial.unlink(missing_ok=True)


def _excel(found: Replay, cases: pl.DataFrame, path: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
    bold = book.add_format({"bold": True, "bg_color": "#DCE6F5"})

    def sheet(title: str, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        made = book.add_worksheet(title)
        made.freeze_panes(1, 0)
        for place, header in enumerate(headers):
            made.write_string(0, place, header, bold)
            made.set_column(place, place, 60 if header == "说明" else 16)
        for number, row in enumerate(rows, start=1):
            _excel_row(made, number, row)

    tally_headers = ["件数", *(_LABELS[name] for name in (*_COUNTS, *_MONEY))]
    sheet("汇总", ["政策", "对象", "现行版本", "草案版本", *tally_headers],
          [[found.policy, found.subject, found.base, found.draft, *_tally(found.total)]])  # fmt: skip
    sheet("按规则", ["规则", "条款", "名称", *tally_headers],
          ([group.key, "、".join(group.clauses), group.label, *_tally(group.tally)] for group in found.by_rule))  # fmt: skip
    for title, groups in (("按企业", found.by_enterprise), ("按区（市）", found.by_division)):
        sheet(title, [title[1:], *tally_headers], ([group.label, *_tally(group.tally)] for group in groups))
    sheet("待核实", ["规则", "条款", "名称", "原", "现"],
          ([item.rule, item.clause, item.title, item.before, item.after] for item in found.waiting))  # fmt: skip
    sheet("例子", ["编号", "企业", "区（市）", "结果", "说明"],
          ([one.case, one.enterprise, one.division, OUTCOMES[one.outcome][0], one.difference.sentence()]
           for one in found.samples))  # fmt: skip
    if cases.height <= _EXCEL_ROWS:
        sheet(
            "逐件", [_LABELS[name] for name in cases.columns], (_case(cases.columns, row) for row in cases.iter_rows())
        )
    book.close()


def _tally(tally: Tally) -> list[Any]:
    return [
        tally.cases,
        *(getattr(tally, name) for name in _COUNTS),
        *(_exact(getattr(tally, name)) for name in _MONEY),
    ]


def _case(names: Sequence[str], row: Sequence[Any]) -> list[Any]:
    shown = []
    for name, value in zip(names, row, strict=True):
        if name in _MONEY:
            value = _exact(value)
        elif name.endswith("_decision"):
            value = _DECISIONS[value]
        elif name == "outcome":
            value = OUTCOMES[value][0]
        shown.append(value)
    return shown


def _exact(fen: int | None) -> str | None:
    """Yuan with two decimals as text: a spreadsheet must not make a float of money."""
    return None if fen is None else f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _excel_row(sheet: Any, number: int, row: Sequence[Any]) -> None:
    for place, value in enumerate(row):
        if isinstance(value, int):
            sheet.write_number(number, place, value)
        elif value is not None:
            sheet.write_string(number, place, str(value))
