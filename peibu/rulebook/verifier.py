"""Computes the determination of a bundle again, offline, and says whether it comes out the same."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from peibu.kernel.errors import Refused
from peibu.rulebook.bundle import FOLDER, RECORDS, Bundle, check_yaml, engine_fingerprint, read_bundle
from peibu.rulebook.difference import difference
from peibu.rulebook.errors import PolicyError, RulebookError
from peibu.rulebook.facts import read_facts
from peibu.rulebook.judgement import Judgement
from peibu.rulebook.loader import fingerprint_of, load_policy
from peibu.rulebook.policy import Policy
from peibu.rulebook.rules_gate import gate
from peibu.rulebook.rules_reader import rule_files

IDENTICAL, DIFFERENT, TAMPERED, UNCOMPUTED = "identical", "different", "tampered", "uncomputed"
_VERDICTS = {
    IDENTICAL: "一致：离线重算的结论、金额和逐条结果与原判定完全相同",
    DIFFERENT: "不一致：离线重算的结果与原判定不同",
    TAMPERED: "不可信：判定包内容与它自己声明的规则版本不符，或含有不应有的内容",
    UNCOMPUTED: "未能重算",
}
_PATH = re.compile(r"[a-z0-9_]+/[a-z0-9_]+")
_LARGEST = 10**15
_HEAD = ("policy", "subject", "on", "fingerprint")


@dataclass(frozen=True)
class Verification:
    """What came out. problems: Chinese sentences, one per thing that is wrong; notes: what a reader should know."""

    verdict: str
    policy: str
    subject: str
    fingerprint: str
    root: str
    rules: int = 0
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """The determination came out the same."""
        return self.verdict == IDENTICAL

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)

    def to_text(self) -> str:
        """The answer for a person, in Chinese."""
        head = [_VERDICTS[self.verdict], f"  政策 {self.policy}  对象 {self.subject}  规则 {self.rules} 条"]
        head += [f"  规则版本 {self.fingerprint}", f"  判定包指纹 {self.root}"]
        return "\n".join([*head, *(f"- {line}" for line in self.problems), *(f"  注：{line}" for line in self.notes)])


def verify_bundle(content: bytes, *, against: Policy | None = None) -> Verification:
    """Compute a bundle's determination again.

    By default with the folder in the bundle, after its hash is the fingerprint of the determination, its YAML is plain
    and its rules.py keeps to the words of a policy. against: an installed policy instead; a different version is then
    said, not hidden. Raises Refused for what is no intact bundle.
    """
    bundle = read_bundle(content)
    told = {key: str(bundle.determination.get(key, ""))[:200] for key in _HEAD}
    stamp = {"policy": told["policy"], "subject": told["subject"], "fingerprint": told["fingerprint"]}
    stamp["root"] = bundle.root
    notes = [] if bundle.head.get("engine") == engine_fingerprint() else ["判定时的引擎版本与本机不同，结果以重算为准"]
    differing = [key for key in _HEAD if str(bundle.head.get(key)) != told[key]]
    if differing or not _PATH.fullmatch(told["policy"]):
        return Verification(TAMPERED, **stamp, problems=(f"封面与判定不符：{'、'.join(differing) or 'policy'}",))
    try:
        stored = Judgement.from_json(json.dumps(bundle.determination))
        if against is not None:
            if against.fingerprint != stored.fingerprint:
                notes.append(f"核对所用的规则版本是 {against.fingerprint[:12]}，判定时是 {stored.fingerprint[:12]}")
            return _compared(stored, bundle, against, stamp, notes)
        with tempfile.TemporaryDirectory() as kept:
            folder = _unpacked(bundle, Path(kept), told["policy"])
            problems = _untrusted(folder, told["fingerprint"])
            if problems:
                return Verification(TAMPERED, **stamp, problems=tuple(problems), notes=tuple(notes))
            policy = load_policy(told["policy"], root=Path(kept))
            return _compared(stored, bundle, _modest(policy), stamp, notes)
    except Refused:
        raise
    except Exception as error:  # a stranger's content may be wrong in any way; the answer is always a sentence
        told_why = str(error) if isinstance(error, RulebookError) else f"{type(error).__name__}: {error}"
        return Verification(UNCOMPUTED, **stamp, problems=(told_why[:2000],), notes=tuple(notes))


def _unpacked(bundle: Bundle, root: Path, policy: str) -> Path:
    folder = root / policy
    for path, content in bundle.folder.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return folder


def _untrusted(folder: Path, fingerprint: str) -> list[str]:
    """What forbids executing this folder."""
    if fingerprint_of(folder) != fingerprint:
        return [f"包内政策文件夹的指纹 {fingerprint_of(folder)[:12]} 不是判定的规则版本 {fingerprint[:12]}"]
    problems: list[str] = []
    for file in sorted(folder.rglob("*.y*ml")):
        try:
            check_yaml(file.read_bytes(), FOLDER + file.relative_to(folder).as_posix())
        except PolicyError as error:
            problems.append(f"含有不应有的 YAML：{error}")
    for file in rule_files(folder):
        source = file.read_bytes().decode("utf-8", "replace")
        problems += [f"规则文件含有不允许的内容：{error}" for error in gate(source, f"{FOLDER}{file.name}")]
    return problems


def _modest(policy: Policy) -> Policy:
    """Refuse numbers no document has: multiplied, they would cost without end."""
    for item in policy.parameters.values():
        if any(isinstance(value, int) and abs(value) > _LARGEST for value in item.values):
            raise PolicyError(f"{item.name}: a number beyond reason", clause=item.clause, remedy="none")
    return policy


def _compared(
    stored: Judgement, bundle: Bundle, policy: Policy, stamp: Mapping[str, str], notes: list[str]
) -> Verification:
    lang = "en" if bundle.head.get("lang") == "en" else "zh"
    given = {name: value for name, value in stored.facts.items() if value is not None}
    law = policy.with_rates(stored.rates)  # rates entered at the desk are part of the determination
    again = law.judge(stored.subject, given, on=stored.on, known_at=stored.known_at, lang=lang)
    notes += _underived(law, stored, bundle)
    problems = _differences(stored, again, bundle.determination.keys())
    if problems:
        problems = [*problems, difference(stored, again).sentence()]
    verdict = DIFFERENT if problems else IDENTICAL
    return Verification(verdict, **stamp, rules=len(again.findings), problems=tuple(problems), notes=tuple(notes))


def _underived(policy: Policy, stored: Judgement, bundle: Bundle) -> list[str]:
    """Facts that the records of the bundle give otherwise: a given fact wins, but the reader should know."""
    if RECORDS not in bundle.files:
        return []
    from peibu.rulebook.derived import KINDS, derive_facts, read_records

    records = read_records(policy, bundle.records)
    told = {name for kind in records for name in KINDS[kind].gives}
    slots = {slot for name in told if name in policy.fact_specs for slot in policy.fact_specs[name].slots}
    given = {name: value for name, value in stored.facts.items() if value is not None and name not in slots}
    employer = str(bundle.head.get("employer", ""))
    derived = derive_facts(policy, stored.subject, given, records, on=stored.on, employer=employer)
    values = read_facts(policy.fact_specs, policy.slots, derived)
    held = read_facts(policy.fact_specs, policy.slots, {k: v for k, v in stored.facts.items() if v is not None})
    return [
        f"事实“{policy.slots[slot].label}”（{slot}）：判定所用为 {_shown(held[slot])}，按所附记录为 {_shown(values[slot])}"
        for slot in sorted(slots)
        if values[slot] is not None and held[slot] != values[slot]
    ]


def _differences(stored: Judgement, again: Judgement, kept: Collection[str]) -> list[str]:
    old, new = json.loads(stored.to_json()), json.loads(again.to_json())
    problems = [
        f"{label}：原为 {_shown(old.get(key))}，重算为 {_shown(new.get(key))}"
        for key, label in (("decision", "结论"), ("amount_fen", "金额（分）"), ("amount_clause", "金额条款"))
        if old.get(key) != new.get(key)
    ]
    rules = [{item["rule"]: item for item in side["findings"]} for side in (old, new)]
    for name in dict.fromkeys([*rules[0], *rules[1]]):
        was, now = rules[0].get(name), rules[1].get(name)
        if was is None or now is None:
            problems.append(f"规则 {name}：{'原判定中没有' if was is None else '重算时没有'}")
        elif was != now:
            parts = [key for key in now if was.get(key) != now.get(key)]
            shown = "；".join(f"{key} 原为 {_shown(was.get(key))}，重算为 {_shown(now.get(key))}" for key in parts)
            problems.append(f"规则 {name}〔{now['clause']}〕：{shown}")
    known = {
        "policy",
        "fingerprint",
        "subject",
        "on",
        "known_at",
        "findings",
        "decision",
        "amount_fen",
        "amount_clause",
    }
    others = old.keys() & kept - known  # an older form does not hold everything that is told today
    problems += [f"{key}：原为 {_shown(old.get(key))}，重算为 {_shown(new.get(key))}" for key in sorted(others)
                 if old.get(key) != new.get(key)]  # fmt: skip
    return problems


def _shown(value: Any) -> str:
    text = value.isoformat() if isinstance(value, date) else str(value)
    return text if len(text) <= 120 else f"{text[:120]}…"
