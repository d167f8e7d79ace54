"""Replays, drafts and differences: exact parts of a whole, exact causes, the same by columns and by cases."""

import json
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peibu.rulebook import Judgement, NotInForce, PolicyError, RulebookError, Status, load_policy
from peibu.rulebook.cases import read_examples, situation
from peibu.rulebook.difference import difference
from peibu.rulebook.facts import read_facts
from peibu.rulebook.frame_judge import frame_type
from peibu.rulebook.replay import MONEY, OUTCOMES, RESULT, Tally
from peibu.rulebook.replay_frame import prepare, replay_frame
from peibu.rulebook.replay_stored import Stored, replay_stored
from peibu.rulebook.yaml_reader import read_yaml

QD = "qingdao/industrial_internet_2020"
DAY = date(2020, 11, 10)
KEYS = {"enterprise": "enterprise", "division": "division"}
LAW = load_policy(QD)
CLAIM = read_yaml(LAW.folder / "cases.yaml")["bases"]["claim"]
FILING = read_yaml(LAW.folder / "cases.yaml")["bases"]["class_filing"]
STRICTER = LAW.with_changes(parameters={"insured_months_min": 7, "subsidy_cap_fen": 180_000})
KINDER = LAW.with_changes(
    parameters={"insured_months_min": 4, "pass_mark": 55}, readings={"arrears_reading": "paid_within_months"}
)


def facts_of(row):
    return {name: value for name, value in row.items() if name in LAW.slots or name in LAW.fact_specs}


def table_of(rows, **more):
    months = ("run_first_month", "run_last_month", "last_paid_month")
    plain = [row | {name: f"{row[name]}-01" for name in months if isinstance(row.get(name), str)} for row in rows]
    frame = pl.DataFrame(plain, infer_schema_length=None).with_columns(pl.col(months).str.to_date())
    return prepare(frame, **({"on": DAY, "day_columns": (), "first": DAY} | KEYS | more))


def one(draft, *, law=LAW, subject="claim", base=CLAIM, **facts):
    row = {**base, **facts}
    old, new = (policy.judge(subject, row, on=DAY) for policy in (law, draft))
    return difference(old, new, old_policy=law, new_policy=draft)


# Drafts


def test_a_draft_changes_one_number_from_a_day_on():
    draft = LAW.with_changes(parameters={"subsidy_cap_fen": 150_000}, since=date(2020, 11, 1))
    assert draft.judge("claim", CLAIM, on=date(2020, 10, 31)).amount_fen == 200_000
    assert draft.judge("claim", CLAIM, on=date(2020, 11, 1)).amount_fen == 150_000
    assert draft.fingerprint != LAW.fingerprint
    assert LAW.judge("claim", CLAIM, on=date(2020, 11, 1)).amount_fen == 200_000


def test_two_drafts_alike_have_one_fingerprint_and_other_drafts_another():
    again = LAW.with_changes(parameters={"subsidy_cap_fen": 180_000, "insured_months_min": 7})
    assert again.fingerprint == STRICTER.fingerprint
    assert len({LAW.fingerprint, STRICTER.fingerprint, KINDER.fingerprint}) == 3


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"parameters": {"pass_marc": 1}}, "pass_mark"),
        ({"parameters": {"pass_mark": 59.5}}, "59.5"),
        ({"parameters": {"pass_mark": True}}, "True"),
        ({"parameters": {"policy_until": 20201231}}, "date"),
        ({"readings": {"arrears_readin": "x"}}, "arrears_reading"),
        ({"readings": {"arrears_reading": "x"}}, "paid_within_months"),
    ],
)
def test_an_unfit_change_is_refused_with_what_is_known(change, told):
    with pytest.raises(PolicyError, match=told):
        LAW.with_changes(**change)


# Differences of one case


def test_nothing_changed_says_so():
    assert one(LAW).same
    assert one(LAW).sentence() == "结论、金额和各条规则均无变化。"


def test_law_evidence_and_reading_are_told_apart():
    assert one(STRICTER, insured_months=6).because == ("law",)
    reading = LAW.with_changes(readings={"arrears_reading": "paid_within_months"})
    facts = {"insured_months": 6, "arrears_months": 5, "late_arrears_months": 0}
    assert one(reading, **facts).because == ("reading",)
    old = LAW.judge("claim", CLAIM | {"insured_months": 5}, on=DAY, known_at=DAY)
    new = LAW.judge("claim", CLAIM | {"insured_months": 6}, on=DAY, known_at=date(2021, 1, 5))
    for policies in ({}, {"old_policy": LAW, "new_policy": LAW}):
        found = difference(old, new, **policies)
        assert (found.because, found.delta_fen, found.facts) == (
            ("evidence",),
            200_000,
            ("insured_months_high", "insured_months_low"),
        )
        assert found.known_at == (DAY, date(2021, 1, 5))
        assert [(rule.rule, rule.before, rule.after) for rule in found.rules] == [
            ("insured_long_enough", Status.FAIL, Status.PASS)
        ]
        assert "金额由0元变为2000元，增加2000元" in found.sentence()
        assert "在本企业连续缴费月数 5 → 6" in found.sentence()
        assert "2000 yuan more" in found.sentence("en")


