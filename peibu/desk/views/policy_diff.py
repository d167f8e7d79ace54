"""Two policies of the library side by side, clause by clause."""

import dataclasses

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
    changes: list[tuple[Change, str, str, str]]  # with area, word and colour


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
        context |= _compared(policy, policy_at(*asked.split("/", 1)), area)
    return render(request, "desk/policies/diff.html", context)


def _compared(old: Policy, new: Policy, area: str) -> dict:
    found = diff_policies(old, new)
    counts = [
        {"code": code, "label": _area(code), "count": sum(change.area == code for change in found.changes)}
        for code in AREAS
    ]
    shown = [change for change in found.changes if not area or change.area == area]
    clauses = {clause.id: clause.says_en if english() else clause.says_zh for one in (new, old) for clause in one.clauses}
    order = dict.fromkeys(change.clause for change in shown)
    sections = [
        Section(clause, clauses.get(clause, ""), [_told(change) for change in shown if change.clause == clause])
        for clause in order
    ]
    return {
        "other": new, "other_title": said(new.card, "title"), "sections": sections, "area": area,
        "counts": [one for one in counts if one["count"]], "all": len(found.changes),
    }  # fmt: skip


def _area(code: str) -> str:
    label = AREAS[code][english()]
    return label[:1].upper() + label[1:]


def _told(change: Change) -> tuple[Change, str, str, str]:
    words = {"added": (_("新增"), "green"), "removed": (_("删除"), "red"), "changed": (_("改动"), "orange")}
    return (change, _area(change.area), *words[change.kind])
