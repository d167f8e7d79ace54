"""Every derivation: its columnar form equals its scalar form, cell by cell, on generated records.

Few values, so that duplicates, overlaps, ties and equal dates are common; nulls everywhere; leap days and month ends.
"""

import dataclasses
import random
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peibu.rulebook import load_policy
from peibu.rulebook.derived import KINDS, Records, derive_facts, kinds_for
from peibu.rulebook.derived.frames import TYPES, RecordTable, schema_of
from peibu.rulebook.derived.table import derive_frame

POLICY = load_policy("test/derived", Path(__file__).parents[1] / "policies")
SUBJECT = {"person": "person", "training": "training"}
ON = date(2020, 3, 31)
DAYS = [date(2019, 12, 31), date(2020, 1, 31), date(2020, 2, 28), date(2020, 2, 29), date(2020, 3, 1), ON]
DAYS += [date(2016, 2, 29), date(2017, 2, 28), date(2020, 4, 30)]
MONTHS = [date(2019, month, 1) for month in range(8, 13)] + [date(2020, month, 1) for month in range(1, 6)]
WORDS = {"occupation": ["A", "B"], "employer": ["here", "there"], "video": ["1", "2"], "course": ["x", "y"]}
WORDS |= {"teacher": ["t1", "t2"], "starts_at": ["08:30"], "number": ["n1", "n2"], "issuer": ["i1", "i2"]}


FACTS = {
    "occupation_code": ["A", "B"],
    "target_level": ["junior", "middle", "senior"],
    "applied_on": DAYS,
    "claimed_on": DAYS,
    "certificate_number": ["n1", "n3"],
    "occupation_work_days_high": [7],
    "held_level": ["middle"],
    "insured_months": [4],
    "class_days_low": [2],
    "video_seconds": [60],
    "learning_traces": [("test",)],
}
USUAL = ("occupation_code", "target_level", "applied_on")
CASES, ROWS = 40, 12


class Draw(random.Random):
    """Many small values at once: a table of cases is drawn from one number that hypothesis chooses."""

    def sometimes(self, values, share=0.8):
        return self.choice(values) if self.random() < share else None

    def cell(self, column):
        choices = list(column.spec(POLICY.fact_specs).choices)[:4] or ["-"]
        values = {
            "text": WORDS.get(column.name, ["w"]),
            "date": DAYS,
            "month": MONTHS,
            "integer": [0, 1, 2, 3],
            "boolean": [True, False],
            "code": choices,
            "codes": [self.sample(choices, count) for count in (0, 1, 2, 3) if count <= len(choices)],
        }[column.type]
        return self.choice(values) if column.required else self.sometimes(values)

    def row(self, kind):
        return {column.name: self.cell(column) for column in kind.columns}

    def facts(self):
        return {name: self.sometimes(values, 0.9 if name in USUAL else 0.1) for name, values in FACTS.items()}

    def rows(self, kind):
        """Rows of one key, some of them twice; few or many."""
        rows = [self.row(kind) for _ in range(self.choice([0, 1, 2, 3, 5, ROWS]))]
        return rows + [dict(self.choice(rows)) for _ in range(self.choice([0, 0, 1])) if rows]


def made(seed, kind):
    """(cases, rows by key, covered, complete)"""
    draw = Draw(seed)
    keys = [f"人{number}" for number in range(CASES)]
    rows = {key: draw.rows(kind) for key in keys}
    cases = [(draw.sometimes([*keys, "没有记录"], 0.95), draw.facts()) for _ in range(CASES)]
    ends = [None, *(MONTHS if kind.name == "insurance" else DAYS)]
    covered = draw.sometimes([(draw.choice(ends), draw.choice(ends)), (None, draw.choice(DAYS))], 0.5)
    return cases, rows, covered, draw.random() < 0.8


def scalar(kind, cases, rows, covered, complete):
    found = []
    for key, facts in cases:
        records = {} if key is None else {kind.name: Records(rows.get(key, []), covered, complete)}
        found.append(derive_facts(POLICY, SUBJECT[kind.key], facts, records, on=ON, employer="here"))
    return found


