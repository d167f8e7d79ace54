"""Child processes that never outlive ./run, whether it ends by Ctrl-C, SIGTERM or an error."""

import contextlib
import os
import signal
import subprocess
import time

from peibu.config.boot.toolchain import ROOT, SetUpError, say

PATIENCE_SECONDS = 15.0


class Stopped(BaseException):  # like KeyboardInterrupt: must not be caught as an ordinary error
    """Somebody asked us to stop."""


class Children:
    """The processes started, newest last. Each has its own session, so only we receive the terminal's Ctrl-C."""

    def __init__(self) -> None:
        self._running: list[tuple[str, subprocess.Popen]] = []

    def __enter__(self) -> "Children":
        self._before = {
            number: signal.signal(number, _raise) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        }
        return self

    def __exit__(self, *_) -> None:
        self.stop()
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def start(self, name: str, command: list[str]) -> subprocess.Popen:
        process = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
        self._running.append((name, process))
        return process

    def do(self, command: list[str]) -> None:
        """Run to the end; raises SetUpError when it fails."""
        process = self.start(" ".join(command[2:4]), command)
        code = process.wait()
        self._running.pop()
        if code != 0:
            raise SetUpError(f"失败 / failed ({code}): {' '.join(command[1:])}")

    def first_dead(self) -> str | None:
        return next((name for name, process in self._running if process.poll() is not None), None)

    def wait(self) -> int:
        """Until one of them ends by itself, which is an error, or until somebody stops us (raises Stopped)."""
        while (dead := self.first_dead()) is None:
            time.sleep(0.2)
        say(f"进程 {dead} 意外结束，全部停止", f"{dead} ended unexpectedly, stopping everything")
        return 1

    def stop(self) -> None:
        """Ask politely, wait, then kill whole process groups. A second Ctrl-C does not interrupt this."""
        if not self._running:
            return
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        say("正在停止", "stopping")
        for _, process in self._running:
            process.terminate()
        deadline = time.monotonic() + PATIENCE_SECONDS
        for _, process in self._running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
        for _, process in self._running:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._running.clear()


def _raise(*_) -> None:
    raise Stopped
