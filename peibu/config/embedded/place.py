"""Directories of one embedded server: where its files and its socket lie."""

import hashlib
import os
import stat
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from peibu.config.embedded import account as accounts
from peibu.config.embedded.errors import EmbeddedError

# a socket path may have 107 bytes; the name .s.PGSQL.5432 and a separator take the rest
LONGEST_SOCKET_DIRECTORY = 90
# for a root whose checkout lies below a directory closed to everybody else, such as /root
SHARED_PLACE = Path("/var/lib/peibu")
PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-_.")


@dataclass(frozen=True)
class Place:
    """A base directory that the account can use."""

    base: Path
    account: accounts.Account

    @property
    def data(self) -> Path:
        return self.base / "data"

    @property
    def log(self) -> Path:
        return self.base / "server.log"

    @property
    def major(self) -> int | None:
        """The major version that made the data directory, None when there is none."""
        try:
            return int((self.data / "PG_VERSION").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None

    @property
    def socket(self) -> Path:
        """The socket's directory: the base, or a short one in the temporary folder when the base cannot serve."""
        name = os.fsencode(self.base)
        if len(name) <= LONGEST_SOCKET_DIRECTORY and not set(name) & set(b',"'):
            return self.base
        temporary = Path("/tmp") if Path("/tmp").is_dir() else Path(tempfile.gettempdir())
        return temporary / f"peibu-pg-{_digest(self.base)}"

    @property
    def url(self) -> str:
        """The database URL; everything but small letters is percent-encoded, as URL parsers lower a host's case."""
        host = "".join(chr(byte) if byte in PLAIN else f"%{byte:02x}" for byte in os.fsencode(self.socket))
        return f"postgresql://app@{host}/app"

    def make_socket_directory(self) -> None:
        """Make the temporary socket directory; refuse a foreign one, since its name can be guessed."""
        directory = self.socket
        if directory == self.base:
            return
        try:
            directory.mkdir(mode=0o700)
            self.own(directory)
        except FileExistsError:
            pass
        facts = directory.lstat()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != self.account.uid or stat.S_IMODE(facts.st_mode) != 0o700:
            raise EmbeddedError(
                f"{directory} 不属于账户 {self.account.name} 或权限不是 0700，可能是他人放置的。请检查并删除它。"
                f" / {directory} is not a 0700 directory of {self.account.name}: inspect and remove it."
            )

    def own(self, path: Path) -> None:
        if self.account.switch:
            os.chown(path, self.account.uid, self.account.gid)


def prepare(base_dir: Path | str) -> Place:
    """Make the base directory (0700, of the account) and return it.

    A root whose checkout lies below a directory closed to unprivileged accounts gets a directory of its own under
    /var/lib/peibu instead, named by the path; the modes of parents are never changed.
    """
    place = locate(base_dir)
    if set(str(place.base)) & set('$`\\"\n'):
        # pg_ctl hands the path to a shell in double quotes
        raise EmbeddedError(
            f'目录名含有 $ ` \\ " 或换行，PostgreSQL 无法使用：{place.base}'
            ' / PostgreSQL cannot use a path with $ ` \\ " or a line break.'
        )
    if place.base.parent == SHARED_PLACE:
        SHARED_PLACE.mkdir(mode=0o755, parents=True, exist_ok=True)
    if _enter(place):
        return place
    raise EmbeddedError(
        f"账户 {place.account.name} 无法进入 {place.base}。请把项目放到所有用户可进入的目录（如 /var/lib 之下）。"
        f" / Account {place.account.name} cannot reach {place.base}: move to a place such as one under /var/lib."
    )


def locate(base_dir: Path | str) -> Place:
    """Which directory serves this base directory."""
    base = Path(base_dir).absolute()
    here = Place(base, accounts.choose(base))
    if not here.account.switch or here.data.exists():
        return here
    nearest = next(folder for folder in (base, *base.parents) if folder.exists())
    if here.account.can_enter(nearest if nearest != base else base.parent):
        return here
    shared = SHARED_PLACE / _digest(base)
    if not shared.exists():
        sys.stderr.write(
            f"数据库目录 / database directory: {shared} ({here.account.name} cannot enter {base.parent})\n"
        )
    return Place(shared, accounts.choose(shared))


def _enter(place: Place) -> bool:
    try:
        place.base.mkdir(parents=True, exist_ok=True)
        facts = place.base.stat()
        if not place.account.switch and facts.st_uid != place.account.uid:
            raise PermissionError
        place.own(place.base)
        place.base.chmod(0o700)
    except PermissionError:
        raise EmbeddedError(
            f"数据库目录 {place.base} 属于另一个账户。请用建立它的账户（或 root）运行，或设置 DATABASE_URL。"
            f" / {place.base} belongs to another account: run as that account or root, or set DATABASE_URL."
        ) from None
    return place.account.can_enter(place.base)


def _digest(base: Path) -> str:
    return hashlib.sha256(os.fsencode(base)).hexdigest()[:16]
