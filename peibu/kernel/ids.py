"""Keys made by the application: UUIDs ordered by time (RFC 9562, version 7)."""

import secrets
import threading
import time
import uuid

_lock = threading.Lock()
_last = 0


def uuid7() -> uuid.UUID:
    """A new key; within a process each is greater than the one before (12 counter bits below the millisecond)."""
    global _last
    with _lock:
        stamp = max(time.time_ns() * 4096 // 1_000_000, _last + 1)
        _last = stamp
    millis, sub = divmod(stamp, 4096)
    value = (millis & (1 << 48) - 1) << 80 | 0x7 << 76 | sub << 64 | 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)
