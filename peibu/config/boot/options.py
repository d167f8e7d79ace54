"""The flags of ./run and ./test."""

import argparse


def for_run(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run", description="启动培补 / start Peibu")
    parser.add_argument("--fresh", action="store_true", help="删除本机数据重新开始 / erase the local data, start over")
    parser.add_argument("--port", type=int, default=8000, help="端口（默认 8000）")
    parser.add_argument("--host", default="127.0.0.1", help="监听地址；0.0.0.0 使手机可访问（默认 127.0.0.1）")
    parser.add_argument("--setup-only", action="store_true", help="只准备，不启动 / prepare, do not serve")
    parser.add_argument(
        "--no-demo", action="store_true", help="不装演示城市，关闭演示模式 / no demo city, demo mode off"
    )
    return parser.parse_args(words)


def for_test(words: list[str]) -> tuple[list[str], bool]:
    """(arguments for pytest, whether the browser tests may run)."""
    if words in (["--help"], ["-h"]):
        raise SystemExit("./test [--no-browser] [pytest 的参数 / arguments of pytest, e.g. tests/kernel -k fen]")
    return [word for word in words if word != "--no-browser"], "--no-browser" not in words
