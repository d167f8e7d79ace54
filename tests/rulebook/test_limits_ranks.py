"""Places among candidates, against every order the stated rule allows; and the waiting list of a quota."""

from datetime import date
from itertools import combinations, permutations
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from peibu.rulebook import load_policy
from peibu.rulebook.limits import fold
from peibu.rulebook.limits.waiting import with_waiting_places

POLICY = load_policy("test/limits", root=Path(__file__).with_name("limits_policy"))
DAY = date(2020, 6, 1)
SCHEMA = {"id": pl.String, "at": pl.Date, "benefit": pl.String, "passed": pl.Boolean, "score": pl.Int64}
SCHEMA |= {"years_run": pl.Int64}


def bases(*rows):
    """Rows of (id, score, years, passed)."""
    found = [
        {"id": name, "at": DAY, "benefit": "base", "score": score, "years_run": years, "passed": passed}
        for name, score, years, passed in rows
    ]
    return pl.DataFrame(found, schema=SCHEMA)


def told(frame, grants=None):
    out = fold(POLICY, "base", frame, grants)
    return {row["id"]: (row["base_place_low"], row["base_place_high"], row["decision"]) for row in out.to_dicts()}


def test_the_highest_scores_win_and_get_the_award():
    out = fold(POLICY, "base", bases(("a", 80, 5, True), ("b", 95, 5, True), ("c", 90, 5, True)))
    assert out["decision"].to_list() == ["fail", "pass", "pass"]
    assert out["amount_fen"].to_list() == [0, 10_000_000, 10_000_000]


def test_a_tie_is_settled_by_the_years_and_by_nothing_else():
    settled = told(bases(("a", 90, 3, True), ("b", 90, 7, True), ("c", 95, 1, True)))
    assert settled == {"a": (3, 3, "fail"), "b": (2, 2, "pass"), "c": (1, 1, "pass")}
    open_ = told(bases(("a", 90, 7, True), ("b", 90, 7, True), ("c", 95, 1, True)))
    assert open_ == {"a": (2, 3, "unknown"), "b": (2, 3, "unknown"), "c": (1, 1, "pass")}
    inside = told(bases(("a", 90, 7, True), ("b", 90, 7, True), ("c", 85, 1, True)))
    assert inside == {"a": (1, 2, "pass"), "b": (1, 2, "pass"), "c": (3, 3, "fail")}


def test_who_fails_otherwise_takes_no_place_and_who_is_undecided_may():
    found = told(bases(("a", 99, 1, False), ("b", 95, 1, None), ("c", 90, 1, True), ("d", 85, 1, True)))
    assert found == {"a": (1, 1, "fail"), "b": (1, 1, "unknown"), "c": (1, 2, "pass"), "d": (2, 3, "unknown")}


def test_an_unknown_score_leaves_a_range():
    found = told(bases(("a", None, 1, True), ("b", 90, 1, True), ("c", 85, 1, True)))
    assert found == {"a": (1, 3, "unknown"), "b": (1, 2, "pass"), "c": (2, 3, "unknown")}


def test_a_place_already_given_this_year_stays_given():
    schema = {"id": pl.String, "at": pl.Date, "benefit": pl.String, "programme": pl.String}
    given_ = pl.DataFrame([("g", date(2020, 1, 5), "base", POLICY.path)], schema=schema, orient="row")
    assert told(bases(("a", 90, 1, True), ("b", 80, 1, True)), given_) == {"a": (2, 2, "pass"), "b": (3, 3, "fail")}
    last_year = given_.with_columns(at=date(2019, 12, 31))
    assert told(bases(("a", 90, 1, True)), last_year) == {"a": (1, 1, "pass")}


CANDIDATES = st.lists(
    st.tuples(
        st.sampled_from([80, 90, None]), st.sampled_from([1, 2, None]), st.sampled_from([True, True, False, None])
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=60, deadline=None)
@given(rows=CANDIDATES)
def test_the_range_is_what_every_allowed_order_gives(rows):
    named = [(f"b{number}", *row) for number, row in enumerate(rows)]
    found = told(bases(*named))
    for row in named:
        possible = places(row, named)
        assert found[row[0]][:2] == (min(possible), max(possible))


def places(row, rows):
    """Every place a base can take: over the undecided taking part or not, and every order the rule allows."""
    sure = [other for other in rows if other is not row and other[3] is True]
    undecided = [other for other in rows if other is not row and other[3] is None]
    found = set()
    for size in range(len(undecided) + 1):
        for some in combinations(undecided, size):
            for order in permutations([row, *sure, *some]):
                if allowed(order):
                    found.add(order.index(row) + 1)
    return found


def allowed(order):
    """No later one has certainly the higher score, or the same score and certainly more years."""
    return not any(certainly_before(order[later], order[one]) for one, later in combinations(range(len(order)), 2))


def certainly_before(one, other):
    if one[1] is None or other[1] is None:
        return False
    if one[1] != other[1]:
        return one[1] > other[1]
    return one[2] is not None and other[2] is not None and one[2] > other[2]


# The waiting list


def people(*rows):
    """Rows of (id, day, passed)."""
    found = [{"id": name, "at": day, "passed": passed, "fee_fen": 1} for name, day, passed in rows]
    return pl.DataFrame(found, schema={"id": pl.String, "at": pl.Date, "passed": pl.Boolean, "fee_fen": pl.Int64})


def test_the_waiting_list_holds_who_only_lacks_a_place_in_the_order_of_coming():
    names = [("a", True), ("b", True), ("c", True), ("d", False), ("e", True)]
    rows = [(name, DAY, passed) for name, passed in names] + [
        ("f", date(2021, 1, 4), True),
        ("g", date(2021, 1, 5), True),
    ]
    out = with_waiting_places(POLICY, "quota", fold(POLICY, "quota", people(*rows)))
    # a, b take the year's two; d failed the exam; f takes the last of all, g waits on the list of the whole
    assert out["waiting_place"].to_list() == [None, None, 1, None, 2, None, 1]


def test_who_is_undecided_does_not_wait_and_blocks_as_possible_only():
    out = fold(POLICY, "quota", people(("a", DAY, True), ("b", DAY, None), ("c", DAY, True), ("d", DAY, True)))
    assert out["decision"].to_list() == ["pass", "unknown", "unknown", "unknown"]
    assert with_waiting_places(POLICY, "quota", out)["waiting_place"].null_count() == 4
