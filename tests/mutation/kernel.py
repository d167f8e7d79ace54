"""Mutants of peibu/kernel by mutmut, tried on tests/kernel in a copy under var/."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.mutation.tally import Tally, equivalent

ROOT = Path(__file__).resolve().parents[2]
NAME = "peibu/kernel"
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
_INI += (
    "disable_test_id_escaping_and_forfeit_all_rights_to_community_support = true\n"  # mutmut names tests by their ids
)


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


def tally() -> Tally:
    """Run mutmut (minutes) and count. A mutant that runs out of time or breaks the interpreter is noticed as well."""
    place, mutmut = prepare(), [sys.executable, "-m", "mutmut"]
    subprocess.run([*mutmut, "run", "--max-children", "1"], cwd=place, check=True)
    return count(place)


def count(place: Path) -> Tally:
    """Count what mutmut left in its folder. ValueError for an excuse of a mutant that does not survive."""
    told = _ask(place, "results", "--all", "true")
    found = dict(line.strip().split(": ", 1) for line in told.splitlines() if ": " in line)
    alive = {name: _change(place, name) for name, status in found.items() if status in ("survived", "no tests")}
    excused = equivalent(NAME)
    reasons = {
        _key(name, told): excused[_key(name, told)] for name, told in alive.items() if _key(name, told) in excused
    }
    if stale := set(excused) - set(reasons):
        raise ValueError(f"equivalent.yaml excuses what does not survive: {sorted(stale)}")
    survivors = tuple(_key(name, told) for name, told in alive.items() if _key(name, told) not in excused)
    waiting = sum(status == "not checked" for status in found.values())
    return Tally(NAME, len(found) - len(alive) - waiting, survivors, reasons, {"not tried yet": waiting})


def _key(name: str, told: str) -> str:
    """The function and what was changed, without mutmut's running number."""
    module, function = name.rsplit(".", 1)
    function = function.rsplit("__mutmut_", 1)[0].removeprefix("x").strip("_").replace("ǁ", ".").lstrip(".")
    return f"{module.removeprefix('peibu.kernel.')}.{function}: {told}"


def _change(place: Path, name: str) -> str:
    lines = [
        line for line in _ask(place, "show", name).splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]
    old, new = ([line[1:].strip() for line in lines if line[0] == sign] for sign in "-+")
    return f"{' '.join(old)} -> {' '.join(new)}"


def _ask(place: Path, *words: str) -> str:
    mutmut = [sys.executable, "-m", "mutmut", *words]
    return subprocess.run(mutmut, cwd=place, check=True, capture_output=True, text=True).stdout
