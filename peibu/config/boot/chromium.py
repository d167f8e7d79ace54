"""A Chromium for the browser tests: the machine's own, or Debian's package when we may install it."""

import os
import shutil
import subprocess
from pathlib import Path

from peibu.config.boot.toolchain import say

PLACES = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
ADVICE = (
    "浏览器测试需要 Chromium：请运行 sudo apt-get install chromium，或用 PEIBU_CHROMIUM 指明程序，"
    "或用 ./test --no-browser 跳过。\n"
    "The browser tests need Chromium: run sudo apt-get install chromium, or name the program in PEIBU_CHROMIUM,"
    " or leave them out with ./test --no-browser."
)


def find_or_install() -> Path | None:
    """The program, installed first when we are root on Debian; None when there is none."""
    if found := _find():
        return found
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    say("正在安装 Chromium", "installing Debian's chromium")
    quiet = {"stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "check": False}
    subprocess.run(["apt-get", "update", "-q"], **quiet)
    subprocess.run(["apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"], **quiet)
    return _find()


def _find() -> Path | None:
    named = os.environ.get("PEIBU_CHROMIUM")
    return next((Path(place) for place in ([named] if named else PLACES) if Path(place).exists()), None)
