"""May this be done? Yes, or no with the reason a user can read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """True or false in an `if`; `reason` is a Chinese sentence and never empty when the answer is no."""

    allowed: bool
    reason: str = ""

    def __post_init__(self) -> None:
        if not self.allowed and not self.reason.strip():
            raise ValueError("a refusal needs a reason")

    def __bool__(self) -> bool:
        return self.allowed


def yes(reason: str = "") -> Verdict:
    """Allowed; a reason may say why."""
    return Verdict(True, reason)


def no(reason: str) -> Verdict:
    """Not allowed, because of `reason` (Chinese sentence)."""
    return Verdict(False, reason)
