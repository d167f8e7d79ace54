"""The roster an enterprise sends (QD97.3.3): its columns, as offices head them."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from peibu.intake import Column, TableSpec
from peibu.registry.enums import ManagementLevel
from peibu.rulebook import FactSpec, Policy

MAX_PEOPLE = 2000
QUEUED_FROM = 201
"""From so many people on a roster is read by the job worker, with a progress bar."""

LEVEL_WORDS = {str(level.label): str(level.value) for level in ManagementLevel if level != ManagementLevel.UNKNOWN}


def roster_spec(policy: Policy) -> TableSpec:
    """The table as it is offered for download and read on arrival: the person, the post, and what the policy's roster
    states about each (management level where the policy names no list of its own)."""
    return TableSpec(
        title=f"{policy.card['short_title']}报名人员花名册",
        max_rows=MAX_PEOPLE,
        columns=[
            Column(name="name", label="姓名", aliases=("人员姓名", "职工姓名"), kind="name", help="与身份证一致"),
            Column(
                name="id_number",
                label="身份证号码",
                aliases=("身份证号", "身份证", "证件号码", "证件号", "公民身份号码"),
                kind="id_number",
                unique=True,
                help="单元格设为文本后填写18位号码",
            ),
            Column(
                name="mobile",
                label="手机号码",
                aliases=("手机", "手机号", "联系电话", "电话", "联系方式", "移动电话"),
                kind="mobile",
                required=False,
                help="用于通知参训，可不填",
            ),
            Column(
                name="post", label="职务", aliases=("岗位", "职位", "现任职务"), max_length=60, help="如：生产部经理"
            ),
            *(_stated(policy) or _levels()),
        ],
    )


def _levels() -> list[Column]:
    return [
        Column(
            name="level",
            label="管理层级",
            aliases=("层级", "管理级别", "级别"),
            kind="choice",
            choices=LEVEL_WORDS,
            help="从列表中选择",
        ),
        Column(
            name="level_evidence",
            label="层级依据",
            aliases=("任职文件", "任命文件", "任职依据"),
            required=False,
            max_length=120,
            help="任职文件名称或文号，可不填",
        ),
    ]


def _stated(policy: Policy) -> list[Column]:
    """A column per fact of the policy's roster; the first two name what is applied for and must be there."""
    return [_column(policy.fact_specs[name]) for name in policy.delivery.roster]


def _column(spec: FactSpec) -> Column:
    label, hint = spec.label, spec.help or "可不填，未填的按“待核实”处理"
    common = {"name": spec.name, "label": label, "required": False, "help": hint}
    if spec.type == "code":
        return Column(kind="choice", choices={word: code for code, word in spec.choices.items()}, **common)
    if spec.type == "boolean":
        return Column(kind="choice", choices={"是": "是", "否": "否"}, **common)
    if spec.type == "codes":
        return Column(
            max_length=200, **{**common, "help": f"可填多项，用顿号隔开：{'、'.join(spec.choices.values())}"}
        )
    kinds = {"integer": "int", "date": "date"}
    return Column(kind=kinds.get(spec.type, "text"), **({} if spec.type in kinds else {"max_length": 100}), **common)


def stated_of(policy: Policy, row: Mapping[str, Any]) -> dict[str, Any]:
    """What a row states, as JSON holds it. ValueError for several words of which one is no choice."""
    found = {}
    for name in policy.delivery.roster:
        value = policy.fact_specs[name].read(row.get(name))
        if value is not None:
            found[name] = value.isoformat() if isinstance(value, dt.date) else value
            found[name] = list(found[name]) if isinstance(value, tuple) else found[name]
    return found
