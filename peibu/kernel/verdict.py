"""A permission with its reason."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Verdict:
    """Allowed or not, and why not. Truthy when allowed."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


def yes() -> Verdict:
    return Verdict(True)


def no(reason: str) -> Verdict:
    return Verdict(False, reason)
