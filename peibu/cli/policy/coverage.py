"""条款覆盖：peibu policy coverage [政策]（clause -> rules -> numbers -> steps -> cases -> pages）"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from peibu.rulebook import list_policies, policies_root
from peibu.rulebook.coverage import REALISED, Coverage, coverage
from peibu.rulebook.coverage_markdown import markdown, markdown_name, read_gaps
from peibu.rulebook.versions import read_version


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare: [policy ...] [--json] [--markdown [FOLDER]] [--gaps FILE]."""
    parser.add_argument("policies", nargs="*", metavar="政策", help="不填则为全部政策")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")
    reference = policies_root().parent / "docs" / "reference"
    parser.add_argument(
        "--markdown", nargs="?", type=Path, const=reference, metavar="文件夹", help="写出 clauses-<city>-<policy>.md"
    )
    parser.add_argument("--gaps", type=Path, default=reference / "gaps.yaml", metavar="文件", help="已知的缺口")


def run(args: argparse.Namespace) -> int:
    """Return 1 when a clause is unaccounted for, or a rule lacks a case that passes, fails, or is unknown."""
    gaps = read_gaps(args.gaps)
    found = [coverage(read_version(path), gaps) for path in args.policies or list_policies()]
    if args.json:
        print(json.dumps([item.to_dict() for item in found], ensure_ascii=False, indent=1))
    else:
        for item in found:
            _print(item)
    if args.markdown is not None:
        for item in found:
            file = args.markdown / markdown_name(item.policy)
            file.write_text(markdown(item), encoding="utf-8")
            print(f"已写出 {file}", file=sys.stderr)
    return 1 if any(item.problems for item in found) else 0


def _print(found: Coverage) -> None:
    rules = [rule for clause in found.clauses for rule in clause.rules if rule.kind == "rule"]
    edges = sum(bool(rule.boundary_passed and rule.boundary_failed) for rule in rules)
    print(f"{found.policy}  {found.document_number}")
    print(f"  {len(found.clauses)} 条款、{len(rules)} 规则（{edges} 条两侧边界都有例子）、{found.cases} 例")
    for clause in found.clauses:
        mark = "✓" if clause.accounted and not any(rule.lacking for rule in clause.rules) else "✗"
        print(
            f"  {mark} {clause.id}（{clause.cite}）{REALISED[clause.realised][0]}"
            + ("  缺口已登记" if clause.gap else "")
        )
        for rule in clause.rules:
            tried = f"符合 {rule.passed}（边界 {rule.boundary_passed}）、不符合 {rule.failed}（边界 {rule.boundary_failed}）"
            print(f"      {rule.name}：{tried}、待核实 {rule.unknown}")
        for label, names in (("数字", clause.numbers), ("流程", clause.steps), ("页面", clause.pages)):
            if names:
                print(f"      {label}：{'、'.join(names)}")
    for problem in found.problems:
        print(f"  ! {problem}")
