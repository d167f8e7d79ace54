"""Refusals and problems, said in sentences: what, where, why, what to do."""

import dataclasses


class PeibuError(Exception):
    """A sentence for the person, a code for the program, and the remedy."""

    def __init__(self, message: str, code: str = "", remedy: str = ""):
        super().__init__(message)
        self.message = message
        self.code = code
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}。{self.remedy}" if self.remedy else self.message


class Refused(PeibuError):
    """Something asked for is not allowed or not possible now; nothing was changed."""


@dataclasses.dataclass(frozen=True)
class Problem:
    """One thing wrong in a file: where it stands, what was found, why it cannot be taken, what to do."""

    what: str
    why: str
    todo: str
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""

    def sentence(self) -> str:
        """The whole as one Chinese sentence, e.g. 工作表“花名册”第5行“身份证号码”：……"""
        place = f"工作表“{self.sheet}”" if self.sheet else ""
        place += f"第{self.row}行" if self.row else ""
        place += f"“{self.column}”" if self.column else ""
        return f"{place}{'：' if place else ''}{self.what}。原因：{self.why}。请{self.todo}。"
