"""Two versions of a folder, clause by clause; and the versions that can be named."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from peibu.rulebook import PolicyError, load_policy, policies_root
from peibu.rulebook.diff import AREAS, diff_policies
from peibu.rulebook.saying import speak
from peibu.rulebook.versions import read_version

QD = "qingdao/industrial_internet_2020"
EDITS = [
    ("parameters.yaml", "value: 200000", "value: 180000", "number", "subsidy_cap_fen", "QD97.4.2", ("2000元", "1800元")),
    ("rules.py", "f.exam_score >= p.pass_mark", "f.exam_score > p.pass_mark", "rule", "exam_passed", "QD97.3.5",
     ("考试成绩 ≥ 合格分数", "考试成绩 > 合格分数")),
    ("wording.yaml", "fail: 未办理就业登记", "fail: 就业登记没有办", "wording", "employment_registered", "QD97.1.1",
     ("未办理就业登记", "就业登记没有办")),
    ("interpretations.yaml", "reading: training_end", "reading: claim", "reading", "period_reading", "QD97.7",
     ("培训结束日", "申领日")),
    ("process.yaml", "label: 提交备案", "label: 报送备案", "process", "class_filing", "QD97.3.4", ("提交备案", "报送备案")),
    ("clauses.yaml", "  kind: validity", "  kind: period", "clause", "QD97.7", "QD97.7", ("validity", "period")),
    ("codes.yaml", "zh: 区块链", "zh: 区块链技术", "code", "content_topics", "QD97.3.1", ("区块链", "区块链技术")),
    ("facts.yaml", "label: 管理层级", "label: 管理的层级", "fact", "position_level", "", ("管理层级", "管理的层级")),
    ("texts.yaml", 'version: "1"', 'version: "2"', "text", "commitment", "QD97.3.3", ("1", "2")),
    ("policy.yaml", "kind: enterprise_training", "kind: training", "card", "card", "", ("enterprise_training", "training")),
]  # fmt: skip


@pytest.fixture
def edited(tmp_path):
    """Return a function that copies the folder, replaces one text and returns the copy's path."""

    def copy(*replaced):
        folder = tmp_path / "qingdao" / "industrial_internet_2020"
        if not folder.exists():
            shutil.copytree(policies_root() / QD, folder)
        for file, old, new in replaced:
            text = (folder / file).read_text(encoding="utf-8")
            assert old in text, (file, old)
            (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return copy


def test_a_policy_does_not_differ_from_itself(edited):
    found = diff_policies(load_policy(QD), read_version(str(edited())))
    assert found.changes == ()
    assert "没有差别" in found.to_text()


@pytest.mark.parametrize(("file", "old", "new", "area", "name", "clause", "shown"), EDITS, ids=[e[3] for e in EDITS])
def test_one_edit_is_one_change_under_its_clause(edited, file, old, new, area, name, clause, shown):
    found = diff_policies(load_policy(QD), read_version(str(edited((file, old, new)))))
    change = next(item for item in found.changes if item.area == area)
    assert (change.kind, change.name, change.clause) == ("changed", name, clause)
    assert any(shown[0] in detail.old and shown[1] in detail.new for detail in change.details)
    others = {item.area for item in found.changes} - {area}
    assert others <= {"rule", "fact", "wording"}  # a label is shown in whatever speaks of it
    assert change in found.by_clause()[clause]
    assert name in found.to_text()
    json.dumps(found.to_dict())


def test_what_comes_and_goes(edited):
    added = (
        "- id: QD97.8\n  cite: 八\n  kind: report\n  realised: report\n  says_zh: 新条\n  says_en: new\n- id: QD97.7\n"
    )
    dropped = '@rule("QD97.5.4", "payment")\ndef account_is_basic(f):\n    return f.account_kind == "basic"\n'
    folder = edited(("clauses.yaml", "- id: QD97.7\n", added), ("rules.py", dropped, ""))
    text = (folder / "wording.yaml").read_text(encoding="utf-8")
    start = text.index("account_is_basic:")
    end = text.index("archive_complete:")
    (folder / "wording.yaml").write_text(text[:start] + text[end:], encoding="utf-8")
    found = diff_policies(load_policy(QD), read_version(str(folder)))
    told = {(item.area, item.kind, item.name) for item in found.changes}
    assert {("clause", "added", "QD97.8"), ("rule", "removed", "account_is_basic")} <= told
    assert ("wording", "removed", "account_is_basic") in told


def test_a_dated_change_is_shown_with_its_day(edited):
    old = "unit: points, clause: QD97.3.5, values: [{from: 2020-09-15, value: 60}"
    folder = edited(("parameters.yaml", old, old + ", {from: 2021-01-01, value: 70}"))
    (change,) = diff_policies(load_policy(QD), read_version(str(folder))).changes
    assert [(detail.what, detail.old, detail.new) for detail in change.details] == [("2021-01-01起", "", "70")]


def test_every_rule_can_be_said_in_both_languages():
    policy = load_policy(QD)
    for rule in policy.rules:
        chinese, english = speak(policy, rule.expr), speak(policy, rule.expr, "en")
        assert chinese
        assert not any("\u4e00" <= sign <= "\u9fff" for sign in english), english


def test_the_areas_are_those_that_can_differ():
    assert set(AREAS) >= {edit[3] for edit in EDITS}


# Versions


@pytest.fixture
def repository(edited):
    folder = edited()
    top = folder.parents[1]
    git = ["git", "-C", str(top), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"], ["tag", "first"]):
        subprocess.run([*git, *words], check=True)
    edited(("parameters.yaml", "value: 200000", "value: 180000"))
    return folder


def test_a_git_revision_is_a_version(repository):
    old, new = read_version(f"{repository}@first"), read_version(str(repository))
    assert old.fingerprint == load_policy(QD).fingerprint
    assert [change.name for change in diff_policies(old, new).changes] == ["subsidy_cap_fen"]


@pytest.mark.parametrize("spec", ["nowhere/nothing", "{}@no-such-tag", "{}@--help", "nowhere/nothing@HEAD"])
def test_what_is_no_version_is_refused_with_a_remedy(repository, spec):
    with pytest.raises(PolicyError) as caught:
        read_version(spec.format(repository))
    assert caught.value.remedy


def test_a_version_by_its_path_is_the_installed_one(monkeypatch):
    monkeypatch.chdir(Path(__file__).resolve().parents[2])
    assert read_version(QD) is load_policy(QD)
    assert read_version(f"policies/{QD}").fingerprint == load_policy(QD).fingerprint
