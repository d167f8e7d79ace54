"""Two policies of the library side by side, clause by clause."""

import dataclasses
import re
from collections.abc import Mapping

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from peibu.accounts.access import officers
from peibu.desk.views.policies import policy_at
from peibu.programmes.queries import current_policies
from peibu.rulebook import Policy
from peibu.rulebook.diff import AREAS, Change, diff_policies
from peibu.theme.policy_words import english, said


@dataclasses.dataclass(frozen=True)
class Section:
    """The changes of one clause with what the clause says."""

    clause: str
    says: str
    changes: list["Shown"]


@dataclasses.dataclass(frozen=True)
class Shown:
    """One change with the words for its area and kind, and its lines: (what, as in the one, as in the other)."""

    kind: str
    label: str
    area: str
    word: str
    tone: str
    lines: list[tuple[str, str, str]]


PAGE = 15  # clauses
_NUMBER = re.compile(r"\{(\w+)\}")  # a sentence of the folder names its numbers so
# Words for the keys of a folder, where a reader meets them; a key without one stands as it is.
KEYS = {
    "title": "名称", "label": "名称", "short_title": "简称", "document_number": "文号", "issuers": "发文机关",
    "issued": "印发日期", "in_force": "施行", "from": "起", "until": "止", "subsidy_until": "补贴截止", "follows": "依据",
    "kind": "类别", "payee": "受款方", "funds": "资金", "order": "次序", "items": "列支项目", "item": "列支项目", "held_by": "资金归属", "code": "代码", "certificate": "证书", "clause": "条款",
    "series": "编号规则", "digits": "位数", "subjects": "判定对象", "who": "谁来问", "per": "按什么计", "benefit": "补贴种类",
    "states": "状态", "moves": "动作", "documents": "材料", "role": "岗位", "duty": "职责", "to": "转入", "start": "起始状态",
    "reason": "理由", "clock": "时限", "applicant_label": "申请人所见", "deadline": "办理时限", "notice": "公示",
    "working_days": "工作日", "final": "终结", "unit": "单位", "type": "类型", "source": "来源", "zh": "中文", "pass": "符合时",
    "fail": "不符合时", "unknown": "待核实时", "fix": "怎样补正", "supplied_by": "谁能提供", "name": "代号", "choices": "选项",
    "privacy": "隐私级别", "text": "文本", "counts": "计什么", "same": "相同项", "window": "期间", "programmes": "政策范围",
    "places": "名额", "required": "必须", "division": "区划", "question": "提问", "hint": "提示", "slots": "数据列",
}  # fmt: skip


@officers()
def show(request: HttpRequest, city: str, name: str) -> HttpResponse:
    """What differs between this policy and `?with=city/policy`; without it, the choice of the other one.

    `?area=` shows one kind of difference only.
    """
    policy = policy_at(city, name)
    asked, area = request.GET.get("with", ""), request.GET.get("area", "")
    others = [(one.path, said(one.card, "title")) for one in current_policies() if one.path != policy.path]
    context = {"policy": policy, "title": said(policy.card, "title"), "city": city, "name": name,
               "others": others, "asked": asked}  # fmt: skip
    if asked:
        if "/" not in asked:
            raise Http404
        context |= _compared(policy, policy_at(*asked.split("/", 1)), area, request.GET.get("page"))
    return render(request, "desk/policies/diff.html", context)


def _compared(old: Policy, new: Policy, area: str, number: str | None) -> dict:
    found = diff_policies(old, new)
    counts = [
        {"code": code, "label": _area(code), "count": sum(change.area == code for change in found.changes)}
        for code in AREAS
    ]
    shown = [change for change in found.changes if not area or change.area == area]
    clauses = {
        clause.id: clause.says_en if english() else clause.says_zh for one in (new, old) for clause in one.clauses
    }
    names = {name: said(item) for one in (old, new) for name, item in one.dated.items()}
    page = Paginator(sorted(dict.fromkeys(change.clause for change in shown), key=lambda one: not one), PAGE)
    page = page.get_page(number)
    sections = [
        Section(clause, clauses.get(clause, ""), [_told(change, names) for change in shown if change.clause == clause])
        for clause in page
    ]
    return {
        "other": new, "other_title": said(new.card, "title"), "sections": sections, "page": page, "area": area,
        "counts": [one for one in counts if one["count"]], "all": len(found.changes),
    }  # fmt: skip


def _area(code: str) -> str:
    label = AREAS[code][english()]
    return label[:1].upper() + label[1:]


def _told(change: Change, names: Mapping[str, str]) -> Shown:
    words = {"added": (_("新增"), "green"), "removed": (_("删除"), "red"), "changed": (_("改动"), "orange")}
    chosen = [one for one in change.details if english() or not _is_english(one.what)] or change.details
    lines = [(_key(one.what), one.old, one.new) for one in chosen]
    label = change.label_en if english() and change.label_en else change.label
    label = _NUMBER.sub(lambda found: f"〔{names.get(found[1], found[1])}〕", label)
    return Shown(change.kind, label, _area(change.area), *words[change.kind], lines)


def _is_english(what: str) -> bool:
    """A line that repeats another in English, or as the bare tree of an expression."""
    return what.rpartition(".")[2].endswith(("_en", "英文", "（英文）", "英文名称")) or what in ("en", "结构")


def _key(what: str) -> str:
    parts = what.split(".")
    return " · ".join(part if english() else KEYS.get(part, part) for part in parts)
