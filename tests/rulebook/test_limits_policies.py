"""Every policy with limits: its claims folded fast and one by one agree, on generated facts of all its subjects."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peibu.rulebook import list_policies, load_policy
from peibu.rulebook.frame_judge import frame_type
from peibu.rulebook.limits import COLUMNS, fold, limits_of
from tests.rulebook.plain_fold import plain_fold
from tests.rulebook.test_parity import value_of

LIMITED = [
    (path, subject)
    for path in list_policies()
    for subject in load_policy(path).subjects
    if limits_of(load_policy(path), subject)
]


def columns(policy, subject):
    """A strategy for the compared columns: values the limits name, the codes of their lists, and unknown."""
    found = {}
    for limit in limits_of(policy, subject):
        above = {limit.above.column: list(limit.above.codes)} if limit.above else {}
        listed = {name: list(values) for name, values in (limit.only or {}).items()} | above
        for name in limit.columns:
            found.setdefault(name, set()).update(listed.get(name, ["a", "b"]))
    found.pop("programme", None)
    found.pop("person", None)
    return {name: st.sampled_from([*sorted(values), None]) for name, values in found.items()}


@st.composite
def tables(draw, path, subject):
    policy = load_policy(path)  # named by its path: a failure then prints the case, not the whole policy
    first = policy.card["in_force"]["from"]
    days = st.integers(0, 900).map(lambda n: first + timedelta(days=n))
    counted = {name for limit in limits_of(policy, subject) for name in (limit.name, limit.note, limit.free_on)}
    soft = [rule.name for rule in policy.rules if rule.mark.soft and subject in rule.mark.subjects]
    specs = [spec for spec in policy.facts_of(subject) if spec.name not in counted]
    facts = {
        slot: st.one_of(value_of(spec, soft, first + timedelta(days=400)), st.none())
        for spec in specs
        for slot in spec.slots
    }
    base = columns(policy, subject) | {"at": days, "person": st.sampled_from("甲乙")}
    claims = draw(st.lists(st.fixed_dictionaries(facts | base), max_size=6))
    grants = draw(st.lists(st.fixed_dictionaries(base | {"certain": st.booleans()}), max_size=3))
    claims = [{**row, "id": f"c{number}", "programme": path} for number, row in enumerate(claims)]
    schema = {slot: frame_type(spec) for spec in specs for slot in spec.slots}
    return claims, [row | {"id": f"g{n}", "programme": path} for n, row in enumerate(grants)], schema


TEXT = {name: pl.String for name in COLUMNS if name not in ("at", "amount_fen", "certain")} | {"at": pl.Date}


@pytest.mark.parametrize(("path", "subject"), LIMITED)
@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_fast_equals_plain(path, subject, data):
    policy = load_policy(path)
    claims, grants, schema = data.draw(tables(path, subject))
    frame = pl.DataFrame(claims, schema=schema | {name: kind for name, kind in TEXT.items() if name not in schema})
    out = fold(policy, subject, frame, pl.DataFrame(grants, schema=TEXT | {"certain": pl.Boolean}))
    fast = {line["id"]: line for line in out.to_dicts()}
    places = [slot for limit in limits_of(policy, subject) if limit.ranks for slot in limit.slots]
    placed = [claim | {slot: fast[claim["id"]][slot] for slot in places} for claim in claims]
    for name, cells in plain_fold(policy, subject, placed, grants).items():
        assert {cell: fast[name][cell] for cell in cells} == cells


def test_the_documents_with_limits_are_here():
    assert {path for path, _subject in LIMITED} >= {"huangdao/skills_action_2020", "qingdao/knowledge_renewal_2023"}
    assert date.min < min(load_policy(path).card["in_force"]["from"] for path, _subject in LIMITED)