def test_evidence_and_law_together_are_both_named():
    old = LAW.judge("claim", CLAIM | {"insured_months": 6}, on=DAY)
    new = STRICTER.judge("claim", CLAIM | {"insured_months": 5}, on=DAY)
    found = difference(old, new, old_policy=LAW, new_policy=STRICTER)
    assert found.rules[0].because == ("evidence", "law")


def test_money_alone_has_its_cause_too():
    assert one(STRICTER).because == ("law",)
    old, new = (LAW.judge("claim", CLAIM | {"fee_per_person_fen": fee}, on=DAY) for fee in (100, 300))
    assert difference(old, new, old_policy=LAW, new_policy=LAW).because == ("evidence",)
    assert difference(old, new).delta_fen == 200


def test_an_excuse_is_a_cause_of_its_own():
    reasons = {"soft_reasons": {"class_size_in_limit": "并班"}}
    old, new = (LAW.judge("class_filing", FILING | {"headcount": 81} | more, on=DAY) for more in ({}, reasons))
    found = difference(old, new)
    assert (found.before, found.after, found.because) == (Status.FAIL, Status.PASS, ("excuse",))


def test_a_determination_read_back_from_json_differs_in_nothing():
    judged = LAW.judge("claim", CLAIM, on=DAY)
    assert difference(Judgement.from_json(judged.to_json()), judged, old_policy=LAW, new_policy=LAW).same


# Replays


def tables():
    row = st.fixed_dictionaries(
        {
            "insured_months": st.sampled_from([3, 4, 5, 6, 7, 8, None]),
            "arrears_months": st.sampled_from([0, 3, 4, 5, None]),
            "late_arrears_months": st.sampled_from([0, 2]),
            "fee_per_person_fen": st.sampled_from([0, 1, 179_950, 180_001, 250_000, None]),
            "exam_score": st.sampled_from([54, 55, 59, 60, None]),
            "enterprise": st.sampled_from("甲乙丙"),
            "division": st.sampled_from(["370202", "370211"]),
        }
    )
    return st.lists(row, min_size=1, max_size=30)


def added_up(groups):
    return {name: sum(getattr(group.tally, name) for group in groups) for name in Tally.__dataclass_fields__}


@pytest.mark.parametrize("draft", [STRICTER, KINDER], ids=["stricter", "kinder"])
@settings(max_examples=25)
@given(rows=tables())
def test_the_parts_are_the_whole_and_columns_agree_with_cases(draft, rows):
    rows = [CLAIM | row for row in rows]
    found, cases = replay_frame(LAW, draft, "claim", table_of(rows))
    total = found.total
    whole = {name: getattr(total, name) for name in Tally.__dataclass_fields__}
    assert added_up(found.by_enterprise) == whole
    assert added_up(found.by_division) == whole
    assert total.delta_fen == total.gained_fen - total.lost_fen
    assert sum(getattr(total, name) for name in OUTCOMES) == total.cases == len(rows)
    assert sum(group.tally.cases for group in found.by_rule) == total.cases - total.same
    assert sum(group.tally.delta_fen for group in found.by_rule) == total.delta_fen
    judged = [[policy.judge("claim", facts_of(row), on=DAY) for row in rows] for policy in (LAW, draft)]
    assert total.before_fen == sum(item.amount_fen or 0 for item in judged[0])
    assert total.after_fen == sum(item.amount_fen or 0 for item in judged[1])
    for line, old, new in zip(cases.to_dicts(), *judged, strict=True):
        assert (line["before_decision"], line["after_decision"]) == (old.decision, new.decision)
        changed = {rule.rule for rule in difference(old, new).rules}
        assert set(line["cause"].split("+")) - {"", MONEY} <= changed
        assert (line["outcome"] == "same") == ((old.decision, old.amount_fen) == (new.decision, new.amount_fen))
    past = [Stored(old, "", row["enterprise"], row["division"]) for old, row in zip(judged[0], rows, strict=True)]
    stored, _cases = replay_stored(LAW, draft, "claim", past)
    assert (stored.total, stored.by_rule, stored.by_enterprise) == (total, found.by_rule, found.by_enterprise)
    assert stored.waiting == found.waiting


