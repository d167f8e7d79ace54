"""Runs one task on one file in a child process with limits on memory, time and output. The parent never parses.

The file goes in and the answer comes out through memory files, so that personal data never touches a disk. The answer
is JSON: a child taken over by a hostile file can lie, but not run code here.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, Any

import peibu
from peibu.intake.limits import DEFAULT, Limits
from peibu.kernel.errors import Refused

_ROOT = str(Path(peibu.__file__).resolve().parents[1])
TOO_COSTLY = "file_too_costly"


def run_confined(task: str, content: bytes, options: dict[str, Any] | None = None, limits: Limits = DEFAULT) -> Any:
    """The answer of `task` (a name known to peibu.intake.child) on `content`.

    Raises Refused when the child refuses the file, exceeds a limit, or dies.
    """
    with _memory_file() as given, _memory_file() as answer:
        given.write(json.dumps({"options": options or {}, "limits": dataclasses.asdict(limits)}).encode() + b"\n")
        given.write(content)
        given.flush()
        given.seek(0)
        code = _run(task, given, answer, limits)
        answer.seek(0)
        told = answer.read(limits.answer_bytes + 1)
    if code != 0 or len(told) > limits.answer_bytes:
        raise _too_costly()
    try:
        result = json.loads(told)
    except ValueError:
        raise _too_costly()
    if "refused" in result:
        message, reason, remedy = result["refused"]
        raise Refused(str(message), code=str(reason), remedy=str(remedy))
    return result["answer"]


def _run(task: str, given: IO[bytes], answer: IO[bytes], limits: Limits) -> int:
    environment = {
        "PYTHONPATH": _ROOT,
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "RUST_BACKTRACE": "0",
        "LANG": "C.UTF-8",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "peibu.intake.child", task],
        stdin=given,
        stdout=answer,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=_ROOT,
        start_new_session=True,
    )
    try:
        return process.wait(limits.wall_seconds)
    except subprocess.TimeoutExpired:
        return -1
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _memory_file() -> IO[bytes]:
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("peibu-intake"), "w+b")
    return tempfile.TemporaryFile()


def _too_costly() -> Refused:
    return Refused(
        "文件无法在规定的内存和时间内读完，可能过大、损坏或被动过手脚",
        code=TOO_COSTLY,
        remedy="请删去无关内容、另存为新的 .xlsx 文件，或分成几个文件上传",
    )
