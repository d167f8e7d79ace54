"""The codes behind a rotating QR code. Pure functions: a secret, a session, a slot of server time.

A code is an HMAC (RFC 2104, SHA-256) over session and slot, so nobody without the secret can make one, and one of
yesterday, or of the room next door, never fits. Two forms: `scanned` carries session and slot with it; `typed` is six
characters for people whose camera does not work, checked only against the classes they are in.
"""

import base64
import binascii
import dataclasses
import datetime as dt
import hashlib
import hmac
from uuid import UUID

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base 32: no I, L, O, U to be misread
CONFUSED = str.maketrans("OIL", "011", " -")
SESSION_BYTES, SLOT_BYTES, MAC_BYTES = 16, 5, 9
SCANNED_LENGTH = 48
TYPED_LENGTH = 6
SLOTS_ACCEPTED = 2  # its own slot and the next: a code shown in the last second can still be sent


def slot_of(at: dt.datetime, seconds: int) -> int:
    """The number of the slot an instant lies in; slots are `seconds` long and the same on every server."""
    return int(at.timestamp()) // seconds


def seconds_left(at: dt.datetime, seconds: int) -> float:
    """Seconds until the next slot begins."""
    return seconds - at.timestamp() % seconds


def seconds_valid(slot: int, *, at: dt.datetime, seconds: int) -> float:
    """How many seconds a code of this slot is still good for; 0 when it is not, or not yet."""
    now = at.timestamp()
    return max(0.0, (slot + SLOTS_ACCEPTED) * seconds - now) if now >= slot * seconds else 0.0


@dataclasses.dataclass(frozen=True)
class Scanned:
    """What a scanned code says about itself; believed only after `genuine`."""

    session_id: UUID
    slot: int
    mac: bytes

    def genuine(self, secret: str) -> bool:
        return hmac.compare_digest(self.mac, _mac(secret, b"scanned", self.session_id, self.slot)[:MAC_BYTES])


def scanned_code(secret: str, session_id: UUID, slot: int) -> str:
    """48 characters of A-Z and 2-7 for the QR code."""
    mac = _mac(secret, b"scanned", session_id, slot)[:MAC_BYTES]
    return base64.b32encode(session_id.bytes + slot.to_bytes(SLOT_BYTES, "big") + mac).decode()


def read_scanned(code: str) -> Scanned | None:
    """The parts of a scanned code; None when it is not shaped like one."""
    try:
        raw = base64.b32decode(code.strip().upper())
    except (binascii.Error, ValueError):
        return None
    if len(raw) != SESSION_BYTES + SLOT_BYTES + MAC_BYTES:
        return None
    slot = int.from_bytes(raw[SESSION_BYTES : SESSION_BYTES + SLOT_BYTES], "big")
    return Scanned(UUID(bytes=raw[:SESSION_BYTES]), slot, raw[-MAC_BYTES:])


def typed_code(secret: str, session_id: UUID, slot: int) -> str:
    """Six characters to type."""
    number = int.from_bytes(_mac(secret, b"typed", session_id, slot)[:8], "big")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(TYPED_LENGTH))


def read_typed(code: str) -> str:
    """What was typed, in capitals without blanks, O as 0, I and L as 1; empty when it cannot be a typed code."""
    told = code.upper().translate(CONFUSED)
    return told if len(told) == TYPED_LENGTH and set(told) <= set(ALPHABET) else ""


def _mac(secret: str, form: bytes, session_id: UUID, slot: int) -> bytes:
    told = form + session_id.bytes + slot.to_bytes(SLOT_BYTES, "big")
    return hmac.new(secret.encode(), told, hashlib.sha256).digest()
