"""The 15 rules for engines whose rules are expressions in a text: CEL and GoRules zen.

Both compute one case and its whole explanation in a single compiled program. What their languages lack is handed to them
free of charge, outside the measured time: calendar arithmetic (the `_n` names are day numbers), and the texts of dates,
months, money and codes. They read typed values and check nothing; bounds are given exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from peibu.rulebook import Policy
from peibu.rulebook.phrases import ROLE_LABELS
from peibu.rulebook.scalar import shift_days, shift_months
from peibu.rulebook.wording import yuan

ABSENT = "未提供"


class Row(NamedTuple):
    """One rule. passes / fails: conditions with {and}, {or}, {not}; both false is unknown. facts: in order of showing."""

    rule: str
    facts: tuple[str, ...]
    passes: str
    fails: str
    said: str
    refused: str
    fix: str = "null"


def known(*names: str) -> str:
    """A condition that all names are known."""
    return "(" + " {and} ".join(f"{name} != null" for name in names) + ")"


HOURS, FEE = known("training_hours"), known("fee_per_person_fen")
INSURED, COUNTED = (
    known("insured_months", "arrears_months"),
    "(insured_months - (arrears_months > 3 ? arrears_months - 3 : 0))",
)
CONTRACT = known("contract_starts_on", "contract_ends_on")
AGE, CLAIM = known("birth_date", "class_starts_on"), known("claimed_on", "training_ended_on")


def yes(name: str) -> tuple[str, str]:
    """The conditions of a plain yes-or-no fact."""
    return f"({known(name)} {{and}} {name})", f"({known(name)} {{and}} {{not}} {name})"


ROWS = [
    Row(
        "enterprise_listed",
        ("enterprise_listed",),
        *yes("enterprise_listed"),
        '"符合：企业在名单内"',
        '"企业不在名单内"',
    ),
    Row(
        "post_covered",
        ("post_kind",),
        f'({known("post_kind")} {{and}} post_kind in ["production", "technical", "management", "service"])',
        f'({known("post_kind")} {{and}} {{not}} (post_kind in ["production", "technical", "management", "service"]))',
        '"岗位类别为" + post_kind_text',
        '"岗位类别为" + post_kind_text + "，不在补贴范围"',
    ),
    Row(
        "contract_long_enough",
        ("contract_ends_on", "contract_kind", "contract_starts_on"),
        '((contract_ends_on == null {and} contract_kind != null {and} contract_kind == "open_ended") {or} '
        f"({CONTRACT} {{and}} contract_ends_n + 1 >= contract_needed_n))",
        f"({CONTRACT} {{and}} contract_ends_n + 1 < contract_needed_n)",
        f'"劳动合同满12个月" + ({CONTRACT} ? "（" + contract_starts_on + "至" + contract_ends_on + "）" : "")',
        '"劳动合同自" + contract_starts_on + "至" + contract_ends_on + "，不满12个月"',
    ),
    Row(
        "employment_registered",
        ("employment_registered",),
        *yes("employment_registered"),
        '"符合：已办理就业登记"',
        '"未办理就业登记"',
    ),
    Row(
        "of_age",
        ("birth_date", "class_starts_on"),
        f"({AGE} {{and}} age_min_n <= class_starts_n {{and}} class_starts_n < age_max_n)",
        f"({AGE} {{and}} (age_min_n > class_starts_n {{or}} class_starts_n >= age_max_n))",
        '"符合：年龄符合要求"',
        '"出生于" + birth_date + "，开班时不满16周岁或已满60周岁"',
    ),
    Row(
        "insured_long_enough",
        ("insured_months", "arrears_months"),
        f"({INSURED} {{and}} {COUNTED} >= 6)",
        f"({INSURED} {{and}} {COUNTED} < 6)",
        '"在本企业连续缴费" + string(insured_months) + "个月，其中补缴" + string(arrears_months) + "个月"',
        f'"在本企业连续缴费" + string(insured_months) + "个月，还需" + string(6 - {COUNTED}) + "个月"',
        f'"再连续缴费" + string(6 - {COUNTED}) + "个月"',
    ),
    Row(
        "still_employed",
        ("last_paid_month", "claimed_on"),
        f"({known('last_paid_month', 'claimed_on')} {{and}} last_paid_n >= month_before_n)",
        f"({known('last_paid_month', 'claimed_on')} {{and}} last_paid_n < month_before_n)",
        '"最近缴费月份为" + last_paid_month',
        '"最近缴费月份为" + last_paid_month + "，视为已离职"',
    ),
    Row(
        "enough_class_hours",
        ("training_hours", "prize_winner"),
        f"(({HOURS} {{and}} training_hours >= 40) {{or}} {yes('prize_winner')[0]})",
        f"({HOURS} {{and}} training_hours < 40 {{and}} {yes('prize_winner')[1]})",
        f'({HOURS} ? "已学" + string(training_hours) + "课时" : "符合：学满40课时")',
        '"已学" + string(training_hours) + "课时，不满40课时"',
    ),
    Row(
        "exam_passed",
        ("exam_score",),
        f"({known('exam_score')} {{and}} exam_score >= 60)",
        f"({known('exam_score')} {{and}} exam_score < 60)",
        '"成绩" + string(exam_score) + "分"',
        '"成绩" + string(exam_score) + "分，低于60分"',
        '"补考达到60分"',
    ),
    Row("certificate_held", ("certificate_held",), *yes("certificate_held"), '"符合：已取得证书"', '"未取得证书"'),
    Row(
        "fee_paid_first",
        ("fee_paid_by_enterprise", "fee_per_person_fen"),
        f"({yes('fee_paid_by_enterprise')[0]} {{and}} {FEE} {{and}} fee_per_person_fen > 0)",
        f"({yes('fee_paid_by_enterprise')[1]} {{or}} ({FEE} {{and}} fee_per_person_fen <= 0))",
        '"企业已付" + fee_text',
        '"企业未先行付费"',
    ),
    Row(
        "no_earlier_subsidy",
        ("earlier_subsidies",),
        f"({known('earlier_subsidies')} {{and}} earlier_subsidies + 1 <= 1)",
        f"({known('earlier_subsidies')} {{and}} earlier_subsidies + 1 > 1)",
        '"符合：此前未享受"',
        '"已享受" + string(earlier_subsidies) + "次"',
    ),
    Row(
        "claimed_after_training",
        ("claimed_on", "training_ended_on"),
        f"({CLAIM} {{and}} claimed_n >= training_ended_n)",
        f"({CLAIM} {{and}} claimed_n < training_ended_n)",
        '"符合：结业后申领"',
        '"申领日" + claimed_on + "早于结业日" + training_ended_on',
    ),
    Row(
        "claimed_in_time",
        ("claimed_on", "training_ended_on"),
        f"({CLAIM} {{and}} claimed_n <= claim_until_n)",
        f"({CLAIM} {{and}} claimed_n > claim_until_n)",
        '"申领日" + claimed_on + "，期限" + claim_until',
        '"申领日" + claimed_on + "已过期限" + claim_until',
    ),
    Row(
        "within_policy_period",
        ("training_ended_on",),
        f"({known('training_ended_on')} {{and}} training_ended_n >= from_n {{and}} training_ended_n <= until_n)",
        f"({known('training_ended_on')} {{and}} (training_ended_n < from_n {{or}} training_ended_n > until_n))",
        '"结业日" + training_ended_on + "在政策期内"',
        '"结业日" + training_ended_on + "不在2020-01-01至2020-12-31之间"',
    ),
]
AMOUNT = f"({FEE} ? (fee_per_person_fen < 200000 ? fee_per_person_fen : 200000) : null)"
_TEXTS = {"post_kind": "post_kind_text", "contract_kind": "contract_kind_text", "fee_per_person_fen": "fee_text"}


def given_to_peers(policy: Policy, facts: dict[str, Any]) -> dict[str, Any]:
    """Return what a peer is handed for a case: every fact (None = unknown), day numbers and texts."""
    values = dict.fromkeys(spec.name for spec in policy.facts_of("claim")) | facts

    def number(name: str, shift: Callable[..., date] | None = None, by: int = 0) -> int | None:
        day = values[name]
        return None if day is None else (shift(day, by) if shift else day).toordinal()

    claimed = values["claimed_on"]
    until = None if values["training_ended_on"] is None else shift_days(values["training_ended_on"], 90)
    extra = {
        "contract_needed_n": number("contract_starts_on", shift_months, 12),
        "contract_ends_n": number("contract_ends_on"),
        "age_min_n": number("birth_date", shift_months, 16 * 12),
        "age_max_n": number("birth_date", shift_months, 60 * 12),
        "class_starts_n": number("class_starts_on"),
        "last_paid_n": number("last_paid_month"),
        "month_before_n": None if claimed is None else shift_months(claimed.replace(day=1), -1).toordinal(),
        "claimed_n": number("claimed_on"),
        "training_ended_n": number("training_ended_on"),
        "claim_until_n": None if until is None else until.toordinal(),
        "claim_until": str(until),
        "from_n": date(2020, 1, 1).toordinal(),
        "until_n": date(2020, 12, 31).toordinal(),
        "fee_text": None if values["fee_per_person_fen"] is None else yuan(values["fee_per_person_fen"]),
    }
    for name in ("post_kind", "contract_kind"):
        code = values[name]
        extra[f"{name}_text"] = code and policy.slots[name].choices[code]
    for name, value in values.items():
        if isinstance(value, date):
            values[name] = value.isoformat()[:7] if name == "last_paid_month" else value.isoformat()
    return values | extra


def program(policy: Policy, *, words: dict[str, str]) -> str:
    """Return one expression: {"amount": .., "rules": [15 findings]}. words: how the language says and, or, not."""
    clauses = {rule.name: rule.mark.clause for rule in policy.rules}
    titles = {rule.name: rule.title for rule in policy.plan("claim", date(2020, 11, 10)).rules}
    rules = ", ".join(_finding(policy, row, clauses[row.rule], titles[row.rule], words) for row in ROWS)
    return f'{{"amount": {_said(AMOUNT, words)}, "rules": [{rules}]}}'


def _said(text: str, words: dict[str, str]) -> str:
    for word, own in words.items():
        text = text.replace("{" + word + "}", own)
    return text


def _finding(policy: Policy, row: Row, clause: str, title: str, words: dict[str, str]) -> str:
    head = f'"rule": "{row.rule}", "clause": "{clause}", "title": "{title}"'
    seen = ", ".join(f'"{policy.fact_specs[name].label}": {_seen(policy, name)}' for name in row.facts)
    missing, asked = _missing(policy, row.facts)

    def result(status: str, sentence: str, fix: str = "null", lacks: str = "[]") -> str:
        told = f'"status": "{status}", "sentence": {sentence}, "fix": {fix}, "missing": {lacks}'
        return f'{{{head}, "observed": {{{seen}}}, {told}}}'

    parts = (result("pass", row.said), result("fail", row.refused, row.fix), result("unknown", asked, lacks=missing))
    return _said(f"({row.passes} ? {parts[0]} : ({row.fails} ? {parts[1]} : {parts[2]}))", words)


def _seen(policy: Policy, name: str) -> str:
    kind = policy.fact_specs[name].type
    text = {"boolean": f'({name} ? "是" : "否")', "integer": f"string({name})"}.get(kind, _TEXTS.get(name, name))
    return f'({name} == null ? "{ABSENT}" : {text})'


def _missing(policy: Policy, facts: tuple[str, ...]) -> tuple[str, str]:
    """The list of missing names, and the sentence that asks for them."""
    names = [f'({name} == null ? "{name}" : "")' for name in facts]
    asked, before = '"尚不能判断：缺少"', ""
    for name in facts:
        spec = policy.fact_specs[name]
        label = f"{spec.label}（由{ROLE_LABELS[spec.supplied_by][0]}提供）"
        comma = f'({before} ? "、" : "")' if before else '""'
        asked += f' + ({name} == null ? {comma} + "{label}" : "")'
        before = f"({before} {{or}} {name} == null)" if before else f"({name} == null)"
    return f"[{', '.join(names)}]", asked
