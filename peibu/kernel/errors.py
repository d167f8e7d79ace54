"""What can go wrong, said so that an officer can act on it: what, where, why, what to do."""

from __future__ import annotations

from dataclasses import dataclass


class PeibuError(Exception):
    """An error with a Chinese sentence for the user, a stable code for programs and a remedy.

    `message` says what is wrong and why, `remedy` what to do about it; either may stand alone on a page.
    """

    default_code = "error"

    def __init__(self, message: str, code: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.remedy = remedy

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[type, tuple[str, str, str]]:
        return type(self), (self.message, self.code, self.remedy)

    def sentence(self) -> str:
        """Message and remedy as one line of Chinese text."""
        return _join(self.message, self.remedy)


class Refused(PeibuError):
    """The input or the deed is refused; nothing was changed."""

    default_code = "refused"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file. `row` is the number the user sees in Excel (from 1), `letter` the Excel column.

    An empty `sheet`, `row=None` or an empty `column` means that the problem concerns the whole file, sheet or row.
    """

    sheet: str
    row: int | None
    column: str
    what: str
    why: str = ""
    todo: str = ""
    letter: str = ""
    code: str = "bad_value"
    value: str = ""

    def where(self) -> str:
        """The place in words, e.g. 工作表“名单”第 12 行“身份证号码”（C 列）; empty for the whole file."""
        parts = []
        if self.sheet:
            parts.append(f"工作表“{self.sheet}”")
        if self.row is not None:
            parts.append(f"第 {self.row} 行")
        if self.column:
            parts.append(f"“{self.column}”" + (f"（{self.letter} 列）" if self.letter else ""))
        elif self.letter:
            parts.append(f"{self.letter} 列")
        return "".join(parts)

    def sentence(self) -> str:
        """The whole problem as Chinese text: where, what, why, what to do."""
        place = self.where()
        return (f"{place}：" if place else "") + _join(_join(self.what, self.why), self.todo)


def _join(first: str, second: str) -> str:
    """Two clauses as two Chinese sentences, whatever punctuation they came with."""
    clauses = [part.strip().rstrip("。；;") for part in (first, second)]
    return "".join(f"{clause}。" for clause in clauses if clause)
