"""Keys made by the application: UUID version 7 (RFC 9562), ordered by the time of making."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock
from uuid import UUID


class IdMaker:
    """Makes UUIDv7 values that never go backwards within one process, even when the clock does.

    `clock` returns nanoseconds since 1970, `bits(n)` n random bits. Seeded ones make a repeatable demo city.
    """

    def __init__(self, clock: Callable[[], int] = time.time_ns, bits: Callable[[int], int] = secrets.randbits) -> None:
        self._clock = clock
        self._bits = bits
        self._last = -1
        self._lock = Lock()

    def __call__(self) -> UUID:
        """The next id. The 12 bits below the millisecond hold its fraction, so order survives a busy millisecond."""
        millis, nanos = divmod(self._clock(), 1_000_000)
        tick = millis << 12 | nanos * 4096 // 1_000_000
        with self._lock:
            tick = self._last = max(tick, self._last + 1)
        return _pack(tick, self._bits(62))


def _pack(tick: int, tail: int) -> UUID:
    return UUID(int=(tick >> 12) << 80 | 0x7 << 76 | (tick & 0xFFF) << 64 | 0b10 << 62 | tail)


_process_wide = IdMaker()


def uuid7() -> UUID:
    """The next key of this process: the default of every primary key (a function, so that migrations can name it)."""
    return _process_wide()


def id_at(at: datetime, bits: Callable[[int], int] = secrets.randbits) -> UUID:
    """A UUIDv7 as if made at an aware moment; for imported and generated history. Raises ValueError if naive."""
    if at.tzinfo is None:
        raise ValueError("an id needs an aware time")
    return _pack((int(at.timestamp() * 1000) << 12) | bits(12), bits(62))


def time_of(key: UUID) -> datetime:
    """The moment (UTC, milliseconds) at which a UUIDv7 was made. Raises ValueError for other versions."""
    if key.version != 7:
        raise ValueError(f"not a version 7 id: {key}")
    return datetime.fromtimestamp((key.int >> 80) / 1000, tz=UTC)
