"""Start, stop and look after one PostgreSQL server per base directory.

The server outlives the process that started it; nobody counts references. Several processes may call ``ensure`` at
once: an exclusive file lock in the base directory puts them in a row, and all get the same server.
"""

import fcntl
import os
import shlex
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from peibu.config.embedded import binaries, liveness
from peibu.config.embedded.errors import EmbeddedError
from peibu.config.embedded.place import Place, locate, prepare

START_SECONDS = 30.0
PG_CTL_SECONDS = 60
RETRY_SECONDS = 0.2
LOG_BYTES = 10_000_000
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "max_connections": "100",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "128MB",
    "log_min_duration_statement": "500",
    "idle_in_transaction_session_timeout": "5min",
}
# For data nobody would miss: a machine that stops may leave rubbish, a process that is killed loses nothing.
THROWAWAY: Mapping[str, str] = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
}
# app owns its database and is no superuser, because superusers skip row-level security
ROLE_AND_DATABASE = r"""
SELECT 'CREATE ROLE app LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS'
 WHERE NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'app') \gexec
SELECT 'CREATE DATABASE app OWNER app'
 WHERE NOT EXISTS (SELECT 1 FROM pg_database WHERE datname = 'app') \gexec
"""


def ensure(base_dir: Path | str, settings: Mapping[str, str] | None = None) -> str:
    """Make sure a server runs for this base directory and return its database URL.

    Args:
        base_dir: made if missing; holds the data, the log and normally the socket.
        settings: extra server settings, written when the cluster is first made.

    Raises:
        EmbeddedError: with a sentence naming the reason and the remedy.
    """
    place = prepare(base_dir)
    with _locked(place):
        programs, major = binaries.find(place.major)
        if not _is_ready(place, programs):
            programs = binaries.reachable(programs, place.account, place.base)
            if place.major is None:
                _initialise(place, programs, major, settings or {})
            _start(place, programs)
            _create_role_and_database(place, programs)
    return place.url


def stop(base_dir: Path | str) -> bool:
    """Stop the server cleanly and wait for it. Returns whether one was running."""
    place = locate(base_dir)
    if place.major is None:
        return False
    with _locked(place):
        if liveness.postmaster(place.data) is None:
            return False
        programs = binaries.reachable(binaries.find(place.major)[0], place.account, place.base)
        _must(place, [programs / "pg_ctl", "stop", "-D", place.data, "-m", "fast", "-w", "-t", str(PG_CTL_SECONDS)])
        return True


def pid(base_dir: Path | str) -> int | None:
    """The process id of the live server, None when it is not running."""
    return liveness.postmaster(locate(base_dir).data)


def erase(base_dir: Path | str) -> None:
    """Stop the server and delete its data. Irreversible."""
    stop(base_dir)
    place = locate(base_dir)
    shutil.rmtree(place.base, ignore_errors=True)
    if place.socket != place.base:
        shutil.rmtree(place.socket, ignore_errors=True)


def dump(base_dir: Path | str, target: Path | str, *, database: str = "") -> None:
    """Write a backup (pg_dump custom format) of the database, readable only by the caller.

    database: another one of the same server, by name.
    """
    url, programs = ensure(base_dir), binaries.find(locate(base_dir).major)[0]
    place = locate(base_dir)
    if database:
        url = f"{url.rpartition('/')[0]}/{database}"
    inside = place.base / "backup.dump"
    _must(
        place, [binaries.reachable(programs, place.account, place.base) / "pg_dump", "-Fc", "-f", inside, url], 86_400
    )
    shutil.move(inside, target)


def restore(base_dir: Path | str, source: Path | str) -> None:
    """Read a backup into an empty database; refuses nothing itself, pg_restore stops at the first conflict."""
    url, programs = ensure(base_dir), binaries.find(locate(base_dir).major)[0]
    place = locate(base_dir)
    inside = place.base / "restore.dump"
    shutil.copyfile(source, inside)
    place.own(inside)
    program = binaries.reachable(programs, place.account, place.base) / "pg_restore"
    try:
        _must(place, [program, "--exit-on-error", "--no-owner", "--single-transaction", "-d", url, inside], 86_400)
    finally:
        inside.unlink()


