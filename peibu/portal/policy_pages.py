"""A policy as its public page shows it: numbers with units, clauses with what realises them, readings, the state."""

import dataclasses
import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from peibu.rulebook import NotInForce, Policy
from peibu.rulebook.dated import Interpretation, Parameter
from peibu.theme import menu
from peibu.theme.policy_words import english, said, shown_value, unit_word

# What a clause's `pages` name (addresses without keys, and the policy's own page) -> words of the link.
PAGES = {
    "home": lazy("首页"),
    "policy": lazy("政策"),
    "self-check": lazy("自助测算"),
    "published-lists": lazy("机构与基地"),
    "calls": lazy("征集公告"),
    "catalogues": lazy("培训目录"),
    "offers": lazy("培训班次"),
    "notices": lazy("公示公告"),
    "verify": lazy("证书查验"),
    "archive-check": lazy("核对档案包"),
    "enterprise-home": lazy("企业・工作台"),
    "enterprise-signups": lazy("企业・报名"),
    "enterprise-certificates": lazy("企业・结业证书"),
    "enterprise-claims": lazy("企业・补贴申领"),
    "provider-plans": lazy("机构・培训方案"),
    "provider-classes": lazy("机构・培训班次"),
    "provider-exams": lazy("机构・考核管理"),
    "provider-certificates": lazy("机构・结业证书"),
    "provider-archive": lazy("机构・班次档案"),
    "applications": lazy("单位・征集申请"),
    "base-plans": lazy("基地・会签计划"),
    "teacher-home": lazy("教师・授课签到"),
    "trainee-certificates": lazy("学员・我的证书"),
    "desk-home": lazy("审核・工作台"),
    "desk-cases": lazy("审核・开班备案"),
    "desk-exams": lazy("审核・考核管理"),
    "desk-certificates": lazy("审核・证书编号"),
    "desk-claims": lazy("审核・补贴审核"),
    "desk-notices": lazy("审核・公示管理"),
    "desk-objections": lazy("审核・异议处理"),
    "desk-payments": lazy("财务・资金拨付"),
    "desk-payment-batches": lazy("财务・拨付批次"),
    "desk-ledger": lazy("财务・资金账簿"),
    "desk-calls": lazy("审核・征集和评估"),
    "desk-supervision": lazy("监管・过程监管"),
    "desk-findings": lazy("监管・风险线索"),
    "desk-recoveries": lazy("监管・补贴追回"),
    "desk-credits": lazy("监管・承接单位信用"),
    "desk-archive": lazy("监管・档案管理"),
    "desk-audit": lazy("监管・审计查阅"),
}


@dataclasses.dataclass(frozen=True)
class Figure:
    """One number of the document."""

    name: str
    label: str
    value: str
    unit: str
    clause: str
    since: dt.date
    note: str
    earlier: list[tuple[str, dt.date]]

    @property
    def in_document(self) -> bool:
        """False for a deadline that the administration set itself because the document has none."""
        return not self.note.startswith("文件未规定")


@dataclasses.dataclass(frozen=True)
class Reading:
    """One passage that can be read in more than one way, and the reading taken."""

    name: str
    label: str
    clause: str
    question: str
    readings: list[tuple[str, bool]]
    since: dt.date
    on_whose_word: str
    why: str


@dataclasses.dataclass(frozen=True)
class ClauseLine:
    """One clause in plain words, and where it lives."""

    id: str
    cite: str
    kind: str
    says: str
    realised: str
    realised_word: str
    by: list[str]
    pages: list[tuple[str, str]]


def law_day(policy: Policy, today: dt.date) -> dt.date:
    """The day whose law a page shows: today, or the policy's first day while that lies ahead, or its last when over."""
    period = policy.card["in_force"]
    return max(min(today, period.get("until") or today), period["from"])


def figures(policy: Policy, on: dt.date) -> list[Figure]:
    """Every number in force on a day."""
    found = []
    for item in policy.parameters.values():
        try:
            value = item.value(on)
        except NotInForce:
            continue
        found.append(_figure(item, value, on))
    return found


def figure(policy: Policy, name: str, on: dt.date) -> Figure | None:
    """One number by its name, None when the policy has none of that name on that day."""
    return next((item for item in figures(policy, on) if item.name == name), None)


def _figure(item: Parameter, value: Any, on: dt.date) -> Figure:
    since = max(start for start in item.starts if start <= on)
    earlier = [
        (shown_value(old, item.unit), start)
        for old, start in zip(item.values, item.starts, strict=True)
        if start < since and old is not None
    ]
    unit = unit_word(item.unit)
    return Figure(item.name, said(item), shown_value(value, item.unit), unit, item.clause, since, item.note, earlier)