def test_winners_losers_and_the_rule_that_made_them():
    rows = [
        CLAIM | {"insured_months": n, "enterprise": who} for n, who in ((4, "甲"), (6, "甲"), (6, "乙"), (2, "乙"))
    ]
    found, _cases = replay_frame(LAW, KINDER, "claim", table_of([row | {"late_arrears_months": 0} for row in rows]))
    assert (found.total.winner, found.total.same, found.total.delta_fen) == (1, 3, 200_000)
    assert [(group.rules, group.clauses, group.label) for group in found.by_rule] == [
        (("insured_long_enough",), ("QD97.1.2",), "在本企业连续缴费满4个月")
    ]
    assert [(group.key, group.tally.winner) for group in found.by_enterprise] == [("乙", 0), ("甲", 1)]
    (sample,) = found.samples
    assert (sample.case, sample.enterprise, sample.outcome) == ("1", "甲", "winner")
    assert "结论由“不符合”变为“符合”" in sample.difference.sentence()
    json.dumps(found.to_dict(), default=str)


def test_waiting_counts_the_work():
    rows = [CLAIM | {"exam_score": None}, CLAIM]
    found, _cases = replay_frame(LAW, LAW, "claim", table_of(rows))
    assert [(item.rule, item.before, item.after) for item in found.waiting] == [("exam_passed", 1, 1)]
    assert found.total.unknown_after == 1


def test_each_row_is_judged_on_its_own_day():
    draft = LAW.with_changes(parameters={"subsidy_cap_fen": 100_000}, since=date(2020, 11, 1))
    rows = [CLAIM | {"claimed_on": day} for day in (date(2020, 10, 31), date(2020, 11, 1))]
    table = table_of(rows, on=None, day_columns=("claimed_on",))
    found, cases = replay_frame(LAW, draft, "claim", table)
    assert cases["delta_fen"].to_list() == [0, -100_000]
    with pytest.raises(NotInForce):
        replay_frame(LAW, draft, "claim", table_of(rows, on=date(2020, 1, 1)))


def test_an_excused_limit_is_not_a_loss():
    reasons = [["class_size_in_limit"], []]
    rows = [FILING | {"headcount": 81, "soft_reasons": reason} for reason in reasons]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    looser = LAW.with_changes(parameters={"class_size_max": 90})
    table = prepare(frame, on=DAY, day_columns=(), first=DAY)
    _found, cases = replay_frame(LAW, looser, "class_filing", table)
    assert cases["outcome"].to_list() == ["same", "winner"]


def test_other_subjects_are_counted_not_judged():
    past = [Stored(LAW.judge("claim", CLAIM, on=DAY)), Stored(LAW.judge("provider", {}, on=DAY))]
    found, _cases = replay_stored(LAW, STRICTER, "claim", past)
    assert found.skipped == {"其他判定对象的判定": 1}
    with pytest.raises(RulebookError, match="base"):
        replay_stored(LAW, STRICTER, "base", past)


# Rates and results other than money

WH = load_policy("weihai/gold_collar_2019")


def test_a_rate_entered_later_is_a_cause_of_its_own():
    examples = {example.name: example for example in read_examples(WH)[0]}
    rated = next(item for item in examples.values() if item.rates and item.expected["decision"] == "pass")
    law, facts = situation(WH, rated)
    old, new = (policy.judge(rated.subject, facts, on=rated.on) for policy in (WH, law))
    assert (old.decision, new.decision) == (Status.UNKNOWN, Status.PASS)
    for policies in ({}, {"old_policy": WH, "new_policy": WH}):
        found = difference(old, new, **policies)
        assert found.because == ("rate",)
        assert "录入的标准有变化" in found.sentence()


def test_another_result_without_money_is_told():
    policy = load_policy("qingdao/knowledge_renewal_2023")
    hours = [item for item in read_examples(policy)[0] if item.subject == "ce_credit"]
    example = next(item for item in hours if item.expected["decision"] == "pass")
    law, facts = situation(policy, example)
    draft = law.with_changes(parameters={"ce_factor": law.value("ce_factor", example.on) + 1})
    slots = {slot: spec for spec in policy.facts_of(example.subject) for slot in spec.slots}
    values = read_facts(policy.fact_specs, policy.slots, facts)
    frame = pl.DataFrame(
        [[values[slot] for slot in slots]], schema={s: frame_type(spec) for s, spec in slots.items()}, orient="row"
    )
    table = prepare(frame, on=example.on, day_columns=(), first=example.on)
    found, cases = replay_frame(law, draft, example.subject, table)
    assert cases["outcome"].to_list() == ["other_result"]
    assert [group.rules for group in found.by_rule] == [(RESULT,)]
    assert found.samples[0].difference.outcomes
    past = [Stored(law.judge(example.subject, facts, on=example.on))]
    assert replay_stored(law, draft, example.subject, past)[0].total == found.total
