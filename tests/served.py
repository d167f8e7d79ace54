"""The production server (granian) in a process of its own, to be killed without a word."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(port: int, *, workers: int = 1, threads: int = 2) -> subprocess.Popen:
    """The server that ./run starts, in a process of its own, on the database of the tests."""
    name = connection.settings_dict["NAME"]
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    env = os.environ | {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "peibu.config.settings"}
    command = [sys.executable, "-m", "peibu", "serve", "--port", str(port), "--workers", str(workers)]
    command += ["--threads", str(threads)]
    # a session of its own: the signal must reach the worker too
    process = subprocess.Popen(command, env=env, cwd=ROOT, start_new_session=True)
    for _ in range(600):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return process
        except OSError:
            assert process.poll() is None, "the server did not start"
            time.sleep(0.2)
    raise AssertionError("the server did not answer")


def kill(server: subprocess.Popen) -> None:
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()
