"""Small promises of ./run and ./test that do not need a fresh machine."""

import os
import signal
import subprocess
import sys
import time

import pytest

from peibu.config.boot import check, java, translations, welcome
from peibu.config.boot.children import Children, Stopped
from peibu.config.boot.toolchain import SetUpError
from peibu.theme import assets

CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"
msgid "培训"
msgstr "Training"
"""


def test_children_end_with_their_parent_even_when_they_ignore_the_polite_request(monkeypatch):
    monkeypatch.setattr("peibu.config.boot.children.PATIENCE_SECONDS", 0.3)
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    )
    with Children() as children:
        polite = children.start("polite", ["sleep", "60"])
        rude = children.start("rude", [sys.executable, "-c", stubborn])
        time.sleep(0.5)
        with pytest.raises(Stopped):
            signal.raise_signal(signal.SIGTERM)
        children.stop()
        assert polite.returncode == -signal.SIGTERM
        assert rude.returncode == -signal.SIGKILL
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_a_failed_step_and_a_dead_child_are_errors():
    with Children() as children:
        children.do(["true"])
        with pytest.raises(SetUpError):
            children.do(["false"])
        children.start("short", ["true"])
        assert children.wait() == 1


def test_columns_stand_under_each_other_in_chinese():
    assert welcome.aligned([("经办", "a", "x"), ("HR", "bcd", "y")]) == ["经办  a    x", "HR    bcd  y"]


def test_translations_are_compiled_once_and_again_after_a_change(tmp_path):
    source = tmp_path / "en" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(CATALOGUE, encoding="utf-8")
    assert translations.compile_stale(tmp_path) is True
    assert source.with_suffix(".mo").exists()
    assert translations.compile_stale(tmp_path) is False
    os.utime(source, (time.time() + 5, time.time() + 5))
    assert translations.compile_stale(tmp_path) is True


def test_a_package_that_no_longer_ships_a_file_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(assets, "VENDOR", tmp_path / "vendor")
    with pytest.raises(FileNotFoundError, match="tabler"):
        assets.copy(tmp_path / "node_modules", "1")
    for source in assets.FILES:
        (tmp_path / "node_modules" / source).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "node_modules" / source).write_text(source)
    assert assets.copy(tmp_path / "node_modules", "1") is True
    assert assets.copy(tmp_path / "node_modules", "1") is False
    assert assets.copy(tmp_path / "node_modules", "2") is True


@pytest.mark.parametrize(
    ("words", "browser"),
    [([], True), (["-x"], True), (["tests/boot"], False), (["tests/browser"], True), (["tests"], True)],
)
def test_only_runs_that_contain_browser_tests_need_a_browser(words, browser):

    assert check._needs_browser(words, browser=True) is browser
    assert check._needs_browser(words, browser=False) is False


def test_sums_of_pytest_are_read_and_a_broken_pytest_is_a_failure():
    assert check._counts("2 failed, 38 passed, 1 error in 24.04s") == [
        ("2", "failed"),
        ("38", "passed"),
        ("1", "error"),
    ]
    total = dict.fromkeys(check.COUNTED, 0)
    check._pytest(["--no-such-option"], total)
    assert total["errors"] == 1


def test_run_refuses_unknown_flags():
    done = subprocess.run(
        [sys.executable, "-m", "peibu.config.boot", "run", "--nonsense"],
        cwd=check.ROOT,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2


def test_java_is_found_by_its_version_and_an_old_or_broken_one_is_not(tmp_path, monkeypatch):
    program = tmp_path / "bin" / "java"
    program.parent.mkdir()
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert java.find() is None
    for told, found in {
        'openjdk version "17.0.15"': True,
        'openjdk version "11.0.2"': False,
        "nonsense": False,
    }.items():
        program.write_text(f"#!/bin/sh\necho '{told}' >&2\n", encoding="utf-8")
        program.chmod(0o755)
        assert (java.find() == program) is found


def test_the_cluster_tests_without_java_fail_with_advice(monkeypatch, capsys):
    monkeypatch.setattr(java, "find_or_install", lambda: None)
    monkeypatch.setattr(check, "_database", lambda _external: None)
    monkeypatch.setattr(check, "_pytest", lambda _words, total: total.update(passed=1))
    monkeypatch.setattr(translations, "compile_stale", lambda: None)
    monkeypatch.setenv("DATABASE_URL", "postgres://nowhere")
    assert check.main(["tests/rulebook/test_cluster.py"], browser=False) == 1
    assert "Java 17" in capsys.readouterr().out
    assert check.main(["tests/kernel"], browser=False) == 0
