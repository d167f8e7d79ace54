"""What can go wrong with a policy folder, a date or a set of facts: each says what, where and what to do."""

from __future__ import annotations

from pathlib import Path


class RulebookError(Exception):
    """Root of the errors of this room."""


class PolicyError(RulebookError):
    """A policy folder cannot be used as it stands.

    Carries the file, the line where it is known, the clause where it is known, and a remedy.
    """

    def __init__(self, problem: str, *, file: Path | str = "", line: int = 0, clause: str = "", remedy: str = ""):
        self.problem, self.file, self.line, self.clause, self.remedy = problem, str(file), line, clause, remedy
        where = f"{self.file}:{line}: " if line else (f"{self.file}: " if self.file else "")
        about = f" [{clause}]" if clause else ""
        super().__init__(f"{where}{problem}{about}" + (f" -> {remedy}" if remedy else ""))


class NotInForce(RulebookError):
    """A number or a policy was asked for on a day on which it is not in force (an error, never a zero)."""


class FactError(RulebookError):
    """The facts handed in cannot be read. `problems` holds every problem found, each a Chinese sentence."""

    def __init__(self, problems: list[str]):
        self.problems = problems
        super().__init__("\n".join(problems))


class RateError(RulebookError):
    """Rates entered at the desk cannot be used. `problems` holds every problem found, each a Chinese sentence."""

    def __init__(self, problems: list[str]):
        self.problems = problems
        super().__init__("\n".join(problems))
