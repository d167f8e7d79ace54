"""The shared vocabulary and `derived_by`: read, complete, and refused with a remedy when wrong."""

import pytest

from peibu.rulebook import PolicyError
from peibu.rulebook.derived import DERIVATIONS, KINDS
from peibu.rulebook.facts_reader import read_fact_specs, shared_facts
from peibu.rulebook.yaml_reader import Lined

SPEC = {"type": "integer", "bounds": True, "label": "事实", "label_en": "fact", "source": "s", "supplied_by": "system"}


def read(tmp_path, item, name="class_days", **content):
    lined = Lined({key: value for key, value in (SPEC | {"privacy": "internal"} | item).items() if value is not None})
    lined.line = 7
    return read_fact_specs(tmp_path / "facts.yaml", {"facts": {name: lined}, **content}, {})[name]


def test_every_shared_fact_is_labelled_in_both_languages_and_no_label_twice():
    specs = shared_facts().values()
    assert all(spec.label and spec.label_en for spec in specs)
    assert len({spec.label for spec in specs}) == len(specs)
    assert len({spec.label_en for spec in specs}) == len(specs)


def test_a_shared_fact_takes_its_choices_from_the_shared_list():
    held, target = shared_facts()["held_level"], shared_facts()["target_level"]
    assert list(held.choices) == ["none", *target.choices]
    assert held.read("高级工") == "senior"
    assert held.choices_en["senior"] == "senior worker"


def test_derived_by_is_kept(tmp_path):
    assert read(tmp_path, {"derived_by": "sessions"}).derived_by == "sessions"
    assert read(tmp_path, {}).derived_by == ""
    assert {spec.derived_by for spec in shared_facts().values()} == {"", *DERIVATIONS}


def test_every_fact_that_records_give_is_a_shared_fact_that_names_them_in_its_shape():
    shared = shared_facts()
    for kind in KINDS.values():
        assert {name for name, spec in shared.items() if spec.derived_by == kind.name} == set(kind.gives)
        assert set(kind.inputs) <= set(shared)


@pytest.mark.parametrize(
    ("item", "name", "remedy"),
    [
        ({"derived_by": "sesions"}, "class_days", "one of insurance, work_periods"),
        ({"derived_by": "grants"}, "class_days", "one of insurance, work_periods"),
        ({"derived_by": "sessions"}, "x", "practice_days"),
        ({"derived_by": "sessions", "bounds": None}, "class_days", "bounds: true"),
        ({"derived_by": "work_periods"}, "occupation_work_days", "use:"),
    ],
)
def test_a_wrong_derivation_stops_the_loading_with_a_remedy(tmp_path, item, name, remedy):
    with pytest.raises(PolicyError) as told:
        read(tmp_path, item, name)
    assert told.value.line == 7
    assert remedy in told.value.remedy


def test_a_derived_fact_beside_the_facts_it_needs_is_read(tmp_path):
    assert read(tmp_path, {"derived_by": "work_periods"}, "occupation_work_days", use=["occupation_code"]).bounds
