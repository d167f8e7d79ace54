"""Loading, dates, numbers, explanations, and what a broken folder says."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from peibu.rulebook import (
    FactError,
    Judgement,
    NotInForce,
    PolicyError,
    RulebookError,
    Status,
    check_policy,
    list_policies,
    load_policy,
    policies_root,
)
from peibu.rulebook.rules_lint import lint_rules
from peibu.rulebook.yaml_reader import read_yaml

QD = "qingdao/industrial_internet_2020"
DAY = date(2020, 11, 10)


@pytest.fixture
def policy():
    return load_policy(QD)


@pytest.fixture
def broken(tmp_path):
    """Return a function that copies the policy with one replacement in one file and loads the copy."""

    def load(file: str, old: str, new: str):
        folder = tmp_path / "a" / "b"
        shutil.copytree(policies_root() / QD, folder)
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return load_policy("a/b", root=tmp_path)

    return load


def test_all_clauses_of_the_document_are_there_in_both_languages(policy):
    assert len(policy.clauses) == 31
    assert all(clause.says_zh and clause.says_en for clause in policy.clauses)


def test_a_policy_is_read_once_until_it_changes(broken, policy):
    assert load_policy(QD) is policy
    other = broken("policy.yaml", "short_title", "shorter_title")
    assert other.fingerprint != policy.fingerprint


def test_a_number_has_a_first_day(policy):
    assert policy.value("subsidy_cap_fen", on=date(2020, 9, 15)) == 200000
    assert policy.value("class_filing_reading", on=DAY) == "lead_time"
    with pytest.raises(NotInForce):
        policy.value("subsidy_cap_fen", on=date(2020, 9, 14))


def test_judging_before_the_first_day_is_an_error_not_a_refusal(policy):
    with pytest.raises(NotInForce, match="2020-09-15"):
        policy.judge("claim", {}, on=date(2020, 9, 14))


def test_no_facts_give_unknown_everywhere_and_name_who_can_help(policy):
    for subject in policy.subjects:
        judgement = policy.judge(subject, {}, on=DAY)
        assert judgement.decision is Status.UNKNOWN
        assert judgement.amount_fen is None
        assert all(finding.status is Status.UNKNOWN and finding.missing for finding in judgement.findings)
    assert "由企业提供" in policy.judge("claim", {}, on=DAY).findings[1].sentence


def test_a_failure_names_the_run_and_the_earliest_month(policy):
    facts = {"insured_months": 4, "arrears_months": 1, "run_first_month": "2020-07", "run_last_month": "2020-10"}
    finding = next(f for f in policy.judge("claim", facts, on=DAY).findings if f.rule == "insured_long_enough")
    assert "连续缴费4个月（2020-07至2020-10），其中补缴1个月" in finding.sentence
    assert "还需再缴2个月，最早2020-12可申领" in finding.sentence
    assert finding.clause == "QD97.1.2"


def test_incomplete_records_are_said_to_be_incomplete(policy):
    facts = {"insured_months": {"low": 4, "high": 9}, "arrears_months": 0, "insurance_gap_month": "2020-06"}
    finding = next(f for f in policy.judge("claim", facts, on=DAY).findings if f.rule == "insured_long_enough")
    assert finding.status is Status.UNKNOWN
    assert "可确认连续缴费4个月，最多可能9个月" in finding.sentence
    assert finding.missing == ()


def test_an_excused_soft_limit_stays_visible(policy):
    facts = {"headcount": 81, "soft_reasons": {"class_size_in_limit": {"reason": "并班", "approver": "李审核"}}}
    finding = next(f for f in policy.judge("class_filing", facts, on=DAY).findings if f.soft and "81" in f.sentence)
    assert finding.status is Status.FAIL
    assert "并班" in finding.sentence
    assert "李审核" in finding.sentence


def test_a_determination_reads_back_and_can_be_judged_again(policy):
    facts = {"insured_months": [4, 9], "claimed_on": "2020-11-10", "fee_per_person_fen": 1, "exam_score": 60}
    judgement = policy.judge("claim", facts, on=DAY, known_at=DAY)
    back = Judgement.from_json(judgement.to_json())
    assert back.to_json() == judgement.to_json()
    assert back.findings == judgement.findings
    again = load_policy(back.policy).judge(back.subject, back.facts, on=back.on, known_at=back.known_at)
    assert again == judgement


def test_every_wrong_fact_is_told_at_once(policy):
    facts = {"exam_score": "六十", "claimed_on": "2020-02-30", "fee_per_person_fen": 1800.5, "exam_scores": 1}
    with pytest.raises(FactError) as caught:
        policy.judge("claim", facts, on=DAY)
    assert len(caught.value.problems) == 4
    assert "exam_score" in str(caught.value)
    assert "没有这一天" in str(caught.value)


def test_an_unknown_subject_or_policy_lists_the_known_ones(policy):
    with pytest.raises(RulebookError, match="claim"):
        policy.judge("claims", {}, on=DAY)
    with pytest.raises(PolicyError, match=QD):
        load_policy("qingdao/nothing")
    with pytest.raises(PolicyError, match=QD):
        load_policy(f"qingdao/../{QD}")


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (
            "rules.py",
            "f.exam_score >= p.pass_mark",
            "f.exam_scor >= p.pass_mark",
            r"rules\.py:\d+: .*exam_scor.*exam_score",
        ),
        (
            "rules.py",
            "f.exam_score >= p.pass_mark",
            "f.exam_score >= p.passmark",
            r"rules\.py:\d+: .*passmark.*pass_mark",
        ),
        ("rules.py", "f.exam_score >= p.pass_mark", "f.exam_score >= 60", r"rules\.py:\d+: the number 60"),
        (
            "rules.py",
            "return f.sample_paper_attached",
            "return f.sample_paper_attached and 1",
            r"rules\.py:\d+: .*all_of",
        ),
        ("rules.py", '@rule("QD97.3.8"', '@rule("QD97.3.88"', r"rules\.py:\d+: .*QD97.3.88"),
        ("rules.py", '"exam_filing")', '"exam_filling")', r"rules\.py:\d+: .*exam_filling"),
        ("rules.py", "lead_time=ahead, window=inside", "lead_time=ahead", r"rules\.py:\d+: .*pick"),
        ("rules.py", "return f.employment_registered", "return 1", r"rules\.py:\d+: .*int"),
        ("rules.py", "    figure,\n", "    figure,\n    figur,\n", r"rules\.py:\d+: ImportError"),
        (
            "rules.py",
            "from peibu.rulebook import",
            "import os\nfrom peibu.rulebook import",
            r"rules\.py:\d+: .*imports os",
        ),
        ("wording.yaml", "{exam_score}", "{exam_points}", r"wording\.yaml:\d+: .*exam_points"),
        ("wording.yaml", "exam_passed:", "exam_pass:", r"wording\.yaml.*exam_pass"),
        ("parameters.yaml", "unit: fen", "unit: yuan", r"parameters\.yaml:\d+: .*yuan"),
        ("parameters.yaml", "value: 200000", "value: 2000.00", r"parameters\.yaml:\d+: .*2000"),
        ("parameters.yaml", "value: 200000", "value: 2020-02-30", r"parameters\.yaml"),
        ("parameters.yaml", "parameters:", "parameters:\n  on: 1", r"parameters\.yaml:\d+: .*YAML 1.1"),
        ("parameters.yaml", "clause: QD97.4.2", "clause: QD97.9", r"parameters\.yaml.*QD97.9"),
        ("interpretations.yaml", "reading: lead_time", "reading: lead", r"interpretations\.yaml:\d+: .*lead"),
        ("facts.yaml", "- contract_kind", "- contract_knd", r"facts\.yaml.*contract_kind"),
        ("facts.yaml", "type: boolean", "type: bool", r"facts\.yaml:\d+: .*bool"),
        ("clauses.yaml", "realised: process", "realised: proces", r"clauses\.yaml:\d+: .*proces"),
        ("clauses.yaml", "id: QD97.7\n", "id: QD97.6.3\n", r"clauses\.yaml:\d+: .*twice.*QD97.6.3"),
        ("process.yaml", "to: confirmed", "to: confirmd", r"process\.yaml:\d+: .*confirmd"),
        (
            "process.yaml",
            "from: [reviewed], to: approved",
            "from: [reviewed], to: notice",
            r"process\.yaml:\d+: .*reached",
        ),
        ("process.yaml", "role: [hrss_approver]", "role: [boss]", r"process\.yaml:\d+: .*boss"),
        (
            "process.yaml",
            "working_days: claim_review_working_days",
            "working_days: 5",
            r"process\.yaml:\d+: .*parameter",
        ),
        (
            "process.yaml",
            "clock: none, clause: QD97.3.4",
            "clock: none, clause: QD97.3.44",
            r"process\.yaml:\d+: .*QD97.3.44",
        ),
        ("process.yaml", "label_en: paid, final: true", "label_en: paid", r"process\.yaml:\d+: .*no way out"),
        ("policy.yaml", "document_number:", "number:", r"policy\.yaml: .*document_number"),
    ],
)
def test_a_broken_folder_says_where_and_what_to_do(broken, file, old, new, told):
    with pytest.raises(PolicyError, match=told) as caught:
        broken(file, old, new)
    assert caught.value.remedy


def test_a_clause_that_nothing_realises_fails_the_check(broken):
    changed = broken("clauses.yaml", "supervision\n  realised: process", "supervision\n  realised: computed")
    assert [error.clause for error in check_policy(changed)] == ["QD97.6.3"]


def test_an_unknown_amount_is_never_paid_even_where_every_rule_passes(broken):
    import polars as pl

    changed = broken(
        "rules.py", "all_of(f.fee_paid_by_enterprise, f.fee_per_person_fen > 0)", "f.fee_paid_by_enterprise"
    )
    facts = dict(read_yaml(changed.folder / "cases.yaml")["bases"]["claim"])
    frame = pl.DataFrame([facts]).with_columns(pl.col("last_paid_month").str.to_date("%Y-%m"))
    assert changed.judge_frame("claim", frame, on=DAY).collect()["amount_fen"].to_list() == [200000]
    judgement = changed.judge("claim", {**facts, "fee_per_person_fen": None}, on=DAY)
    assert (judgement.decision, judgement.amount_fen) == (Status.UNKNOWN, None)
    without = changed.judge_frame("claim", frame.drop("fee_per_person_fen"), on=DAY).collect()
    assert without.select("decision", "amount_fen").row(0) == ("unknown", None)


def test_a_changed_reading_changes_later_determinations_only(broken):
    later = "    - {reading: window, from: 2020-12-01, on_whose_word: 某局, why: 另有答复}\n  arrears_reading:"
    changed = broken("interpretations.yaml", "  arrears_reading:", later)
    facts = {"class_filing_lead_days": 8}

    def filed(on):
        findings = changed.judge("class_filing", facts, on=on).findings
        return next(finding.status for finding in findings if finding.rule == "class_filed_in_time")

    assert (filed(date(2020, 11, 30)), filed(date(2020, 12, 1))) == (Status.PASS, Status.FAIL)


@pytest.mark.parametrize(
    ("write", "told", "advice"),
    [
        ("f.a if f.b else f.c", "if ... else", "when(c)"),
        ("f.a and f.b", "`and`", "all_of"),
        ("f.a or f.b", "`or`", "any_of"),
        ("not f.a", "`not`", "~a"),
        ("f.a in p.codes", "`in`", "is_in"),
        ("f.a not in p.codes", "`not in`", "~is_in"),
        ("f.a is None", "`is`", "~is_known"),
        ("f.a is not None", "`is not`", "is_known"),
        ("0 < f.a < p.b", "a < b < c", "between"),
        ("min(f.a, p.b)", "min()", "least"),
        ("max(f.a, p.b)", "max()", "greatest"),
        ("sum([f.a, f.b])", "sum()", "a + b"),
        ("any([f.a])", "any()", "any_of"),
        ("all([f.a])", "all()", "all_of"),
        ("len(f.a)", "len()", "count_of"),
        ("abs(f.a)", "abs()", "greatest"),
        ("round(f.a)", "round()", "round down"),
        ("int(f.a)", "int()", "facts.yaml"),
        ("float(f.a)", "float()", "fen"),
        ("f.a / p.b", "`/`", "percent_of"),
        ("f.a ** p.b", "`**`", "multiply"),
        ("f.a >= 60", "the number 60", "parameters.yaml"),
        ("f.a >= 0.5", "the number 0.5", "parameters.yaml"),
    ],
)
def test_pythons_own_words_in_a_rule_name_line_clause_and_remedy(write, told, advice):
    source = f'@rule("QD97.1", "claim")\ndef name(f, p):\n    return {write}\n'
    (error,) = lint_rules(source, "rules.py")
    assert (error.file, error.line, error.clause) == ("rules.py", 3, "QD97.1")
    assert told in error.problem
    assert advice in error.remedy


@pytest.mark.parametrize("body", ["if f.a:\n        pass", "for x in f.a:\n        pass", "while f.a:\n        pass"])
def test_pythons_own_statements_in_a_rule_are_refused(body):
    errors = lint_rules(f'@amount("QD97.4.2", "claim")\ndef name(f, p):\n    {body}\n    return f.a\n')
    assert [(error.line, error.clause) for error in errors] == [(3, "QD97.4.2")]


@pytest.mark.parametrize("path", list_policies())
def test_no_number_stands_in_a_rule(path):
    rules = policies_root() / path / "rules.py"
    assert lint_rules(rules.read_text(encoding="utf-8"), rules) == []


def test_the_rulebook_needs_no_polars_for_one_case():
    import subprocess
    import sys

    code = (
        "import sys, datetime; from peibu.rulebook import load_policy;"
        f"load_policy({QD!r}).judge('claim', {{}}, on=datetime.date(2020, 11, 10));"
        "assert 'polars' not in sys.modules and 'django' not in sys.modules"
    )
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root)
