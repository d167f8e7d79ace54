"""Rate tables: what is known, what nobody has entered, what the desk adds, and what a wrong file says."""

import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peibu.rulebook import Judgement, PolicyError, RateEntry, RateError, Status, check_policy, load_policy

ROOT = Path(__file__).parent / "policies"
DAY = date(2019, 11, 1)
PASSED = {"score": 60, "by_agreement": True}


@pytest.fixture
def policy():
    return load_policy("test/rates", root=ROOT)


def entry(key=("junior",), value=50000, start=DAY, end=None, table="standard_fen", cite="某局来函"):
    return RateEntry(table, key, start, end, value, cite)


def test_a_known_rate_is_paid_and_kept_with_the_judgement(policy):
    judgement = policy.judge("claim", PASSED | {"level": "senior"}, on=DAY)
    assert (judgement.decision, judgement.amount_fen) == (Status.PASS, 100001)
    assert [(used.key, used.value, used.cite) for used in judgement.rates] == [
        (("senior",), 100001, "测试〔2019〕2号附表")
    ]


@pytest.mark.parametrize(
    ("on", "fen"), [(date(2019, 11, 30), 100001), (date(2019, 12, 1), 120000), (date(2019, 10, 21), 100001)]
)
def test_a_rate_holds_from_its_first_to_its_last_day(policy, on, fen):
    assert policy.judge("claim", PASSED | {"level": "senior"}, on=on).amount_fen == fen


def test_a_rate_that_nobody_entered_waits_and_says_who_enters_it(policy):
    judgement = policy.judge("claim", PASSED | {"level": "technician"}, on=DAY)
    assert (judgement.decision, judgement.amount_fen, judgement.payee) == (Status.UNKNOWN, None, None)
    finding = judgement.findings[-1]
    assert (finding.rule, finding.clause, finding.missing) == ("subsidy", "T2", ("rate:standard_fen",))
    assert finding.sentence == "培训补贴标准（技师）尚未录入：标准由测试〔2019〕2号规定，待市级主管部门录入"
    english = policy.judge("claim", PASSED | {"level": "technician"}, on=DAY, lang="en").findings[-1].sentence
    assert english == (
        "The training subsidy standard (technician) is not known: it stands in 测试〔2019〕2号 "
        "and is to be entered by the city bureau"
    )


def test_an_unknown_key_asks_for_the_fact_not_for_the_rate(policy):
    finding = policy.judge("claim", PASSED, on=DAY).findings[-1]
    assert finding.missing == ("level",)
    assert "由学员提供" in finding.sentence


def test_a_rule_that_reads_a_rate_names_fact_and_rate(policy):
    judgement = policy.judge("allowance", {"occupation": "6-18", "level": "senior"}, on=DAY)
    assert judgement.findings[0].missing == ("rate:share_percent",)
    assert "实训占比（6-18、高级工）尚未录入" in judgement.findings[0].sentence
    both = policy.judge("allowance", {"level": "senior"}, on=DAY)
    assert both.findings[0].missing == ("occupation",)


def test_the_desk_enters_what_was_missing(policy):
    share = entry(("6-18", "senior"), 75, table="share_percent")
    judgement = policy.with_rates([share]).judge("allowance", {"occupation": "6-18", "level": "senior"}, on=DAY)
    assert (judgement.decision, judgement.amount_fen, judgement.payee) == (Status.PASS, 75000, "person")
    assert set(judgement.rates) == {share, policy.rates["standard_fen"].entry(["senior"], DAY)}


def test_a_judgement_with_rates_of_the_desk_is_computed_again_from_its_json(policy):
    facts = PASSED | {"level": "junior"}
    judgement = policy.with_rates([entry()]).judge("claim", facts, on=DAY, known_at=DAY)
    back = Judgement.from_json(judgement.to_json())
    assert back.rates == judgement.rates
    again = policy.with_rates(back.rates).judge(back.subject, back.facts, on=back.on, known_at=back.known_at)
    assert again == judgement
    assert policy.judge("claim", facts, on=DAY).decision is Status.UNKNOWN  # the folder itself is as it was


def test_old_json_without_rates_outcomes_and_payee_still_reads(policy):
    import json

    data = json.loads(policy.judge("claim", {}, on=DAY).to_json())
    for name in ("rates", "outcomes", "payee"):
        del data[name]
    back = Judgement.from_json(json.dumps(data))
    assert (back.rates, back.outcomes, back.payee) == ((), {}, None)


