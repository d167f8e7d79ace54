"""Our settings with nothing but the naive store behind them."""

from peibu.config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.naive_store"
MIDDLEWARE: list[str] = []
