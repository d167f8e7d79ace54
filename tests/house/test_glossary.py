"""Every table and word list has its row in the glossary; the glossary names nothing that is gone."""

import importlib
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Choices

PAGE = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"


def _ours() -> set[str]:
    names = set()
    for config in apps.get_app_configs():
        if not config.name.startswith("peibu."):
            continue
        # Tables of the row history are made by the library, one per tracked table.
        names |= {f"{config.label}.{m.__name__}" for m in config.get_models() if not hasattr(m, "pgh_obj")}
        try:
            enums = importlib.import_module(f"{config.name}.enums")
        except ModuleNotFoundError:
            continue
        names |= {
            f"{config.label}.{name}"
            for name, thing in vars(enums).items()
            if isinstance(thing, type) and issubclass(thing, Choices) and thing.__module__ == enums.__name__
        }
    return names


def _named() -> set[str]:
    return set(re.findall(r"`((?:accounts|catalogue|registry|casework|programmes|accreditation|learning|training|examining|courses|claims|ledger|payments|oversight|recovery)\.\w+)`",
                          PAGE.read_text(encoding="utf-8")))  # fmt: skip


def missing(ours: set[str], named: set[str]) -> tuple[list[str], list[str]]:
    """(in the code but not in the glossary, in the glossary but not in the code)."""
    return sorted(ours - named), sorted(named - ours - {"casework.CaseHistory"})


def test_code_and_glossary_agree():
    assert missing(_ours(), _named()) == ([], [])


@pytest.mark.parametrize("change", [{"training.Invented"}, set()])
def test_the_check_can_fail(change):
    ours, named = _ours() | change, _named() - ({"training.Exam"} if not change else set())
    absent, _gone = missing(ours, named)
    assert absent
