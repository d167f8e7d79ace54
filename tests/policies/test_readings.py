"""Every worked example once more: on columns instead of one by one, and under each reading that was not chosen."""

from collections import defaultdict
from dataclasses import replace
from functools import cache

import polars as pl
import pytest

from peibu.rulebook import Status, list_policies, load_policy
from peibu.rulebook.cases import read_examples, situation
from peibu.rulebook.facts import read_facts
from peibu.rulebook.frame_judge import frame_type
from peibu.rulebook.judge import excuse_of
from peibu.rulebook.plan import SOFT_REASONS

VALUES = {Status.PASS: True, Status.FAIL: False, Status.UNKNOWN: None}


@cache
def in_groups(path):
    """{(subject, day, rates entered): (policy, rows of slots)}: what one table can hold."""
    groups = defaultdict(list)
    policies = {}
    for example in read_examples(load_policy(path))[0]:
        policy, facts = situation(load_policy(path), example)
        key = (example.subject, example.on, str(example.rates))
        policies[key] = policy
        groups[key].append(read_facts(policy.fact_specs, policy.slots, facts))
    return {key: (policies[key], rows) for key, rows in groups.items()}


def excused(row):
    """A column holds the names of the rules with a reason; a blank reason is none."""
    reasons = row[SOFT_REASONS] or {}
    return [name for name in reasons if excuse_of(reasons, name)]


def agree(policy, subject, on, rows):
    """Judge by columns and one by one; return what the single judgements found."""
    columns = {slot: frame_type(spec) for spec in policy.facts_of(subject) for slot in spec.slots}
    table = [{slot: excused(row) if slot == SOFT_REASONS else row[slot] for slot in columns} for row in rows]
    frame = pl.DataFrame(table, schema=columns)
    lines = policy.judge_frame(subject, frame, on=on).collect().to_dicts()
    rules = {rule.name for rule in policy.rules if rule.mark.kind == "rule"}
    found = []
    for row, line in zip(rows, lines, strict=True):
        judgement = policy.judge(subject, row, on=on)
        assert (line["decision"], line["amount_fen"]) == (judgement.decision, judgement.amount_fen)
        for finding in judgement.findings:
            if finding.rule in rules:
                assert line[finding.rule] is VALUES[finding.status], (finding, row)
        for name, value in judgement.outcomes.items():
            assert line[f"outcome_{name}"] == value
        sentences = [finding.sentence for finding in judgement.findings]
        found.append((judgement.decision, judgement.amount_fen, dict(judgement.outcomes), sentences))
    return found


def read_as(policy, name, reading):
    """The policy with another reading of one passage."""
    item = policy.interpretations[name]
    changed = replace(item, values=(reading,) * len(item.values))
    return replace(policy, interpretations={**policy.interpretations, name: changed}, _plans={})


@pytest.mark.parametrize("path", list_policies())
def test_every_case_is_decided_the_same_on_a_column(path):
    for (subject, on, _rates), (policy, rows) in in_groups(path).items():
        agree(policy, subject, on, rows)


def using(policy, name):
    """Subjects that a reading can change: those of the rules that look at it."""
    looking = [rule for rule in policy.rules if any(node.data == name for node in rule.expr.walk())]
    named = {subject for rule in looking for subject in rule.mark.subjects}
    return named or set(policy.subjects)  # a figure has no subjects: its sentences may stand anywhere


OTHER_READINGS = [
    (path, name, reading)
    for path in ("huangdao/skills_action_2020", "qingdao/knowledge_renewal_2023")
    for name, item in load_policy(path).interpretations.items()
    for reading in item.readings
    if reading != item.values[-1]
]


@pytest.mark.parametrize(("path", "name", "reading"), OTHER_READINGS)
def test_another_reading_can_be_judged_and_makes_a_difference(path, name, reading):
    subjects = using(load_policy(path), name)
    changed = 0
    for (subject, on, _rates), (policy, rows) in in_groups(path).items():
        if subject not in subjects:
            continue
        chosen = [policy.judge(subject, row, on=on) for row in rows]
        other = agree(read_as(policy, name, reading), subject, on, rows)
        for one, two in zip(chosen, other, strict=True):
            sentences = [finding.sentence for finding in one.findings]
            changed += (one.decision, one.amount_fen, dict(one.outcomes), sentences) != two
    assert changed, "no worked example tells the two readings apart"
