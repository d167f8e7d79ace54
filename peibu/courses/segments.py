"""Stretches of a video that were played, in milliseconds. Pure functions, no database, no clock."""

from collections.abc import Iterable, Sequence

Segment = tuple[int, int]
NEAR = 1500
"""Players report about four times a second: a step this small is no jump."""


def merged(segments: Iterable[Sequence[int]]) -> list[list[int]]:
    """The union as [from, to], in order and apart."""
    found: list[list[int]] = []
    for start, end in sorted((int(start), int(end)) for start, end in segments):
        if end <= start:
            continue
        if found and start <= found[-1][1]:
            found[-1][1] = max(found[-1][1], end)
        else:
            found.append([start, end])
    return found


def length(segments: Iterable[Sequence[int]]) -> int:
    """Milliseconds in the union."""
    return sum(end - start for start, end in merged(segments))


def frontier(segments: Iterable[Sequence[int]]) -> int:
    """How far somebody has come from the beginning without leaving anything out."""
    reached = 0
    for start, end in merged(segments):
        if start > reached + NEAR:
            break
        reached = max(reached, end)
    return reached


def accept(
    played: Iterable[Sequence[int]], *, known: Sequence[Sequence[int]], whole: int, budget: int, ahead: int | None
) -> tuple[list[Segment], int]:
    """What of `played` is believed, and the budget that is left.

    whole: length of the video. budget: milliseconds of video the server's clock allows. ahead: how far beyond what was
    watched a stretch may begin; None = anywhere. The rest is left out, never an error.
    """
    taken: list[Segment] = []
    for start, end in played:
        start, end = max(0, int(start)), min(whole, int(end))
        if end <= start or budget <= 0:
            continue
        if ahead is not None and start > frontier([*known, *taken]) + ahead + NEAR:
            continue
        end = min(end, start + budget)
        taken.append((start, end))
        budget -= end - start
    return taken, budget


def told(segments: Iterable[Sequence[int]]) -> str:
    """Stretches the way the xAPI Video Profile writes them: 0[.]12[,]14[.]21, in seconds."""
    return "[,]".join(f"{seconds(start)}[.]{seconds(end)}" for start, end in segments)


def seconds(milliseconds: int) -> float:
    """Seconds with three places, as the profile wants its times."""
    return round(milliseconds / 1000, 3)
