"""The web server (granian, WSGI)."""

import argparse

from peibu.cli import site


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "启动网站 / start the web server"
    parser.add_argument("--host", default="127.0.0.1", help="监听地址")
    parser.add_argument("--port", type=int, default=8000, help="端口")
    parser.add_argument("--workers", type=int, default=2, help="进程数")
    parser.add_argument("--threads", type=int, default=4, help="每个进程的线程数；每个线程占一个数据库连接")


def run(args: argparse.Namespace) -> int:
    site.set_up()
    from django.core.wsgi import get_wsgi_application
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    # loaded once here: a broken site must end with its error, not with workers dying and coming back for ever
    get_wsgi_application()
    Granian(
        "peibu.config.wsgi:application",
        address=args.host,
        port=args.port,
        interface=Interfaces.WSGI,
        workers=args.workers,
        blocking_threads=args.threads,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve()
    return 0
