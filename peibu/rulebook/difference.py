"""Two determinations of one case: what changed, which rules made it so, and because of what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from peibu.rulebook.changes import with_changes
from peibu.rulebook.errors import RulebookError
from peibu.rulebook.judge import excuse_of
from peibu.rulebook.judgement import Finding, Judgement, Status
from peibu.rulebook.policy import Policy
from peibu.rulebook.wording import yuan

EVIDENCE, LAW, READING, RATE, EXCUSE = "evidence", "law", "reading", "rate", "excuse"
_CAUSES = {
    EVIDENCE: ("事实有变化", "the facts changed"),
    LAW: ("规定有变化", "the law changed"),
    READING: ("对条文的理解有变化", "the reading of the text changed"),
    RATE: ("录入的标准有变化", "the rates on record changed"),
    EXCUSE: ("突破限制的理由有变化", "the recorded reason changed"),
}
_MONEY = ""  # stands among the rule names for the amount
_DECISIONS = {
    Status.PASS: ("符合", "met"),
    Status.FAIL: ("不符合", "not met"),
    Status.UNKNOWN: ("待核实", "unknown"),
}


@dataclass(frozen=True)
class RuleChange:
    """A rule that says something else: statuses (None: the rule did not exist), observed (label, old, new), causes."""

    rule: str
    clause: str
    title: str
    before: Status | None
    after: Status | None
    observed: tuple[tuple[str, str, str], ...]
    because: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """What changed from one determination to the next. outcomes: (name, old, new), the payee among them."""

    before: Status
    after: Status
    before_fen: int | None
    after_fen: int | None
    rules: tuple[RuleChange, ...]
    outcomes: tuple[tuple[str, str, str], ...]
    facts: tuple[str, ...]
    because: tuple[str, ...]
    known_at: tuple[date | datetime | None, date | datetime | None]

    @property
    def same(self) -> bool:
        """Decision, amount and every rule are as before."""
        return self.before == self.after and self.before_fen == self.after_fen and not self.rules and not self.outcomes

    @property
    def delta_fen(self) -> int | None:
        """Money after less money before, in fen."""
        if self.before_fen is None or self.after_fen is None:
            return None
        return self.after_fen - self.before_fen

    def sentence(self, lang: str = "zh") -> str:
        """The difference as one sentence in zh or en."""
        return _sentence(self, lang == "en")


def difference(
    old: Judgement, new: Judgement, *, old_policy: Policy | None = None, new_policy: Policy | None = None
) -> Difference:
    """Compare two determinations of one case.

    With both policies each changed rule is judged again with only the facts, or only the law, exchanged: the causes
    are then exact. Without them a rule whose observed values differ changed by evidence, any other by the law.
    """
    findings = {item.rule: item for item in old.findings}, {item.rule: item for item in new.findings}
    probe = _Probe(old, new, old_policy, new_policy) if old_policy and new_policy else None
    names = dict.fromkeys([*findings[1], *findings[0]])
    changed = [_change(findings[0].get(name), findings[1].get(name), probe, _guess(old, new, False)) for name in names]
    excused = [_excused(old, new, name, findings[1].get(name)) for name in names]
    rules = tuple(change for pair in zip(changed, excused, strict=True) for change in pair if change is not None)
    facts = tuple(
        sorted(name for name in old.facts.keys() | new.facts.keys() if _other(old, new, name) and name[:1] != "_")
    )
    causes = {cause for change in rules for cause in change.because}
    outcomes = _outcomes(old, new)
    if (old.amount_fen != new.amount_fen or outcomes) and not causes:
        causes = set(probe.causes(_MONEY, _results(old)) if probe else _guess(old, new, bool(facts)))
    because = tuple(cause for cause in _CAUSES if cause in causes)
    amounts = (old.amount_fen, new.amount_fen)
    return Difference(
        old.decision, new.decision, *amounts, rules, outcomes, facts, because, (old.known_at, new.known_at)
    )


def _outcomes(old: Judgement, new: Judgement) -> tuple[tuple[str, str, str], ...]:
    was, now = ({"payee": judged.payee, **judged.outcomes} for judged in (old, new))
    names = sorted(was.keys() | now.keys())
    if old.payee is None or new.payee is None:
        names = [name for name in names if name != "payee"]  # determinations of an older form do not name it
    pairs = ((name, str(_comparable(was.get(name, ""))), str(_comparable(now.get(name, "")))) for name in names)
    return tuple(pair for pair in pairs if pair[1] != pair[2])


def _other(old: Judgement, new: Judgement, name: str) -> bool:
    return _comparable(old.facts.get(name)) != _comparable(new.facts.get(name))


def _comparable(value: Any) -> Any:
    # facts read back from JSON are texts and lists, facts just read are dates and tuples
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _excused(old: Judgement, new: Judgement, rule: str, now: Finding | None) -> RuleChange | None:
    """A soft limit that stays broken while its recorded reason came or went."""
    if now is None or not now.soft or now.status is not Status.FAIL:
        return None
    was_fail = any(item.rule == rule and item.status is Status.FAIL for item in old.findings)
    reasons = [judged.facts.get("soft_reasons") or {} for judged in (old, new)]
    held = [bool(excuse_of(each, rule)) for each in reasons]
    if not was_fail or held[0] == held[1]:
        return None
    return RuleChange(rule, now.clause, now.title, Status.FAIL, Status.FAIL, (), (EXCUSE,))


class _Probe:
    """Judges again with one side exchanged, to see what moved a rule."""

    def __init__(self, old: Judgement, new: Judgement, old_policy: Policy, new_policy: Policy):
        self._new_law = _statuses(new_policy, new, old.facts, new)
        self._new_facts = _statuses(old_policy, old, new.facts, old)
        kept = _readings_of(old, new, old_policy, new_policy)
        draft = with_changes(new_policy, readings=kept) if kept else None
        self._old_reading = _statuses(draft, new, old.facts, new) if draft else None
        other_rates = set(old.rates) != set(new.rates)
        self._old_rates = _statuses(new_policy, new, old.facts, old) if other_rates else None

    def causes(self, rule: str, before: Any) -> tuple[str, ...]:
        """What moved the rule, tried one at a time; both when only together they do."""
        found = []
        if self._new_facts.get(rule) != before:
            found.append(EVIDENCE)
        if self._new_law.get(rule) != before:
            by_reading = self._old_reading is not None and self._old_reading.get(rule) == before
            by_rate = self._old_rates is not None and self._old_rates.get(rule) == before
            found.append(READING if by_reading else RATE if by_rate else LAW)
        return tuple(found) or (EVIDENCE, LAW)


def _readings_of(old: Judgement, new: Judgement, old_policy: Policy, new_policy: Policy) -> dict[str, str]:
    """The readings of the old day that were changed since, where the new folder still has them."""
    shared = old_policy.interpretations.keys() & new_policy.interpretations.keys()
    kept = {name: _reading(old_policy, name, old.on) for name in shared}
    return {
        name: code for name, code in kept.items()
        if code in new_policy.interpretations[name].readings and code != _reading(new_policy, name, new.on)
    }  # fmt: skip


def _reading(policy: Policy, name: str, on: date) -> str | None:
    try:
        return policy.value(name, on)
    except RulebookError:
        return None


def _statuses(policy: Policy, like: Judgement, facts: Mapping[str, Any], rates: Judgement) -> dict[str, Any]:
    known = {name: value for name, value in facts.items() if name in policy.slots and value is not None}
    judged = policy.with_rates(rates.rates).judge(like.subject, known, on=like.on)
    return {finding.rule: finding.status for finding in judged.findings} | {_MONEY: _results(judged)}


def _results(judged: Judgement) -> tuple[Any, ...]:
    outcomes = {name: _comparable(value) for name, value in judged.outcomes.items()}
    return (judged.amount_fen, judged.payee, sorted(outcomes.items(), key=str))


def _guess(old: Judgement, new: Judgement, seen: bool) -> tuple[str, ...]:
    """Without the policies: evidence where something looked at differs, else the rates, else the law."""
    return (EVIDENCE,) if seen else (RATE,) if set(old.rates) != set(new.rates) else (LAW,)


def _change(
    old: Finding | None, new: Finding | None, probe: _Probe | None, otherwise: tuple[str, ...]
) -> RuleChange | None:
    one = new or old
    assert one is not None
    before, after = old and old.status, new and new.status
    seen = _seen(old, new)
    if before == after:
        return None
    if probe is None and (old is None or new is None):
        because: tuple[str, ...] = otherwise
    elif probe is not None:
        because = probe.causes(one.rule, before)
    else:
        because = (EVIDENCE,) if seen else otherwise
    return RuleChange(one.rule, one.clause, one.title, before, after, seen, because)


def _seen(old: Finding | None, new: Finding | None) -> tuple[tuple[str, str, str], ...]:
    was, now = (old.observed if old else {}), (new.observed if new else {})
    labels = dict.fromkeys([*was, *now])
    return tuple(
        (label, was.get(label, ""), now.get(label, "")) for label in labels if was.get(label) != now.get(label)
    )


def _sentence(found: Difference, english: bool) -> str:
    if found.same:
        return "Nothing changed." if english else "结论、金额和各条规则均无变化。"
    was, now = _DECISIONS[found.before][english], _DECISIONS[found.after][english]
    parts = []
    if found.before != found.after:
        parts.append(f"from {was} to {now}" if english else f"结论由“{was}”变为“{now}”")
    else:
        parts.append(f"still {now}" if english else f"结论仍为“{now}”")
    parts += _money(found, english)
    parts += [f"{name}: {was} → {now}" if english else f"{name}：{was} → {now}" for name, was, now in found.outcomes]
    because = [_CAUSES[cause][english] for cause in found.because]
    if because:
        parts.append(("because " + " and ".join(because)) if english else "原因：" + "、".join(because))
    lines = [_rule_line(change, english) for change in found.rules]
    head, end = ("; " if english else "；").join(parts), "." if english else "。"
    return (head[:1].upper() + head[1:]) + end + "".join((" " if english else "") + line + end for line in lines)


def _money(found: Difference, english: bool) -> list[str]:
    lang = "en" if english else "zh"
    if found.before_fen == found.after_fen:
        return []
    if found.delta_fen is None:
        known = found.after_fen if found.after_fen is not None else found.before_fen
        assert known is not None
        if found.after_fen is None:
            return [f"{yuan(known, lang)} is no longer settled" if english else f"原定{yuan(known)}，现待核实"]
        return [f"now {yuan(known, lang)}" if english else f"金额核定为{yuan(known)}"]
    more = found.delta_fen > 0
    by = yuan(abs(found.delta_fen), lang)
    span = (yuan(found.before_fen or 0, lang), yuan(found.after_fen or 0, lang))
    if english:
        return [f"{by} {'more' if more else 'less'} ({span[0]} to {span[1]})"]
    return [f"金额由{span[0]}变为{span[1]}，{'增加' if more else '减少'}{by}"]


def _rule_line(change: RuleChange, english: bool) -> str:
    none = "no such rule" if english else "无此规则"
    was = _DECISIONS[change.before][english] if change.before else none
    now = _DECISIONS[change.after][english] if change.after else none
    pairs = [f"{label} {old} → {new}" for label, old, new in change.observed]
    seen = ("; " if english else "；").join(pairs)
    if english:
        return f"{change.title} [{change.clause}]: {was} → {now}" + (f" ({seen})" if seen else "")
    return f"{change.title}〔{change.clause}〕：{was} → {now}" + (f"（{seen}）" if seen else "")
