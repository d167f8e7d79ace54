"""Mutants of peibu/kernel by mutmut, tried on tests/kernel in a copy under var/."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "var" / "mutation"
_CONFIG = """[tool.mutmut]
source_paths = ["peibu/kernel"]
also_copy = ["peibu", "pytest.ini"]
pytest_add_cli_args = ["-p", "no:django", "-p", "no:xdist", "-p", "no:cacheprovider", "--deselect", "tests/kernel/test_packages.py::test_the_command_needs_no_system"]
pytest_add_cli_args_test_selection = ["tests/kernel"]
use_git_change_detection = false
"""
# hypothesis: the same examples each time and few of them, or a mutant's fate would depend on the day
_CONFTEST = """from hypothesis import settings
settings.register_profile("mutation", max_examples=25, deadline=None, derandomize=True, database=None)
settings.load_profile("mutation")

from peibu.intake import packages  # the confined process has no memory to spare for mutants: examined right here
packages.run_confined = lambda task, content, limits: packages.examine(content, {}, limits)
"""
_INI = "[pytest]\naddopts = -q -x --import-mode=importlib\npythonpath = .\n"


def prepare() -> Path:
    """Write the copy that mutmut changes and return its folder."""
    shutil.rmtree(PLACE, ignore_errors=True)
    ignore = shutil.ignore_patterns("__pycache__", "static", "node_modules")
    shutil.copytree(ROOT / "peibu", PLACE / "peibu", ignore=ignore)
    shutil.copytree(ROOT / "tests" / "kernel", PLACE / "tests" / "kernel", ignore=ignore)
    files = {"pyproject.toml": _CONFIG, "pytest.ini": _INI, "tests/__init__.py": "", "tests/conftest.py": _CONFTEST}
    for name, text in files.items():
        (PLACE / name).write_text(text, encoding="utf-8")
    return PLACE


def run() -> list[str]:
    """Run mutmut and return its lines `<mutant>: <status>`, every mutant."""
    place = prepare()
    mutmut = [sys.executable, "-m", "mutmut"]
    subprocess.run([*mutmut, "run", "--max-children", "1"], cwd=place, check=True, env=os.environ)
    told = subprocess.run([*mutmut, "results", "--all", "true"], cwd=place, check=True, capture_output=True, text=True)
    return [line.strip() for line in told.stdout.splitlines() if ": " in line]
