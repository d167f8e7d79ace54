"""A folder of files as one verifiable zip, and the check of such a zip. Needs neither the system nor its database.

The zip holds a `SHA256SUMS` in the form `sha256sum -c` reads and a `manifest.json` with the root: the SHA-256 of that
list. Nothing is compressed and no time is stored, so the same content gives the same bytes on every machine.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import re
import zipfile
import zlib
from typing import IO

from peibu.kernel.errors import Refused

SUMS, MANIFEST = "SHA256SUMS", "manifest.json"
MOST_BYTES = 4 << 30
MOST_FILES = 5000
_LEAST_DATE = (1980, 1, 1, 0, 0, 0)
_CHUNK = 1 << 20
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
_NAME_LENGTH = 80


@dataclasses.dataclass(frozen=True)
class PackageCheck:
    """What came out: `wrong` is empty for an intact package; `root` is the fingerprint computed from its content."""

    root: str
    files: int
    wrong: list[str]

    @property
    def intact(self) -> bool:
        return not self.wrong


def file_name(text: str) -> str:
    """A name that every system can unpack, with its ending: no folders, control characters or reserved signs."""
    clean = _UNFIT.sub("_", text).strip(" .") or "_"
    stem, dot, ending = clean.rpartition(".")
    if not dot or len(ending) > 8:
        return clean[:_NAME_LENGTH]
    return f"{stem[: _NAME_LENGTH - len(ending) - 1]}.{ending}"


def sums(files: dict[str, bytes]) -> str:
    """The lines of SHA256SUMS, ordered by path."""
    return "".join(f"{hashlib.sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(files))


def pack(files: dict[str, bytes]) -> tuple[bytes, str]:
    """The zip and its root. Raises ValueError for a path that `sha256sum -c` could not name plainly."""
    bad = [path for path in files if path in (SUMS, MANIFEST) or re.search(r"[\r\n\\]|^/|(^|/)\.\.(/|$)", path)]
    if bad:
        raise ValueError(f"unfit paths: {bad}")
    listing = sums(files).encode()
    root = hashlib.sha256(listing).hexdigest()
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(files):
            archive.writestr(_entry(path), files[path])
        archive.writestr(_entry(SUMS), listing)
        archive.writestr(_entry(MANIFEST), _manifest(root, len(files)))
    return sink.getvalue(), root


def _manifest(root: str, files: int) -> bytes:
    return json.dumps({"files": files, "root": root}, indent=1).encode()


def _entry(path: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, date_time=_LEAST_DATE)
    entry.create_system, entry.external_attr = 3, 0o100644 << 16
    return entry


def check(package: IO[bytes]) -> PackageCheck:
    """Compare every file with the list and the list with the root, reading piece by piece.

    Raises Refused when it is not a package at all: no zip, broken, without list or manifest, encrypted, too large.
    """
    try:
        with zipfile.ZipFile(package) as archive:
            return _check(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise Refused("文件不是完整的档案包，或已损坏", "package_broken", "请重新下载档案包后再核对") from error


def _check(archive: zipfile.ZipFile) -> PackageCheck:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    names = [entry.filename for entry in entries]
    if SUMS not in names or MANIFEST not in names:
        told = "、".join(name for name in (SUMS, MANIFEST) if name not in names)
        raise Refused(f"文件不是本平台的档案包：缺少{told}", "not_a_package", "请选择从“班次档案”下载的压缩包")
    if sum(entry.file_size for entry in entries) > MOST_BYTES or len(entries) > MOST_FILES:
        raise Refused("压缩包异常庞大，没有核对", "package_too_large", "请确认文件来源")
    listing = archive.read(SUMS)
    wrong = [f"文件重名：{name}" for name in sorted({name for name in names if names.count(name) > 1})]
    listed, unread = _listed(listing)
    wrong += unread
    found = set(names) - {SUMS, MANIFEST}
    root = hashlib.sha256(listing).hexdigest()
    if archive.read(MANIFEST) != _manifest(root, len(listed)):
        wrong.append(f"清单与封面指纹不符：{MANIFEST} 或 {SUMS} 已被改动")
    wrong += [f"多出文件：{name}" for name in sorted(found - set(listed))]
    wrong += [f"缺少文件：{name}" for name in sorted(set(listed) - found)]
    wrong += [f"内容已变：{name}" for name in sorted(found & set(listed)) if _digest(archive, name) != listed[name]]
    return PackageCheck(root=root, files=len(listed), wrong=wrong)


def _listed(listing: bytes) -> tuple[dict[str, str], list[str]]:
    """Path -> digest of a list, and the lines that cannot be read."""
    listed: dict[str, str] = {}
    unread = []
    for number, line in enumerate(listing.decode("utf-8", "replace").splitlines(), start=1):
        match = _LINE.fullmatch(line)
        if match is None or match[2] in listed:
            unread.append(f"清单第 {number} 行无法识别")
        else:
            listed[match[2]] = match[1]
    return listed, unread


def _digest(archive: zipfile.ZipFile, name: str) -> str:
    """The SHA-256 of a member; empty when the member itself is damaged (its check sum does not fit)."""
    digest = hashlib.sha256()
    try:
        with archive.open(name) as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError):
        return ""
    return digest.hexdigest()
