"""A policy's numbers, texts and standing in the words of the page's reader; both windows show them alike."""

import dataclasses
import datetime as dt
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from peibu.kernel.money import yuan
from peibu.rulebook import Policy


def english() -> bool:
    return (get_language() or "").startswith("en")


def said(thing: Any, name: str = "label") -> str:
    """A text of the policy folder in the visitor's language; `thing` is an object or a mapping."""
    get = thing.get if hasattr(thing, "get") else lambda key, default="": getattr(thing, key, default)
    wanted = english() and get(f"{name}_en", "")
    return wanted[0].upper() + wanted[1:] if wanted else get(name, "")


def unit_word(unit: str) -> str:
    words = {
        "fen": _("元"), "months": _("个月"), "days": _("天"), "working_days": _("个工作日"), "percent": "%",
        "persons": _("人"), "points": _("分"), "items": _("题"), "times": _("次"), "years": _("年"),
        "places": _("个"), "photos": _("张"), "hours": _("学时"), "class_hours": _("课时"), "minutes": _("分钟"),
        "seconds": _("秒"), "basis_points": _("‱（万分之一）"), "projects": _("个"), "bases": _("个"),
        "seminars": _("期"), "certificates": _("本"), "courses": _("门"), "classes": _("个班"), "topics": _("项"),
        "teachers": _("人"), "weeks": _("周"), "enterprises": _("家"), "institutions": _("家"), "platforms": _("家"),
        "reports": _("份"), "copies": _("份"), "parts": _("份"), "square_metres": _("平方米"), "metres": _("米"),
    }  # fmt: skip
    return words.get(unit, "")


def shown_value(value: Any, unit: str) -> str:
    """A number of the policy for people: money in yuan, days as ISO dates, the rest with thousands commas."""
    if unit == "fen":
        return yuan(value).removesuffix(".00")
    return value.isoformat() if isinstance(value, dt.date) else f"{value:,}"


def last_day(policy: Policy) -> dt.date | None:
    """The last day on which the policy pays, or is in force."""
    period = policy.card["in_force"]
    return period.get("subsidy_until") or period.get("until")


@dataclasses.dataclass(frozen=True)
class Standing:
    """Whether a policy is in force on a day: a word and a colour for the badge."""

    word: str
    tone: str


def standing(policy: Policy, today: dt.date) -> Standing:
    """Not yet in force, in force, or past its last day."""
    period = policy.card["in_force"]
    if today < period["from"]:
        return Standing(_("尚未施行"), "azure")
    until = last_day(policy)
    if until and today > until:
        return Standing(_("补贴期已结束"), "grey")
    return Standing(_("施行中"), "green")
