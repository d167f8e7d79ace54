"""A policy of Qingdao that waits for its rates, beside the real ones."""

import shutil
from pathlib import Path

import pytest

from peibu.rulebook import policies_root

SMALL = Path(__file__).parents[1] / "rulebook" / "policies" / "test" / "rates"


@pytest.fixture
def waiting(tmp_path, monkeypatch):
    """The path of a policy with rate tables; the folder is a copy for this test."""
    shutil.copytree(policies_root(), tmp_path / "policies")
    folder = tmp_path / "policies" / "qingdao" / "waiting"
    shutil.copytree(SMALL, folder)
    card = folder / "policy.yaml"
    card.write_text(card.read_text(encoding="utf-8") + 'division: "370200"\n', encoding="utf-8")
    monkeypatch.setenv("PEIBU_POLICIES", str(tmp_path / "policies"))
    return "qingdao/waiting"
