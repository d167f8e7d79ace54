"""比较两个版本：peibu policy diff 旧 新（clause by clause: numbers, readings, rules, wording, process）"""

from __future__ import annotations

import argparse
import json

from peibu.rulebook.diff import diff_policies
from peibu.rulebook.versions import read_version


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare: OLD NEW [--json]."""
    for name, label in (("old", "旧"), ("new", "新")):
        parser.add_argument(name, metavar=label, help="city/policy、文件夹，或其后加 @git版本")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def run(args: argparse.Namespace) -> int:
    """Print the differences. Returns 0 also when there are some: to differ is no error."""
    found = diff_policies(read_version(args.old), read_version(args.new), names=(args.old, args.new))
    print(json.dumps(found.to_dict(), ensure_ascii=False, indent=1) if args.json else found.to_text())
    return 0
