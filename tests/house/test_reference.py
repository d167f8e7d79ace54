"""The reference pages of the policies are generated, fresh, and every gap they name is a gap of a clause."""

import dataclasses
from pathlib import Path

import pytest

from peibu.rulebook import PolicyError, list_policies, load_policy
from peibu.rulebook.coverage import coverage
from peibu.rulebook.coverage_markdown import markdown, markdown_name, read_gaps, stale

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"
GAPS = read_gaps(REFERENCE / "gaps.yaml")


@pytest.fixture(scope="module")
def found():
    return {path: coverage(load_policy(path), GAPS) for path in list_policies()}


def test_every_policy_has_its_fresh_page(found):
    pages = {markdown_name(path): markdown(item) for path, item in found.items()}
    assert stale(REFERENCE, pages) == [], "run: peibu policy coverage --markdown"


def test_a_stale_or_absent_page_would_be_noticed(found, tmp_path):
    path, item = next(iter(found.items()))
    pages = {markdown_name(path): markdown(item)}
    assert stale(tmp_path, pages) == [markdown_name(path)]
    changed = dataclasses.replace(item, cases=item.cases + 1)
    assert stale(REFERENCE, {markdown_name(path): markdown(changed)}) == [markdown_name(path)]


def test_no_page_is_left_of_a_policy_that_is_gone():
    wanted = {markdown_name(path) for path in list_policies()} | {"clauses-qingdao-2020.md"}
    assert {file.name for file in REFERENCE.glob("clauses-*.md")} == wanted


def test_every_gap_is_of_a_clause():
    known = {clause.id for path in list_policies() for clause in load_policy(path).clauses}
    assert sorted(set(GAPS) - known) == []


def test_a_gap_without_words_is_refused(tmp_path):
    file = tmp_path / "gaps.yaml"
    file.write_text("gaps:\n  QD97.1: ''\n", encoding="utf-8")
    with pytest.raises(PolicyError, match="without words"):
        read_gaps(file)


def test_a_page_names_what_is_missing(found):
    path, item = next(iter(found.items()))
    rule = dataclasses.replace(next(c for c in item.clauses if c.rules).rules[0], kind="rule", failed=0)
    clause = dataclasses.replace(item.clauses[0], rules=(rule,), accounted=False, gap="a|b")
    page = markdown(dataclasses.replace(item, clauses=(clause,), problems=("x",)))
    for word in ("**lacks fail**", "**nothing cites it**", "a\\|b", "## Problems"):
        assert word in page
