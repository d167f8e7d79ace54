"""The limits of two documents over many claims, written from their sentences: three a year, no repeat, no lower after
higher, ten seminars, ten bases."""

from datetime import date

import polars as pl
import pytest

from peibu.rulebook import RateEntry, load_policy
from peibu.rulebook.limits import fold, limit_facts
from peibu.rulebook.yaml_reader import read_yaml

HUANGDAO = load_policy("huangdao/skills_action_2020")
QINGDAO = load_policy("qingdao/knowledge_renewal_2023")
STANDARD = HUANGDAO.with_rates(
    [
        RateEntry("occupation_standard_fen", (occupation, level), date(2020, 1, 20), None, fen, "测试用标准")
        for occupation in ("A", "B")
        for level, fen in (("junior", 100000), ("middle", 150000), ("senior", 200000))
    ]
)


def facts_of(policy, subject):
    """The facts of the worked example of a subject, without those that are counted here."""
    base = dict(read_yaml(policy.folder / "cases.yaml")["bases"][subject])
    return {name: value for name, value in base.items() if name not in policy.limits}


def table(policy, subject, *claims):
    """One row per claim: the worked example, and what the claim says itself."""
    return pl.DataFrame([{**facts_of(policy, subject), **claim} for claim in claims], infer_schema_length=None)


def training(name, at, occupation, level="middle", person="甲", **more):
    own = {"id": name, "at": at, "person": person, "benefit": "training", "occupation": occupation, "level": level}
    return own | {"claimed_on": at, "occupation_code": occupation, "certificate_level": level} | more


def decisions(policy, subject, frame, grants=None):
    out = fold(policy, subject, frame, grants)
    return dict(zip(out["id"], out["decision"], strict=True))


def test_a_fourth_training_of_the_year_waits_for_the_next():
    days = [date(2020, 10, 1), date(2020, 10, 9), date(2020, 12, 1), date(2020, 12, 31), date(2021, 1, 1)]
    claims = [training(f"c{n}", day, f"O{n}", "none") for n, day in enumerate(days)]
    found = decisions(HUANGDAO, "new_hire", table(HUANGDAO, "new_hire", *claims))
    assert found == {"c0": "pass", "c1": "pass", "c2": "pass", "c3": "fail", "c4": "pass"}


def test_the_refused_claim_is_told_from_when_on_there_is_room():
    grants = [training(f"g{n}", date(2020, 3, n + 1), f"O{n}", "none", programme="other/policy") for n in range(3)]
    claim = training("c", date(2020, 12, 1), "O9", "none")
    counted = limit_facts(HUANGDAO, "new_hire", claim, grants)
    assert counted["subsidies_this_year"] == (3, 3)
    assert counted["subsidies_this_year_free_on"] == date(2021, 1, 1)
    assert counted["subsidies_this_year_note"]
    facts = facts_of(HUANGDAO, "new_hire") | counted
    finding = HUANGDAO.judge("new_hire", facts, on=date(2020, 12, 1)).failed[0]
    assert finding.rule == "at_most_three_a_year"
    assert "2021-01-01" in finding.fix


def test_a_refused_repeat_uses_nothing_up():
    days = [date(2020, 10, day) for day in (1, 2, 3, 4)]
    claims = [training(f"c{n}", day, kind, "none") for n, (day, kind) in enumerate(zip(days, "AABC", strict=True))]
    found = decisions(HUANGDAO, "new_hire", table(HUANGDAO, "new_hire", *claims))
    assert found == {"c0": "pass", "c1": "fail", "c2": "pass", "c3": "pass"}


def test_the_department_trainings_count_among_the_three():
    grants = pl.DataFrame(
        [
            training(f"g{n}", date(2020, 2, n + 1), f"O{n}") | {"benefit": kind, "programme": HUANGDAO.path}
            for n, kind in enumerate(("farmer_training", "veteran_training", "student_skills"))
        ]
    )
    claim = training("c", date(2020, 10, 10), "A", "none")
    assert decisions(HUANGDAO, "new_hire", table(HUANGDAO, "new_hire", claim), grants) == {"c": "fail"}
    allowance = grants.with_columns(benefit=pl.lit("living_allowance"))
    assert decisions(HUANGDAO, "new_hire", table(HUANGDAO, "new_hire", claim), allowance) == {"c": "pass"}


@pytest.mark.parametrize(("level", "decision"), [("junior", "fail"), ("middle", "fail"), ("senior", "pass")])
def test_no_lower_level_after_a_higher_one_of_the_same_occupation(level, decision):
    grant = training("g", date(2019, 5, 5), "A", "middle") | {"programme": "other/policy"}
    claim = training("c", date(2020, 10, 10), "A", level)
    frame = table(STANDARD, "distressed", claim)
    assert decisions(STANDARD, "distressed", frame, pl.DataFrame([grant])) == {"c": decision}


