"""导出判定包：peibu bundle <政策> <事实.json> --out 判定包.zip（a determination as one file that can be verified）"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from peibu.cli.fact_table import read_cases
from peibu.rulebook import FactError, FactSpec, RulebookError, load_policy
from peibu.rulebook.bundle import write_bundle, write_bundle_json
from peibu.rulebook.derived import derive_facts, read_records

_DAY = FactSpec("on", "date", "日期", "day")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare: policy file --out FILE [--subject S] [--on DATE] [--known-at DATE] [--records FILE] [--lang L]."""
    parser.add_argument("policy", metavar="政策", help="如 qingdao/industrial_internet_2020")
    parser.add_argument("file", type=Path, metavar="事实", help="一件的事实：.json .csv .xlsx .parquet")
    parser.add_argument("--out", type=Path, required=True, metavar="文件", help="写出 .zip 或 .json")
    parser.add_argument("--subject", default="claim", metavar="对象", help="判定对象，默认 claim（补贴申领）")
    parser.add_argument("--on", metavar="日期", help="按哪一天的规则判定；默认取申领日期，再默认取政策首日")
    parser.add_argument("--known-at", metavar="日期", help="证据截至哪一天")
    parser.add_argument(
        "--records", type=Path, metavar="文件", help="据以得出事实的记录（JSON：{种类: [行]}），一并存入"
    )
    parser.add_argument("--lang", choices=["zh", "en"], default="zh", help="说明的语言")


def run(args: argparse.Namespace) -> int:
    """Judge one case and write its bundle. Returns 1 with the reasons when something is refused."""
    try:
        if args.out.suffix.lower() not in (".zip", ".json"):
            raise RulebookError(f"判定包应为 .zip 或 .json，而不是“{args.out.name}”")
        policy = load_policy(args.policy)
        cases, _single = read_cases(args.file, policy, args.subject)
        if len(cases) != 1:
            raise RulebookError(f"一个判定包只装一件，文件中有{len(cases)}件")
        facts = cases[0].facts
        on = _DAY.read(args.on or facts.get("claimed_on")) or policy.card["in_force"]["from"]
        records = json.loads(args.records.read_text(encoding="utf-8")) if args.records else {}
        employer = str(cases[0].key.get("employer") or "")
        typed = read_records(policy, records)
        facts = derive_facts(policy, args.subject, facts, typed, on=on, employer=employer)
        judged = policy.judge(args.subject, facts, on=on, known_at=_DAY.read(args.known_at), lang=args.lang)
        if args.out.suffix.lower() == ".zip":
            content, root = write_bundle(policy, judged, records=records, employer=employer, lang=args.lang)
        else:
            text = write_bundle_json(policy, judged, records=records, employer=employer, lang=args.lang)
            content, root = text.encode(), ""
        args.out.write_bytes(content)
    except FactError as error:
        print("\n".join(f"- {problem}" for problem in error.problems), file=sys.stderr)
        return 1
    except (RulebookError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"不能读写“{error.filename}”：{error.strerror}", file=sys.stderr)
        return 1
    print(f"已写出判定包：{args.out}" + (f"\n  指纹 {root}" if root else ""))
    return 0
