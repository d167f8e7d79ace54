"""The shared vocabulary and `derived_by`: read, complete, and refused with a remedy when wrong."""

import pytest

from peibu.rulebook import PolicyError
from peibu.rulebook.facts_reader import DERIVATIONS, read_fact_specs, shared_facts
from peibu.rulebook.yaml_reader import Lined

SPEC = {"type": "integer", "label": "事实", "label_en": "fact", "source": "s", "supplied_by": "system"}


def read(tmp_path, item):
    lined = Lined(SPEC | {"privacy": "internal"} | item)
    lined.line = 7
    return read_fact_specs(tmp_path / "facts.yaml", {"facts": {"x": lined}}, {})["x"]


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


def test_an_unknown_derivation_stops_the_loading_and_says_which_there_are(tmp_path):
    with pytest.raises(PolicyError) as told:
        read(tmp_path, {"derived_by": "sesions"})
    assert told.value.line == 7
    assert "sessions" in told.value.remedy
