"""Ids, errors, verdicts, months."""

import pickle
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peibu.kernel import months
from peibu.kernel.errors import PeibuError, Problem, Refused
from peibu.kernel.ids import IdMaker, id_at, time_of, uuid7
from peibu.kernel.verdict import Verdict, no, yes


def test_ids_are_version_seven_unique_and_in_order_of_making():
    made = [uuid7() for _ in range(5000)]
    assert made == sorted(made)
    assert len(set(made)) == 5000
    assert all(key.version == 7 and key.variant == "specified in RFC 4122" for key in made)
    assert abs(time_of(made[0]) - datetime.now(UTC)) < timedelta(minutes=1)


@given(st.lists(st.integers(0, 2**48 * 10**6 - 10**9), min_size=2, max_size=30))
def test_order_survives_a_clock_that_jumps(ticks):
    clock = iter(ticks)
    maker = IdMaker(clock=lambda: next(clock), bits=lambda count: 0)
    made = [maker() for _ in ticks]
    assert made == sorted(set(made))


@given(st.integers(0, 2 * 10**11))
def test_the_moment_can_be_read_from_the_id(seconds):
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    assert time_of(id_at(moment)) == moment


def test_the_example_of_the_rfc():
    maker = IdMaker(clock=lambda: 0x017F22E279B0 * 10**6, bits=lambda count: 0x18C4DC0C0C07398F)
    assert str(maker()) == "017f22e2-79b0-7000-98c4-dc0c0c07398f"


def test_ids_need_an_aware_time_and_version_seven():
    with pytest.raises(ValueError, match="aware"):
        id_at(datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(ValueError, match="version 7"):
        time_of(__import__("uuid").uuid4())


def test_errors_carry_code_and_remedy_and_survive_pickling():
    error = Refused("名额已满。", code="full", remedy="请等待退出的名额")
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.code, again.remedy) == ("名额已满。", "full", "请等待退出的名额")
    assert again.sentence() == "名额已满。请等待退出的名额。"
    assert (PeibuError("x").code, Refused("x").code) == ("error", "refused")


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (
            Problem("名单", 12, "身份证号码", "号码有误", "校验码不符", "请核对", "C"),
            "工作表“名单”第 12 行“身份证号码”（C 列）：号码有误。校验码不符。请核对。",
        ),
        (Problem("", None, "", "文件是空的"), "文件是空的。"),
        (Problem("名单", 3, "", "单元格有误", letter="F"), "工作表“名单”第 3 行F 列：单元格有误。"),
        (Problem("", None, "姓名", "缺少这一列"), "“姓名”：缺少这一列。"),
    ],
)
def test_a_problem_says_where_what_why_and_what_to_do(problem, sentence):
    assert problem.sentence() == sentence


def test_a_verdict_is_a_boolean_with_a_reason():
    assert yes()
    assert yes("已核对").reason == "已核对"
    assert not no("公示未满")
    assert no("公示未满").reason == "公示未满"
    with pytest.raises(ValueError, match="reason"):
        Verdict(False, " ")


MONTHS = st.dates(date(1950, 1, 1), date(2100, 1, 1)).map(months.first_of)


@given(MONTHS, st.integers(-500, 500))
def test_adding_and_subtracting_months_cancel(month, count):
    moved = months.add_months(month, count)
    assert months.add_months(moved, -count) == month
    assert months.months_between(month, moved) == count
    assert moved.day == 1


def test_months_at_the_edges():
    assert months.same_day(date(2023, 1, 31), 1) == date(2023, 2, 28)
    assert months.same_day(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert months.same_day(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert months.last_day(date(2020, 2, 5)) == date(2020, 2, 29)
    assert list(months.month_range(date(2020, 11, 3), date(2021, 1, 1))) == [
        date(2020, 11, 1),
        date(2020, 12, 1),
        date(2021, 1, 1),
    ]
    assert list(months.month_range(date(2020, 11, 3), date(2020, 10, 1))) == []
    assert months.month_text(date(2020, 3, 1)) == "2020年3月"


def test_the_longest_run_of_months_ignores_order_and_gaps():
    known = [date(2020, 3, 1), date(2020, 1, 1), date(2020, 2, 9), date(2020, 6, 1), date(2020, 7, 1)]
    assert months.longest_run(known) == 3
    assert months.longest_run([]) == 0


def test_age_is_counted_in_full_years():
    assert months.age_on(date(2000, 2, 29), date(2018, 2, 28)) == 17
    assert months.age_on(date(2000, 2, 29), date(2018, 3, 1)) == 18
    assert months.age_on(date(2000, 5, 1), date(2018, 5, 1)) == 18
