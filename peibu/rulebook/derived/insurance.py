"""Months of social insurance -> the run of consecutive months at one enterprise (QD97.1.2)."""

from __future__ import annotations

from typing import Any

from peibu.rulebook.derived.kinds import PERSON, Case, Column, RecordKind, Records
from peibu.rulebook.records import Contribution, insurance_run

_KINDS = {"normal": "正常", "arrears": "补缴", "unknown": "不明"}
_KINDS_EN = {"normal": "normal", "arrears": "arrears", "unknown": "unknown"}


def derive(records: Records, case: Case) -> dict[str, Any]:
    """Return the insurance facts as known on the day of the claim. Unknown without the name of the enterprise."""
    if not case.employer:
        return {}
    rows = [
        Contribution(row["month"], row["employer"], row.get("paid_on"), row.get("kind") or "") for row in records.rows
    ]
    first, last = records.covered or (None, None)
    day = case.days["day"]
    run = insurance_run(
        rows,
        case.employer,
        day,
        covered=None if first is None else (first, day if last is None else last),
        paid_by=day,
        late_after_months=case.numbers["arrears_months_max"],
    )
    return run.facts()


KIND = RecordKind(
    name="insurance",
    label="逐月社保缴费记录",
    label_en="months of social insurance",
    key=PERSON,
    columns=(
        Column("employer", "text", "企业名称", "employer", True, also=("企业", "单位名称")),
        Column("month", "month", "费款所属期", "month", True, also=("月份",)),
        Column("paid_on", "date", "到账日期", "paid on", also=("缴费日期",), help="不知道时留空"),
        Column("kind", "code", "缴费类别", "kind", choices=_KINDS, choices_en=_KINDS_EN, help="空白时按到账日期判断"),
    ),
    gives=dict.fromkeys(
        (
            "insured_months",
            "arrears_months",
            "late_arrears_months",
            "run_first_month",
            "run_last_month",
            "insurance_gap_month",
            "last_paid_month",
        ),
        (),
    ),
    days={"day": ("claimed_on", "enrolled_on", "applied_on")},
    numbers={"arrears_months_max": 0},
    derive=derive,
    by_employer=True,
)
