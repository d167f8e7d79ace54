"""A direct line to a bank: three methods, two ways to fail. Told in docs/reference/bank-file.md.

Only `BankRefuses` says that nothing was done. After `NoAnswer` nobody here knows: the caller asks, and does not send again.
"""

import urllib.error
import urllib.request
from typing import Protocol

from peibu.gateways.bank.formats import MAX_BYTES

OK = 200
CLIENT_ERRORS = range(400, 500)
TIMED_OUT = 408  # the one client error after which the bank may have the file


class NoAnswer(Exception):
    """The bank did not answer, or not in a way that can be read: what was sent may have been carried out."""


class BankRefuses(Exception):
    """The bank says that it has not taken what was sent; nothing of it was carried out."""


class Wire(Protocol):
    """Raises NoAnswer or BankRefuses, nothing else."""

    def send(self, name: str, content: bytes) -> bytes:
        """Hand over a batch file; the reply the bank has at once, or b"" when the reply comes later."""

    def ask(self, name: str, content: bytes) -> bytes:
        """Ask what became of orders; a reply file that tells of each."""

    def statement(self, account: str, day: str) -> bytes:
        """The bank's record of an account on a day (YYYYMMDD); b"" when the day is not closed."""


class HttpWire:
    """The three methods over HTTP(S). The address comes from the settings of the site, never from a user."""

    def __init__(self, address: str, *, token: str = "", seconds: float = 30.0):
        self.address, self.token, self.seconds = address.rstrip("/"), token, seconds

    def send(self, name: str, content: bytes) -> bytes:
        return self._call("batches", name, content)

    def ask(self, name: str, content: bytes) -> bytes:
        return self._call("questions", name, content)

    def statement(self, account: str, day: str) -> bytes:
        return self._call("statements", day, account.encode())

    def _call(self, what: str, name: str, content: bytes) -> bytes:
        request = urllib.request.Request(f"{self.address}/{what}/{name}", data=content, method="POST")
        request.add_header("Content-Type", "application/octet-stream")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=self.seconds) as answer:
                told = answer.read(MAX_BYTES + 1)
                whole = answer.status == OK and len(told) <= MAX_BYTES
        except urllib.error.HTTPError as error:
            if error.code in CLIENT_ERRORS and error.code != TIMED_OUT:
                raise BankRefuses(f"HTTP {error.code}") from error
            raise NoAnswer(f"HTTP {error.code}") from error
        except Exception as error:  # broken lines break in many ways; each of them leaves the result unknown
            raise NoAnswer(type(error).__name__) from error
        if not whole:
            raise NoAnswer("answer not whole")
        return told
