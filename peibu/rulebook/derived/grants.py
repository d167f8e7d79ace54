"""Earlier grants of a person, a project or a payee. The limits of a policy count them; here is only their shape."""

from __future__ import annotations

from peibu.rulebook.derived.kinds import PERSON, Column, RecordKind

_PAYEES = {
    "enterprise": "企业",
    "person": "个人",
    "institution": "培训机构",
    "platform": "平台",
    "project_host": "项目承办单位",
    "base": "基地",
}
_PAYEES_EN = {
    "enterprise": "enterprise",
    "person": "person",
    "institution": "institution",
    "platform": "platform",
    "project_host": "project host",
    "base": "base",
}

KIND = RecordKind(
    name="grants",
    label="已享受补贴",
    label_en="earlier grants",
    key=PERSON,
    columns=(
        Column("id", "text", "补贴编号", "grant id", True),
        Column("at", "date", "日期", "date", True, also=("申领日期", "补贴日期")),
        Column("programme", "text", "政策或项目", "programme", also=("政策", "项目")),
        Column("benefit", "text", "补贴种类", "benefit"),
        Column("occupation", "text", "职业（工种）编码", "occupation code", also=("职业编码", "工种编码")),
        Column("level", "code", "等级", "level", choices_from="held_level"),
        Column("certificate", "text", "证书编号", "certificate number"),
        Column("training", "text", "培训编号", "training"),
        Column("payee_kind", "code", "收款人类别", "kind of payee", choices=_PAYEES, choices_en=_PAYEES_EN),
        Column("payee", "text", "收款人", "payee"),
        Column("enterprise", "text", "企业名称", "enterprise"),
        Column("division", "text", "行政区划", "division"),
        Column("amount_fen", "fen", "金额（元）", "amount", also=("金额",)),
        Column("certain", "boolean", "已确定", "certain", help="已核定填“是”，在办填“否”；空白视为在办"),
    ),
)