def columnar(kind, cases, rows, covered, complete):
    types = {name: TYPES[(POLICY.fact_specs.get(name) or POLICY.slots[name]).type] for name in FACTS}
    people = [{kind.key: key, "employer": "here"} | facts for key, facts in cases]
    people = pl.DataFrame(people, schema={kind.key: pl.String, "employer": pl.String} | types)
    listed = [{kind.key: key} | row for key, own in rows.items() for row in own]
    table = RecordTable(pl.LazyFrame(listed, schema=schema_of(kind)), covered, complete)
    return derive_frame(POLICY, SUBJECT[kind.key], people, {kind.name: table}, on=ON).collect().to_dicts()


def plain(value):
    return tuple(value) if isinstance(value, list | tuple) else value


def ends(spec, facts):
    """The values of a fact's slots, however it was given."""
    exact = facts.get(spec.name)
    if not spec.bounds:
        return (plain(exact),)
    if isinstance(exact, tuple):
        return exact
    return tuple(exact if facts.get(slot) is None else facts[slot] for slot in spec.slots)


def compare(kind, seed):
    data = made(seed, kind)
    one_by_one, table = scalar(kind, *data), columnar(kind, *data)
    assert len(table) == len(one_by_one)
    for facts, row in zip(one_by_one, table, strict=True):
        for spec in kinds_for(POLICY, SUBJECT[kind.key])[kind.name]:
            assert tuple(plain(row[slot]) for slot in spec.slots) == ends(spec, facts), spec.name


DERIVED = [kind for kind in KINDS.values() if kind.derive]


@pytest.mark.parametrize("kind", DERIVED, ids=lambda kind: kind.name)
def test_columnar_form_equals_scalar_form(kind):
    @settings(max_examples=25, deadline=None)
    @given(st.integers(0, 2**32))
    def check(seed):
        compare(kind, seed)

    check()


@pytest.mark.parametrize("kind", DERIVED, ids=lambda kind: kind.name)
def test_the_comparison_can_fail(kind, monkeypatch):
    """The scalar form made to forget the first record of each case: the generated tables show it at once."""
    forgetful = dataclasses.replace(kind, derive=lambda r, case: kind.derive(r._replace(rows=r.rows[1:]), case))
    monkeypatch.setitem(KINDS, kind.name, forgetful)
    with pytest.raises(AssertionError):
        compare(forgetful, 0)


def test_every_kind_is_compared_on_values_that_are_known():
    """A parity of unknowns would prove nothing: full records of each kind give every one of its facts."""
    day = timedelta(days=1)
    full = {
        "insurance": [{"employer": "here", "month": month, "paid_on": month, "kind": None} for month in MONTHS[2:8]],
        "work_periods": [{"occupation": "A", "starts_on": DAYS[0], "ends_on": ON}],
        "qualifications": [
            {"number": "n", "kind": "skill_level", "occupation": "A", "level": "middle", "issuer": "i"}
            | {"issued_on": ON - day, "valid_until": ON + day}
        ],
        "sessions": [{"held_on": ON, "hours": 2, "kind": "theory", "online": False, "topics": ["law"]}],
        "videos": [{"course": "x", "video": "1", "seconds": 61, "traces": ["test"]}],
        "teachers": [{"teacher": "t", "teaches": "both", "titles": ["senior_title"]}],
    }
    facts = {"occupation_code": "A", "target_level": "senior", "applied_on": ON, "claimed_on": ON}
    for name, rows in full.items():
        kind = KINDS[name]
        asked = facts if name != "qualifications" else facts | {"target_level": None}
        found = scalar(kind, [("甲", asked)], {"甲": rows}, None, True)[0]
        absent = {fact for fact in kind.gives if found.get(fact) is None}
        assert absent <= {"prior_level_since"}, name
    found = scalar(KINDS["qualifications"], [("甲", facts)], {"甲": full["qualifications"]}, None, True)[0]
    assert found["prior_level_since"] == ON - day
