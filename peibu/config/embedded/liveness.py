"""Is a postmaster alive? A pid file alone proves nothing: it may be stale, reused, or point to a zombie."""

import os
from pathlib import Path

PROC = Path("/proc")


def postmaster(data: Path) -> int | None:
    """The process id of the live postmaster of a data directory, or None.

    A missing or unreadable pid file, no such process, a zombie, and a live process that is known to work in another
    directory (a reused process id) all count as dead. "Permission denied" on the probe counts as alive.
    """
    try:
        number = int((data / "postmaster.pid").read_text(encoding="ascii", errors="replace").split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    if number <= 0 or not _exists(number) or _is_zombie(number):
        return None
    works_in = _working_directory(number)
    return None if works_in is not None and works_in != os.path.realpath(data) else number


def anyone_at_work(data: Path) -> bool:
    """Whether any process has the data directory as working directory: an orphaned backend may still write."""
    place = os.path.realpath(data)
    return any(_working_directory(int(entry.name)) == place for entry in PROC.glob("[0-9]*"))


def _exists(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_zombie(number: int) -> bool:
    try:
        stat = (PROC / str(number) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] in "ZX"


def _working_directory(number: int) -> str | None:
    try:
        return os.readlink(PROC / str(number) / "cwd")
    except OSError:
        return None
