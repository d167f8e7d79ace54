"""按政策判定：peibu decide <政策> <文件>（judge the cases of a file; no database, no server）"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from peibu.cli.fact_output import DECISIONS, print_case, record, write
from peibu.cli.fact_table import Case, read_cases
from peibu.rulebook import FactError, FactSpec, Policy, RulebookError, load_policy

_DAYS = ("claimed_on", "enrolled_on", "applied_on")
_DAY = FactSpec("on", "date", "判定日", "on")
_TABLES = (".csv", ".xlsx", ".xls", ".parquet")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare: policy file [--subject S] [--on DATE] [--records KIND=FILE] [--employer E] [--out FILE] [--lang L]."""
    parser.add_argument("policy", metavar="政策", help="如 qingdao/industrial_internet_2020")
    parser.add_argument("file", type=Path, metavar="文件", help=".json .jsonl .csv .xlsx .xls .parquet")
    parser.add_argument("--subject", default="claim", metavar="对象", help="判定对象，默认 claim（补贴申领）")
    parser.add_argument(
        "--on", metavar="日期", help="按哪一天的规则判定；默认取申领、报名或申请日期，再默认取政策首日"
    )
    parser.add_argument("--insurance", type=Path, metavar="文件", help="逐月社保缴费记录，同 --records insurance=文件")
    told = "推算事实所依据的记录，可多次：insurance work_periods qualifications sessions videos teachers"
    parser.add_argument("--records", action="append", default=[], metavar="种类=文件", help=told)
    told = "已享受的补贴，政策有次数、名额等限制时用；同 --records grants=文件"
    parser.add_argument("--grants", type=Path, metavar="文件", help=told)
    parser.add_argument("--employer", default="", metavar="企业", help="申领企业名称（事实文件中没有企业列时）")
    parser.add_argument("--out", type=Path, metavar="文件", help="写出 .json .jsonl .csv .xlsx .parquet")
    parser.add_argument("--lang", choices=["zh", "en"], default="zh", help="说明的语言")
    told = "在 Spark 集群上判定，如 spark://主机:7077、yarn 或 local[2]（见 docs/how-to/run-on-a-cluster.md）"
    parser.add_argument("--cluster", metavar="MASTER", help=told)
    told = "两万行以上的表格：为哪些行写说明；默认不符合和待核实的合计不到两万行时写它们"
    parser.add_argument("--explain", choices=["fail", "all", "none"], help=told)


def run(args: argparse.Namespace) -> int:
    """Judge every case; print or write them. Returns 1 when the input is refused, with every reason."""
    try:
        if args.out is not None and args.out.resolve() == args.file.resolve():
            raise RulebookError("写出的文件不能就是读入的文件，请另起文件名")
        policy = load_policy(args.policy)
        if args.file.suffix.lower() in _TABLES and args.file.is_file():
            from peibu.cli.batch.command import decide_table  # polars loads only for tables

            if (told := decide_table(policy, args)) is not None:
                print(told)
                return 0
        if args.cluster or args.grants:
            raise RulebookError("--cluster 和 --grants 用于表格文件（.csv .xlsx .parquet），请另存后再判定")
        cases, single = read_cases(args.file, policy, args.subject)
        if args.insurance is not None or args.records:
            cases = _with_records(policy, cases, args)
        rows = _judge(policy, cases, args)
        if args.out is not None:
            print(f"已判定{write(rows, args.out)}件，写入 {args.out}")
        else:
            _show(list(rows), single, args.lang)
    except FactError as error:
        count = getattr(error, "count", len(error.problems))
        print(f"文件中有{count}处问题，未作判定：", file=sys.stderr)
        print("\n".join(f"- {problem}" for problem in error.problems), file=sys.stderr)
        return 1
    except RulebookError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _day(case: Case, policy: Policy, args: argparse.Namespace) -> date:
    given = args.on or next((case.facts[name] for name in _DAYS if case.facts.get(name)), None)
    try:
        return _DAY.read(given) or policy.card["in_force"]["from"]
    except ValueError as error:
        raise FactError([f"{case.where}日期“{given}”不能识别：{error}"]) from None


def _with_records(policy: Policy, cases: list[Case], args: argparse.Namespace) -> list[Case]:
    from peibu.cli.record_file import parse_option, read_record_files, with_records

    given = [parse_option(text) for text in args.records]
    given += [("insurance", args.insurance)] if args.insurance is not None else []
    files, alone = read_record_files(policy, given), len(cases) == 1
    found, problems = [], []
    for case in cases:
        try:
            day = _day(case, policy, args)
            told = {"on": day, "employer": args.employer, "alone": alone}
            found.append(with_records(policy, args.subject, case, files, **told))
        except FactError as error:
            problems += error.problems
    if problems:
        raise FactError(problems)
    return found


def _judge(policy: Policy, cases: list[Case], args: argparse.Namespace) -> Iterator[dict[str, Any]]:
    cites = {clause.id: clause.cite for clause in policy.clauses}
    judgements, problems = [], []
    for case in _with_progress(cases):
        try:
            day = _day(case, policy, args)
            judgements.append(policy.judge(args.subject, case.facts, on=day, lang=args.lang))
        except FactError as error:
            problems += [f"{case.where}{problem}" for problem in error.problems]
    if problems:
        raise FactError(problems)
    for case, judgement in zip(cases, judgements, strict=True):
        yield record(case.where, case.key, judgement, cites)


def _with_progress(cases: list[Case]) -> Any:
    if len(cases) < 10_000 or not sys.stderr.isatty():
        return cases
    from tqdm import tqdm

    return tqdm(cases, unit="件", desc="判定")


def _show(rows: list[dict[str, Any]], single: bool, lang: str) -> None:
    for number, row in enumerate(rows):
        if number:
            print("\n" + "─" * 60)
        if row["where"]:
            print(row["where"])
        print_case(row, lang)
    if not single:
        counts = {word: sum(row["decision"] == code for row in rows) for code, word in DECISIONS[lang].items()}
        print("\n" + "、".join(f"{word} {count}" for word, count in counts.items()))
