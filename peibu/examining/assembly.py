"""Drawing a paper: so many questions of a kind, topic and difficulty, by seed. Pure functions, no database."""

import dataclasses
import hashlib
from collections.abc import Sequence
from decimal import Decimal

from peibu.examining.order import shuffled
from peibu.kernel.errors import Refused


@dataclasses.dataclass(frozen=True, kw_only=True)
class Line:
    """So many questions of a kind, each worth `points`; empty topic or difficulty 0 = any."""

    kind: str
    count: int
    points: Decimal
    topic: str = ""
    difficulty: int = 0

    def admits(self, entry: "Entry") -> bool:
        return entry.kind == self.kind and self.topic in ("", entry.topic) and self.difficulty in (0, entry.difficulty)

    def to_dict(self) -> dict:
        return dataclasses.asdict(self) | {"points": f"{self.points:f}"}

    @classmethod
    def from_dict(cls, told: dict) -> "Line":
        return cls(**(told | {"points": Decimal(told["points"])}))


@dataclasses.dataclass(frozen=True)
class Entry:
    """A question as drawing sees it; `key` tells it from every other."""

    key: str
    kind: str
    topic: str
    difficulty: int


@dataclasses.dataclass(frozen=True)
class Drawn:
    entry: Entry
    points: Decimal


def pool_fingerprint(pool: Sequence[Entry]) -> str:
    """SHA-256 over the sorted keys: says among which questions was drawn."""
    return hashlib.sha256("\n".join(sorted(entry.key for entry in pool)).encode()).hexdigest()


def draw(lines: Sequence[Line], pool: Sequence[Entry], *, seed: str) -> list[Drawn]:
    """Draw the paper: line by line, no question twice, in the order of the seed.

    A line is served before another when fewer questions fit it, so that a wide line does not take what a narrow one
    needs; what cannot be served even by exchanging questions between lines is refused with every short line named.
    """
    places = [number for number, line in enumerate(lines) for _ in range(line.count)]
    order = shuffled(seed, pool, key=lambda entry: entry.key)
    fits = [[n for n, entry in enumerate(order) if line.admits(entry)] for line in lines]
    taken: dict[int, int] = {}  # question -> place
    short: dict[int, int] = {}
    for place in sorted(range(len(places)), key=lambda place: (len(fits[places[place]]), place)):
        if not _serve(place, places, fits, taken, set()):
            short[places[place]] = short.get(places[place], 0) + 1
    if short:
        raise Refused(_told(lines, short), "bank_too_small", "请补充题库，或调整组卷方案的题数、知识点、难度")
    of_place = {place: question for question, place in taken.items()}
    return [Drawn(order[of_place[place]], lines[line].points) for place, line in enumerate(places)]


def _serve(place: int, places: list[int], fits: list[list[int]], taken: dict[int, int], seen: set[int]) -> bool:
    """Give a place a question, moving others to another question of their line where that helps (Kuhn's matching)."""
    for question in fits[places[place]]:
        if question in seen:
            continue
        seen.add(question)
        if question not in taken or _serve(taken[question], places, fits, taken, seen):
            taken[question] = place
            return True
    return False


def _told(lines: Sequence[Line], short: dict[int, int]) -> str:
    told = [f"组卷方案第{number + 1}行要{lines[number].count}题，还差{short[number]}题" for number in sorted(short)]
    return f"题库中可用的题目不够：{'；'.join(told)}"
