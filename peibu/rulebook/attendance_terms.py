"""The `attendance` part of a delivery section: sign-out, late scans, the location fence and what must be settled before the
teaching ends, where a document's city wants them. Every number is named, never written here: it is a dated parameter of the folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OUTSIDE = ("confirm", "refuse")
LEAVE = ("due", "excused")
UNSETTLED = ("refuse", "reason")
_PARTS = {
    "sign_out": ("kinds", "opens", "closes", "early"),
    "late_scan": ("within",),
    "fence": ("kinds", "accuracy", "radius_min", "radius_max", "outside", "unknown"),
    "finish": ("entry_requests", "sign_outs", "check_outs"),
}
_PARAMETERS = ("opens", "closes", "early", "within", "accuracy", "radius_min", "radius_max")
_OPTIONAL = ("outside", "unknown", *_PARTS["finish"])


@dataclass(frozen=True)
class SignOutTerms:
    """`kinds` of sessions that are signed out of; `opens`, `closes`: parameters of the minutes before and after the end
    within which the code is usually shown; `early`: parameter of the minutes before the end from which leaving is not
    early."""

    kinds: tuple[str, ...]
    opens: str
    closes: str
    early: str


@dataclass(frozen=True)
class LateScanTerms:
    """`within`: parameter of the minutes after a code in which a scan kept on the phone may still arrive."""

    within: str


@dataclass(frozen=True)
class FenceTerms:
    """`kinds` of sessions with a fence; `accuracy`: parameter of the metres beyond which a position says nothing;
    `radius_min`, `radius_max`: parameters of the metres between which the radius of a venue lies.
    `outside`, `unknown`: what follows, a teacher's confirmation or a refusal."""

    kinds: tuple[str, ...]
    accuracy: str
    radius_min: str
    radius_max: str
    outside: str = "confirm"
    unknown: str = "confirm"


@dataclass(frozen=True)
class FinishTerms:
    """What follows when the teaching is declared over while something is open: a refusal, or a reason that is kept.
    `entry_requests`: scans the teacher has not decided; `sign_outs`: people whose leaving nobody knows; `check_outs`: a
    sign-out that still runs."""

    entry_requests: str = "refuse"
    sign_outs: str = "refuse"
    check_outs: str = "refuse"


@dataclass(frozen=True)
class AttendanceTerms:
    """What the folder asks of attendance beyond the sign-in; None = not asked for. `leave`: is a session with granted
    leave that nobody made up still due, or excused? `finish`: what must be settled before the teaching ends."""

    sign_out: SignOutTerms | None = None
    late_scan: LateScanTerms | None = None
    fence: FenceTerms | None = None
    finish: FinishTerms = FinishTerms()
    leave: str = "due"


def read_attendance(
    path: Path, given: Mapping[str, Any], *, dated: Mapping, kinds: Mapping, fail: Callable
) -> AttendanceTerms:
    """Read the part; `fail(path, line, what, remedy)` raises for a word that stands for nothing in the folder."""
    line = getattr(given, "line", 0)
    leave = given.get("leave", "due")
    if leave not in LEAVE:
        fail(path, line, f"attendance.leave: {leave!r} is none of {', '.join(LEAVE)}", "correct the word")
    parts = {part: told for part, told in given.items() if part != "leave"}
    for part, told in parts.items():
        words = _PARTS.get(part)
        if words is None:
            fail(path, line, f"attendance: unknown key {part}", f"one of leave, {', '.join(_PARTS)}")
        _check(path, getattr(told, "line", line), part, told, words, dated, kinds, fail)
    made = {"sign_out": SignOutTerms, "late_scan": LateScanTerms, "fence": FenceTerms, "finish": FinishTerms}
    return AttendanceTerms(leave=leave, **{part: made[part](**_plain(told)) for part, told in parts.items()})


def _check(path, line, part, told, words, dated, kinds, fail) -> None:
    needed = [word for word in words if word not in _OPTIONAL]
    if strange := [key for key in told if key not in words]:
        fail(path, line, f"attendance.{part}: unknown key {', '.join(strange)}", f"one of {', '.join(words)}")
    if missing := [key for key in needed if key not in told]:
        fail(path, line, f"attendance.{part}: without {', '.join(missing)}", "name the missing")
    for key, value in told.items():
        known, what = _known(key, dated, kinds)
        for word in value if key == "kinds" else (value,):
            if word not in known:
                fail(
                    path,
                    line,
                    f"attendance.{part}: {word!r} is no {what}",
                    "correct the name, or add it to the folder",
                )


def _known(key: str, dated: Mapping, kinds: Mapping):
    if key in _PARAMETERS:
        return dated, "parameter"
    if key in _PARTS["finish"]:
        return UNSETTLED, "way to end the teaching"
    return (kinds, "kind of session of the delivery section") if key == "kinds" else (OUTSIDE, "consequence")


def _plain(told: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if key == "kinds" else value for key, value in told.items()}