def test_the_refusal_names_the_higher_level_and_another_occupation_is_free():
    grant = training("G-2019-17", date(2019, 5, 5), "A", "senior") | {"programme": "other/policy"}
    counted = limit_facts(STANDARD, "distressed", training("c", date(2020, 10, 10), "A", "junior"), [grant])
    assert counted["higher_level_grants"] == (1, 1)
    assert "高级工" in counted["higher_level_grants_note"]
    assert "G-2019-17" in counted["higher_level_grants_note"]
    other = limit_facts(STANDARD, "distressed", training("c", date(2020, 10, 10), "B", "junior"), [grant])
    assert other["higher_level_grants"] == (0, 0)


def test_one_living_allowance_for_one_training():
    policy = HUANGDAO.with_rates(
        [
            RateEntry(
                "living_allowance_day_fen", ("employment_difficulty",), date(2020, 1, 20), None, 3000, "测试用标准"
            )
        ]
    )
    common = {"person": "甲", "benefit": "living_allowance", "at": date(2020, 10, 10)}
    rows = [common | {"id": f"c{n}", "training": name} for n, name in enumerate(("T1", "T1", "T2"))]
    frame = table(policy, "living_allowance", *rows)
    assert decisions(policy, "living_allowance", frame) == {"c0": "pass", "c1": "fail", "c2": "pass"}


def seminars(*scores, same_day=False):
    return [
        {
            "id": f"s{n:02}",
            "at": date(2024, 3, 1 if same_day else n + 1),
            "benefit": "city_seminar",
            "seminar_score": score,
        }
        for n, score in enumerate(scores)
    ]


def passed(policy, subject, rows):
    found = decisions(policy, subject, table(policy, subject, *rows))
    return {status: sorted(name for name, one in found.items() if one == status) for status in set(found.values())}


def test_ten_city_seminars_a_year_by_score():
    found = passed(QINGDAO, "seminar_plan", seminars(*range(400, 412)))
    assert found == {"fail": ["s00", "s01"], "pass": [f"s{n:02}" for n in range(2, 12)]}


def test_of_two_seminars_with_the_tenth_score_the_earlier_application_wins():
    found = passed(QINGDAO, "seminar_plan", seminars(*[450] * 9, 400, 400))
    assert found["fail"] == ["s10"]
    open_ = passed(QINGDAO, "seminar_plan", seminars(*[450] * 9, 400, 400, same_day=True))
    assert open_["unknown"] == ["s09", "s10"]


def base(name, score, trained=1000, level="city"):
    more = {"rural_target_taken_on": True, "rural_target_met": True}
    own = {"id": name, "at": date(2025, 12, 1), "payee": name, "benefit": "base_award", "level": level}
    return own | {"base_level": level, "base_score": score, "base_person_times": trained} | more


def test_ten_city_bases_are_awarded_and_provincial_ones_take_no_place():
    rows = [base(f"b{n:02}", 500 - n) for n in range(11)] + [base("p1", 999, level="provincial")]
    out = fold(QINGDAO, "base_award", table(QINGDAO, "base_award", *rows))
    paid = dict(zip(out["id"], out["amount_fen"], strict=True))
    assert paid == {f"b{n:02}": 10_000_000 for n in range(10)} | {"b10": 0, "p1": 20_000_000}


def test_a_tie_of_bases_goes_to_the_one_that_trained_more_and_stays_open_when_they_trained_alike():
    first = [base(f"b{n:02}", 500 - n) for n in range(9)]
    found = decisions(
        QINGDAO, "base_award", table(QINGDAO, "base_award", *first, base("x", 300, 900), base("y", 300, 901))
    )
    assert (found["x"], found["y"]) == ("fail", "pass")
    alike = decisions(QINGDAO, "base_award", table(QINGDAO, "base_award", *first, base("x", 300), base("y", 300)))
    assert (alike["x"], alike["y"]) == ("unknown", "unknown")


def test_the_hours_of_one_training_are_doubled_once():
    rows = [
        {
            "id": f"c{n}",
            "at": date(2024, 5, n + 1),
            "person": "甲",
            "benefit": "digital_hours",
            "training": training_id,
        }
        | {"certificate": f"Z{n}"}
        for n, training_id in enumerate(("T1", "T1", "T2"))
    ]
    found = decisions(QINGDAO, "ce_credit", table(QINGDAO, "ce_credit", *rows))
    assert found == {"c0": "pass", "c1": "fail", "c2": "pass"}
