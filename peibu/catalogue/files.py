"""The tables that a catalogue arrives in: which columns each kind has."""

from peibu.catalogue.enums import CatalogueKind, Level
from peibu.intake.spec import Column, TableSpec

LEVELS = {
    "不分等级": Level.ANY, "初级工": Level.JUNIOR, "五级": Level.JUNIOR, "中级工": Level.MIDDLE, "四级": Level.MIDDLE,
    "高级工": Level.SENIOR, "三级": Level.SENIOR, "技师": Level.TECHNICIAN, "二级": Level.TECHNICIAN,
    "高级技师": Level.SENIOR_TECHNICIAN, "一级": Level.SENIOR_TECHNICIAN, "专项职业能力": Level.SPECIAL_ABILITY,
    "培训合格": Level.TRAINING_COMPLETION,
}  # fmt: skip
TITLES = {
    CatalogueKind.OCCUPATIONS: "职业（工种）和等级目录",
    CatalogueKind.SCARCE: "紧缺急需职业（工种）目录",
    CatalogueKind.GENERAL: "一般性职业技能培训目录",
    CatalogueKind.SPECIALITIES: "培训机构专业目录",
}
MAX_ROWS = 20_000


def edition_spec(kind: str) -> TableSpec:
    """The columns of one kind's file."""
    columns = [
        Column(name="code", label="职业编码", aliases=("编码", "职业（工种）编码", "职业代码"), max_length=30, example="6-31-01-03"),
        Column(name="name", label="职业名称", aliases=("名称", "工种名称", "专业名称", "职业工种名称"), max_length=100, example="电工"),
        Column(name="level", label="等级", aliases=("职业技能等级", "技能等级"), kind="choice", choices=LEVELS, example="高级工"),
        Column(name="industry", label="行业", aliases=("产业", "所属行业"), required=False, max_length=60, example="装备制造"),
        Column(name="note", label="备注", required=False, help="如国家职业标准的名称或编号"),
    ]  # fmt: skip
    if kind == CatalogueKind.SCARCE:
        columns.insert(4, Column(name="headcount", label="紧缺人数", kind="int", required=False, example="300"))
    if kind == CatalogueKind.SPECIALITIES:
        columns.insert(0, Column(name="unit_name", label="培训机构", aliases=("机构名称", "单位名称"), max_length=120))
    return TableSpec(columns=columns, title=TITLES[CatalogueKind(kind)], max_rows=MAX_ROWS)
