"""检查政策文件夹：peibu policy check [政策]（check a policy folder; list the policies）"""

from __future__ import annotations

import argparse
import sys

from peibu.rulebook import PolicyError, check_policy, list_policies, load_policy


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare: check [policy ...] | list."""
    parser.add_argument("action", choices=["check", "list"], help="check 检查；list 列出全部政策")
    parser.add_argument(
        "policies", nargs="*", metavar="政策", help="如 qingdao/industrial_internet_2020；不填则检查全部"
    )


def run(args: argparse.Namespace) -> int:
    """Return 0 when every policy is whole, 1 otherwise; every problem is printed with file, line and remedy."""
    if args.action == "list":
        for path in list_policies():
            card = load_policy(path).card
            print(f"{path}\t{card['document_number']}\t{card['title']}")
        return 0
    problems = [error for path in args.policies or list_policies() for error in _check(path)]
    for error in problems:
        print(error, file=sys.stderr)
    return 1 if problems else 0


def _check(path: str) -> list[PolicyError]:
    try:
        policy = load_policy(path)
    except PolicyError as error:
        return [error]
    problems = check_policy(policy)
    rules = sum(rule.mark.kind == "rule" for rule in policy.rules)
    if not problems:
        print(f"{path}: {len(policy.clauses)} 条款、{rules} 规则、{len(policy.facts)} 事实，检查通过")
        print(f"  指纹 {policy.fingerprint}")
    return problems
