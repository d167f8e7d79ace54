"""Who answers for which measure of 青西新管办发〔2020〕2号, as the document lists it at the end of each measure."""

import shutil

import pytest

from peibu.rulebook import check_policy, load_policy, policies_root

HUANGDAO = "huangdao/skills_action_2020"
GROUP = ["leading_group"]
# Written from the document, measure by measure, in its order; measures 15, 16, 18 and 19 are several clauses.
MATRIX = {
    1: ["hrss", "education"],
    2: ["hrss", "education"],
    3: ["education", "hrss"],
    4: ["agriculture", "education", "hrss"],
    5: ["veterans_affairs", "hrss"],
    6: ["disabled_federation", "hrss"],
    7: ["hrss", "reform", "finance", "education", "industry", "disabled_federation"],
    8: ["emergency", "hrss", "market", "construction"],
    9: ["commerce", "reform", "civil_affairs", "hrss", "medical_insurance", "women_federation", "disabled_federation"],
    10: ["hrss", "industry", "private_economy"],
    11: ["education", "hrss"],
    12: ["hrss", "education"],
    13: ["hrss", "education"],
    14: ["hrss", "education"],
    15: ["hrss", "finance"],
    16: ["hrss", "finance", "audit"],
    17: GROUP,
    18: GROUP,
    19: GROUP,
    20: GROUP,
}


def test_every_measure_names_its_units():
    found = {}
    for clause in load_policy(HUANGDAO).clauses:
        measure = clause.cite.partition(".")[2]
        if measure:
            found.setdefault(int(measure), []).append(list(clause.responsible))
    assert {measure: units[0] for measure, units in found.items()} == MATRIX
    assert all(units == MATRIX[measure] for measure, each in found.items() for units in each)


@pytest.fixture
def changed(tmp_path):
    def load(old, new):
        folder = tmp_path / "a" / "b"
        shutil.copytree(policies_root() / HUANGDAO, folder)
        file = folder / "clauses.yaml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        return load_policy("a/b", root=tmp_path)

    return load


def test_a_unit_that_nobody_declared_is_an_error_with_its_clause(changed):
    wrong = changed("responsible: [veterans_affairs, hrss]", "responsible: [veterans_office, hrss]")
    errors = check_policy(wrong)
    assert [error.clause for error in errors] == ["HD2.2.5"]
    assert "veterans_office" in str(errors[0])
    assert "clauses.yaml" in str(errors[0])
