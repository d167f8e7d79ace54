"""The delivery section says who examines; a word that stands for nothing is told with file and line."""

import shutil

import pytest

from peibu.rulebook import PolicyError, load_policy, policies_root

WEIHAI = "weihai/gold_collar_2019"
BODY, CLAUSE = "    body: appraisal_body\n", "    clause: WH63.2.6\n    fact:"


@pytest.fixture
def changed(tmp_path):
    def load(old: str, new: str):
        folder = tmp_path / "a" / "b"
        shutil.copytree(policies_root() / WEIHAI, folder)
        text = (folder / "policy.yaml").read_text(encoding="utf-8")
        assert text.count(old) == 1
        (folder / "policy.yaml").write_text(text.replace(old, new), encoding="utf-8")
        return load_policy("a/b", root=tmp_path)

    return load


def test_who_examines_is_read():
    who = load_policy(WEIHAI).delivery.exam
    assert (who.body, who.clause, who.fact, who.tasks) == (
        "appraisal_body", "WH63.2.6", "examining_body", "exam_tasks_by_city_body",
    )  # fmt: skip
    assert who.codes["provider"] == "training_base"
    assert load_policy("qingdao/industrial_internet_2020").delivery.exam.body == "provider"
    assert load_policy("jinan/internet_plus_2020").delivery.exam.body == "provider"  # named by nobody: who teaches


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (BODY, "    body: city_hall\n", "city_hall"),
        (CLAUSE, "    clause: WH63.9.9\n    fact:", "WH63.9.9"),
        (CLAUSE, "    fact:", "without clause"),
        ("provider: training_base", "provider: some_base", "some_base"),
        ("provider: training_base", "teacher: training_base", "teacher"),
        ("    tasks: exam_tasks_by_city_body", "    tasks: exam_tasks", "exam_tasks"),
        ("early: early_leaving_minutes", "early: late_leaving_minutes", "late_leaving_minutes"),
        ("late_scan: {within", "late_scans: {within", "unknown key late_scans"),
        ("late_scan: {within: late_scan_minutes}", "late_scan: {}", "without within"),
        ("outside: confirm", "outside: arrest", "arrest"),
        ("    leave: due", "    leave: forgiven", "forgiven"),
        ("sign_out: {kinds: [practice", "sign_out: {kinds: [swimming", "swimming"),
        ("    tasks: exam_tasks_by_city_body", "    task: exam_tasks_by_city_body", "unknown key task"),
    ],
)
def test_a_word_that_stands_for_nothing_is_refused(changed, old, new, told):
    with pytest.raises(PolicyError, match=told) as caught:
        changed(old, new)
    assert caught.value.file.endswith("policy.yaml")


def test_the_folder_without_a_change_is_read(changed):
    assert changed(BODY, BODY).delivery.exam.body == "appraisal_body"
