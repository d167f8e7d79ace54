"""A table of mistakes: each kind of error in a folder names its file, its line, its clause and what to do."""

import pytest

from peibu.cli.__main__ import main
from peibu.rulebook import PolicyError
from peibu.rulebook.inspection import inspect_folder
from peibu.rulebook.scaffold import new_policy

PATH = "somewhere/example_2024"
NEAR = 8  # lines between the slip and the item it is told at

RATES = """rates:
  standard_fen:
    label: 补贴标准
    label_en: standard
    unit: fen
    clause: XX.2
    keys: {level: text}
    source: 另一份文件
    supplied_by: city_bureau
    rows: [{key: [a], from: 2024-01-01, value: 1, cite: 某处}]
"""
# file, what stands there, what is written instead, what is said, the clause that is named ("" = none is known)
MISTAKES = [
    # rules.py: names
    ("rules.py", "f.class_hours_attended >= p", "f.class_hours_attendet >= p", "unknown fact.*did you mean", "XX.1"),
    ("rules.py", "p.subsidy_cap_fen", "p.subsidy_cap", "unknown number.*subsidy_cap_fen", "XX.2"),
    ("rules.py", '@rule("XX.4"', '@rule("XX.44"', "cites a clause", "XX.44"),
    ("rules.py", '@rule("XX.4", "claim")', '@rule("XX.4", "clam")', "unknown or missing subject.*claim", "XX.4"),
    ("rules.py", '@rule("XX.4", "claim")', '@rule("XX.4")', "unknown or missing subject", "XX.4"),
    ("rules.py", "import amount,", "import amounts,", "amounts", ""),
    # rules.py: Python that cannot judge an unknown
    ("rules.py", "return least(p.subsidy_cap_fen, f.fee_paid_fen)", "return min(p.subsidy_cap_fen, f.fee_paid_fen)", "least|min", "XX.2"),
    ("rules.py", "return f.class_hours_attended >= p.class_hours_min", "return f.class_hours_attended >= 40", "the number 40.*parameters.yaml", "XX.1"),
    ("rules.py", "return f.class_hours_attended >= p.class_hours_min", "return f.class_hours_attended and p.pass_mark", "all_of", "XX.1"),
    ("rules.py", "return f.class_hours_attended >= p.class_hours_min", "return not f.class_hours_attended", "~|Not", "XX.1"),
    ("rules.py", "return f.class_hours_attended >= p.class_hours_min", "return 1 if f.exam_score else 0", "when", "XX.1"),
    ("rules.py", "return f.class_hours_attended >= p.class_hours_min", "return 0 < f.exam_score < p.pass_mark", "a < b < c|Compare", "XX.1"),
    ("rules.py", "return f.class_hours_attended >= p.class_hours_min", "return f.exam_score in p.pass_mark", "is_in|In|in ", "XX.1"),
    ("rules.py", "return f.class_hours_attended >= p.class_hours_min", "return 1", "int.*return a comparison|not an expression", "XX.1"),
    ("rules.py", "def within_policy_period(f, p):", "def within_policy_period(f, q):", "f \\(facts\\) and p", "XX.4"),
    ("rules.py", "included=f.exam_score >= p.pass_mark, above", "aboove", "give every reading one option", "XX.1|"),
    ("rules.py", "from peibu.rulebook import", "import os\nfrom peibu.rulebook import", "imports os", ""),
    ("rules.py", "def subsidy(f, p):", "def subsidy(f, p:", "Python|syntax|closed", ""),
    ("rules.py", "return between(", "return open(f.a) or between(", "open|BoolOp", "XX.4"),
    # clauses.yaml
    ("clauses.yaml", "realised: process", "realised: proces", "not known.*computed", "XX.3"),
    ("clauses.yaml", "- id: XX.2\n", "- id: XX.1\n", "occurs twice", "XX.1"),
    ("clauses.yaml", "  says_en: The person claims; the agency reviews within the working days set.\n", "", "without says_en", "XX.3"),
    ("clauses.yaml", "realised: for_information", "realised: computed", "nothing cites it", "XX.5"),
    # parameters.yaml
    ("parameters.yaml", "unit: fen", "unit: yuan", "unknown unit 'yuan'.*fen", "XX.2"),
    ("parameters.yaml", "value: 150000", "value: 1500.00", "whole fen", "XX.2"),
    ("parameters.yaml", "from: 2024-01-01, value: 60", "from: soon, value: 60", "from: 2020-09-15", "XX.1"),
    ("parameters.yaml", "value: 2024-12-31", "value: 2024-02-30", "impossible|day|date", ""),
    ("parameters.yaml", "label_en: pass mark, ", "", "without label_en", "XX.1"),
    ("parameters.yaml", "clause: XX.3", "clause: XX.33", "does not have", "XX.33"),
    ("parameters.yaml", "parameters:\n", "parameters:\n  on: 1\n", "YAML 1.1", ""),
    # interpretations.yaml
    ("interpretations.yaml", "reading: included", "reading: include", "not among the readings", "XX.1"),
    ("interpretations.yaml", "      why: 通常的计分习惯。\n", "", "without why", "XX.1|"),
    ("interpretations.yaml", ", en: the pass mark itself passes", "", "en", "XX.1"),
    # facts.yaml
    ("facts.yaml", "type: fen", "type: money", "unknown type 'money'", ""),
    ("facts.yaml", "use: [claimed_on]", "use: [claimd_on]", "unknown shared fact.*claimed_on", ""),
    ("facts.yaml", "    privacy: personal\n  class_hours", "  class_hours", "privacy", ""),
    ("facts.yaml", "type: integer\n    label: 考核成绩", "type: code\n    label: 考核成绩", "choices", ""),
    # wording.yaml
    ("wording.yaml", "{exam_score}分", "{exam_scores}分", "exam_scores, which is no fact", "XX.1"),
    ("wording.yaml", "assessment_passed:", "assessment_pass:", "no rule|without title", "XX.1|"),
    ("wording.yaml", '  fail_en: "Score {exam_score}: not passed"\n', "", "without fail_en", "XX.1"),
    ("wording.yaml", '  fix_en: "Attend {hours_missing} more class hours"\n', "", "both languages", "XX.1"),
    ("wording.yaml", "  pass: 已学", "  passed: 已学", "unknown|keys", "XX.1"),
    # process.yaml
    ("process.yaml", "to: approved", "to: approvd", "unknown state 'approvd'", "XX.3"),
    ("process.yaml", "working_days: review_working_days", "working_days: 5", "not a number of parameters.yaml", "XX.3"),
    ("process.yaml", "role: [trainee]", "role: [student]", "unknown role 'student'", "XX.3"),
    ("process.yaml", "label_en: refused, final: true", "label_en: refused", "no way out", "XX.3"),
    ("process.yaml", "clock: none, clause: XX.3}\n      approve", "clock: none, clause: XX.9}\n      approve", "XX.9", "XX.3|XX.9"),
    # policy.yaml
    ("policy.yaml", "document_number:", "number:", "without document_number", ""),
    ("policy.yaml", "payee: person ", "payee: anybody ", "unknown payee", ""),
    ("policy.yaml", "in_force: {from: 2024-01-01", "in_force: {from: soon", "from must be a date", ""),
    ("policy.yaml", "label_en: subsidy claim, ", "", "label_en", ""),
    # codes.yaml, rates.yaml
    ("codes.yaml", "codes: {}", "codes:\n  kinds: {label: 类, label_en: kinds, clause: XX.1, items: {a: {zh: 甲}}}", "en", "XX.1"),
    ("rates.yaml", None, RATES.replace("unit: fen", "unit: yuan"), "unknown unit", "XX.2"),
    ("rates.yaml", None, RATES.replace("value: 1,", "value: 1.5,"), "standard_fen", "XX.2"),
    ("rates.yaml", None, RATES.replace("supplied_by: city_bureau", "supplied_by: nobody"), "supplier", "XX.2"),
    # cases.yaml
    ("cases.yaml", "fails: [hours_attended]", "fails: [assessment_passed]", "expected.*came out", "XX.1"),
    ("cases.yaml", "amount_fen: 150000}", "amount_fen: 150001}", "expected 150001, came out 150000", ""),
    ("cases.yaml", "{name: 恰好60分, subject: claim,", "{name: 恰好60分, subject: clam,", "unknown subject 'clam'", ""),
    ("cases.yaml", "facts: {exam_score: 59}", "facts: {exam_scor: 59}", "exam_scor", "XX.1"),
    ("cases.yaml", "- {name: 没有成绩, subject: claim, without: [exam_score], decision: unknown, unknown: [assessment_passed]}\n", "", "no case.*unknown", "XX.1"),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    new_policy(PATH, root=tmp_path, prefix="XX")
    return tmp_path / PATH


def slip(folder, file, old, new):
    """Write the mistake and return the line it stands on."""
    path = folder / file
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    assert old is None or old in text, (file, old)
    path.write_text(new if old is None else text.replace(old, new, 1), encoding="utf-8")
    return 1 if old is None else text[: text.index(old)].count("\n") + 1


def test_the_example_has_no_mistakes(folder):
    report = inspect_folder(folder, cases=True)
    assert (report.errors, report.hints) == ((), ())
    assert report.policy is not None


@pytest.mark.parametrize(
    ("file", "old", "new", "told", "clause"), MISTAKES, ids=[f"{m[0]}-{m[3][:24]}" for m in MISTAKES]
)
def test_each_mistake_names_file_line_clause_and_remedy(folder, file, old, new, told, clause):
    at = slip(folder, file, old, new)
    found = inspect_folder(folder, cases=True).errors
    assert found
    error = next((item for item in found if _matches(told, item)), None)
    assert error is not None, [str(item) for item in found]
    expected = "rules.py" if told.startswith("no case") else file
    assert error.file.endswith(expected) or error.file.endswith("wording.yaml"), error.file
    assert error.remedy
    assert error.clause in clause.split("|"), str(error)
    if error.file.endswith(file) and told != "without document_number":
        assert error.line, str(error)
        near = old is None or file == "policy.yaml" or error.line == 1 or abs(error.line - at) <= NEAR
        assert near, (error.line, at)


def _matches(told, error):
    import re

    return re.search(told, f"{error.problem} -> {error.remedy}") is not None


def test_all_mistakes_of_a_folder_are_told_at_once(folder):
    slips = [
        ("parameters.yaml", "unit: points", "unit: marks"),
        ("parameters.yaml", "value: 150000", "value: 1500.00"),
        ("clauses.yaml", "realised: process", "realised: proces"),
        ("facts.yaml", "type: fen", "type: money"),
        ("rules.py", "f.class_hours_attended >= p", "f.class_hours_attendet >= p"),
        ("wording.yaml", "{claimed_on}不在", "{claimd_on}不在"),
        ("process.yaml", "role: [trainee]", "role: [student]"),
        ("interpretations.yaml", "reading: included", "reading: include"),
        ("policy.yaml", "payee: person ", "payee: anybody "),
        ("codes.yaml", "codes: {}", "codes:\n  kinds: {label: 类}"),
    ]
    for one in slips:
        slip(folder, *one)
    told = "\n".join(map(str, inspect_folder(folder).errors))
    for word in (
        "marks",
        "1500.0",
        "proces",
        "money",
        "attendet",
        "claimd_on",
        "student",
        "include",
        "anybody",
        "kinds",
    ):
        assert word in told, word


def test_a_folder_with_absent_files_names_each(folder):
    for name in ("facts.yaml", "wording.yaml", "rules.py"):
        (folder / name).unlink()
    told = "\n".join(map(str, inspect_folder(folder).errors))
    for name in ("facts.yaml", "wording.yaml", "rules.py"):
        assert f"{name}: the file is missing" in told


def test_what_nothing_uses_is_a_hint_not_an_error(folder):
    slip(folder, "parameters.yaml", "parameters:\n",
         "parameters:\n  spare: {label: 备用, label_en: spare, unit: days, clause: XX.3, values: [{from: 2024-01-01, value: 1}]}\n")  # fmt: skip
    slip(folder, "facts.yaml", "use: [claimed_on]", "use: [claimed_on, employment_registered]")
    slip(folder, "interpretations.yaml", "interpretations:\n", "interpretations:\n  idle: {label: 闲, label_en: idle, clause: XX.1, "
         "question: 甲还是乙, readings: {a: {zh: 甲, en: a}, b: {zh: 乙, en: b}}, "
         "chosen: [{reading: a, from: 2024-01-01, on_whose_word: 某, why: 某}]}\n")  # fmt: skip
    (folder / "paramters.yaml").write_text("parameters: {}\n", encoding="utf-8")
    report = inspect_folder(folder, cases=True)
    assert report.errors == ()
    told = [hint.problem for hint in report.hints]
    for word in ("spare", "employment_registered", "idle", "not read"):
        assert any(word in line for line in told), (word, told)
    assert all(hint.file and hint.remedy for hint in report.hints)


def test_check_prints_everything_and_fails(folder, monkeypatch, capsys):
    monkeypatch.setenv("PEIBU_POLICIES", str(folder.parents[1]))
    assert main(["policy", "check", "--cases", "--hints"]) == 0
    slip(folder, "parameters.yaml", "unit: fen", "unit: yuan")
    slip(folder, "process.yaml", "role: [trainee]", "role: [student]")
    assert main(["policy", "check", PATH]) == 1
    told = capsys.readouterr().err
    assert "yuan" in told
    assert "student" in told
    assert "处问题" in told
    assert main(["policy", "check", "no/where"]) == 1
    assert PATH in capsys.readouterr().err


# Beginning a folder


def test_a_new_folder_keeps_its_names_and_is_never_overwritten(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PEIBU_POLICIES", str(tmp_path))
    words = ["--title", "烟台市技能培训", "--number", "烟人社字〔2024〕2号", "--prefix", "YT2", "--from", "2025-10-15"]
    assert main(["policy", "new", "yantai/skills_2025", *words]) == 0
    assert main(["policy", "check", "yantai/skills_2025", "--cases"]) == 0
    assert main(["policy", "coverage"]) == 0
    out = capsys.readouterr().out
    assert "烟人社字〔2024〕2号" in out
    assert "YT2.5" in out
    text = (tmp_path / "yantai/skills_2025/parameters.yaml").read_text(encoding="utf-8")
    assert "2025-12-31" in text
    assert "2024-" not in text
    before = (tmp_path / "yantai/skills_2025/rules.py").stat().st_mtime_ns
    assert main(["policy", "new", "yantai/skills_2025"]) == 1
    assert "没有改动" in capsys.readouterr().err
    assert (tmp_path / "yantai/skills_2025/rules.py").stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("Yantai/skills", {}),
        ("../skills", {}),
        ("yantai", {}),
        ("a/b/c", {}),
        ("yantai/skills", {"prefix": "yt"}),
        ("yantai/skills", {"title": "a: b"}),
        ("yantai/skills", {"number": 'x"'}),
    ],
)
def test_unfit_names_begin_nothing(tmp_path, path, more):
    with pytest.raises(PolicyError) as caught:
        new_policy(path, root=tmp_path, **more)
    assert caught.value.remedy
    assert list(tmp_path.iterdir()) == []
