"""`peibu demo load`: bring the demo city into the database; `peibu demo accounts`: who can sign in."""

import argparse

from peibu.cli.site import set_up


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "演示城市 / the demo city"
    parser.add_argument("deed", choices=["load", "accounts"], help="load：载入；accounts：列出演示账号")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--enterprises", type=int, default=40)


def run(args: argparse.Namespace) -> int:
    set_up()
    from peibu.demo import accounts_table
    from peibu.demo.loader.whole import load_city

    if args.deed == "load":
        load_city(seed=args.seed, people=args.people, enterprises=args.enterprises)
    else:
        for row in accounts_table():
            print("  ".join(row))
    return 0
