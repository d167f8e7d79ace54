"""Each kind of limit on one claim, written from its sentence; and what a wrong limits.yaml says."""

import shutil
from datetime import date, datetime
from pathlib import Path

import pytest

from peibu.rulebook import PolicyError, Status, load_policy
from peibu.rulebook.limits import advise_order, limit_facts, seats_of

ROOT = Path(__file__).with_name("limits_policy")
POLICY = load_policy("test/limits", root=ROOT)
DAY = date(2020, 6, 1)


def claim(day=DAY, **columns):
    base = {"id": "c", "person": "甲", "benefit": "skills", "occupation": "车工", "level": "middle"}
    return base | {"at": day, "training": "t1", "payee_kind": "enterprise"} | columns


def grant(name="g", day=date(2020, 5, 6), **columns):
    return claim(day, id=name, programme=POLICY.path, training="t0", occupation="电工", **columns)


def judged(subject, one, *grants, lang="zh"):
    facts = limit_facts(POLICY, subject, one, grants, lang=lang) | {"passed": True, "fee_fen": 1}
    return POLICY.judge(subject, facts, on=one["at"], lang=lang)


def status(rule, *args, subject="course"):
    return {one.rule: one.status for one in judged(subject, *args).findings}[rule]


PASS, FAIL, UNKNOWN = Status.PASS, Status.FAIL, Status.UNKNOWN


@pytest.mark.parametrize(
    ("told", "grants", "expected"),
    [
        ("nothing before", [], PASS),
        ("somebody else's", [grant() | {"person": "乙"}], PASS),
        ("one in the period", [grant()], FAIL),
        ("on the first day of the period", [grant(day=date(2020, 1, 1))], FAIL),
        ("on the last day, standing already", [grant(day=date(2022, 12, 31))], FAIL),
        ("the day before the period", [grant(day=date(2019, 12, 31))], PASS),
        ("the day after the period", [grant(day=date(2023, 1, 1))], PASS),
        ("of another programme", [grant() | {"programme": "other/one"}], PASS),
        ("of a programme not known", [grant() | {"programme": None}], UNKNOWN),
        ("not settled", [grant() | {"certain": False}], UNKNOWN),
        ("the claim's own", [grant() | {"id": "c"}], PASS),
    ],
)
def test_once_per_policy_period(told, grants, expected):
    assert status("once_per_period", claim(), *grants, subject="once") is expected, told


def test_at_most_three_a_calendar_year_over_all_programmes():
    three = [grant(str(n), date(2020, n, 1)) | {"programme": f"other/p{n}"} for n in (1, 2, 3)]
    assert status("few_a_year", claim(), *three[:2]) is PASS
    assert status("few_a_year", claim(), *three) is FAIL
    assert status("few_a_year", claim(date(2020, 12, 31)), *three) is FAIL
    assert status("few_a_year", claim(date(2021, 1, 1)), *three) is PASS
    assert status("few_a_year", claim(), *three[:2], three[2] | {"certain": False}) is UNKNOWN
    assert status("few_a_year", claim(), *three[:2], grant("4", date(2019, 12, 31))) is PASS


def test_no_second_time_for_the_same_occupation_and_level():
    same = grant() | {"occupation": "车工"}
    assert status("no_repeat", claim(), same) is FAIL
    assert status("no_repeat", claim(level="senior"), same) is PASS
    assert status("no_repeat", claim(occupation="钳工"), same) is PASS
    assert status("no_repeat", claim(level=None), same) is UNKNOWN
    assert status("no_repeat", claim(level="-"), same | {"level": "-"}) is PASS  # no level is no level in common


@pytest.mark.parametrize(
    ("held", "wanted", "expected"),
    [
        ("senior", "middle", FAIL),
        ("middle", "middle", PASS),
        ("junior", "middle", PASS),
        (None, "middle", UNKNOWN),
        ("off_the_list", "middle", UNKNOWN),
        ("senior", None, UNKNOWN),
        ("-", "middle", PASS),
    ],
)
def test_no_lower_level_after_a_higher(held, wanted, expected):
    before = grant(level=held) | {"occupation": "车工"}
    assert status("no_lower_after_higher", claim(level=wanted), before) is expected


