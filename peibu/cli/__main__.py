"""Dispatches `peibu <command>` to peibu/cli/commands/<command>.py, importing only the one that is asked for."""

from __future__ import annotations

import argparse
import ast
import importlib
import os
import sys
from pathlib import Path

_COMMANDS = Path(__file__).with_name("commands")


def main(argv: list[str] | None = None) -> int:
    """Run one command. Returns its exit code: 0 done, 1 refused with a reason, 2 wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        # A server without a locale would otherwise fail on the first Chinese character.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    argv = sys.argv[1:] if argv is None else argv
    known = commands()
    if not argv or argv[0] in ("-h", "--help"):
        print(_overview(known))
        return 0 if argv else 2
    name = argv[0]
    if name not in known:
        print(f"没有命令“{name}”。\n\n{_overview(known)}", file=sys.stderr)
        return 2
    module = importlib.import_module(f"peibu.cli.commands.{known[name].stem}")
    parser = argparse.ArgumentParser(prog=f"peibu {name}", description=module.__doc__)
    module.add_arguments(parser)
    try:
        return module.run(parser.parse_args(argv[1:]))
    except BrokenPipeError:
        # The reader (`| head`) has seen enough; the rest of the output goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def commands() -> dict[str, Path]:
    """Return the commands by name; a file `policy_diff.py` is the command `policy-diff`."""
    files = sorted(_COMMANDS.glob("[a-z]*.py"))
    return {file.stem.replace("_", "-"): file for file in files}


def _overview(known: dict[str, Path]) -> str:
    # The first line of each module is read without importing it: `serve` would pull in Django.
    lines = ["用法: peibu <命令> [参数]；peibu <命令> --help 查看说明", ""]
    for name, file in known.items():
        doc = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
        lines.append(f"  {name:<10} {doc.partition(chr(10))[0]}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
