"""The fast fold equals the plain one on generated claims with interacting limits, ties in time, unknowns and year ends."""

import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peibu.rulebook import FactError, NotInForce, load_policy
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
SCHEMA = dict.fromkeys(("id", "person", "programme", *KEYS), pl.String) | {"at": pl.Date}
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


def frame(rows, schema=CLAIM):
    return pl.DataFrame(rows, schema=schema)


def a_claim(name, day, person="甲", **columns):
    return {"id": name, "at": day, "person": person, "passed": True, "fee_fen": 100000} | columns


NEW_YEAR, SPRING = date(2020, 1, 1), date(2020, 3, 1)


@pytest.mark.parametrize("subject", COUNTING)
@settings(max_examples=25, deadline=None)
@given(table=tables(), data=st.data())
def test_the_order_of_rows_changes_nothing(subject, table, data):
    claims, grants = table
    expected = folded(subject, claims, grants)
    assert folded(subject, data.draw(st.permutations(claims)), data.draw(st.permutations(grants))) == expected


@pytest.mark.parametrize("subject", ["course", "once", "moving"])
@settings(max_examples=25, deadline=None)
@given(table=tables(), others=st.lists(CLAIMS, max_size=4))
def test_an_unrelated_persons_claims_change_nobody_elses(subject, table, others):
    claims, grants = table
    strangers = [row | {"id": f"s{number}", "person": "外人"} for number, row in enumerate(others)]
    expected = folded(subject, claims, grants)
    found = folded(subject, claims + strangers, grants)
    assert {name: found[name] for name in expected} == expected


@settings(max_examples=40, deadline=None)
@given(table=tables(), strangers=st.lists(CLAIMS, max_size=4))
def test_under_a_quota_a_stranger_matters_only_when_it_binds(table, strangers):
    claims, grants = table
    strangers = [row | {"id": f"s{number}", "person": "外人"} for number, row in enumerate(strangers)]
    expected, found = folded("quota", claims, grants), folded("quota", claims + strangers, grants)
    for name, line in expected.items():
        if line["decision"] != found[name]["decision"]:
            # more people ahead only ever take a place away, and then the quota is what refuses or leaves it open
            assert False in (found[name]["place_of_the_year"], found[name]["place_of_all"]) or None in (
                found[name]["place_of_the_year"],
                found[name]["place_of_all"],
            )
        else:
            assert line["amount_fen"] == found[name]["amount_fen"]


@settings(max_examples=40, deadline=None)
@given(table=tables())
def test_money_is_whole_fen_and_the_parts_are_the_whole(table):
    out = fold(POLICY, "course", frame(table[0]), frame(table[1], GRANT))
    paid = out.filter(pl.col("decision") == "pass")
    assert out.schema["amount_fen"] == pl.Int64
    assert paid["amount_fen"].null_count() == 0
    parts = paid.group_by("person").agg(pl.col("amount_fen").sum())["amount_fen"].sum()
    assert parts == out["amount_fen"].sum() == sum(min(180000, fen) for fen in paid["fee_fen"])
    assert (
        out.filter(pl.col("decision") == "unknown")["amount_fen"].null_count() == (out["decision"] == "unknown").sum()
    )


def test_a_refused_claim_uses_nothing_up_where_staged_counting_goes_wrong():
    """The second claim repeats the first and is refused; counted in stages it would use up the year's third place."""
    rows = [
        a_claim("1", NEW_YEAR, occupation="焊工", level="junior", training="t1"),
        a_claim("2", NEW_YEAR, occupation="焊工", level="junior", training="t2"),
        a_claim("3", NEW_YEAR, occupation="车工", level="junior", training="t3"),
        a_claim("4", NEW_YEAR, occupation="钳工", level="junior", training="t4"),
    ]
    rows = [row | {"benefit": "skills", "payee_kind": "person"} for row in rows]
    out = fold(POLICY, "course", frame(rows))
    assert out["decision"].to_list() == ["pass", "fail", "pass", "pass"]
    staged = frame(rows).with_columns((pl.int_range(pl.len()).over("person") + 1).alias("n"))
    assert (staged["n"] > 3).to_list() == [False, False, False, True]  # the window function refuses the fourth


def test_an_undecided_claim_counts_as_possible():
    rows = [a_claim(str(n), NEW_YEAR, person=f"p{n}", passed=None if n == 1 else True) for n in (1, 2, 3, 4)]
    out = fold(POLICY, "quota", frame(rows))
    assert out["decision"].to_list() == ["unknown", "pass", "unknown", "unknown"]
    assert list(out.select("places_year_low", "places_year_high").iter_rows()) == [(0, 0), (0, 1), (1, 2), (1, 3)]


def test_first_come_first_served_inside_a_larger_quota():
    """Two places a year within three of all: ties in time go by id, and a new year has no more than what is left."""
    days = {"c": NEW_YEAR, "b": NEW_YEAR, "a": SPRING, "d": date(2021, 1, 1), "e": date(2021, 1, 2)}
    out = fold(POLICY, "quota", frame([a_claim(name, day, person=name) for name, day in days.items()]))
    assert dict(zip(out["id"], out["decision"], strict=True)) == {
        "b": "pass",
        "c": "pass",
        "a": "fail",
        "d": "pass",
        "e": "fail",
    }
    last = out.row(-1, named=True)
    assert (last["place_of_the_year"], last["place_of_all"]) == (True, False)