def test_unemployment_insurance_or_practice_subsidy_both_ways():
    for mine, other in (("practice", "unemployment"), ("unemployment", "practice")):
        assert status("one_fund_only", claim(benefit=mine), grant(benefit=other)) is FAIL
        assert status("one_fund_only", claim(benefit=mine), grant(benefit=mine)) is PASS
        assert status("one_fund_only", claim(benefit=mine), grant(benefit="skills")) is PASS
        assert status("one_fund_only", claim(benefit="skills"), grant(benefit=other)) is PASS
        assert status("one_fund_only", claim(benefit=mine), grant(benefit=None)) is UNKNOWN


def test_enterprise_or_platform_but_not_both_for_the_same_training():
    before = grant() | {"training": "t1", "payee_kind": "platform"}
    assert status("one_payee_only", claim(payee_kind="enterprise"), before) is FAIL
    assert status("one_payee_only", claim(payee_kind="platform"), before | {"payee_kind": "enterprise"}) is FAIL
    assert status("one_payee_only", claim(payee_kind="platform"), before) is PASS
    assert status("one_payee_only", claim(training="t2"), before) is PASS
    assert status("one_payee_only", claim(training=None), before) is UNKNOWN


@pytest.mark.parametrize(
    ("before", "day", "expected"),
    [
        (date(2020, 5, 6), date(2021, 5, 5), FAIL),
        (date(2020, 5, 6), date(2021, 5, 6), PASS),
        (date(2020, 2, 29), date(2021, 2, 27), FAIL),
        (date(2020, 2, 29), date(2021, 2, 28), PASS),
        (date(2021, 2, 28), date(2022, 2, 27), FAIL),
        (date(2021, 2, 28), date(2022, 2, 28), PASS),
        (date(2021, 5, 6), date(2020, 5, 7), FAIL),  # standing already, though of a later day
        (date(2021, 5, 6), date(2020, 5, 6), PASS),
    ],
)
def test_twelve_months_between_two(before, day, expected):
    assert status("interval_kept", claim(day), grant(day=before), subject="moving") is expected


def test_seminars_are_counted_by_division_and_year():
    two = [grant(str(n)) | {"division": "370211", "person": str(n)} for n in (1, 2)]
    assert status("seminars_in_limit", claim(division="370211"), two[0], subject="seminar") is PASS
    assert status("seminars_in_limit", claim(division="370211"), *two, subject="seminar") is FAIL
    assert status("seminars_in_limit", claim(division="370212"), *two, subject="seminar") is PASS
    assert status("seminars_in_limit", claim(date(2021, 1, 1), division="370211"), *two, subject="seminar") is PASS


def test_a_refusal_names_the_earlier_grants_and_the_day_with_room_again():
    three = [grant(str(n), date(2020, n, 1), amount_fen=150050) for n in (1, 2, 3)]
    open_ = grant("4", datetime.fromisoformat("2020-04-01T09:30")) | {"certain": False, "told": "另一家企业的申请"}
    found = {one.rule: one for one in judged("course", claim(), *three, open_).findings}["few_a_year"]
    assert "本年已享受3次：2020-01-01，skills，电工，中级，1500.50元，编号1；" in found.sentence
    assert "等4项" in found.sentence
    assert found.fix == "可自2021-01-01起申领"
    found = {one.rule: one for one in judged("course", claim(), *three, lang="en").findings}["few_a_year"]
    assert "2020-01-01, skills, 电工, intermediate, 1500.50 yuan, no. 1; " in found.sentence
    assert found.fix == "Claim from 2021-01-01 on"
    note = limit_facts(POLICY, "once", claim(), [open_])["period_grants_note"]
    assert note == "另一家企业的申请（尚未确定）"


