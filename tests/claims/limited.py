"""The Qingdao folder with limits.yaml beside it: once per person as a limit, a quota, an order of levels, two sides, an interval."""

import shutil
from pathlib import Path

from peibu.rulebook import load_policy, policies_root

QINGDAO = "qingdao/industrial_internet_2020"
QUOTA = 10

LIMITS = """
limits:
  earlier_subsidies:
    clause: QD97.4.4
    counts: grants
    same: [person]
    window: ever
    programmes: own
    places: subsidies_per_person_max
    note: earlier_subsidy_note
  quota_taken: {clause: QD97.4.1, counts: grants, same: [], window: calendar_year, programmes: own, places: quota_max}
  higher_grants:
    clause: QD97.4.4
    counts: grants
    same: [person, occupation]
    window: ever
    programmes: all
    above: {level: levels_in_order}
  other_side:
    clause: QD97.4.4
    counts: grants
    same: [person, training]
    window: ever
    programmes: all
    differs: [payee_kind]
  recent:
    clause: QD97.4.4
    counts: grants
    same: [occupation]
    window: {months: gap_months}
    programmes: own
    only: {benefit: [spaced]}
    places: 1
"""
RULES = """

@rule("QD97.4.1", "claim")
def quota_left(f, p):
    return at_most(f.quota_taken + 1, p.quota_max)


@rule("QD97.4.4", "claim")
def no_other_grant(f):
    return all_of(at_most(f.higher_grants, 0), at_most(f.other_side, 0), at_most(f.recent, 0))
"""
WORDS = """
quota_left: {title: 有名额, title_en: a place is left, fail: 名额已满, fail_en: no place is left}
no_other_grant: {title: 无不可兼得的补贴, title_en: no other grant, fail: 已享受不可兼得的补贴, fail_en: another grant stands}
"""
FACT = """
  {name}:
    type: integer
    bounds: true
    label: {label}
    label_en: {name}
    source: places
    supplied_by: system
    privacy: internal
"""
NUMBER = """
  {name}: {{label: {name}, label_en: {name}, unit: {unit}, clause: QD97.4.1, values: [{{from: 2020-09-15, value: {value}}}]}}
"""
LEVELS = """
  levels_in_order:
    label: 等级
    label_en: level
    clause: QD97.4.4
    items:
      junior: {zh: 初级, en: junior}
      senior: {zh: 高级, en: senior}
"""


def limited_policy(folder: Path, monkeypatch):
    """Write the folder and make it the one in use."""
    root = folder / "policies"
    shutil.copytree(policies_root(), root)
    home = root / QINGDAO
    (home / "limits.yaml").write_text(LIMITS, encoding="utf-8")
    labels = {
        "quota_taken": "本年名额",
        "higher_grants": "更高等级补贴",
        "other_side": "另一方补贴",
        "recent": "近期补贴",
    }
    _change(
        home / "facts.yaml",
        "  earlier_subsidies:\n    type: integer\n",
        "  earlier_subsidies:\n    type: integer\n    bounds: true\n",
    )
    _append(home / "facts.yaml", "".join(FACT.format(name=name, label=label) for name, label in labels.items()))
    _append(home / "parameters.yaml", NUMBER.format(name="quota_max", unit="places", value=QUOTA))
    _append(home / "parameters.yaml", NUMBER.format(name="gap_months", unit="months", value=12))
    _append(home / "codes.yaml", LEVELS)
    _append(home / "rules.py", RULES)
    _change(home / "rules.py", "    at_least,\n", "    at_least,\n    at_most,\n")
    _change(
        home / "rules.py",
        "f.earlier_subsidies + 1 <= p.subsidies_per_person_max",
        "at_most(f.earlier_subsidies + 1, p.subsidies_per_person_max)",
    )
    _append(home / "wording.yaml", WORDS)
    _change(home / "wording.yaml", "{earlier_subsidies}", "{earlier_subsidies_low}")
    monkeypatch.setenv("PEIBU_POLICIES", str(root))
    return load_policy(QINGDAO)


def _append(file: Path, text: str) -> None:
    file.write_text(file.read_text(encoding="utf-8").rstrip() + "\n" + text.rstrip() + "\n", encoding="utf-8")


def _change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text, (file, old)
    file.write_text(text.replace(old, new), encoding="utf-8")
