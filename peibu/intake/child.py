"""The confined process: limits itself first, then reads one file from standard input and answers in JSON.

Only `peibu.intake.sandbox` starts it: python -m peibu.intake.child <task>
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from typing import Any

from peibu.intake.limits import Limits
from peibu.kernel.errors import Refused

_SMALL_HEADER = 1 << 16


def _confine(limits: Limits) -> None:
    for kind, bound in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.answer_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (bound, bound))


def _task(name: str) -> Callable[[bytes, dict[str, Any], Limits], Any]:
    # Imported late: each task pays, in memory and time, only for the libraries it uses.
    if name == "cells":
        from peibu.intake.workbooks import read_cells as task
    elif name == "picture":
        from peibu.intake.pictures import reencode as task
    elif name == "pdf":
        from peibu.intake.pdfs import examine as task
    elif name == "archive":
        from peibu.intake.archives import examine as task
    elif name == "package":
        from peibu.intake.packages import examine as task
    elif name == "bundle":
        from peibu.intake.bundles import examine as task
    elif name == "video":
        from peibu.intake.videos import examine as task
    else:
        raise ValueError(f"unknown task {name}")
    return task


def main() -> int:
    """Answer on standard output; exit code 0 whenever there is an answer, a refusal included."""
    source = sys.stdin.buffer
    header = json.loads(source.readline(_SMALL_HEADER))
    limits = Limits(**header["limits"])
    _confine(limits)
    try:
        answer = {"answer": _task(sys.argv[1])(source.read(), header["options"], limits)}
    except Refused as refused:
        answer = {"refused": [refused.message, refused.code, refused.remedy]}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
