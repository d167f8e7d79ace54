"""Three-valued logic, bounds, and the advice an author gets for Python's own logic."""

import polars as pl
import pytest

from peibu.rulebook import (
    all_of,
    any_of,
    at_least,
    at_most,
    greatest,
    least,
    pick,
    rate,
    share_at_least,
    share_needed,
    when,
)
from peibu.rulebook.expr import Expr, Pair, bind
from peibu.rulebook.frame import compile_frame
from peibu.rulebook.scalar import compile_scalar

A, B, C = (Expr("fact", data=name) for name in "abc")
KLEENE = [True, False, None]


def both(expr, **values):
    """Evaluate on both backends; they must agree."""
    one = compile_scalar(expr)({"a": None, "b": None, "c": None} | values)
    schema = {name: pl.Boolean if isinstance(value, bool) else pl.Int64 for name, value in values.items()}
    frame = pl.DataFrame([values], schema=schema)
    for name in "abc":
        if name not in values:
            frame = frame.with_columns(pl.lit(None, dtype=pl.Int64).alias(name))
    column = frame.select(compile_frame(expr).alias("x"))["x"].to_list()[0]
    assert one == column
    assert type(one) is type(column)
    return one


@pytest.mark.parametrize("a", KLEENE)
@pytest.mark.parametrize("b", KLEENE)
def test_logic_is_kleene(a, b):
    values = {"a": a, "b": b}
    scalar = compile_scalar(all_of(A, B))(values), compile_scalar(any_of(A, B))(values)
    frame = pl.DataFrame([values], schema={"a": pl.Boolean, "b": pl.Boolean})
    columns = frame.select(x=compile_frame(A & B), y=compile_frame(A | B)).row(0)
    wanted_and = False if False in (a, b) else None if None in (a, b) else True
    wanted_or = True if True in (a, b) else None if None in (a, b) else False
    assert scalar == columns == (wanted_and, wanted_or)


def test_least_of_an_unknown_is_unknown_not_the_cap():
    assert both(least(A, 2000)) is None
    assert both(least(A, 2000), a=1800) == 1800
    assert both(greatest(A, 0)) is None


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [(6, 6, True), (5, 5, False), (4, 9, None), (6, None, True), (None, 5, False), (None, 6, None), (5, None, None)],
)
def test_at_least_with_bounds(low, high, wanted):
    assert both(at_least(A, B, 6), a=low, b=high) is wanted
    assert both(at_least(Pair(A, B), 6), a=low, b=high) is wanted


def test_at_most_with_bounds():
    assert both(at_most(Pair(A, B), 6), a=6, b=6) is True
    assert both(at_most(Pair(A, B), 6), a=7, b=9) is False
    assert both(at_most(Pair(A, B), 6), a=5, b=7) is None


def test_when_with_an_unknown_condition_is_unknown():
    expr = when(A > 1).then(10).otherwise(20)
    assert both(expr, a=2) == 10
    assert both(expr, a=1) == 20
    assert both(expr) is None


@pytest.mark.parametrize(("part", "whole", "wanted"), [(60, 100, True), (59, 100, False), (3, 5, True), (0, 0, False)])
def test_share_is_exact(part, whole, wanted):
    assert both(share_at_least(A, B, 60), a=part, b=whole) is wanted


def test_share_needed_rounds_up():
    assert both(share_needed(A, 60), a=51) == 31
    assert both(share_needed(A, 60), a=50) == 30


def test_pick_follows_the_chosen_reading_only():
    expr = pick(Expr("param", data="reading"), one=A, two=B)
    assert both(bind(expr, {"reading": "two"}), b=4) == 4


@pytest.mark.parametrize(
    ("write", "advice"),
    [
        (lambda: A and B, "all_of"),
        (lambda: A or B, "any_of"),
        (lambda: not A, "~a"),
        (lambda: 1 if A else 0, r"when\(c\)"),
        (lambda: 1 < A < 3, "between"),
        (lambda: min(A, B), "least"),
        (lambda: max(A, B), "greatest"),
        (lambda: A in ["x"], "is_in"),
        (lambda: "x" in A, "has_any"),
        (lambda: sum(A), "count_of"),
        (lambda: len(A), "count_of"),
        (lambda: list(A), "count_of"),
        (lambda: A[0], "count_of"),
        (lambda: A / 2, "percent_of"),
        (lambda: 1 / A, "percent_of"),
        (lambda: A**2, "percent_of"),
        (lambda: round(A), "greatest"),
        (lambda: int(A), "greatest"),
        (lambda: float(A), "greatest"),
        (lambda: abs(A), "greatest"),
        (lambda: -A, "0 - a"),
        (lambda: A == None, "is_known"),  # noqa: E711
        (lambda: A != None, "is_known"),  # noqa: E711
        (lambda: Pair(A, B) and A, "all_of"),
        (lambda: len(Pair(A, B)), "count_of"),
        (lambda: Pair(A, B) / 2, "percent_of"),
        (lambda: max(Pair(A, B), 0), "at_most"),
        (lambda: rate("standard", A), "rates.yaml"),
    ],
)
def test_pythons_own_words_are_refused_with_advice(write, advice):
    with pytest.raises(TypeError, match=advice):
        write()


def test_a_bounded_quantity_is_not_compared_directly():
    with pytest.raises(TypeError, match="at_least"):
        Pair(A, B) >= 6  # noqa: B015
