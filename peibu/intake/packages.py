"""An archive package handed in for checking: read in the confined process, answered, never kept."""

from __future__ import annotations

import dataclasses
from io import BytesIO
from typing import Any

from peibu.intake import archives, kinds
from peibu.intake.limits import MB, Limits
from peibu.intake.sandbox import run_confined
from peibu.kernel.errors import Refused
from peibu.kernel.packages import PackageCheck, check

# Packages are mostly photos and stored, not compressed: larger than other uploads, and hardly growing when unpacked.
PACKAGE = Limits(file_bytes=100 * MB, unpacked_bytes=200 * MB, ratio=20, members=2000)


def check_package(name: str, content: bytes) -> PackageCheck:
    """Check an archive package from outside. Raises Refused when it is too large, hostile, or no package."""
    if len(content) > PACKAGE.file_bytes:
        limit = PACKAGE.file_bytes >> 20
        todo = "请下载档案包后用 sha256sum 或 peibu archive-check 在本机核对"
        raise Refused(f"文件超过 {limit} MB，不能在线核对", "file_size", todo)
    if not content.startswith(b"PK"):
        raise kinds.refusal(name, kinds.sniff(content))
    return PackageCheck(**run_confined("package", content, limits=PACKAGE))


def examine(content: bytes, options: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Task of the child: what unpacking costs is counted before anything is compared."""
    try:
        archives.check(content, limits, nested=True)
    except Refused as refused:
        # a damaged member is just what is asked about: the comparison names it, or refuses the whole file
        if refused.code != "zip_broken":
            raise
    return dataclasses.asdict(check(BytesIO(content)))
