"""The killer: its own PostgreSQL cluster, a bank in a process of its own, payers that are killed at random points."""

import collections
import dataclasses
import os
import random
import signal
import time
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, connections

from peibu.config import embedded
from peibu.gateways.bank.fake_server import BankServer
from peibu.ledger import queries as book
from peibu.payments.models import Payment
from tests.payments.crash.payer import DAY, SETTLE_SECONDS, Payer, record
from tests.payments.road import Road

LONGEST = 1.2  # seconds a payer lives at most before it is killed
PER_KILL = 8  # payments waiting for each kill


@dataclasses.dataclass
class Figures:
    """What came of one bank. `twice`: movements too many; `lost`: cases the bank never paid; sums in fen."""

    bank: str
    kills: int
    database_kills: int
    payments: int
    lost: int
    acknowledged_lost: int
    twice: int
    bank_fen: int
    book_fen: int
    slowest_recovery: float
    seconds: float

    @property
    def clean(self) -> bool:
        return not (self.lost or self.acknowledged_lost or self.twice) and self.bank_fen == self.book_fen


class Killer:
    """Kills by a seeded dice; `road` stands in the throw-away cluster below `base`."""

    def __init__(self, base: Path, road: Road, seed: int):
        self.base, self.road, self.dice = base, road, random.Random(seed)
        settings.BANK_SETTLE_SECONDS = SETTLE_SECONDS
        settings.MEDIA_ROOT = base / "media"

    def against(self, bank: str, kills: int, *, payer: type[Payer] = Payer, databases: bool = True) -> Figures:
        """Pay a supply of claims at a bank of this kind under so many kills, then let it finish, then compare."""
        began, before = time.time(), book.figures(self.road.fund).paid
        self.road.bank(bank)
        count = max(1, kills) * PER_KILL
        self.road.claims(count)
        self.road.money(sum(self.road.last_fens))
        server, teller = serve(bank, self.dice.randrange(10**6))
        acknowledged = self.base / f"acknowledged-{bank}-{payer.__name__}"
        officers = (self.road.maker, self.road.releaser)
        self.payer = payer(*officers, server.address, acknowledged, began)
        try:
            slowest, of_database = self._kill(kills, databases)
            self._finish()
            told = record(server.address)
        finally:
            os.kill(teller, signal.SIGKILL)
            os.waitpid(teller, 0)
            server.server_close()
        by_sum = collections.Counter(fen for _key, fen in told["moved"])
        wanted = set(self.road.last_fens)
        known = acknowledged.read_text().split() if acknowledged.exists() else []
        kept = Payment.objects.filter(key__in=known, state="paid").count() if payer is Payer else len(set(known))
        return Figures(
            bank=bank, kills=kills, database_kills=of_database, payments=count,
            lost=len(wanted - set(by_sum)), acknowledged_lost=len(set(known)) - kept,
            twice=sum(times - 1 for times in by_sum.values()),
            bank_fen=sum(fen for _key, fen in told["moved"]), book_fen=book.figures(self.road.fund).paid - before,
            slowest_recovery=round(slowest, 2), seconds=round(time.time() - began, 1),
        )  # fmt: skip

    def _kill(self, kills: int, databases: bool) -> tuple[float, int]:
        slowest, of_database = 0.0, 0
        child = self._start()
        for _nth in range(kills):
            time.sleep(self.dice.uniform(0.02, LONGEST))
            if databases and self.dice.random() < 0.5:
                of_database += 1
                os.kill(embedded.pid(self.base / "pg"), signal.SIGKILL)
                slowest = max(slowest, self._recover())
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            child = self._start()
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return slowest, of_database

    def _recover(self) -> float:
        began = time.monotonic()
        embedded.ensure(self.base / "pg")
        return time.monotonic() - began

    def _start(self) -> int:
        """A payer as a process of its own, without a connection of ours."""
        connections.close_all()
        child = os.fork()
        if child:
            return child
        try:
            self.payer.run()
        except BaseException as error:  # a lost database is part of the story; anything else must be seen
            if not isinstance(error.__cause__ or error, OperationalError) and "connection" not in str(error):
                print(f"payer: {type(error).__name__}: {error}", flush=True)
            os._exit(1)
        os._exit(0)

    def _finish(self) -> None:
        """Payers without a killer, until one has nothing left to do."""
        for _round in range(20):
            if os.waitpid(self._start(), 0)[1] == 0:
                return
        raise AssertionError("the payer does not come to an end")


def serve(ability: str, seed: int) -> tuple[BankServer, int]:
    """The bank in a process of its own: nobody kills it; its record is the truth."""
    server = BankServer(ability=ability, day=DAY, seed=seed)
    connections.close_all()
    teller = os.fork()
    if teller == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        server.serve_forever()
    return server, teller
