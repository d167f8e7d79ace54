"""以草案重算真实数据：peibu policy replay 草案 --on 数据（winners, losers, money, work; by enterprise, division, rule）"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from peibu.cli.policy.replay_data import past_of, table_of
from peibu.cli.policy.replay_output import FORMATS, print_replay, write_replay
from peibu.rulebook import FactSpec, Policy, PolicyError, RulebookError, load_policy
from peibu.rulebook.changes import read_number
from peibu.rulebook.replay_frame import replay_frame
from peibu.rulebook.replay_stored import replay_stored
from peibu.rulebook.versions import read_version

_DAY = FactSpec("on", "date", "日期", "day")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare: DRAFT --on DATA [--base P] [--set N=V] [--reading N=CODE] [--since D] [--subject S] [--day D] [--out F]."""
    parser.add_argument("draft", metavar="草案", help="草案文件夹；或现行政策加 --set / --reading")
    parser.add_argument(
        "--on", dest="data", required=True, type=Path, metavar="数据",
        help="判定记录 .jsonl（每行一件，可有 enterprise、division 列），或事实表 .parquet .csv .xlsx .xls",
    )  # fmt: skip
    parser.add_argument("--base", metavar="政策", help="与哪个版本比较；默认是同一路径的现行政策")
    parser.add_argument(
        "--set", action="append", default=[], metavar="数字=值", help="改一个数字，如 subsidy_cap_fen=1800元"
    )
    parser.add_argument("--reading", action="append", default=[], metavar="解读=读法", help="改一处解读")
    parser.add_argument("--since", metavar="日期", help="所改自哪一天起；默认一直如此")
    parser.add_argument("--subject", default="claim", metavar="对象", help="判定对象，默认 claim（补贴申领）")
    parser.add_argument("--day", metavar="日期", help="一律按这一天的规则；默认按各件自己的日期")
    parser.add_argument("--samples", type=int, default=5, metavar="N", help="每一类说明几件")
    names = "、".join(FORMATS)
    parser.add_argument(
        "--out", action="append", default=[], type=Path, metavar="文件", help=f"写出 {names}，可写几个"
    )


def run(args: argparse.Namespace) -> int:
    """Replay, print the summary, write the files asked for."""
    for path in args.out:
        if path.suffix.lower() not in FORMATS or path.resolve() == args.data.resolve():
            raise RulebookError(f"不能写出“{path.name}”：请用 {'、'.join(FORMATS)}，且不是读入的文件")
    base, draft = _versions(args)
    on = _date(args.day, "--day")
    if args.data.suffix.lower() in (".jsonl", ".json"):
        found, cases = replay_stored(base, draft, args.subject, past_of(args.data), on=on, samples=args.samples)
    else:
        found, cases = replay_frame(
            base, draft, args.subject, table_of(args.data, base, args.subject, on), samples=args.samples
        )
    print_replay(found)
    for path in args.out:
        write_replay(found, cases, path)
        print(f"已写出 {path}")
    return 0


def _versions(args: argparse.Namespace) -> tuple[Policy, Policy]:
    draft = read_version(args.draft)
    changes = {"parameters": dict(_pairs(args.set, "--set")), "readings": dict(_pairs(args.reading, "--reading"))}
    base = read_version(args.base) if args.base else draft if any(changes.values()) else load_policy(draft.path)
    if any(changes.values()):
        numbers = {name: read_number(draft, name, text) for name, text in changes["parameters"].items()}
        draft = draft.with_changes(
            parameters=numbers, readings=changes["readings"], since=_date(args.since, "--since")
        )
    if draft.fingerprint == base.fingerprint:
        remedy = "用 --set 数字=值、--reading 解读=读法，或给出另一个文件夹；peibu policy diff 可查看差别"
        raise PolicyError("草案与现行政策没有差别，不必试算", file=draft.folder, remedy=remedy)
    return base, draft


def _pairs(given: list[str], option: str) -> list[tuple[str, str]]:
    pairs = []
    for item in given:
        name, sign, value = item.partition("=")
        if not sign or not name.strip() or not value.strip():
            raise RulebookError(f"{option} 应写作 名称=值，而不是“{item}”")
        pairs.append((name.strip(), value.strip()))
    return pairs


def _date(text: str | None, option: str) -> date | None:
    try:
        return _DAY.read(text)
    except ValueError as error:
        raise RulebookError(f"{option}：{error}") from None
