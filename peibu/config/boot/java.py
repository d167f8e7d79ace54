"""A Java for the cluster tests: the machine's own from 17 on, or Debian's package when we may install it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from peibu.config.boot.toolchain import say

OLDEST = 17
PACKAGES = ("openjdk-17-jre-headless", "openjdk-21-jre-headless", "default-jre-headless")
ADVICE = (
    "集群测试（tests/rulebook/test_cluster.py）需要 Java 17 或以上：请运行 sudo apt-get install default-jre-headless，"
    "或用 JAVA_HOME 指明位置。\n"
    "The cluster tests need Java 17 or newer: run sudo apt-get install default-jre-headless, or name the place in JAVA_HOME."
)
_VERSION = re.compile(r'version "(\d+)')


def find_or_install() -> Path | None:
    """The program, installed first when we are root on Debian; None when there is none."""
    if found := find():
        return found
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    quiet = {"stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "check": False}
    subprocess.run(["apt-get", "update", "-q"], **quiet)
    for package in PACKAGES:
        say(f"正在安装 {package}", f"installing Debian's {package}")
        subprocess.run(["apt-get", "install", "-q", "-y", "--no-install-recommends", package], **quiet)
        if found := find():
            return found
    return None


def find() -> Path | None:
    """The Java that Spark would start: that of JAVA_HOME, else the one on the path; None when it is missing or too old."""
    home = os.environ.get("JAVA_HOME")
    program = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    return Path(program) if program and version(program) >= OLDEST else None


def version(program: str) -> int:
    """The major version a Java says it is; 0 when it does not start."""
    try:
        done = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    found = _VERSION.search(done.stderr)
    return int(found[1]) if found and done.returncode == 0 else 0
