"""检查政策文件夹，一次列出全部问题（every error of a folder at once, with file, line, clause and remedy）"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from peibu.rulebook import PolicyError, list_policies, policies_root
from peibu.rulebook.inspection import Report, inspect_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare: [policy ...] [--cases] [--hints]."""
    parser.add_argument("policies", nargs="*", metavar="政策", help="city/policy 或文件夹；不填则检查全部")
    parser.add_argument("--cases", action="store_true", help="也运行 cases.yaml，并查每条规则是否都有例子")
    parser.add_argument("--hints", action="store_true", help="也提示没有用到的数字、事实和解读")


def run(args: argparse.Namespace) -> int:
    """Return 0 when every policy is whole, 1 otherwise."""
    reports = [(path, _inspect(path, args.cases)) for path in args.policies or list_policies()]
    for path, report in reports:
        _print(path, report, args.hints)
    wrong = sum(len(report.errors) for _path, report in reports)
    if wrong:
        print(f"共{wrong}处问题", file=sys.stderr)
    return 1 if wrong else 0


def _inspect(path: str, cases: bool) -> Report:
    inside = policies_root() / path
    folder = inside if (inside / "policy.yaml").is_file() else Path(path).resolve()
    if not folder.is_dir() or not any(folder.iterdir()):
        known = "、".join(list_policies()) or "（无）"
        return Report(None, (PolicyError(f"没有政策“{path}”", file=folder, remedy=f"可用的政策：{known}"),))
    return inspect_folder(folder, cases=cases)


def _print(path: str, report: Report, hints: bool) -> None:
    for error in report.errors:
        print(error, file=sys.stderr)
    for hint in report.hints if hints else ():
        print(f"提示：{hint}")
    policy = report.policy
    if policy is not None and not report.errors:
        rules = sum(rule.mark.kind == "rule" for rule in policy.rules)
        print(f"{path}: {len(policy.clauses)} 条款、{rules} 规则、{len(policy.facts)} 事实，检查通过")
        print(f"  指纹 {policy.fingerprint}")
