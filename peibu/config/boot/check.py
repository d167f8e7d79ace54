"""./test after the packages are there: the checks of the code, then the tests, then the tests in the browser."""

import os
import re
import subprocess
import sys
from pathlib import Path

from peibu.config import embedded
from peibu.config.boot import chromium, java, translations
from peibu.config.boot.toolchain import ROOT, SetUpError, say

NO_TESTS_COLLECTED = 5
FEWEST, MOST = 2, 8  # tests at the same time: one for each core, within what memory and one PostgreSQL bear
WORKERS = str(min(MOST, max(FEWEST, os.cpu_count() or FEWEST)))
# a file goes to one worker whole: its tests share what was built for them (tests/worlds.py)
BY_FILE = ["-n", WORKERS, "--dist", "loadfile", "--no-loadscope-reorder"]
ONE_BY_ONE = ["-n", WORKERS, "--dist", "worksteal"]  # few and long, nothing shared
COUNTED = ("passed", "failed", "errors", "skipped", "xfailed", "xpassed")
CHECKS = {
    "ruff check": ["ruff", "check", "--quiet", "."],
    "ruff format": ["ruff", "format", "--check", "--quiet", "."],
    "import-linter": ["importlinter"],
    "djlint": ["djlint", "peibu", "--lint", "--quiet"],
    "yamllint": ["yamllint", "policies"],
    "makemigrations": ["django", "makemigrations", "--check", "--dry-run", "--verbosity=1"],
}
# import-linter has no __main__ module
IMPORT_LINTER = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]


def main(words: list[str], browser: bool) -> int:
    """Run everything, or only the tests when paths are given. 0 when all is well.

    The last line is the sum of all tests and checks: ``N passed, N failed``.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peibu.config.settings")
    external = bool(os.environ.get("DATABASE_URL"))
    total = dict.fromkeys(COUNTED, 0)
    try:
        _database(external)
        translations.compile_stale()
        if not _names_a_path(words):
            total["failed"] += _checks()
        if _reaches(words, ROOT / "tests" / "rulebook" / "test_cluster.py") and java.find_or_install() is None:
            sys.stdout.write(java.ADVICE + "\n")
            total["failed"] += 1
        _pytest([*BY_FILE, "-m", "not browser", *words], total)
        if _needs_browser(words, browser):
            _browser_tests(words, total)
    finally:
        if not external:
            embedded.stop(ROOT / "var" / "test-pg")
    bad = total["failed"] + total["errors"]
    if not total["passed"] and not bad:
        sys.stdout.write("没有找到任何测试 / no test was found\n")
        bad = total["failed"] = 1
    rest = "".join(f", {total[word]} {word}" for word in COUNTED[3:] if total[word])
    sys.stdout.write(f"{total['passed']} passed, {bad} failed{rest}\n")
    return 1 if bad else 0


def _database(external: bool) -> None:
    if not external:
        try:
            os.environ["DATABASE_URL"] = embedded.ensure(ROOT / "var" / "test-pg", embedded.THROWAWAY)
        except embedded.EmbeddedError as error:
            raise SetUpError(str(error)) from error


def _checks() -> int:
    """Number of failed checks; the output of a failed one is shown."""
    failed = 0
    for name, words in CHECKS.items():
        command = IMPORT_LINTER if name == "import-linter" else [sys.executable, "-m", *words]
        done = subprocess.run(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        say(f"{name}: {'通过 / ok' if done.returncode == 0 else '失败 / FAILED'}")
        if done.returncode != 0:
            failed += 1
            sys.stdout.write(done.stdout + "\n")
    return failed


def _browser_tests(words: list[str], total: dict[str, int]) -> None:
    program = chromium.find_or_install()
    if program is None:
        sys.stdout.write(chromium.ADVICE + "\n")
        total["failed"] += 1
        return
    os.environ["PEIBU_CHROMIUM"] = str(program)
    words = words if _names_a_path(words) else [*words, "tests/browser"]
    _pytest([*ONE_BY_ONE, "-m", "browser", *words], total)


def _pytest(words: list[str], total: dict[str, int]) -> None:
    say("pytest " + " ".join(words))
    command = [sys.executable, "-m", "pytest", *words]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        last = ""
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            last = line if line.strip() else last
    counts = {("errors" if word == "error" else word): int(number) for number, word in _counts(last)}
    for word in COUNTED:
        total[word] += counts.get(word, 0)
    if process.returncode not in (0, NO_TESTS_COLLECTED) and not counts.get("failed") and not counts.get("errors"):
        # pytest itself broke: that must never look like success
        total["errors"] += 1


def _counts(summary: str) -> list[tuple[str, str]]:
    return re.findall(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed)", summary)


def _names_a_path(words: list[str]) -> bool:
    return any(Path(ROOT / word.split("::")[0]).exists() for word in words if not word.startswith("-"))


def _needs_browser(words: list[str], browser: bool) -> bool:
    """The whole suite does; with paths, only those that contain browser tests."""
    inside = ROOT / "tests" / "browser"
    return browser and inside.is_dir() and _reaches(words, inside)


def _reaches(words: list[str], inside: Path) -> bool:
    """Whether the tests asked for contain, or lie in, a place of the tests."""
    paths = [(ROOT / word.split("::")[0]).resolve() for word in words if not word.startswith("-")]
    paths = [path for path in paths if path.exists()]
    return not paths or any(inside in (path, *path.parents) or path in inside.parents for path in paths)
