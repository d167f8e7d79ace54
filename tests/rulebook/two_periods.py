"""A policy whose numbers change on 2020-11-01, and generated claims of it around that day."""

import random
import shutil
from datetime import date, timedelta

from peibu.rulebook import FactSpec, load_policy, policies_root

QD = "qingdao/industrial_internet_2020"
CHANGE = date(2020, 11, 1)
# {number: (old, new)}; of an amount, a minimum and a maximum
CHANGED = {"subsidy_cap_fen": (200000, 150000), "pass_mark": (60, 70), "arrears_months_max": (3, 1)}


def two_periods(root):
    """Copy the policy of Qingdao 2020 into root and let three numbers change on 2020-11-01."""
    folder = root / "test" / "two_periods"
    shutil.copytree(policies_root() / QD, folder)
    file = folder / "parameters.yaml"
    text = file.read_text(encoding="utf-8")
    for name, (old, new) in CHANGED.items():
        head, found, tail = text.partition(f"  {name}:\n")
        assert found
        row = f"values: [{{from: 2020-09-15, value: {old}}}"
        assert row in tail
        text = head + found + tail.replace(row, f"{row}, {{from: {CHANGE}, value: {new}}}", 1)
    file.write_text(text, encoding="utf-8")
    return load_policy("test/two_periods", root=root)


def claims(policy, count, seed=0, *, subject="claim"):
    """Facts of generated claims: typed values by slot, one in thirty unknown, days on both sides of the change."""
    chance = random.Random(seed)
    slots = [(slot, spec) for spec in policy.facts_of(subject) for slot in spec.slots if spec.type != "reasons"]
    rows = []
    for _ in range(count):
        row = {slot: None if chance.random() < 1 / 30 else _value(spec, chance) for slot, spec in slots}
        row["claimed_on"] = date(2020, 9, 15) + timedelta(days=chance.choice([46, 47, chance.randrange(120)]))
        rows.append(row)
    return rows


def _value(spec: FactSpec, chance):
    if spec.name == "insured_months":
        return chance.choice([5, 6, 7, 12, 30])
    if spec.name == "exam_score":
        return chance.choice([59, 60, 69, 70, 90, 90, 90])
    if spec.name == "contract_ends_on":
        return date(2022, 1, 1) + timedelta(days=chance.randrange(300))
    days = {"contract_starts_on": 400, "training_ended_on": 30, "class_starts_on": 30}
    day = date(2020, 10, 15) - timedelta(days=chance.randrange(days.get(spec.name, 45)))
    if spec.type == "code":
        return "middle" if "middle" in spec.choices else chance.choice(list(spec.choices))
    return {
        "boolean": chance.random() < 0.98,
        "integer": chance.choice([0, 0, 0, 0, 1, 2]),
        "fen": chance.choice([1, 149999, 150000, 179950, 200000, 200001]),
        "date": day,
        "month": day.replace(day=1),
        "text": chance.choice(["甲", "乙", "=1+1"]),
    }[spec.type]