def test_a_rate_entered_for_later_days_changes_nothing_before(policy):
    later = policy.with_rates([entry(start=date(2019, 11, 2), end=date(2019, 11, 3))])
    facts = PASSED | {"level": "junior"}
    found = [later.judge("claim", facts, on=date(2019, 11, day)).amount_fen for day in (1, 2, 3, 4)]
    assert found == [None, 50000, 50000, None]


def test_the_same_entries_give_the_same_policy(policy):
    assert policy.with_rates([]) is policy
    assert policy.with_rates([entry()]) is policy.with_rates([entry()])
    assert policy.with_rates(policy.rates["standard_fen"].rows).rates["standard_fen"].rows == (
        policy.rates["standard_fen"].rows
    )


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (entry(("senior",), 1), "重叠"),
        (entry(("senior",), 1, date(2018, 1, 1), date(2019, 10, 21)), "重叠"),
        (entry(("expert",)), "没有代码“expert”"),
        (entry(("junior", "senior")), "应有1个键"),
        (entry(value=1.5), "非负整数"),
        (entry(value=-1), "非负整数"),
        (entry(value=True), "非负整数"),
        (entry(end=date(2019, 10, 1)), "早于"),
        (entry(start="2019-11-01"), "起止日期"),
        (entry(cite=" "), "缺少依据"),
        (entry(table="standards"), "可选：standard_fen"),
        (entry(("6-18", "senior"), 81, table="share_percent"), "超过“占比上限”80"),
    ],
)
def test_a_wrong_entry_is_refused_in_chinese(policy, bad, told):
    with pytest.raises(RateError, match=told):
        policy.with_rates([bad])


def test_all_wrong_entries_are_told_at_once_and_contradictions_among_them(policy):
    with pytest.raises(RateError) as caught:
        policy.with_rates([entry(("expert",)), entry(value=-1), entry(), entry(value=3)])
    assert len(caught.value.problems) == 3


def test_an_entry_beside_a_row_of_the_folder_is_welcome(policy):
    before = entry(("senior",), 1, date(2018, 1, 1), date(2019, 10, 20))
    assert len(policy.with_rates([before]).rates["standard_fen"].rows) == 3


LEVELS = st.sampled_from(["junior", "senior", "technician", None])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(LEVELS, st.sampled_from(["6-18", "4-04", None]), st.integers(58, 61)), min_size=1, max_size=20)
)
def test_frame_equals_scalar_with_rates(rows):
    policy = load_policy("test/rates", root=ROOT).with_rates(
        [
            entry(),
            entry(("6-18", "senior"), 80, table="share_percent"),
            entry(("4-04", "junior"), 0, table="share_percent"),
        ]
    )
    facts = [
        {"level": level, "occupation": code, "score": score, "by_agreement": score > 60} for level, code, score in rows
    ]
    schema = {"level": pl.String, "occupation": pl.String, "score": pl.Int64, "by_agreement": pl.Boolean}
    for subject in policy.subjects:
        out = policy.judge_frame(subject, pl.DataFrame(facts, schema=schema), on=DAY).collect(engine="streaming")
        for given_facts, line in zip(facts, out.to_dicts(), strict=True):
            judgement = policy.judge(subject, given_facts, on=DAY)
            assert (line["decision"], line["amount_fen"]) == (judgement.decision, judgement.amount_fen)
            for name in policy.plan(subject, DAY).outcomes:
                assert line[f"outcome_{name}"] == judgement.outcomes.get(name)


def test_outcomes_and_payee_of_a_passed_case_only(policy):
    facts = PASSED | {"level": "senior"}
    assert policy.judge("claim", facts, on=DAY).outcomes == {"payee": "enterprise"}
    assert policy.judge("claim", facts, on=DAY).payee == "enterprise"
    assert policy.judge("claim", facts | {"by_agreement": False}, on=DAY).payee == "person"
    failed = policy.judge("claim", facts | {"score": 59}, on=DAY)
    assert (failed.outcomes, failed.payee, failed.amount_fen) == ({}, None, 0)
    title = policy.judge("title", {"score": 60, "level": "junior"}, on=DAY)
    assert (title.outcomes, title.amount_fen, title.payee) == ({"recognised_title": "none"}, None, None)


def test_an_outcome_that_is_unknown_keeps_the_case_open(policy):
    judgement = policy.judge("claim", {"score": 60, "level": "senior"}, on=DAY)
    assert (judgement.decision, judgement.amount_fen, judgement.outcomes) == (Status.UNKNOWN, None, {})
    assert (judgement.findings[-1].rule, judgement.findings[-1].missing) == ("payee", ("by_agreement",))
    assert judgement.findings[-1].title == "补贴发放对象"


