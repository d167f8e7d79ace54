"""peibu <command>: finds peibu/cli/commands/<command>.py, which has add_arguments(parser) and run(args) -> int."""

import argparse
import importlib
import pkgutil
import sys

from peibu.cli import commands


def main(words: list[str] | None = None) -> int:
    names = sorted(module.name for module in pkgutil.iter_modules(commands.__path__))
    words = sys.argv[1:] if words is None else words
    parser = argparse.ArgumentParser(prog="peibu", description="培补：从政策到资金 / from the policy to the money")
    parser.add_argument("command", choices=names, help="命令 / command")
    chosen = parser.parse_args(words[:1])
    # only the chosen command is imported: decide must not pay for Django
    command = importlib.import_module(f"peibu.cli.commands.{chosen.command}")
    parser = argparse.ArgumentParser(prog=f"peibu {chosen.command}")
    command.add_arguments(parser)
    return command.run(parser.parse_args(words[1:]))


if __name__ == "__main__":
    sys.exit(main())
