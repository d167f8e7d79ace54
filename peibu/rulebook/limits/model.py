"""What a limit looks at: which earlier grants are counted, or who stands before a candidate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

# Columns of a claim and of a grant. `at` is a day, or a moment where the time of day settles who came first.
COLUMNS = (
    "id",
    "at",
    "person",
    "programme",
    "benefit",
    "occupation",
    "level",
    "certificate",
    "training",
    "payee_kind",
    "payee",
    "enterprise",
    "division",
    "amount_fen",
    "certain",
)
WINDOWS = ("calendar_year", "policy", "ever", "months")
PROGRAMMES = ("all", "own")
# Written where a thing has no occupation, no level ...: it equals nothing. Empty means not known.
NONE = "-"


@dataclass(frozen=True)
class Above:
    """Only grants whose `column` stands later than the claim's in `codes` (lowest first)."""

    column: str
    codes: tuple[str, ...]

    def rank(self, code: str | None) -> int | None:
        """Return the position in the list; None when the code is not known or not on the list."""
        return self.codes.index(code) if code in self.codes else None


@dataclass(frozen=True)
class Tie:
    """A column that settles a tie of scores: the smaller value comes first, or the larger when `descending`."""

    column: str
    descending: bool = False


@dataclass(frozen=True)
class Limit:
    """One limit of limits.yaml. It gives the integer fact `name` with both its ends.

    same / differs: columns equal to / different from the claim's. only: {column: values} of the grants.
    months: the number (parameter) of a moving window. places: the number, or the parameter, of how many may stand.
    ranks: the fact candidates are placed by (highest first), ties settled by `ties` and by nothing else.
    note, free_on: facts that name the earlier grants, and the first day on which there is room again.
    """

    name: str
    clause: str
    same: tuple[str, ...]
    window: str
    programmes: str
    differs: tuple[str, ...] = ()
    only: Mapping[str, tuple[str, ...]] = None  # type: ignore[assignment]
    above: Above | None = None
    months: str = ""
    places: int | str | None = None
    ranks: str = ""
    ties: tuple[Tie, ...] = ()
    note: str = ""
    free_on: str = ""
    line: int = 0

    @cached_property
    def slots(self) -> tuple[str, str]:
        """The columns of its certain and its possible end."""
        return f"{self.name}_low", f"{self.name}_high"

    @property
    def of_person(self) -> bool:
        """Does it look at one person only? Otherwise everybody is counted: a quota."""
        return "person" in self.same

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a grant, besides id and day, that it compares."""
        own = ("programme",) if self.programmes == "own" else ()
        above = (self.above.column,) if self.above else ()
        return tuple(dict.fromkeys((*self.same, *self.differs, *(self.only or {}), *above, *own)))
