"""Earlier grants in words: a refusal names what stands in the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from peibu.rulebook.limits.matching import Row, day_of
from peibu.rulebook.limits.model import NONE
from peibu.rulebook.wording import yuan

if TYPE_CHECKING:
    from peibu.rulebook.policy import Policy

_SHOWN = 3
_WORDS = {
    "zh": {"join": "；", "comma": "，", "id": "编号{}", "open": "（尚未确定）", "more": "等{}项"},
    "en": {"join": "; ", "comma": ", ", "id": "no. {}", "open": " (not settled)", "more": " and {} more"},
}


def tell(policy: Policy, grants: Sequence[Row], certain: int, lang: str) -> str:
    """Name the first grants: day, occupation, level, benefit, payee, money, id. The first `certain` ones are settled.

    A grant may bring its own words (`told`), when who keeps it can say it better.
    """
    words = _WORDS[lang]
    grants = [*sorted(grants[:certain], key=_order), *sorted(grants[certain:], key=_order)]
    shown = [
        (grant.get("told") or _told(policy, grant, lang)) + ("" if number < certain else words["open"])
        for number, grant in enumerate(grants[:_SHOWN])
    ]
    left = len(grants) - _SHOWN
    more = words["more"].format(len(grants) if lang == "zh" else left) if left > 0 else ""
    return words["join"].join(shown) + more


def _order(grant: Row) -> tuple[str, str]:
    return grant["at"].isoformat(), str(grant["id"])


def _told(policy: Policy, grant: Row, lang: str) -> str:
    words = _WORDS[lang]
    parts = [day_of(grant["at"]).isoformat()]
    parts += [
        _label(policy, grant[name], lang) for name in ("benefit", "occupation", "level", "payee") if _has(grant, name)
    ]
    if _has(grant, "amount_fen"):
        parts.append(yuan(grant["amount_fen"], lang))
    parts.append(words["id"].format(grant["id"]))
    return words["comma"].join(parts)


def _has(grant: Row, name: str) -> bool:
    return grant.get(name) not in (None, "", NONE)


def _label(policy: Policy, code: Any, lang: str) -> str:
    """The label of a code in the policy's words; the code itself when the policy does not know it."""
    if code in policy.subjects:
        return policy.subjects[code]["label" if lang == "zh" else "label_en"]
    for codes in policy.codes.values():
        if code in codes.items:
            return (codes.items if lang == "zh" else codes.items_en)[code]
    return str(code)