@contextmanager
def _locked(place: Place) -> Iterator[None]:
    # Python opens files non-inheritable, so the server never holds this lock
    with open(place.base / ".lock", "a", encoding="ascii") as handle:
        place.own(Path(handle.name))
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _is_ready(place: Place, programs: Path) -> bool:
    """A live postmaster that accepts connections and whose role and database have been made."""
    if liveness.postmaster(place.data) is None or _prepared(place) != _identity(place):
        return False
    # asked from here, not as the account: the socket directory is ours or we are root
    return _accepts(place, binaries.reachable(programs, place.account, place.base))


def _accepts(place: Place, programs: Path) -> bool:
    return place.account.run([programs / "pg_isready", "-q", "-h", place.socket, "-p", "5432"]).returncode == 0


def _initialise(place: Place, programs: Path, major: int, extra: Mapping[str, str]) -> None:
    fresh = place.base / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    if major >= 17:
        # without lc-ctype pg_trgm silently finds no trigram in a Chinese word
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--lc-collate=C", "--lc-ctype=C.UTF-8"]
        locale += ["--lc-messages=C", "--lc-monetary=C", "--lc-numeric=C", "--lc-time=C"]
    else:
        locale = ["--locale=C.UTF-8"]
    basics = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--data-checksums"]
    _must(place, [programs / "initdb", "-D", fresh, *basics, *locale])
    lines = [f"{key} = '{value}'" for key, value in (dict(SETTINGS) | dict(extra)).items()]
    with open(fresh / "postgresql.conf", "a", encoding="utf-8") as handle:
        handle.write("\n# Peibu\n" + "\n".join(lines) + "\n")
    # only a finished cluster gets the name that counts
    fresh.rename(place.data)


def _start(place: Place, programs: Path) -> None:
    place.make_socket_directory()
    deadline, answer = time.monotonic() + START_SECONDS, "another process still works in the data directory"
    while True:
        if liveness.postmaster(place.data) is not None:
            if _accepts(place, programs):
                return
            answer = "the server is alive but accepts no connections"
        elif not liveness.anyone_at_work(place.data):
            (place.data / "postmaster.pid").unlink(missing_ok=True)
            if (answer := _pg_ctl_start(place, programs)) is None:
                return
        if time.monotonic() > deadline:
            raise EmbeddedError(
                f"内置 PostgreSQL 无法启动 / the embedded PostgreSQL does not start ({place.base}):\n"
                f"{answer}\n{_end_of_log(place)}"
            )
        time.sleep(RETRY_SECONDS)


def _pg_ctl_start(place: Place, programs: Path) -> str | None:
    """Start and wait; None when the server accepts connections, else pg_ctl's message."""
    if place.log.exists() and place.log.stat().st_size > LOG_BYTES:
        place.log.replace(place.log.with_suffix(".log.1"))
    # double quotes for the server's list syntax, shell quotes for pg_ctl, which calls a shell
    options = "-c " + shlex.quote(f'unix_socket_directories="{place.socket}"')
    command = [programs / "pg_ctl", "start", "-D", place.data, "-l", place.log, "-o", options, "-s", "-w"]
    done = place.account.run([*command, "-t", str(PG_CTL_SECONDS)], timeout=PG_CTL_SECONDS + 30)
    return None if done.returncode == 0 else (done.stderr or done.stdout).strip()


def _create_role_and_database(place: Place, programs: Path) -> None:
    psql = [
        programs / "psql",
        "-X",
        "-q",
        "-v",
        "ON_ERROR_STOP=1",
        "-h",
        place.socket,
        "-U",
        "postgres",
        "-d",
        "postgres",
    ]
    _must(place, psql, text_in=ROLE_AND_DATABASE)
    marker = place.base / "prepared"
    marker.write_text(_identity(place), encoding="ascii")
    place.own(marker)


def _identity(place: Place) -> str:
    """Process id and start time of the present postmaster, from its pid file."""
    try:
        lines = (place.data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return ""
    return f"{lines[0]} {lines[2]}" if len(lines) > 2 else ""


def _prepared(place: Place) -> str | None:
    try:
        return (place.base / "prepared").read_text(encoding="ascii")
    except OSError:
        return None


def _must(place: Place, command: list, timeout: float = 180.0, *, text_in: str = "") -> None:
    done = place.account.run(command, text_in=text_in, timeout=timeout)
    if done.returncode != 0:
        raise EmbeddedError(f"{os.path.basename(command[0])}: {(done.stderr or done.stdout).strip()}")


def _end_of_log(place: Place) -> str:
    try:
        return "\n".join(place.log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])
    except OSError:
        return ""
