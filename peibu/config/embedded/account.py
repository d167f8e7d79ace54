"""The operating-system account PostgreSQL runs under.

PostgreSQL refuses to run as root. A normal user simply runs it; root hands it to the owner of the existing data
directory, else to the account ``postgres``, else to ``nobody``. No account is ever created.
"""

import contextlib
import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from peibu.config.embedded.errors import EmbeddedError


@dataclass(frozen=True)
class Account:
    """Whom the server runs as. ``switch`` is true when we are root and must become somebody else."""

    uid: int
    gid: int
    name: str
    switch: bool

    def run(self, command: Sequence[str | Path], *, text_in: str = "", timeout: float = 120.0):
        """Run a program as this account, without our groups, working directory, terminal or PG* variables."""
        who = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}
        keep = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))}
        return subprocess.run(
            [str(part) for part in command],
            input=text_in,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            cwd="/",
            env=keep | {"LC_ALL": "C"},
            timeout=timeout,
            check=False,
            **who,
        )

    def can_enter(self, directory: Path) -> bool:
        """Whether this account can reach a directory (every parent must let it through)."""
        return self.run(["/bin/sh", "-c", 'cd "$1"', "sh", directory]).returncode == 0

    def can_execute(self, program: Path) -> bool:
        return self.run(["/bin/sh", "-c", 'test -x "$1"', "sh", program]).returncode == 0


def choose(base: Path) -> Account:
    """The account for a base directory.

    Raises EmbeddedError for a user id without a passwd entry (initdb refuses it) and for a root without any
    unprivileged account.
    """
    if os.geteuid() != 0:
        try:
            me = pwd.getpwuid(os.geteuid())
        except KeyError:
            raise EmbeddedError(
                f"用户编号 {os.geteuid()} 在本机没有账户，内置 PostgreSQL 无法启动。请设置 DATABASE_URL。"
                f" / User id {os.geteuid()} has no passwd entry: set DATABASE_URL."
            ) from None
        return Account(me.pw_uid, me.pw_gid, me.pw_name, switch=False)
    for entry in _candidates(base):
        if entry.pw_uid != 0:
            return Account(entry.pw_uid, entry.pw_gid, entry.pw_name, switch=True)
    raise EmbeddedError(
        "PostgreSQL 不能以 root 运行，本机又没有 postgres 或 nobody 账户。请以普通用户运行，或设置 DATABASE_URL。"
        " / PostgreSQL refuses root and there is no account postgres or nobody:"
        " run as a normal user or set DATABASE_URL."
    )


def _candidates(base: Path):
    data = base / "data"
    if data.exists():
        with contextlib.suppress(KeyError):
            yield pwd.getpwuid(data.stat().st_uid)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            yield pwd.getpwnam(name)