def test_a_grant_that_is_not_settled_holds_a_place_of_a_quota_as_possible_only():
    grants = [a_claim(f"g{n}", NEW_YEAR, programme="test/limits", certain=n == 0) for n in range(2)]
    grants = [{name: row.get(name) for name in GRANT} for row in grants]
    out = fold(POLICY, "quota", frame([a_claim("1", NEW_YEAR)]), frame(grants, GRANT))
    assert out.row(0, named=True)["decision"] == "unknown"
    assert out.select("places_year_low", "places_year_high").row(0) == (1, 2)


def test_a_moment_settles_who_came_first():
    rows = [
        {"id": name, "at": f"2020-05-06T{hour}:00", "person": name}
        for name, hour in [("a", "11"), ("b", "10"), ("c", "09")]
    ]
    table = pl.DataFrame(rows).with_columns(pl.col("at").str.to_datetime(), passed=True, fee_fen=1)
    out = fold(POLICY, "quota", table)
    assert list(zip(out["id"], out["decision"], strict=True)) == [("c", "pass"), ("b", "pass"), ("a", "fail")]


def test_the_law_of_its_own_day_holds_for_each_claim():
    """Three a year in 2020, two from 2021 on."""
    rows = [
        a_claim(
            f"{year}{n}",
            date(year, 1 + n, 1),
            benefit="skills",
            occupation=f"o{n}{year}",
            level="junior",
            training=f"t{n}{year}",
        )
        for year in (2020, 2021)
        for n in range(4)
    ]
    out = fold(POLICY, "course", frame([row | {"payee_kind": "person"} for row in rows]))
    assert out["few_a_year"].to_list() == [True, True, True, False, True, True, False, False]
    assert out["year_grants_free_on"].to_list() == [
        *[None] * 3,
        date(2021, 1, 1),
        *[None] * 2,
        *[date(2022, 1, 1)] * 2,
    ]
    assert out["year_grants_note"][3].startswith("2020-01-01，skills，o02020，初级，1000元，编号20200；")


def test_everything_wrong_with_the_tables_is_said_at_once():
    rows = [a_claim("1", NEW_YEAR), a_claim("1", NEW_YEAR, person=None), a_claim("3", None)]
    with pytest.raises(FactError) as error:
        fold(POLICY, "once", frame(rows), pl.DataFrame({"id": ["g"], "at": ["2020"]}))
    told = error.value.problems
    assert [problem for problem in told if "申请表第3行的“at”为空" in problem]
    assert [problem for problem in told if "申请表第2行的“person”为空" in problem]
    assert [problem for problem in told if "申请表中编号1重复" in problem]
    assert [problem for problem in told if "已有补贴表缺少“person”列" in problem]
    assert [problem for problem in told if "已有补贴表的“at”列不是日期" in problem]
    with pytest.raises(FactError, match="编号1同时在申请表和已有补贴表中"):
        fold(POLICY, "once", frame(rows[:1]), frame([rows[0]]))
    with pytest.raises(FactError, match="“period_grants”列由系统逐件计数得出"):
        fold(POLICY, "once", frame(rows[:1]).with_columns(period_grants=0))


def test_a_claim_before_the_first_day_is_an_error_and_no_claims_are_no_error():
    with pytest.raises(NotInForce):
        fold(POLICY, "once", frame([a_claim("1", date(2019, 12, 31))]))
    for subject in POLICY.subjects:
        empty = fold(POLICY, subject, frame([]).with_columns(score=1, years_run=1))
        assert len(empty) == 0
        assert {"decision", "amount_fen"} <= set(empty.columns)


@pytest.mark.parametrize("subject", ["course", "quota"])
def test_money_that_looks_at_a_limit_is_judged_claim_by_claim(subject, tmp_path):
    """The way for policies whose amount depends on a count gives the same as the quick way where both are open."""
    shutil.copytree(ROOT, tmp_path / "p")
    rules = tmp_path / "p" / "test" / "limits" / "rules.py"
    text = rules.read_text(encoding="utf-8")
    fact = "year_grants" if subject == "course" else "places_year"
    counted = f"return least(p.cap_fen, f.fee_fen, p.cap_fen + least(f.{fact}.low, 0))"
    assert "return least(p.cap_fen, f.fee_fen)" in text
    rules.write_text(
        text.replace("return least(p.cap_fen, f.fee_fen)", counted).replace(
            '"course", "once", "moving", "quota")\ndef subsidy', f'"{subject}")\ndef subsidy'
        ),
        encoding="utf-8",
    )
    other = load_policy("test/limits", root=tmp_path / "p")
    rows = [
        a_claim(
            str(n),
            SPRING,
            person=f"p{n % 3}",
            benefit="skills",
            occupation=f"o{n % 5}",
            level="junior",
            training=f"t{n}",
            payee_kind="person",
            passed=n != 4,
        )
        for n in range(12)
    ]
    one, two = fold(POLICY, subject, frame(rows)), fold(other, subject, frame(rows))
    assert one.equals(two.select(one.columns))
