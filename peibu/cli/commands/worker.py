"""The job worker (procrastinate): runs what was deferred, in the same PostgreSQL."""

import argparse

from peibu.cli import site


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "执行后台任务 / run deferred jobs"
    parser.add_argument("--once", action="store_true", help="做完现有任务即退出 / stop when the queue is empty")
    parser.add_argument("--concurrency", type=int, default=1, help="同时执行的任务数")


def run(args: argparse.Namespace) -> int:
    site.set_up()
    from django.core.management import call_command

    call_command("procrastinate", "worker", wait=not args.once, concurrency=args.concurrency)
    return 0
