"""政策文件夹：peibu policy check|list|diff|replay|coverage|new（check, compare, try out and begin policy folders）"""

from __future__ import annotations

import argparse
import importlib
import sys

from peibu.kernel.errors import PeibuError
from peibu.rulebook import FactError, RulebookError

_ACTIONS = ("check", "list", "diff", "replay", "coverage", "new")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare one parser per word; each word is a file of peibu/cli/policy/."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="|".join(_ACTIONS))
    for name in _ACTIONS:
        module = importlib.import_module(f"peibu.cli.policy.{name}")
        module.add_arguments(actions.add_parser(name, help=(module.__doc__ or "").partition("\n")[0]))


def run(args: argparse.Namespace) -> int:
    """Return what the word returns; 1 with every reason when its input is refused."""
    try:
        return importlib.import_module(f"peibu.cli.policy.{args.action}").run(args)
    except FactError as error:
        print(f"文件中有{len(error.problems)}处问题：", file=sys.stderr)
        print("\n".join(f"- {problem}" for problem in error.problems), file=sys.stderr)
    except RulebookError as error:
        print(error, file=sys.stderr)
    except PeibuError as error:
        print(error.sentence(), file=sys.stderr)
    except OSError as error:
        print(f"不能读写“{error.filename}”：{error.strerror}", file=sys.stderr)
    return 1
