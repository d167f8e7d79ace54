"""python -m tests.payments.crash --base DIR --dump FILE --city FILE --kills 100: the figures as JSON lines.

Called by tests/payments/test_crash.py, which makes the dump. PEIBU_CRASH_KILLS=100 is the nightly size.
"""

import argparse
import dataclasses
import json
import os
import pickle
from pathlib import Path

from peibu.config import embedded

BANKS = ("keyed", "asked", "neither")
NAIVE_KILLS = 12


def main() -> None:
    given = argparse.ArgumentParser()
    given.add_argument("--base", type=Path, required=True)
    given.add_argument("--dump", type=Path, required=True)
    given.add_argument("--city", type=Path, required=True)
    given.add_argument("--kills", type=int, required=True)
    given.add_argument("--seed", type=int, default=1)
    told = given.parse_args()
    os.environ["DATABASE_URL"] = embedded.ensure(told.base / "pg")
    embedded.restore(told.base / "pg", told.dump)
    try:
        run(told)
    finally:
        embedded.erase(told.base / "pg")


def run(told: argparse.Namespace) -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "peibu.config.settings"
    django.setup()
    from tests.city import Stage
    from tests.payments.crash.harness import Killer
    from tests.payments.crash.payer import Naive
    from tests.payments.road import Road

    road = Road(Stage(pickle.loads(told.city.read_bytes())))
    killer = Killer(told.base, road, told.seed)
    shares = [told.kills // 3 + (told.kills % 3 > nth) for nth in range(3)]
    for bank, kills in zip(BANKS, shares, strict=True):
        show("ours", killer.against(bank, kills))
    show("naive", killer.against("asked", NAIVE_KILLS, payer=Naive, databases=False))


def show(design: str, figures) -> None:
    print(json.dumps({"design": design, "clean": figures.clean, **dataclasses.asdict(figures)}), flush=True)


if __name__ == "__main__":
    main()
