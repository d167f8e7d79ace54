"""What becomes of a mutant."""

from __future__ import annotations

from typing import NamedTuple

KILLED = "killed"  # an example notices it
SURVIVED = "survived"
DORMANT = "dormant"  # only in a reading that nobody has chosen
UNREAD = "unread"  # a number or a code list that no rule reads: deadlines of a process, choices of a form
STILLBORN = "stillborn"  # it does not run


class Outcome(NamedTuple):
    """One mutant and what became of it: file of the folder, line, the function or name that was changed, and how."""

    file: str
    line: int
    name: str
    told: str
    verdict: str

    @property
    def key(self) -> str:
        """What it is called in equivalent.yaml: no line, so that it stays when the file grows."""
        return f"{self.name}: {self.told}"