def test_the_day_with_room_follows_the_law_of_that_day():
    """Two a year from 2021 on, and two stand in 2021 already: 2022 is the next year with room. After 2022: never."""
    grants = [grant(str(n), date(year, n, 1)) for year in (2020, 2021) for n in (1, 2, 3)][:-1]
    assert limit_facts(POLICY, "course", claim(), grants)["year_grants_free_on"] == date(2022, 1, 1)
    grants += [grant(f"x{n}", date(2022, n, 1)) for n in (1, 2)]
    assert "year_grants_free_on" not in limit_facts(POLICY, "course", claim(), grants)
    facts = limit_facts(POLICY, "moving", claim(date(2021, 2, 1)), [grant(day=date(2020, 2, 29))])
    assert facts["recent_grants_free_on"] == date(2021, 2, 28)


# The file


@pytest.mark.parametrize(
    ("old", "new", "told", "remedy"),
    [
        ("  year_grants:\n    clause: T2", "  year_grant:\n    clause: T2", "named after no fact", "year_grants"),
        ("clause: T2", "clause: T99", "clauses.yaml does not have", "correct the id"),
        ("    clause: T2\n", "", "without clause", "keys:"),
        ("counts: grants\n    same: [person]\n    window: calendar_year", "counts: people\n    same: [person]\n    window: calendar_year", "neither or both", "counts: grants"),
        ("same: [person, training]", "same: [person, trainings]", "same: ['person', 'trainings']", "a list of person"),
        ("window: {months: interval_months}", "window: {months: interval}", "unknown number 'interval'", "interval_months"),
        ("window: calendar_year", "window: year", "window: 'year'", "calendar_year, policy"),
        ("programmes: all", "programmes: every", "programmes: 'every'", "all, own"),
        ("above: level", "above: {level: ranks}", "no code list gives the order", "qualification_levels"),
        ("above: level", "above: occupation", "no code list gives the order", "lowest first"),
        ("places: per_year_max", "places: 3", "places: 3", "parameters.yaml"),
        ("places: per_year_max", "places: per_year", "unknown number 'per_year'", "per_year_max"),
        ("only: {payee_kind: [enterprise, platform]}", "only: {payee_kind: enterprise}", "only:", "column: [value"),
        ("ranks: score", "ranks: scores", "unknown fact 'scores'", "score"),
        ("ties: [-years_run]", "ties: [-year_run]", "unknown fact 'year_run'", "years_run"),
        ("above: level", "over: level", "unknown key ['over']", "above"),
        ("above: level", "note: passed", "is no fact of type text", "declare it"),
    ],
)  # fmt: skip
def test_a_wrong_file_names_place_clause_and_remedy(old, new, told, remedy, tmp_path):
    shutil.copytree(ROOT, tmp_path / "p")
    file = tmp_path / "p" / "test" / "limits" / "limits.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PolicyError) as error:
        load_policy("test/limits", root=tmp_path / "p")
    assert told in error.value.problem
    assert remedy in error.value.remedy
    assert error.value.file.endswith("limits.yaml")
    assert error.value.line > 1
    assert error.value.clause or "without clause" in told


@pytest.mark.parametrize(("old", "new"), [("    bounds: true\n", ""), ("type: integer", "type: fen")])
def test_the_fact_of_a_limit_is_a_whole_number_with_bounds(old, new, tmp_path):
    shutil.copytree(ROOT, tmp_path / "p")
    file = tmp_path / "p" / "test" / "limits" / "facts.yaml"
    before, name, after = file.read_text(encoding="utf-8").partition("  same_level_grants:")
    file.write_text(before + name + after.replace(old, new, 1), encoding="utf-8")
    told = r"limits.yaml:\d+: limit same_level_grants: its fact is .*\[T3\] -> type: integer, bounds: true"
    with pytest.raises(PolicyError, match=told):
        load_policy("test/limits", root=tmp_path / "p")


