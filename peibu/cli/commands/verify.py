"""离线核验判定包：peibu verify 判定包.zip（compute a determination's bundle again; no database, no server）"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from peibu.intake.bundles import check_bundle
from peibu.kernel.errors import PeibuError
from peibu.rulebook import PolicyError, RulebookError, list_policies, load_policy
from peibu.rulebook.verifier import Verification, verify_bundle
from peibu.rulebook.versions import read_version


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare: BUNDLE [--against POLICY] [--json]."""
    parser.add_argument("bundle", type=Path, metavar="判定包", help="peibu bundle 或平台导出的 .zip 或 .json")
    parser.add_argument("--against", metavar="政策", help="改用本机的政策重算：city/policy、文件夹或 文件夹@git版本")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def run(args: argparse.Namespace) -> int:
    """Return 0 when the determination comes out the same, 1 otherwise; the reasons are printed."""
    try:
        content = args.bundle.read_bytes()
        # an installed policy is code of the house; what comes inside the bundle runs confined
        here = read_version(args.against) if args.against else None
        found = verify_bundle(content, against=here) if here else check_bundle(content)
    except OSError as error:
        print(f"无法读取“{args.bundle}”：{error.strerror}", file=sys.stderr)
        return 1
    except PeibuError as error:
        print(error.sentence(), file=sys.stderr)
        return 1
    except RulebookError as error:
        print(error, file=sys.stderr)
        return 1
    if args.json:
        print(json.dumps(found.to_dict(), ensure_ascii=False, indent=1))
        return 0 if found.same else 1
    print(found.to_text())
    if found.same and not args.against:
        print(f"  {_installed(found)}")
    return 0 if found.same else 1


def _installed(found: Verification) -> str:
    """A bundle can only prove that it agrees with itself: whose law it holds is told by the fingerprint."""
    if found.policy not in list_policies():
        return f"本机没有政策 {found.policy}：包内规则自相一致，请向发布单位核对规则版本指纹"
    try:
        here = load_policy(found.policy).fingerprint
    except PolicyError:
        here = ""
    if here == found.fingerprint:
        return "包内规则版本与本机安装的政策相同"
    return f"包内规则版本与本机安装的政策（{here[:12]}）不同：请核对该版本是否由发布单位发布过，或用 --against 比较"
