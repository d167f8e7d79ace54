"""What is asked and what is answered, and both as JSON; whatever does not follow the protocol is no answer at all."""

import dataclasses
import datetime as dt
import json
from collections.abc import Sequence
from typing import Any, Protocol

BATCH = 100  # people in one request
VERDICTS = ("match", "mismatch", "unknown")


class GatewayAway(Exception):
    """The register did not answer, or not by the protocol: nothing is known, and nothing is concluded from it."""


@dataclasses.dataclass(frozen=True)
class Ask:
    """`key`: our own reference, never the number, so that answers cannot be mixed up; asked again it is the same ask."""

    key: str
    name: str
    number: str


@dataclasses.dataclass(frozen=True)
class Answer:
    """`verdict`: one of VERDICTS. `reference`: the register's own receipt. `answered_at`: aware."""

    key: str
    verdict: str
    reference: str
    answered_at: dt.datetime


class IdentityService(Protocol):
    """What the real wire and the fake both are. `source` names the register on what is stored."""

    source: str

    def check(self, asks: Sequence[Ask]) -> list[Answer]:
        """One answer per ask, in their order. Raises GatewayAway."""


def asks_json(asks: Sequence[Ask]) -> bytes:
    """The body of a request."""
    return json.dumps({"checks": [dataclasses.asdict(ask) for ask in asks]}, ensure_ascii=False).encode()


def read_asks(content: bytes) -> list[Ask]:
    """The body of a request, read by the other side. Raises ValueError."""
    try:
        return [
            Ask(**{name: str(row[name]) for name in ("key", "name", "number")})
            for row in json.loads(content)["checks"]
        ]
    except (KeyError, TypeError) as error:
        raise ValueError(f"no list of checks: {error}") from error


def answers_json(answers: Sequence[Answer]) -> bytes:
    """The body of a reply."""
    rows = [dataclasses.asdict(row) | {"answered_at": row.answered_at.isoformat()} for row in answers]
    return json.dumps({"answers": rows}, ensure_ascii=False).encode()


def read_answers(content: bytes, asks: Sequence[Ask]) -> list[Answer]:
    """The body of a reply, in the order asked. An ask without an answer, or answered twice, makes the whole reply void."""
    try:
        rows = [_answer(row) for row in json.loads(content)["answers"]]
    except (ValueError, KeyError, TypeError) as error:
        raise GatewayAway(f"the reply does not follow the protocol: {error}") from error
    found = {row.key: row for row in rows}
    if len(found) != len(rows) or set(found) != {ask.key for ask in asks}:
        raise GatewayAway("the reply does not answer exactly what was asked")
    return [found[ask.key] for ask in asks]


def _answer(row: Any) -> Answer:
    at = dt.datetime.fromisoformat(row["answered_at"])
    if row["verdict"] not in VERDICTS or at.tzinfo is None:
        raise ValueError(f"unknown verdict {row['verdict']!r}, or a time without zone")
    return Answer(key=str(row["key"]), verdict=row["verdict"], reference=str(row["reference"])[:80], answered_at=at)
