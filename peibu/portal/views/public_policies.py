"""The policy library: every policy in plain words, with its numbers, readings, steps and fingerprint."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from peibu.accounts.access import public
from peibu.portal import policy_pages
from peibu.portal.benefits import benefits, rate_sheets
from peibu.portal.checks import checks_of
from peibu.portal.flows import flows
from peibu.portal.policy_history import events, versions
from peibu.portal.policy_pages import clause_lines, figures, law_day, policy_url, readings
from peibu.programmes.queries import current_policies, published_lists, quotas
from peibu.rulebook import Policy
from peibu.rulebook.dated import Interpretation, Parameter
from peibu.theme.policy_words import last_day, said, standing

ORDER = {"green": 0, "azure": 1, "grey": 2}  # what is in force comes first
COVERED = ("eligibility", "exclusion", "validity")
KEY_NUMBERS = ("contract_months_min", "insured_months_min", "class_days_min", "notice_working_days")
MONEY = ("amount", "quota", "funds", "payment")


def policy_of(city: str, name: str) -> Policy:
    """The policy at a path. Http404 when there is none."""
    found = next((p for p in current_policies() if p.path == f"{city}/{name}"), None)
    if found is None:
        raise Http404
    return found


def policy_cards(today: dt.date) -> list[dict[str, Any]]:
    """Every policy as a card."""
    return [
        {
            "policy": policy,
            "title": said(policy.card, "title"),
            "standing": standing(policy, today),
            "until": last_day(policy),
            "cap": policy_pages.cap_of(policy, law_day(policy, today)),
            "url": policy_url(policy),
            "check_url": policy_url(policy, "self-check-of") if checks_of(policy) else "",
            "clauses": len(policy.clauses),
            "key_numbers": [f for f in figures(policy, law_day(policy, today)) if f.name in KEY_NUMBERS],
        }
        for policy in sorted(current_policies(), key=lambda one: ORDER[standing(one, today).tone])
    ]


@public()
def policies(request: HttpRequest) -> HttpResponse:
    """All policies, newest first."""
    return render(request, "portal/public/policies.html", {"cards": policy_cards(request.today)})


@public()
def policy(request: HttpRequest, city: str, name: str) -> HttpResponse:
    """One policy, from its card to its fingerprint; made to be printed too."""
    found = policy_of(city, name)
    on = law_day(found, request.today)
    clauses = clause_lines(found, on)
    kinds = {clause.id: clause.kind for clause in found.clauses}
    context = {
        "policy": found, "card": found.card, "sources": found.fund_order(on), "until": last_day(found), "title": said(found.card, "title"), "on": on,
        "standing": standing(found, request.today), "cap": policy_pages.cap_of(found, on), "clauses": clauses,
        "covered": [line for line in clauses if kinds[line.id] in COVERED],
        "money_clauses": [line for line in clauses if kinds[line.id] in MONEY],
        "figures": figures(found, on), "readings": readings(found, on), "flows": flows(found, on),
        "quotas": quotas(found.path), "lists": published_lists(found.path),
        "check_url": policy_url(found, "self-check-of") if checks_of(found) else "",
        "json_url": policy_url(found, "policy-json"), "rules": len(found.rules),
    }  # fmt: skip
    context |= {
        "benefits": benefits(found, on),
        "rate_sheets": rate_sheets(found, on, known_at=request.now),
    }
    context |= {"events": events(found), "versions": versions(found), "sections": _sections()}
    return render(request, "portal/public/policy.html", context)


def _sections() -> list[tuple[str, str]]:
    return [
        ("covered", _("谁能享受")), ("amount", _("补多少")), ("steps", _("怎么办理")), ("numbers", _("关键数字")),
        ("readings", _("政策解读")), ("clauses", _("逐条对照")), ("history", _("变更历史")), ("version", _("规则版本")),
    ]  # fmt: skip


@public()
def policy_json(request: HttpRequest, city: str, name: str) -> HttpResponse:
    """The whole policy as data: card, clauses, numbers, readings, processes, code lists, rules, fingerprint."""
    found = policy_of(city, name)
    answer = {
        "policy": found.path,
        "fingerprint": found.fingerprint,
        "card": found.card,
        "clauses": [
            {"id": c.id, "cite": c.cite, "kind": c.kind, "realised": c.realised, "says_zh": c.says_zh,
             "says_en": c.says_en}
            for c in found.clauses
        ],
        "parameters": [_dated(item) for item in found.parameters.values()],
        "interpretations": [_dated(item) | _reasons(item) for item in found.interpretations.values()],
        "rules": [
            {"name": rule.name, "kind": rule.mark.kind, "clause": rule.mark.clause, "soft": rule.mark.soft,
             "subjects": list(rule.mark.subjects)}
            for rule in found.rules
        ],
        "processes": found.processes,
        "codes": {
            code.name: {"label": code.label, "label_en": code.label_en, "clause": code.clause,
                        "items": code.items, "items_en": code.items_en}
            for code in found.codes.values()
        },
    }  # fmt: skip
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False, "indent": 1})


def _dated(item: Parameter) -> dict[str, Any]:
    values = [
        {"from": start, "to": end, "value": value}
        for start, end, value in zip(item.starts, item.ends, item.values, strict=True)
    ]
    head = {"name": item.name, "label": item.label, "label_en": item.label_en, "unit": item.unit}
    return head | {"clause": item.clause, "note": item.note, "values": values}


def _reasons(item: Interpretation) -> dict[str, Any]:
    words = {"on_whose_word": item.words, "why": item.reasons}
    return {"question": item.question, "readings": item.readings, "readings_en": item.readings_en} | words
