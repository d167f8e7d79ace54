"""列出政策所需事实：peibu facts <政策>（JSON Schema of the facts; --template writes an Excel template）"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from peibu.rulebook import Policy, RulebookError, load_policy
from peibu.rulebook.schema import json_schema


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare: policy [--subject S] [--records KIND] [--template FILE.xlsx]."""
    parser.add_argument("policy", metavar="政策", help="如 qingdao/industrial_internet_2020")
    parser.add_argument("--subject", default="claim", metavar="对象", help="判定对象，默认 claim（补贴申领）")
    told = "改为列出一种记录的各列：insurance work_periods qualifications sessions videos teachers grants"
    parser.add_argument("--records", metavar="种类", help=told)
    parser.add_argument("--template", type=Path, metavar="FILE.xlsx", help="写出 Excel 填报模板")


def run(args: argparse.Namespace) -> int:
    """Print the schema, or write the template."""
    try:
        policy = load_policy(args.policy)
        policy.facts_of(args.subject)
    except RulebookError as error:
        print(error, file=sys.stderr)
        return 1
    if args.template is not None and args.template.suffix.lower() != ".xlsx":
        print(f"模板应为 .xlsx 文件，而不是“{args.template.name}”。", file=sys.stderr)
        return 1
    if args.records is not None:
        return _records(policy, args)
    if args.template is None:
        print(json.dumps(json_schema(policy, args.subject), ensure_ascii=False, indent=2))
        return 0
    from peibu.cli.fact_template import write_template  # xlsxwriter loads only when a template is wanted

    write_template(policy, args.subject, args.template)
    print(f"已写出模板：{args.template}")
    return 0


def _records(policy: Policy, args: argparse.Namespace) -> int:
    from peibu.cli.record_template import record_schema, write_record_template
    from peibu.rulebook.derived import KINDS

    if args.records not in KINDS:
        print(f"没有名为“{args.records}”的记录种类，可用：{'、'.join(KINDS)}", file=sys.stderr)
        return 1
    if args.template is None:
        print(json.dumps(record_schema(KINDS[args.records], policy), ensure_ascii=False, indent=2))
    else:
        write_record_template(KINDS[args.records], policy, args.template)
        print(f"已写出模板：{args.template}")
    return 0
