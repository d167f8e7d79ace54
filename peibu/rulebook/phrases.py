"""The general sentences of a determination, in both languages, and what the suppliers of a fact are called."""

from __future__ import annotations

GENERIC = {
    "zh": {
        "pass": "符合：{title}",
        "fail": "不符合：{title}",
        "missing": "尚不能判断：缺少{labels}",
        "unsure": "尚不能判断：现有记录不完整，{title}有待核实",
        "by": "（由{who}提供）",
        "join": "、",
        "excused": "{sentence}；已记录理由：{reason}",
        "approver": "（批准人：{approver}）",
        "reason_needed": "{sentence}；属“原则上”的限制，确需突破的须填写理由并经审核人批准",
        "to": "至",
        "rate": "{label}（{keys}）尚未录入：标准由{source}规定，待{who}录入",
        "and": "；",
        "amount": "补贴金额",
        "payee": "补贴发放对象",
    },
    "en": {
        "pass": "Met: {title}",
        "fail": "Not met: {title}",
        "missing": "Cannot be judged yet: missing {labels}",
        "unsure": "Cannot be judged yet: records are incomplete for: {title}",
        "by": " (from {who})",
        "join": ", ",
        "excused": "{sentence}; reason on record: {reason}",
        "approver": " (approved by {approver})",
        "reason_needed": "{sentence}; a limit 'in principle': exceeding it needs a reason and an approver",
        "to": " to ",
        "rate": "The {label} ({keys}) is not known: it stands in {source} and is to be entered by {who}",
        "and": "; ",
        "amount": "amount of the subsidy",
        "payee": "who is paid",
    },
}
ROLE_LABELS = {
    "trainee": ("学员", "the trainee"),
    "enterprise": ("企业", "the enterprise"),
    "provider": ("培训承接单位", "the provider"),
    "teacher": ("教师", "the teacher"),
    "base": ("实训基地", "the practice base"),
    "agency_reviewer": ("区（市）公共就业服务机构", "the district agency"),
    "city_bureau": ("市级主管部门", "the city bureau"),
    "system": ("信息系统", "the system"),
}
