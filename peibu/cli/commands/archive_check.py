"""核对培训档案包：peibu archive-check 档案包.zip（check an archive package without the system）"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from peibu.kernel.errors import PeibuError
from peibu.kernel.packages import check


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare: FILE.zip [--root HEX]."""
    parser.add_argument("package", type=Path, metavar="档案包.zip", help="从平台下载的档案包")
    parser.add_argument("--root", default="", metavar="指纹", help="平台上显示的档案指纹，可只写开头（至少8位）")


def run(args: argparse.Namespace) -> int:
    """Return 0 when the package is intact (and of the given root), 1 otherwise; everything wrong is printed."""
    try:
        with args.package.open("rb") as file:
            found = check(file)
    except OSError as error:
        print(f"无法读取“{args.package}”：{error.strerror}", file=sys.stderr)
        return 1
    except PeibuError as error:
        print(error.sentence(), file=sys.stderr)
        return 1
    wrong = [*found.wrong, *_other_root(found.root, args.root.strip().lower())]
    for line in wrong:
        print(line, file=sys.stderr)
    print(f"{'已被改动' if wrong else '完整无改动'}：{args.package.name}，{found.files} 个文件")
    print(f"  指纹 {found.root}")
    return 1 if wrong else 0


def _other_root(found: str, wanted: str) -> list[str]:
    if not wanted:
        return []
    if len(wanted) < 8:
        return ["--root 至少需要8位"]
    return [] if found.startswith(wanted) else [f"指纹不符：应为 {wanted}，实为 {found}"]
