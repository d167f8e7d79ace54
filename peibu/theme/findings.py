"""A judgement turned into lines for the page: a word, an icon and a colour for every status."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from peibu.kernel.errors import PeibuError
from peibu.rulebook import load_policy


@dataclasses.dataclass(frozen=True)
class Look:
    """How a status is shown; `word` says it, the rest repeats it."""

    tone: str
    icon: str


LOOKS = {
    "fail": Look("red", "circle-x"),
    "unknown": Look("azure", "help-circle"),
    "soft": Look("orange", "alert-triangle"),
    "pass": Look("green", "circle-check"),
}


@dataclasses.dataclass(frozen=True)
class Line:
    """One rule's finding, ready to draw."""

    status: str
    tone: str
    icon: str
    word: str
    clause: str
    sentence: str
    fix: str
    observed: list[tuple[str, str]]
    rule: str


@dataclasses.dataclass(frozen=True)
class Verdict:
    """The head of the list: the decision, the money, how many of which."""

    tone: str
    icon: str
    word: str
    counts: str
    amount_fen: int | None


def _get(thing: Any, name: str, default: Any = None) -> Any:
    return thing.get(name, default) if isinstance(thing, Mapping) else getattr(thing, name, default)


def _word(status: str) -> str:
    words = {"fail": _("不符合"), "unknown": _("待核实"), "soft": _("超一般限额"), "pass": _("符合")}
    return words[status]


def line_of(finding: Any) -> Line:
    """A finding (rulebook `Finding` or its stored dict) as a line; a failed soft limit has its own status."""
    status = str(_get(finding, "status"))
    if status == "fail" and _get(finding, "soft"):
        status = "soft"
    observed = _get(finding, "observed") or {}
    pairs = list(observed.items()) if isinstance(observed, Mapping) else [tuple(pair) for pair in observed]
    return Line(
        status=status,
        tone=LOOKS[status].tone,
        icon=LOOKS[status].icon,
        word=_word(status),
        clause=str(_get(finding, "clause") or ""),
        sentence=str(_get(finding, "sentence") or ""),
        fix=str(_get(finding, "fix") or ""),
        observed=pairs,
        rule=str(_get(finding, "title") or _get(finding, "rule") or ""),
    )


def verdict_of(judgement: Any, lines: list[Line]) -> Verdict:
    """The decision in words, with the number of findings of each kind."""
    decision = str(_get(judgement, "decision"))
    words = {"pass": _("符合条件"), "fail": _("不符合条件"), "unknown": _("缺少资料，暂不能判定")}
    counts = []
    for status in LOOKS:
        number = sum(line.status == status for line in lines)
        if number:
            counts.append(
                ngettext("%(word)s %(number)d 条", "%(word)s %(number)d 条", number)
                % {"word": _word(status), "number": number}
            )
    look = LOOKS[decision]
    amount = _get(judgement, "amount_fen") if decision == "pass" else None
    return Verdict(look.tone, look.icon, words[decision], " · ".join(counts), amount)


def _worded(judgement: Any) -> Any:
    """The findings in the language of the page.

    A judgement keeps Chinese sentences. In English the same facts are judged again by the same rules, and the English
    sentences are shown only if every rule gives the answer that was kept.
    """
    kept = _get(judgement, "findings") or ()
    if not (get_language() or "").startswith("en") or not _get(judgement, "facts"):
        return kept
    try:
        policy = load_policy(_get(judgement, "policy"))
        if policy.fingerprint != _get(judgement, "fingerprint"):
            return kept
        given = {"on": _get(judgement, "on"), "known_at": _get(judgement, "known_at"), "lang": "en"}
        told = policy.judge(_get(judgement, "subject"), _get(judgement, "facts"), **given).findings
    except (PeibuError, TypeError, ValueError):
        return kept
    same = [str(one.status) for one in told] == [str(_get(one, "status")) for one in kept]
    return told if same else kept


def findings_context(judgement: Any) -> dict:
    """Context of the component: verdict, lines in the order of the rules, fingerprint of the policy folder.

    `judgement` is a rulebook Judgement, its `to_dict()`, or a bare list of findings (then no verdict is shown).
    """
    bare = isinstance(judgement, (list, tuple)) and not hasattr(judgement, "findings")
    findings = judgement if bare else _worded(judgement)
    lines = [line_of(finding) for finding in findings]
    fingerprint = "" if bare else str(_get(judgement, "fingerprint") or "")
    return {
        "lines": lines,
        "verdict": None if bare else verdict_of(judgement, lines),
        "fingerprint": fingerprint[:12],
    }
