"""Which of one person's open claims to hand in first, when limits make them stand in each other's way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Any

from peibu.rulebook.judgement import Judgement, Status
from peibu.rulebook.limits.facts import limit_facts
from peibu.rulebook.limits.matching import Row, day_of
from peibu.rulebook.wording import yuan

if TYPE_CHECKING:
    from peibu.rulebook.policy import Policy

EXACT_UP_TO = 6  # 720 orders; beyond that the advice looks one step ahead only


@dataclass(frozen=True)
class Advice:
    """order: ids, first to be handed in first. amount_fen: what passes for certain in that order, and in the order of
    days (`by_date_fen`). exact: every order was tried. reason: why, in both languages."""

    order: tuple[str, ...]
    amount_fen: int
    by_date_fen: int
    exact: bool
    reason: str
    reason_en: str


def advise_order(policy: Policy, subject: str, claims: Sequence[Row], grants: Iterable[Row] = ()) -> Advice:
    """Return the order in which one person's open claims bring the most money; equal orders: by (at, id).

    claims: rows with the columns of a claim and, under `facts`, its other facts {name: value}.
    Each is judged on the law of its own day `at`. Without money the order that lets most claims pass.
    """
    by_date = sorted(claims, key=lambda claim: (claim["at"], claim["id"]))
    standing = list(grants)
    exact = len(by_date) <= EXACT_UP_TO
    orders = permutations(by_date) if exact else [by_date, _greedy(policy, subject, by_date, standing)]
    first = _hand_in(policy, subject, by_date, standing)
    best, worth = list(by_date), _worth(first.values())
    for order in orders:
        one = _worth(_hand_in(policy, subject, order, standing).values())
        if one > worth:
            best, worth = list(order), one
    reasons = [
        _reason(policy, subject, best, first, (worth, _worth(first.values())), standing, lang) for lang in ("zh", "en")
    ]
    return Advice(tuple(claim["id"] for claim in best), worth[0], _worth(first.values())[0], exact, *reasons)


def _hand_in(
    policy: Policy, subject: str, order: Iterable[Row], grants: list[Row], lang: str = "zh"
) -> dict[str, Judgement]:
    standing, found = list(grants), {}
    for claim in order:
        found[claim["id"]] = judgement = _judge(policy, subject, claim, standing, lang)
        if judgement.decision is not Status.FAIL:
            certain = judgement.decision is Status.PASS
            standing.append(
                {"programme": policy.path, **claim, "certain": certain, "amount_fen": judgement.amount_fen}
            )
    return found


def _judge(policy: Policy, subject: str, claim: Row, standing: list[Row], lang: str = "zh") -> Judgement:
    facts: dict[str, Any] = {**claim.get("facts", {}), **limit_facts(policy, subject, claim, standing, lang=lang)}
    return policy.judge(subject, facts, on=day_of(claim["at"]), lang=lang)


def _worth(judgements: Iterable[Judgement]) -> tuple[int, int]:
    passed = [one for one in judgements if one.decision is Status.PASS]
    return sum(one.amount_fen or 0 for one in passed), len(passed)


def _greedy(policy: Policy, subject: str, by_date: list[Row], grants: list[Row]) -> list[Row]:
    """Take what brings most now, then what brings most after that; what brings nothing goes last."""
    left, order = list(by_date), []
    while left:
        handed = _hand_in(policy, subject, order, grants)
        worth = {
            claim["id"]: _worth([*handed.values(), *_hand_in(policy, subject, [*order, claim], grants).values()])
            for claim in left
        }
        best = max(left, key=lambda claim: worth[claim["id"]])
        left.remove(best)
        order.append(best)
    return order


_WORDS = {
    "zh": {
        "same": "各件申请先后不影响结果，按日期办理即可，合计{money}",
        "better": "按{order}的顺序办理，合计{money}；按日期顺序办理只有{less}，因为{why}",
        "order": "、",
        "why": "编号{id}：{sentence}",
        "join": "；",
        "trial": "（申请较多，未逐一比较全部顺序）",
        "passes": "{}件可通过",
    },
    "en": {
        "same": "The order makes no difference; hand them in by date: {money} in all",
        "better": "Handed in as {order} they bring {money}; by date only {less}, because {why}",
        "order": ", ",
        "why": "no. {id}: {sentence}",
        "join": "; ",
        "trial": " (too many claims to try every order)",
        "passes": "{} pass",
    },
}


def _reason(
    policy: Policy,
    subject: str,
    best: list[Row],
    first: dict[str, Judgement],
    worth: tuple[tuple[int, int], tuple[int, int]],
    grants: list[Row],
    lang: str,
) -> str:
    words = _WORDS[lang]
    told = [yuan(fen, lang) if fen else words["passes"].format(passed) for fen, passed in worth]
    trial = "" if len(best) <= EXACT_UP_TO else words["trial"]
    if worth[0] == worth[1]:
        return words["same"].format(money=told[0]) + trial
    by_date = [next(claim for claim in best if claim["id"] == name) for name in first]
    judged = _hand_in(policy, subject, by_date, grants, lang)
    why = [
        words["why"].format(id=name, sentence=one.failed[0].sentence)
        for name, one in judged.items()
        if one.decision is Status.FAIL and one.failed
    ]
    order = words["order"].join(str(claim["id"]) for claim in best)
    return words["better"].format(order=order, money=told[0], less=told[1], why=words["join"].join(why)) + trial
