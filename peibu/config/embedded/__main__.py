"""python -m peibu.config.embedded ensure|stop|pid|dump|restore|erase BASE [FILE]"""

import argparse
import sys

from peibu.config import embedded


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m peibu.config.embedded", description="内置 PostgreSQL")
    parser.add_argument("operation", choices=["ensure", "stop", "pid", "dump", "restore", "erase"])
    parser.add_argument("base", help="目录，例如 var/pg")
    parser.add_argument("file", nargs="?", help="备份文件（dump / restore）")
    chosen = parser.parse_args()
    takes_file = chosen.operation in ("dump", "restore")
    if takes_file != (chosen.file is not None):
        parser.error("dump 和 restore 需要备份文件，其他操作不需要 / only dump and restore take a file")
    try:
        answer = getattr(embedded, chosen.operation)(*([chosen.base, chosen.file] if takes_file else [chosen.base]))
    except (embedded.EmbeddedError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if isinstance(answer, (str, int)) and not isinstance(answer, bool):
        sys.stdout.write(f"{answer}\n")
    return 1 if chosen.operation == "pid" and answer is None else 0


sys.exit(main())
