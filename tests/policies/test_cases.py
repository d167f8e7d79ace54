"""Runs cases.yaml of every policy folder, and checks that the examples reach every rule in all three ways."""

import shutil
from datetime import date

import pytest

from peibu.rulebook import check_policy, list_policies, load_policy
from peibu.rulebook.cases import differs, judge_example, read_examples, run_examples
from peibu.rulebook.coverage import coverage

ALL = [(path, example) for path in list_policies() for example in read_examples(load_policy(path))[0]]


@pytest.mark.parametrize(("path", "example"), ALL, ids=[f"{path}:{example.name}" for path, example in ALL])
def test_case_is_decided_as_written(path, example):
    policy = load_policy(path)
    assert differs(example, judge_example(policy, example), policy) == []


def test_there_are_policies():
    assert "qingdao/industrial_internet_2020" in list_policies()


@pytest.mark.parametrize("path", list_policies())
def test_every_rule_passes_fails_and_is_unknown_in_some_case(path):
    clauses = coverage(load_policy(path)).clauses
    assert {rule.name: rule.lacking for clause in clauses for rule in clause.rules if rule.lacking} == {}


@pytest.mark.parametrize("path", list_policies())
def test_every_case_can_be_used_and_every_clause_is_realised_as_it_says(path):
    policy = load_policy(path)
    assert read_examples(policy)[1] == []
    assert check_policy(policy) == []


@pytest.mark.parametrize("path", list_policies())
def test_every_sentence_can_be_said_in_both_languages(path):
    policy = load_policy(path)
    for example in read_examples(policy)[0]:
        for lang in ("zh", "en"):
            judged = judge_example(policy, example, lang=lang)
            for finding in judged.findings:
                assert finding.sentence
                assert "None" not in finding.sentence
                assert "{" not in finding.sentence + (finding.fix or "")
                if lang == "en":
                    chinese = [c for c in finding.sentence if "\u4e00" <= c <= "\u9fff"]
                    given = "".join(str(value) for value in [*example.facts.values(), *judged.facts.values()])
                    given += "".join(table.source for table in policy.rates.values())
                    assert all(c in given for c in chinese), finding.sentence


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"decision": "fail"}, "decision: expected fail, came out pass"),
        ({"amount_fen": 1}, "amount_fen: expected 1, came out 200000"),
        ({"fails": ["exam_passed"]}, "fails: expected ['exam_passed'], came out []"),
        ({"payee": "person"}, "payee: expected person, came out enterprise"),
        ({"outcomes": {"hours": 1}}, "outcomes: expected {'hours': 1}, came out {}"),
    ],
)
def test_a_case_that_comes_out_otherwise_says_how(change, told):
    path, example = next(item for item in ALL if item[1].name == "合格者按上限补贴")
    other = {**example.expected, **change}
    assert differs(
        example.__class__(**{**example.__dict__, "expected": other}), judge_example(load_policy(path), example)
    ) == [told]


def test_a_figure_that_comes_out_otherwise_says_how():
    path, example = next(item for item in ALL if item[1].name == "82人超出2人")
    policy = load_policy(path)
    other = {**example.expected, "figures": {"persons_over": 3}}
    wrong = example.__class__(**{**example.__dict__, "expected": other})
    told = differs(wrong, judge_example(policy, wrong), policy)
    assert told == ["figures: expected {'persons_over': 3}, came out {'persons_over': 2}"]


def test_each_and_lacking_make_one_example_of_every_value():
    policy = load_policy("weihai/gold_collar_2019")
    found = {example.name: example.facts for example in read_examples(policy)[0]}
    assert found["三类基地（college）"]["base_kind"] == "college"
    assert found["方案缺一项（mode）"]["plan_parts"] == ["time", "timetable"]
    assert {name for name in found if name.startswith("三类基地")} == {
        "三类基地（enterprise）", "三类基地（college）", "三类基地（recognised_institution）",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("figures: {persons_over: 2}", "figures: {persons_overt: 2}", "no figure persons_overt"),
        (
            "lacking: {archive_parts: [plan,",
            "lacking: {archive_parts: [plans,",
            "plans is not in the list of archive_parts",
        ),
        ("each: {institution_kind: [university,", "each: {institution_kind: [university, university,", "occurs twice"),
    ],
)
def test_a_figure_or_an_item_that_is_not_there_is_told(tmp_path, old, new, told):
    policy = load_policy("qingdao/industrial_internet_2020")
    copy = tmp_path / "a" / "b"
    shutil.copytree(policy.folder, copy)
    text = (copy / "cases.yaml").read_text(encoding="utf-8")
    assert old in text
    (copy / "cases.yaml").write_text(text.replace(old, new), encoding="utf-8")
    (problem,) = run_examples(load_policy("a/b", root=tmp_path))
    assert told in problem.problem
    assert problem.line


def test_a_wrong_case_has_file_line_clause_and_remedy(tmp_path):
    policy = load_policy("qingdao/industrial_internet_2020")
    lines = (policy.folder / "cases.yaml").read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(lines, start=1) if "59分不合格" in line)
    copy = tmp_path / "a" / "b"
    copy.mkdir(parents=True)
    for file in policy.folder.iterdir():
        if file.is_file():
            (copy / file.name).write_bytes(file.read_bytes())
    lines[at - 1] = lines[at - 1].replace("exam_score: 59", "exam_score: 60")
    (copy / "cases.yaml").write_text("\n".join(lines), encoding="utf-8")
    (problem,) = run_examples(load_policy("a/b", root=tmp_path))
    assert (problem.line, problem.clause) == (at, "QD97.3.5")
    assert problem.file.endswith("cases.yaml")
    assert problem.remedy
    assert load_policy("a/b", root=tmp_path).card["in_force"]["from"] == date(2020, 9, 15)