def test_a_table_counts_as_what_realises_its_clause(policy):
    assert check_policy(policy) == []


@pytest.fixture
def broken(tmp_path):
    def load(file: str, old: str, new: str):
        folder = tmp_path / "a" / "b"
        shutil.copytree(ROOT / "test" / "rates", folder)
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return load_policy("a/b", root=tmp_path)

    return load


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("rates.yaml", "unit: fen", "unit: yuan", r"rates\.yaml:\d+: .*yuan.*\[T2\]"),
        ("rates.yaml", "clause: T2", "clause: T9", r"rates\.yaml:\d+: .*\[T9\]"),
        ("rates.yaml", "{level: levels}", "{level: grades}", r"rates\.yaml:\d+: .*grades.*\[T2\] -> text, or one of"),
        ("rates.yaml", "{level: levels}", "{}", r"rates\.yaml:\d+: .*keys"),
        ("rates.yaml", "supplied_by: city_bureau", "supplied_by: mayor", r"rates\.yaml:\d+: .*mayor"),
        ("rates.yaml", "max: share_max", "max: share", r"rates\.yaml:\d+: .*share"),
        ("rates.yaml", "source: 市局通知", "sources: 市局通知", r"rates\.yaml:\d+: .*source"),
        ("rates.yaml", "key: [senior], from", "key: [expert], from", r"rates\.yaml:11: .*expert.*\[T2\]"),
        ("rates.yaml", "key: [senior], from", "key: senior, from", r"rates\.yaml:11: .*list"),
        ("rates.yaml", "value: 100001", "value: 1000.01", r"rates\.yaml:11: .*1000.01"),
        ("rates.yaml", "confidence: H", "confidence: sure", r"rates\.yaml:11: .*sure"),
        ("rates.yaml", ", cite: 测试〔2019〕2号附表", "", r"rates\.yaml:11: .*incomplete"),
        ("rates.yaml", "to: 2019-11-30", "to: 2019-12-01", r"rates\.yaml:12: .*same day"),
        ("rules.py", "rate(p.standard_fen, f.level)", "rate(p.standard_fen)", r"rules\.py:\d+: .*1 key.*level"),
        (
            "rules.py",
            "rate(p.standard_fen, f.level)",
            "rate(p.pass_mark, f.level)",
            r"rules\.py:\d+: .*rates\.yaml.*rate\(p\.<table>",
        ),
        ("rules.py", '@amount("T2", "allowance")', '@amount("T2", "claim")', r"rules\.py:\d+: .*already gives"),
        ("rules.py", 'name="recognised_title"', 'name="payee"', r"^$"),
        ("wording.yaml", "title: 认定的职称", "titel: 认定的职称", r"wording\.yaml:\d+: .*title"),
        ("parameters.yaml", "share_max:", "standard_fen:", r"twice|share_max"),
        ("policy.yaml", "who: person", "who: everybody", r"policy\.yaml:\d+: .*everybody.* -> one of person"),
        ("policy.yaml", "per: day", "per: hour", r"policy\.yaml:\d+: .*hour"),
        ("policy.yaml", "payee: person, per", "payee: nobody, per", r"policy\.yaml:\d+: .*nobody"),
        ("policy.yaml", "payee: person, per", "payes: person, per", r"policy\.yaml:\d+: .*payes"),
        ("policy.yaml", "until: 2019-12-31", "until: 2019-10-20", r"policy\.yaml:\d+: .*until"),
        ("policy.yaml", "from: 2019-10-21", "from: soon", r"policy\.yaml:\d+: .*from"),
    ],
)
def test_a_broken_file_says_where_and_what_to_do(broken, file, old, new, told):
    if told == "^$":
        assert broken(file, old, new).judge("title", {"score": 60, "level": "senior"}, on=DAY).payee == "engineer"
        return
    with pytest.raises(PolicyError, match=told) as caught:
        broken(file, old, new)
    assert caught.value.remedy


def test_a_number_that_is_not_yet_in_force_is_an_error_not_a_zero(broken):
    from peibu.rulebook import NotInForce

    changed = broken("rules.py", "f.score >= p.pass_mark", "f.score >= p.later_mark")
    with pytest.raises(NotInForce, match="以后的分数"):
        changed.judge("claim", {}, on=DAY)
    assert changed.judge("claim", {"score": 69}, on=date(2020, 1, 1)).decision is Status.FAIL


def test_until_is_for_display(policy):
    assert policy.judge("claim", {}, on=date(2021, 1, 1)).decision is Status.UNKNOWN
