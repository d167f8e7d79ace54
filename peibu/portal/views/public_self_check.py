"""Am I covered, and how much would it be? Answers are in the address of the page; nothing is stored."""

import dataclasses
import datetime as dt
import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from peibu.accounts.access import public
from peibu.kernel.errors import Refused
from peibu.kernel.text import compact
from peibu.kernel.uscc import check_uscc
from peibu.portal.benefits import outcome_lines
from peibu.portal.checks import VISITORS, checks_of, counters, first_check
from peibu.portal.policy_pages import cap_of, law_day, policy_url
from peibu.portal.questions import Questions
from peibu.portal.views.public_policies import ORDER
from peibu.programmes.queries import current_policies
from peibu.programmes.rates import policy_as_known
from peibu.registry.enums import RegisterCode
from peibu.registry.models import RegisterEntry
from peibu.registry.queries import found_on_register
from peibu.rulebook import FactError, Judgement, Policy, Status
from peibu.theme.policy_words import english, said, standing

MOST_ENTERPRISES = 8
_HAN = re.compile("[\u3400-\u9fff]")
_CODE = re.compile("[0-9A-Za-z-]{8,}")


@public()
def choose(request: HttpRequest) -> HttpResponse:
    """Who are you, and which policy: the checks of every policy."""
    policies = sorted(current_policies(), key=lambda p: ORDER[standing(p, request.today).tone])
    shown = [
        (counter, [(policy, said(policy.card, "title"), standing(policy, request.today), checks)
                   for policy, checks in counter.policies])
        for counter in counters(policies)
    ]  # fmt: skip
    return render(request, "portal/public/self_check_choose.html", {"counters": shown})


@public()
def self_check(request: HttpRequest, city: str, name: str) -> HttpResponse:
    """One policy; with answers in the address also their result, alone when htmx asks."""
    policies = [policy for policy in current_policies() if checks_of(policy)]
    if not any(policy.path == f"{city}/{name}" for policy in policies):
        raise Http404
    policy = policy_as_known(f"{city}/{name}", known_at=request.now)
    checks = checks_of(policy)
    wanted = request.GET.get("stage")
    subject = wanted if wanted in {check.subject for check in checks} else first_check(policy)
    visitor = next(check.who for check in checks if check.subject == subject)
    on = law_day(policy, request.today)
    answered = bool(set(request.GET) - {"stage", "company"})
    form = Questions(policy, subject, on=on, data=request.GET if answered else None)
    context = {
        "policy": policy, "title": said(policy.card, "title"), "form": form, "subject": subject, "on": on,
        "stages": [(check.subject, check.label) for check in checks if check.who == visitor],
        "visitor": VISITORS[visitor][0], "choose_url": reverse("self-check"),
        "answered": answered, "result": _result(form) if answered else None,
        "conditions": policy.plan(subject, on, "en" if english() else "zh").rules,
        "cap": cap_of(policy, on), "standing": standing(policy, request.today), "policy_url": policy_url(policy),
        "address": policy_url(policy, "self-check-of"), "company": request.GET.get("company", ""),
    }  # fmt: skip
    if request.htmx:
        return render(request, "portal/public/parts/check_result.html", context)
    if "enterprise_on_555_list" in policy.fact_specs:
        context["enterprise"] = _enterprise(context["company"], on=request.today, known_at=request.now)
    return render(request, "portal/public/self_check.html", context)


@dataclasses.dataclass(frozen=True)
class Result:
    """What the judge said, and what it would still like to know."""

    judgement: Judgement
    missing: list[tuple[str, str]]
    unreadable: list[tuple[str, str, str]]
    amount_says: str
    outcomes: list[tuple[str, str]]

    @property
    def decision(self) -> str:
        return str(self.judgement.decision)

    @property
    def amount_fen(self) -> int | None:
        return self.judgement.amount_fen if self.judgement.decision is Status.PASS else None


def _result(form: Questions) -> Result:
    facts = form.facts()
    judgement = _judge(form.policy, form.subject, facts, form.on)
    names = [name for finding in judgement.unknown for name in finding.missing]
    unreadable = [
        (str(form.fields[field].label), form[field].id_for_label or f"a-{field}", " ".join(errors))
        for field, errors in form.errors.items()
    ]
    said_too = outcome_lines(form.policy, judgement)
    return Result(judgement, form.missing(names), unreadable, _amount_says(form.policy, judgement), said_too)


def _judge(policy: Policy, subject: str, facts: dict[str, Any], on: dt.date) -> Judgement:
    lang = "en" if english() else "zh"
    try:
        return policy.judge(subject, facts, on=on, lang=lang)
    except FactError as error:
        raise Refused(" ".join(error.problems), "facts", _("请改正后再测算")) from None


def _amount_says(policy: Policy, judgement: Judgement) -> str:
    if not judgement.amount_clause:
        return ""
    clause = policy.clause(judgement.amount_clause)
    return clause.says_en if english() else clause.says_zh


@dataclasses.dataclass(frozen=True)
class EnterpriseAnswer:
    """Yes or no with dates for each enterprise found, or a sentence why there is no answer."""

    asked: str = ""
    rows: tuple[tuple[str, bool, dt.date, dt.date | None], ...] = ()
    sentence: str = ""
    remedy: str = ""
    error: bool = False


def _enterprise(asked: str, *, on: dt.date, known_at: dt.datetime) -> EnterpriseAnswer:
    words = compact(asked)[:60]
    if not words:
        return EnterpriseAnswer()
    if _CODE.fullmatch(words):
        try:
            uscc = check_uscc(words)
        except Refused as refusal:
            return EnterpriseAnswer(asked, sentence=refusal.message, remedy=refusal.remedy, error=True)
        found = found_on_register(RegisterCode.LIST_555, uscc=uscc, known_at=known_at)
    elif len(_HAN.findall(words)) < 2:
        sentence = _("请至少输入企业名称中的2个汉字，或完整的18位统一社会信用代码")
        return EnterpriseAnswer(asked, sentence=sentence, error=True)
    else:
        found = found_on_register(RegisterCode.LIST_555, name=words, known_at=known_at)
    return _told(asked, list(found[: MOST_ENTERPRISES * 3]), on)


def _told(asked: str, found: list[RegisterEntry], on: dt.date) -> EnterpriseAnswer:
    newest: dict[Any, RegisterEntry] = {}
    for row in found:
        newest.setdefault(row.unit_id, row)
    if len(newest) > MOST_ENTERPRISES:
        return EnterpriseAnswer(asked, sentence=_("名称相近的企业太多"), remedy=_("请写得更完整一些"), error=True)
    if not newest:
        sentence = _("不在“555”项目名单内：名单中没有与“%(asked)s”相符的企业") % {"asked": asked}
        return EnterpriseAnswer(asked, sentence=sentence, remedy=_("请核对名称，或改用统一社会信用代码查询"))
    rows = tuple((row.unit.name, _holds(row, on), row.valid_from, row.valid_until) for row in newest.values())
    return EnterpriseAnswer(asked, rows)


def _holds(row: RegisterEntry, on: dt.date) -> bool:
    return row.valid_from <= on and (row.valid_until is None or row.valid_until >= on)
