"""The delivery section says who examines; a word that stands for nothing is told with file and line."""

import shutil

import pytest

from peibu.rulebook import PolicyError, load_policy, policies_root

WEIHAI, QINGDAO = "weihai/gold_collar_2019", "qingdao/industrial_internet_2020"
BODY, CLAUSE = "    body: appraisal_body\n", "    clause: WH63.2.6\n    fact:"


@pytest.fixture
def changed(tmp_path):
    def load(old: str, new: str, name: str = "policy.yaml", path: str = WEIHAI):
        folder = tmp_path / "a" / "b"
        shutil.copytree(policies_root() / path, folder)
        text = (folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
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
        ("enrols: [enterprise, trainee]", "enrols: [enterprise, neighbour]", "neighbour"),
        ("  offer_hours: place_offer_hours\n", "", "without offer_hours"),
        ("offer_hours: place_offer_hours", "offer_hours: no_number", "no_number"),
        ("change_notice: change_notice_working_days", "change_notice: soon", "soon"),
        ("  size_beyond: class_people_max\n", "", "without size_beyond"),
        ("  size_beyond: class_people_max\n", "  size_beyond: as_many_as_come\n", "'as_many_as_come' is no parameter"),
        ("from_class: [time, timetable]", "from_class: [time, tme_table]", "'tme_table' is no part of a plan"),
        ("roster: made,", "rooster: made,", "'rooster' is no paper the system makes"),
        ("contract_copies: uploaded", "contract_copy: uploaded", "'contract_copy' is no paper of the code list"),
    ],
)
def test_a_word_that_stands_for_nothing_is_refused(changed, old, new, told):
    with pytest.raises(PolicyError, match=told) as caught:
        changed(old, new)
    assert caught.value.file.endswith("policy.yaml")


def test_a_size_rule_is_a_rule_of_the_folder(changed):
    with pytest.raises(PolicyError, match="'class_size' is no rule"):
        changed("  size_rule: class_size_in_limit\n", "  size_rule: class_size\n", path=QINGDAO)


def test_an_archive_part_nobody_can_find_is_refused_and_so_is_a_paper_that_is_not_listed(changed):
    with pytest.raises(PolicyError, match="'lesson_plans' of the code list archive_parts") as caught:
        changed("      lesson_notes: {zh", "      lesson_plans: {zh", "codes.yaml")
    assert caught.value.file.endswith("codes.yaml")


@pytest.mark.parametrize("path", [QINGDAO, WEIHAI, "jinan/internet_plus_2020"])
def test_how_many_a_class_may_hold_is_the_citys_own_number(path):
    policy = load_policy(path)
    number = policy.parameters[policy.delivery.size_beyond]
    assert policy.value(policy.delivery.size_beyond, on=policy.card["in_force"]["from"]) == 200
    assert number.note.startswith("文件未规定；演示城市设定")


def test_the_folder_without_a_change_is_read(changed):
    assert changed(BODY, BODY).delivery.exam.body == "appraisal_body"


def test_who_may_enrol_and_how_long_an_offer_is_held_is_read():
    by_policy = {name: load_policy(name).delivery for name in ("jinan/internet_plus_2020", WEIHAI)}
    assert {name: found.enrols for name, found in by_policy.items()} == {
        "jinan/internet_plus_2020": ("enterprise", "institution", "trainee"),
        WEIHAI: ("enterprise", "trainee"),
    }
    assert {found.offer_hours for found in by_policy.values()} == {"place_offer_hours"}
    assert load_policy("qingdao/industrial_internet_2020").delivery.enrols == ("enterprise",)