# Advice


def open_claim(name, day, level, fee, **columns):
    return claim(day, id=name, level=level, training=name, **columns) | {"facts": {"passed": True, "fee_fen": fee}}


def test_the_adviser_puts_the_lower_level_first():
    claims = [
        open_claim("senior", date(2020, 5, 1), "senior", 150000),
        open_claim("junior", date(2020, 5, 2), "junior", 80000),
    ]
    advice = advise_order(POLICY, "course", claims)
    assert advice.order == ("junior", "senior")
    assert (advice.amount_fen, advice.by_date_fen, advice.exact) == (230000, 150000, True)
    assert advice.reason.startswith(
        "按junior、senior的顺序办理，合计2300元；按日期顺序办理只有1500元，因为编号junior：已享受更高等级"
    )
    assert "by date only 1500 yuan, because no. junior: A higher level already" in advice.reason_en


def test_the_adviser_keeps_the_order_of_days_where_it_makes_no_difference():
    claims = [open_claim(name, date(2020, 5, 1), "junior", 80000, occupation=name) for name in ("b", "a")]
    advice = advise_order(POLICY, "course", claims)
    assert advice.order == ("a", "b")
    assert advice.reason == "各件申请先后不影响结果，按日期办理即可，合计1600元"


def test_the_adviser_takes_the_dearest_when_only_some_have_room_and_says_when_it_did_not_try_all():
    claims = [open_claim(str(n), date(2020, 5, n), "junior", 10000 * n, occupation=str(n)) for n in range(1, 9)]
    few = advise_order(POLICY, "course", claims[:5])
    assert few.exact
    assert (few.amount_fen, few.by_date_fen) == (120000, 60000)
    assert set(few.order[:3]) == {"3", "4", "5"}
    many = advise_order(POLICY, "course", claims)
    assert (many.exact, many.amount_fen) == (False, 210000)
    assert "未逐一比较" in many.reason


# What a granted claim takes


def seats(subject, one, judged=None):
    return {seat.code: seat for seat in seats_of(POLICY, subject, one, judged)}


def test_a_granted_claim_takes_a_seat_under_each_limit_that_will_count_it():
    taken = seats("course", claim(benefit="practice"))
    assert taken.keys() == {
        "year_grants",
        "same_level_grants",
        "higher_level_grants",
        "exclusive_grants",
        "other_payee_grants",
    }
    year, level = taken["year_grants"], taken["same_level_grants"]
    assert (year.scope, year.key, year.maximum, year.parameter) == ("*", "person=甲;year=2020", 3, "per_year_max")
    assert (level.key, level.maximum, level.parameter) == ("person=甲;occupation=车工;level=middle", 1, "")
    assert (taken["higher_level_grants"].rank, taken["higher_level_grants"].maximum) == (1, None)
    assert (taken["exclusive_grants"].side, taken["other_payee_grants"].scope) == ("practice", "test/limits")
    assert seats("moving", claim(date(2020, 2, 29)))["recent_grants"].until == date(2021, 2, 28)
    assert seats("once", claim())["period_grants"].key == "person=甲;since=2020-01-01"


def test_what_a_limit_will_not_count_takes_no_seat():
    assert "exclusive_grants" not in seats("course", claim(benefit="skills"))
    assert "same_level_grants" not in seats("course", claim(level="-"))
    assert seats("once", claim(date(2023, 1, 1))) == {}
    assert seats("base", claim()) == {}


def test_a_claim_that_passes_though_the_limit_is_full_takes_no_number():
    full = seats("course", claim(), {"year_grants_low": 3, "year_grants_high": 3, "higher_level_grants_high": 1})
    assert (full["year_grants"].maximum, full["higher_level_grants"].rank) == (None, None)
    room = seats("course", claim(), {"year_grants_low": 2, "year_grants_high": 2, "higher_level_grants_high": 0})
    assert (room["year_grants"].maximum, room["higher_level_grants"].rank) == (3, 1)
