"""Many rates at once from an Excel file: standards by occupation and level, shares of practice (JN6.1b, JN6.1c)."""

import datetime as dt

from django.db import transaction

from peibu.accounts.actor import Actor
from peibu.intake import read_table
from peibu.intake.spec import Column, TableSpec
from peibu.kernel.errors import Problem, Refused
from peibu.programmes.rates import enter_rate, may_enter
from peibu.rulebook import Policy, RateTable, load_policy

MAX_ROWS = 3000


def rate_spec(policy: Policy, table: RateTable) -> TableSpec:
    """The columns of a table's file: its keys, the value in yuan or in the table's unit, the period, the citation."""
    keys = [_key(policy, table, name) for name in table.keys]
    value = Column(
        name="value", label="标准", aliases=("数值", "金额", "比重"), kind="fen" if table.unit == "fen" else "int"
    )
    return TableSpec(
        columns=[
            *keys,
            value,
            Column(name="start", label="自何日起", aliases=("起始日期",), kind="date"),
            Column(name="end", label="到何日止", aliases=("截止日期",), kind="date", required=False, help="一直适用的不填"),
            Column(name="cite", label="依据", help="文号和条款"),
        ],
        title=table.label,
        max_rows=MAX_ROWS,
    )  # fmt: skip


def _key(policy: Policy, table: RateTable, name: str) -> Column:
    kind = table.keys[name]
    label = policy.fact_specs[name].label if name in policy.fact_specs else name
    if kind not in table.lists:
        return Column(name=f"key_{name}", label=label, max_length=60)
    choices = {words: code for code, words in table.lists[kind].items.items()}
    return Column(name=f"key_{name}", label=label, kind="choice", choices=choices, example=next(iter(choices)))


def import_rates(
    *, policy: str, table: str, name: str, content: bytes, by: Actor, at: dt.datetime
) -> tuple[int, list[Problem]]:
    """Enter every row or none: (how many were entered, what is wrong, each with its row).

    Refused as a whole: somebody who may not enter rates of this policy.
    """
    rules = load_policy(policy)
    if not may_enter(by, rules):
        raise Refused("只有政策所在城市的主管部门可以录入或撤销补贴标准", "not_yours", "请由该市主管部门办理")
    sheet = rules.rates[table]
    result = read_table(name, content, rate_spec(rules, sheet))
    problems = list(result.problems)
    with transaction.atomic():
        for number, row in zip(result.row_numbers, result.rows, strict=True):
            key = tuple(row[f"key_{part}"] for part in sheet.keys)
            try:
                enter_rate(
                    policy=policy, table=table, key=key, start=row["start"], end=row["end"], value=row["value"],
                    cite=row["cite"], by=by, at=at,
                )  # fmt: skip
            except Refused as refused:
                problems.append(_problem(result.sheet, number, refused))
        if problems:
            transaction.set_rollback(True)
    problems.sort(key=lambda problem: (problem.row is None, problem.row or 0))
    return (0 if problems else len(result.rows)), problems


def _problem(sheet: str, number: int, refused: Refused) -> Problem:
    return Problem(sheet, number, "标准", refused.message, "", refused.remedy, code=refused.code)
