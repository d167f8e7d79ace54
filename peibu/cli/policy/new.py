"""新建政策文件夹：peibu policy new city/policy（a commented example of every file; nothing is overwritten）"""

from __future__ import annotations

import argparse

from peibu.rulebook import FactSpec, RulebookError
from peibu.rulebook.scaffold import new_policy

_DAY = FactSpec("from", "date", "日期", "day")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare: CITY/POLICY [--title T] [--title-en T] [--number N] [--prefix P] [--from DATE]."""
    parser.add_argument("path", metavar="city/policy", help="小写英文，如 yantai/skills_2021")
    parser.add_argument("--title", default="", metavar="名称", help="政策名称")
    parser.add_argument("--title-en", default="", metavar="NAME", help="英文名称")
    parser.add_argument("--number", default="", metavar="文号", help="如 烟人社字〔2021〕12号")
    parser.add_argument("--prefix", default="", metavar="前缀", help="条款编号的前缀，如 YT12")
    parser.add_argument("--from", dest="since", metavar="日期", help="施行日期，如 2021-03-01")


def run(args: argparse.Namespace) -> int:
    """Write the folder and say what comes next."""
    try:
        since = _DAY.read(args.since)
    except ValueError as error:
        raise RulebookError(f"--from：{error}") from None
    words = {"title": args.title, "title_en": args.title_en, "number": args.number, "prefix": args.prefix}
    files = new_policy(args.path, since=since, **words)
    for file in files:
        print(file)
    print(f"已新建 {args.path}。接着逐条改写 clauses.yaml，再运行 peibu policy check {args.path} --cases")
    return 0
