"""The fake at the other end of the line: a small HTTP server around a `FakeBank`, for tests and crash tests.

It carries out what it reads before it answers, like a bank, and one request after the other. `faults` (seeded) lets it
hang up before or after the deed, answer with an error or with garbage.
"""

import datetime as dt
import http.server
import json
import random
import time

from peibu.gateways.bank.fake import FakeBank

FAULTS = ("before", "after", "error", "garbage", "slow")


class BankServer(http.server.HTTPServer):
    """`statements`: (account, YYYYMMDD) -> the file of a closed day. `ability`: keyed, asked or neither. `faults`: the share of calls that go wrong. `day`: the bank's own date."""

    def __init__(self, *, ability: str, day: dt.date, faults: float = 0.0, seed: int = 0, slow: float = 0.0):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.bank = FakeBank(keyed=ability == "keyed")
        self.ability, self.day, self.faults, self.slow = ability, day, faults, slow
        self.dice = random.Random(seed)
        self.statements: dict[tuple[str, str], bytes] = {}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: BankServer

    def do_POST(self) -> None:  # the name http.server asks for
        what, name = self.path.split("/")[1:3]
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fault = self.server.dice.choice(FAULTS) if self.server.dice.random() < self.server.faults else ""
        if fault == "before":
            return self._hang_up()
        status, told = self._deed(what, name, content)
        if fault == "after":
            return self._hang_up()
        if fault == "slow":
            time.sleep(self.server.slow)
        if fault in ("error", "garbage"):
            status, told = (503, b"") if fault == "error" else (200, b"<html>")
        return self._answer(status, told)

    def do_GET(self) -> None:
        """The bank's record, for whoever compares: every movement, and what was paid."""
        bank = self.server.bank
        told = {"moved": bank.moved, "paid": {key: list(said) for key, said in bank.paid.items()}}
        self._answer(200, json.dumps(told).encode())

    def _deed(self, what: str, name: str, content: bytes) -> tuple[int, bytes]:
        bank, day = self.server.bank, self.server.day
        if what == "batches":
            return 200, bank.answer("generic_txt", content, on=day)
        if what == "questions" and self.server.ability == "asked":
            return 200, bank.tell("generic_txt", content, on=day)
        if what == "statements":
            return 200, self.server.statements.get((content.decode(), name), b"")
        return 404, b""

    def _answer(self, status: int, told: bytes) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)
        except OSError:  # the caller is gone
            self.close_connection = True

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.close()

    def log_message(self, *_: object) -> None:
        """Quiet."""
