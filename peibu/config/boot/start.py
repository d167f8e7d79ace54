"""./run after the packages are there: database, schema, demo city, web server, worker, and a clean end."""

import argparse
import fcntl
import os
import shutil
import socket
import sys
import time
from pathlib import Path

from peibu.config import embedded
from peibu.config.boot import translations, welcome
from peibu.config.boot.children import Children, Stopped
from peibu.config.boot.toolchain import ROOT, SetUpError, say

SERVE_SECONDS = 60.0
# what --fresh leaves alone: the tests' own database and pictures
KEPT_BY_FRESH = {"test-pg", "screenshots", "run.lock"}


def main(chosen: argparse.Namespace) -> int:
    var = Path(os.environ.get("PEIBU_VAR") or ROOT / "var")
    # whitenoise warns when the folder of static files is missing
    (var / "static").mkdir(parents=True, exist_ok=True)
    began, external = time.monotonic(), bool(os.environ.get("DATABASE_URL"))
    with open(var / "run.lock", "a+", encoding="ascii") as lock, Children() as children:
        # before the try: a second ./run must not stop the database of the first on its way out
        _only_one(lock)
        try:
            _port_free(chosen)
            _defaults(chosen)
            _database(chosen, var, external)
            _schema_and_content(chosen, children)
            if chosen.setup_only:
                say("准备完成，用 ./run 启动", "ready; start with ./run")
                return 0
            _serve(chosen, children)
            welcome.show(os.environ["PEIBU_URL"], time.monotonic() - began)
            return children.wait()
        except Stopped:
            return 0
        except embedded.EmbeddedError as error:
            raise SetUpError(str(error)) from error
        finally:
            children.stop()
            if not external and embedded.stop(var / "pg"):
                say("数据库已停止，数据保留", "database stopped, data kept")


def _only_one(lock) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        raise SystemExit(f"已在运行（进程 {lock.read().strip()}） / already running in this checkout") from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()


def _port_free(chosen: argparse.Namespace) -> None:
    if chosen.setup_only:
        return
    family = socket.AF_INET6 if ":" in chosen.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((chosen.host, chosen.port))
        except OSError as error:
            raise SetUpError(
                f"无法使用 {chosen.host}:{chosen.port}（{error.strerror}），请换端口：./run --port {chosen.port + 1}"
                f" / {chosen.host}:{chosen.port} is not available, choose another port"
            ) from error


def _defaults(chosen: argparse.Namespace) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peibu.config.settings")
    os.environ.setdefault("PEIBU_URL", f"http://{_reachable_name(chosen.host)}:{chosen.port}")
    if chosen.no_demo:
        os.environ["PEIBU_DEMO"] = "0"
        os.environ.setdefault("PEIBU_HOSTS", f"127.0.0.1,localhost,{_reachable_name(chosen.host)}")
        # granian speaks plain HTTP here; a proxy in front of it does TLS and the redirect (docs/runbook.md)
        os.environ.setdefault("PEIBU_SSL_REDIRECT", "0")


def _reachable_name(host: str) -> str:
    """The address to print: of a server listening everywhere, the one a phone in the same network can use."""
    if host not in ("0.0.0.0", "::"):
        return f"[{host}]" if ":" in host else host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # choosing a route sends nothing
            probe.connect(("192.0.2.1", 9))
            return probe.getsockname()[0]
        except OSError:
            return "127.0.0.1"


def _database(chosen: argparse.Namespace, var: Path, external: bool) -> None:
    if chosen.fresh and external:
        raise SetUpError(
            "--fresh 不删除 DATABASE_URL 指向的数据库，请自行清空。"
            " / --fresh does not erase the database of DATABASE_URL: empty it yourself."
        )
    if external:
        say("使用 DATABASE_URL 指向的数据库", "using the database of DATABASE_URL")
        return
    if chosen.fresh:
        say("正在删除旧数据", "erasing old data")
        embedded.erase(var / "pg")
        for path in var.iterdir():
            if path.name not in KEPT_BY_FRESH:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    say("正在启动内置 PostgreSQL", "starting the embedded PostgreSQL")
    os.environ["DATABASE_URL"] = embedded.ensure(var / "pg")


def _schema_and_content(chosen: argparse.Namespace, children: Children) -> None:
    translations.compile_stale()
    say("正在更新数据库结构", "migrating")
    children.do([sys.executable, "-m", "peibu", "migrate"])
    if not chosen.no_demo and not welcome.has_accounts():
        say("正在建立演示城市（首次需要一会儿）", "loading the demo city")
        children.do([sys.executable, "-m", "peibu", "demo", "load"])
    if welcome.collects_static():
        say("正在汇集静态文件", "collecting static files")
        quiet = ["collectstatic", "--noinput", "--clear", "--verbosity=0"]
        children.do([sys.executable, "-m", "django", *quiet])


def _serve(chosen: argparse.Namespace, children: Children) -> None:
    place = ["--host", chosen.host, "--port", str(chosen.port)]
    children.start("web", [sys.executable, "-m", "peibu", "serve", *place])
    children.start("worker", [sys.executable, "-m", "peibu", "worker"])
    target = "127.0.0.1" if chosen.host in ("0.0.0.0", "::") else chosen.host
    deadline = time.monotonic() + SERVE_SECONDS
    while True:
        try:
            socket.create_connection((target, chosen.port), timeout=1).close()
            return
        except OSError:
            if children.first_dead() or time.monotonic() > deadline:
                raise SetUpError("网站进程没有启动，请看上面的信息 / the web server did not start") from None
            time.sleep(0.1)
