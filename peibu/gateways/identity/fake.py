"""A register for demo and tests: it knows names by number, can be away, and answers the same bytes as the real one."""

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence

from peibu.gateways.identity.records import Answer, Ask, GatewayAway, answers_json, read_asks

DIFFERS_OF_256 = 6  # without a register about one in forty numbers is answered with "mismatch"


@dataclasses.dataclass
class FakeIdentity:
    """`register`: number -> name, None = every well-formed number is somebody's, a few of somebody else. `clock`: time
    of the answers."""

    register: Mapping[str, str] | None = None
    away: bool = False
    source: str = "人口基础信息核验接口（演示）"
    clock: Callable[[], dt.datetime] = dataclasses.field(kw_only=True)

    def check(self, asks: Sequence[Ask]) -> list[Answer]:
        """See `IdentityService.check`."""
        if self.away:
            raise GatewayAway("the register is away")
        return [Answer(ask.key, self._verdict(ask), self._receipt(ask), self.clock()) for ask in asks]

    def reply(self, body: bytes) -> bytes:
        """The body of a reply to the body of a request: what a server of the protocol sends."""
        return answers_json(self.check(read_asks(body)))

    def _verdict(self, ask: Ask) -> str:
        if self.register is None:
            return "mismatch" if hashlib.sha256(ask.number.encode()).digest()[0] < DIFFERS_OF_256 else "match"
        if ask.number not in self.register:
            return "unknown"
        return "match" if self.register[ask.number] == ask.name else "mismatch"

    @staticmethod
    def _receipt(ask: Ask) -> str:
        return "DEMO" + hashlib.sha256(f"{ask.key}{ask.number}".encode()).hexdigest()[:16].upper()
