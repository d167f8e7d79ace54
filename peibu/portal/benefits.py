"""What a policy pays, to whom and by what measure; and the rates it takes from other documents."""

import dataclasses
import datetime as dt

from django.utils.translation import gettext as _

from peibu.programmes.rates import entered_rates, rate_entry
from peibu.rulebook import Judgement, Policy, RateTable, Status
from peibu.theme.policy_words import english, said, shown_value, unit_word


@dataclasses.dataclass(frozen=True)
class Benefit:
    """One kind of payment of a policy."""

    label: str
    payee: str
    per: str
    clause: str


@dataclasses.dataclass(frozen=True)
class RateLine:
    """One rate: whom it is for, how much, since when, on whose word."""

    keys: list[str]
    value: str
    start: dt.date
    end: dt.date | None
    cite: str


@dataclasses.dataclass(frozen=True)
class RateSheet:
    """One table of rates in force on a day; `lines` is empty while nobody knows them."""

    label: str
    clause: str
    source: str
    unit: str
    lines: list[RateLine]


def benefits(policy: Policy, on: dt.date) -> list[Benefit]:
    """Every subject that carries money, in the order of the card."""
    found = []
    for code, subject in policy.subjects.items():
        plan = policy.plan(code, on)
        if plan.amount is None:
            continue
        payee = subject.get("payee") or policy.card["payee"]
        named = payee if isinstance(payee, str) else ""
        found.append(Benefit(said(subject), payee_word(named), per_word(subject.get("per", "")), plan.amount_clause))
    return found


def outcome_lines(policy: Policy, judgement: Judgement) -> list[tuple[str, str]]:
    """(label, value) of what a passed case gives beside money, and who is paid when there is money."""
    plan = policy.plan(judgement.subject, judgement.on, "en" if english() else "zh")
    given = {name: value for name, value in judgement.outcomes.items() if name != "payee"}
    found = [(plan.outcomes[name].title, _outcome(policy, value)) for name, value in given.items()]
    if judgement.decision is Status.PASS and judgement.amount_fen and judgement.payee:
        found.append((_("支付给"), payee_word(judgement.payee)))
    return found


def _outcome(policy: Policy, value: object) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, str):
        lists = [codes.items_en if english() else codes.items for codes in policy.codes.values()]
        return next((labels[value] for labels in lists if value in labels), value)
    return str(value)


def payee_word(payee: str) -> str:
    words = {
        "enterprise": _("企业"), "person": _("个人"), "institution": _("培训机构"), "platform": _("线上培训平台"),
        "project_host": _("项目承办单位"), "base": _("基地"),
    }  # fmt: skip
    return words.get(payee, _("按协议"))


def per_word(per: str) -> str:
    words = {
        "person": _("每人"), "project": _("每个项目"), "base": _("每个基地"), "platform": _("每个平台"),
        "certificate": _("每本证书"), "day": _("每人每天"), "class": _("每班"),
    }  # fmt: skip
    return words.get(per, "")


def rate_sheets(policy: Policy, on: dt.date, *, known_at: dt.datetime) -> list[RateSheet]:
    """Every rate table of a policy with the rates that hold on a day, those entered at the desk included."""
    entered = [rate_entry(row) for row in entered_rates(policy.path, known_at=known_at)]
    return [_sheet(table, on) for table in policy.with_rates(entered).rates.values()]


def _sheet(table: RateTable, on: dt.date) -> RateSheet:
    lang = "en" if english() else "zh"
    lines = [
        RateLine([*table.key_labels(row.key, lang)], shown_value(row.value, table.unit), row.start, row.end, row.cite)
        for row in table.rows
        if row.on(on)
    ]
    return RateSheet(said(table), table.clause, table.source, unit_word(table.unit), lines)
