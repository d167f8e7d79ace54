"""The fast fold equals the plain one on generated claims with interacting limits, ties in time, unknowns and year ends."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peibu.rulebook import load_policy
from peibu.rulebook.limits import fold
from tests.rulebook.plain_fold import plain_fold

ROOT = Path(__file__).with_name("limits_policy")
DAYS = [date(2020, 1, 1), date(2020, 2, 28), date(2020, 2, 29), date(2020, 3, 1), date(2020, 12, 31), date(2021, 1, 1)]
DAYS += [date(2021, 2, 28), date(2021, 3, 1), date(2021, 12, 31), date(2022, 12, 31), date(2023, 1, 1)]
KEYS = {
    "benefit": ["unemployment", "practice", "skills", "-"],
    "occupation": ["焊工", "车工", "-"],
    "level": ["junior", "middle", "senior", "-", "off_the_list"],
    "training": ["t1", "t2"],
    "payee_kind": ["enterprise", "platform", "person"],
    "division": ["370211", "370212"],
}
SCHEMA = {name: pl.String for name in ("id", "person", "programme", *KEYS)} | {"at": pl.Date}
CLAIM = SCHEMA | {"passed": pl.Boolean, "fee_fen": pl.Int64, "soft_reasons": pl.List(pl.String)}
GRANT = SCHEMA | {"certain": pl.Boolean, "amount_fen": pl.Int64}
COUNTING = ["course", "once", "moving", "quota", "seminar"]


POLICY = load_policy("test/limits", root=ROOT)


def maybe(values):
    return st.sampled_from([*values, *values, None])


@st.composite
def row(draw, extra):
    found = {name: draw(maybe(values)) for name, values in KEYS.items()}
    found |= {"at": draw(st.sampled_from(DAYS)), "person": draw(st.sampled_from("甲乙丙"))}
    return found | {name: draw(values) for name, values in extra.items()}


CLAIMS = row(
    {
        "passed": st.sampled_from([True, True, True, False, None]),
        "fee_fen": st.sampled_from([0, 150000, 180001, None]),
        "soft_reasons": st.sampled_from([None, [], ["few_a_year"]]),
        "programme": st.just("test/limits"),
    }
)
GRANTS = row(
    {
        "programme": st.sampled_from(["test/limits", "other/one", None]),
        "certain": st.sampled_from([True, True, False, None]),
        "amount_fen": st.just(1000),
    }
)


@st.composite
def tables(draw, claim=CLAIMS, size=9):
    """Claims and grants; the ids of claims are shuffled, so that they do not follow the days."""
    claims, grants = draw(st.lists(claim, max_size=size)), draw(st.lists(GRANTS, max_size=4))
    names = draw(st.permutations(range(len(claims))))
    claims = [row | {"id": f"{name:03d}"} for row, name in zip(claims, names, strict=True)]
    return claims, [row | {"id": f"g{number}"} for number, row in enumerate(grants)]


def folded(subject, claims, grants):
    out = fold(POLICY, subject, pl.DataFrame(claims, schema=CLAIM), pl.DataFrame(grants, schema=GRANT))
    return {line["id"]: line for line in out.to_dicts()}


@pytest.mark.parametrize("subject", COUNTING)
@settings(max_examples=80, deadline=None)
@given(table=tables())
def test_fast_equals_plain_cell_by_cell(subject, table):
    claims, grants = table
    fast, plain = folded(subject, claims, grants), plain_fold(POLICY, subject, claims, grants)
    assert fast.keys() == plain.keys()
    for name, cells in plain.items():
        assert {cell: fast[name][cell] for cell in cells} == cells