def readings(policy: Policy, on: dt.date) -> list[Reading]:
    """Every passage with more than one reading, as read on a day."""
    return [_reading(item, on) for item in policy.interpretations.values()]


def _reading(item: Interpretation, on: dt.date) -> Reading:
    at = max((index for index, start in enumerate(item.starts) if start <= on), default=0)
    words = item.readings_en if english() else item.readings
    options = [(text, code == item.values[at]) for code, text in words.items()]
    return Reading(
        item.name, said(item), item.clause, item.question, options, item.starts[at], item.words[at], item.reasons[at]
    )


def clause_lines(policy: Policy, on: dt.date, *, kinds: tuple[str, ...] = ()) -> list[ClauseLine]:
    """Every clause (of some kinds) with the rules, numbers and processes that realise it."""
    realised_by = _realised_by(policy, on)
    return [
        ClauseLine(
            clause.id,
            clause.cite,
            _kind_word(clause.kind),
            clause.says_en if english() else clause.says_zh,
            clause.realised,
            _realised_word(clause.realised),
            realised_by.get(clause.id, []),
            [_page(policy, code) for code in clause.pages],
        )
        for clause in policy.clauses
        if not kinds or clause.kind in kinds
    ]


def _page(policy: Policy, url_name: str) -> tuple[str, str]:
    url = policy_url(policy) if url_name == "policy" else menu.address(url_name)
    return str(PAGES.get(url_name, url_name)), url


def policy_url(policy: Policy, url_name: str = "policy") -> str:
    """The address of a policy's page (or of its JSON, its self-check)."""
    city, name = policy.path.split("/")
    return reverse(url_name, args=[city, name])


def _realised_by(policy: Policy, on: dt.date) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {}

    def add(clause: str, text: str) -> None:
        found.setdefault(clause, {})[text] = None

    for subject in policy.subjects:
        plan = policy.plan(subject, on, "en" if english() else "zh")
        for rule in plan.rules:
            add(rule.clause, _("规则：%(title)s") % {"title": rule.title})
        if plan.amount:
            add(plan.amount_clause, _("金额计算：%(subject)s") % {"subject": said(policy.subjects[subject])})
    for item in figures(policy, on):
        add(item.clause, _("数值：%(label)s") % {"label": f"{item.label} {item.value} {item.unit}".strip()})
    for item in policy.interpretations.values():
        add(item.clause, _("解读：%(label)s") % {"label": said(item)})
    for process in policy.processes.values():
        for move in process["moves"].values():
            add(move["clause"], _("流程：%(title)s") % {"title": said(process, "title")})
    return {clause: [*texts] for clause, texts in found.items()}


def _realised_word(realised: str) -> str:
    words = {
        "computed": _("系统判定"), "parameter": _("数值"), "process": _("办理流程"), "by_hand": _("人工核实"),
        "report": _("统计公开"), "for_information": _("告知"),
    }  # fmt: skip
    return words[realised]


def _kind_word(kind: str) -> str:
    words = {
        "eligibility": _("享受条件"), "accreditation": _("承接资格"), "document": _("材料"), "procedure": _("程序"),
        "content": _("培训内容"), "class-check": _("开班要求"), "deadline": _("时限"), "exam": _("考核"),
        "certificate": _("证书"), "quota": _("名额"), "amount": _("补贴标准"), "funds": _("资金来源"),
        "exclusion": _("不重复享受"), "payment": _("拨付"), "principle": _("原则"), "archive": _("档案"),
        "supervision": _("监督"), "validity": _("有效期"), "target": _("目标任务"), "programme": _("培训项目"),
        "catalogue": _("目录"), "channel": _("服务渠道"), "registry": _("师资"), "organisation": _("组织实施"),
        "plan": _("计划"), "report": _("报告"), "statistics": _("统计"), "assessment": _("考核评估"), "scope": _("范围"),
        "mode": _("培训方式"), "credit": _("学时和信用"), "project": _("研修项目"), "recognition": _("职称认定"),
        "payee": _("支付对象"), "hours": _("课时"), "learning": _("学习过程"),
    }  # fmt: skip
    return words.get(kind, kind)


def cap_of(policy: Policy, on: dt.date) -> Figure | None:
    """The most that is paid per person, when the policy has such a number."""
    return figure(policy, "subsidy_cap_fen", on)
