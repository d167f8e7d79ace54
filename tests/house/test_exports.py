"""Every list of desk and portal is also an Excel file, and every table that is read in has its template."""

import inspect
import re
import sys
from pathlib import Path

from django.template.loader import get_template

from tests.house.addresses import ALL

ROOMS = ("peibu.desk.views", "peibu.portal.views")
DRAWS_ROWS = re.compile(r'<table|class="todo"|{% pagination|<ul class="lessons')
HAS_FILE = re.compile(r"{% excel_button|\.xlsx|-xlsx'|-excel'")
INCLUDE = re.compile(r'{% include "([^"]+)"')

# Pages that draw rows and are no lists, each with its reason. A list without a file does not belong here.
NO_FILE = {
    "base-home": "start page: a part of base-plans",
    "calendar": "a timetable grid; it is given out as iCalendar",
    "calendar-address": "the same page after a POST",
    "desk-audit": "figures of all districts beside a search; the lists behind them have their files",
    "desk-bank-channels": "settings: one line an agency",
    "desk-budget": "forms; the lines are those of desk-ledger, which has its file",
    "desk-budget-appropriate": "the form of desk-budget with its errors",
    "desk-budget-year-end": "the form of desk-budget with its errors",
    "desk-platforms": "keys and the form that issues them; the records themselves are fetched over the interface",
    "desk-policies": "the policy folders installed here; each is a folder of files",
    "desk-reconciliation": "a form; each statement's comparison is a page of its own",
    "desk-reconciliation-fetch": "the form of desk-reconciliation with its errors",
    "desk-reconciliation-upload": "the form of desk-reconciliation with its errors",
    "desk-todo-chosen": "the question before a bulk step",
    "desk-todo-move": "the answer after a bulk step",
    "enterprise-home": "start page",
    "expert-home": "start page",
    "expert-interest": "the form of expert-home with its errors",
    "home": "start page",
    "payee-account": "one account and its change under way",
    "payee-account-propose": "the form of payee-account with its errors",
    "provider-home": "start page: parts of lists that have their files",
    "provider-question-new": "a form",
    "teacher-home": "start page",
    "trainee-claims": "the few claims of one person, each with its letter",
    "trainee-home": "start page: a part of trainee-attendance",
    "trainee-offline": "what a phone keeps; the list is trainee-attendance",
}

AFTER_POST = {"desk-expert-add"}  # draws the page of desk-experts again, with the errors of its form


def source_of(view) -> str:
    """The view and the functions of its module that it names."""
    own = inspect.unwrap(view)
    text = inspect.getsource(own)
    module = sys.modules[own.__module__]
    named = [getattr(module, name) for name in set(re.findall(r"\b(_\w+)\(", text)) if hasattr(module, name)]
    here = [made for made in named if inspect.isfunction(made) and made.__module__ == own.__module__]
    return text + "".join(map(inspect.getsource, here))


def whole(template: str) -> str:
    """A template with what it includes."""
    text = Path(get_template(template).origin.name).read_text(encoding="utf-8")
    return text + "".join(whole(name) for name in INCLUDE.findall(text) if "theme/parts" not in name)


def pages() -> dict[str, tuple[str, str]]:
    """URL name -> (source of the view, text of its templates), of pages at an address without a key."""
    found = {}
    for name, (view, path) in ALL.items():
        module = getattr(inspect.unwrap(view), "__module__", "")
        if not module.startswith(ROOMS) or re.search(r"/(x|1|[0-9a-f-]{36})(/|$)", path):
            continue
        source = source_of(view)
        templates = re.findall(r'render\(\s*request,\s*"([^"]+\.html)"', source)
        found[name] = (source, "".join(map(whole, templates)))
    return found


PAGES = pages()


def lists(found: dict[str, tuple[str, str]]) -> list[str]:
    return [name for name, (_source, text) in found.items() if DRAWS_ROWS.search(text)]


def without_file(found: dict[str, tuple[str, str]]) -> list[str]:
    return [name for name in lists(found) if not HAS_FILE.search(found[name][1])]


def test_every_list_is_also_a_file():
    assert [name for name in without_file(PAGES) if name not in NO_FILE] == []


def test_a_list_without_a_file_would_be_found():
    assert len(lists(PAGES)) > 40
    source, text = PAGES["desk-objections"]
    bare = text.replace("{% excel_button %}", "")
    assert without_file({"desk-objections": (source, bare)}) == ["desk-objections"]


def test_every_button_has_its_answer():
    silent = [
        name
        for name, (source, text) in PAGES.items()
        if "{% excel_button" in text and name not in AFTER_POST and "excel" not in source
    ]
    assert silent == []


def test_reasons_stand_only_for_pages_that_need_them():
    needed = set(without_file(PAGES))
    assert set(NO_FILE) - needed == set()


# Read in without an empty sheet to fill in: here it comes out filled with the people of the class.
FILLED = {"_spec": "provider-exam-template"}


def specs(call: str) -> set[str]:
    """The tables that some module of the site reads in or gives a template for."""
    found = set()
    for file in Path("peibu").rglob("*.py"):
        if file.parts[1] not in ("intake", "rulebook", "cli"):
            found |= set(
                re.findall(call + r"\((?:[^()]|\([^()]*\))*?\b(\w*_spec)\(", file.read_text(encoding="utf-8"))
            )
    return found


def test_every_table_that_is_read_in_has_its_template():
    read = specs("read_table")
    assert len(read) >= 6
    assert read - specs("write_template") - set(FILLED) == set()
    assert set(FILLED.values()) <= set(ALL)
