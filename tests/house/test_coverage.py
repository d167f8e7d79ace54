"""The table of clauses tells the truth: every clause has a row, and what a row names exists and is open as it says."""

import argparse
import ast
import dataclasses
import importlib
import re
from functools import lru_cache
from pathlib import Path

import pytest

from peibu.accounts.enums import Role
from peibu.cli.__main__ import commands
from peibu.portal.policy_pages import PAGES, policy_url
from peibu.rulebook import list_policies, load_policy
from peibu.theme import menu
from tests.city import POLICY
from tests.house.addresses import ALL

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "reference" / "clauses-qingdao-2020.md"
PAGE = re.compile(r"`([\w-]+)` \(([\w, ]+)\)")
LONGEST_DEMAND = 5  # words


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table; `pages` = address name -> who."""

    clause: str
    demand: str
    pages: list[tuple[str, list[str]]]
    commands: list[str]
    tests: list[str]


def rows_of(text: str) -> list[Row]:
    return [_row(line) for line in text.splitlines() if line.startswith("| QD97")]


def _row(line: str) -> Row:
    clause, demand, pages, typed, tests = [cell.strip() for cell in line.strip("|").split("|")]
    found = [(name, who.split(", ")) for name, who in PAGE.findall(pages)]
    assert len(found) == len([part for part in pages.split(";") if part.strip()]), f"{clause}: {pages}"
    return Row(clause, demand, found, re.findall("`(.+?)`", typed), re.findall("`(.+?)`", tests))


ROWS = rows_of(TABLE.read_text(encoding="utf-8"))


def unlisted(rows: list[Row]) -> list[str]:
    """Clauses without exactly one row, and rows of no clause."""
    told = [row.clause for row in rows]
    wanted = [clause.id for clause in load_policy(POLICY).clauses]
    return sorted(set(wanted) ^ set(told)) + sorted({name for name in told if told.count(name) > 1})


def wrong_pages(rows: list[Row]) -> list[str]:
    """Addresses that do not exist, or that somebody named in the row may not open."""
    return [
        f"{row.clause}: {name} ({who})" for row in rows for name, people in row.pages for who in people
        if name not in ALL or not _open_to(ALL[name][0].access.roles, who)
    ]  # fmt: skip


def _open_to(roles: frozenset[str] | None, who: str) -> bool:
    if who == "public":
        return roles is None
    return who in Role.values and roles is not None and who in roles


def wrong_commands(rows: list[Row]) -> list[str]:
    """Commands, words or subjects that `peibu` does not know."""
    return [f"{row.clause}: {typed}" for row in rows for typed in row.commands if not _runs(typed.split())]


def _runs(words: list[str]) -> bool:
    name, *rest = words
    if name not in commands():
        return False
    parser = argparse.ArgumentParser()
    importlib.import_module(f"peibu.cli.commands.{name.replace('-', '_')}").add_arguments(parser)
    options = {option for action in parser._actions for option in action.option_strings}
    choices = {choice for action in parser._actions for choice in action.choices or ()}
    known = options | choices | set(load_policy(POLICY).subjects)
    return all(word in known for word in rest)


@lru_cache
def names_in(file: str) -> frozenset[str]:
    path = ROOT / "tests" / file
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def absent_tests(rows: list[Row]) -> list[str]:
    return [
        f"{row.clause}: {test}" for row in rows for test in row.tests
        if test.partition("::")[2] not in names_in(test.partition("::")[0])
    ]  # fmt: skip


def test_every_clause_has_one_row():
    assert unlisted(ROWS) == []
    assert unlisted(ROWS[1:]) == [ROWS[0].clause]
    assert unlisted([*ROWS, ROWS[-1]]) == [ROWS[-1].clause]


def test_every_row_names_pages_and_tests():
    for row in ROWS:
        assert row.pages, row.clause
        assert row.tests, row.clause
        assert 0 < len(row.demand.split()) <= LONGEST_DEMAND, row.demand


def test_every_page_exists_and_is_open_to_who_is_named():
    assert wrong_pages(ROWS) == []


def test_every_command_is_known():
    assert wrong_commands(ROWS) == []


def test_every_named_test_is_there():
    assert absent_tests(ROWS) == []


@pytest.mark.parametrize(
    ("cells", "check"),
    [
        ("| `no-such-page` (public) | | |", wrong_pages),
        ("| `desk-home` (public) | | |", wrong_pages),
        ("| `enterprise-claims` (finance) | | |", wrong_pages),
        ("| `home` (nobody) | | |", wrong_pages),
        ("| | `guess` | |", wrong_commands),
        ("| | `decide --fast` | |", wrong_commands),
        ("| | `decide --subject holiday` | |", wrong_commands),
        ("| | | `claims/test_claims.py::test_nothing_of_the_kind` |", absent_tests),
        ("| | | `claims/test_gone.py::test_it` |", absent_tests),
    ],
)
def test_an_invented_row_would_be_noticed(cells, check):
    rows = rows_of(f"| QD97.1 | some demand {cells}")
    assert len(check(rows)) == 1


def wrong_links(clauses) -> list[str]:
    """Pages of clauses.yaml that the policy page could not link to."""
    policy = load_policy(POLICY)
    return [
        f"{clause.id}: {name}" for clause in clauses for name in clause.pages
        if name not in PAGES or not (policy_url(policy) if name == "policy" else menu.address(name))
    ]  # fmt: skip


def test_every_clause_of_the_policy_page_links_to_real_pages():
    clauses = load_policy(POLICY).clauses
    assert [clause.id for clause in clauses if not clause.pages] == []
    assert wrong_links(clauses) == []
    invented = dataclasses.replace(clauses[0], pages=("portal/anything", "verify"))
    assert wrong_links([invented]) == [f"{invented.id}: portal/anything"]


def test_no_word_for_a_page_is_left_over():
    named = {name for path in list_policies() for clause in load_policy(path).clauses for name in clause.pages}
    assert set(PAGES) - named == set()
