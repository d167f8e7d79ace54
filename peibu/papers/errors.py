"""What can stop a document. Each error says what is wrong, where, why, and what to do, in Chinese."""

from dataclasses import dataclass


class PaperError(Exception):
    """No document was made. The message is a Chinese sentence fit for the person at the screen."""


class FontsMissing(PaperError):
    """The declared fonts are not on this machine; raised at start and before the first document."""


class FieldRefused(PaperError):
    """A field holds something that must not be printed (an unmasked identity number, an empty name ...)."""


class TypesettingFailed(PaperError):
    """typst refused or warned. Our fault or the template's, never the user's: user text cannot reach the markup."""


@dataclass(frozen=True)
class Gap:
    """One character that no font of the document can draw."""

    where: str
    character: str
    codepoint: str

    def __str__(self) -> str:
        return f"{self.where}：“{self.character}”（{self.codepoint}）"


class GlyphGap(PaperError):
    """Some printed characters have no glyph. ``gaps`` lists all of them, not only the first."""

    def __init__(self, gaps: list[Gap]):
        self.gaps = gaps
        listed = "；".join(str(gap) for gap in gaps[:20])
        more = f"；另有 {len(gaps) - 20} 处" if len(gaps) > 20 else ""
        super().__init__(
            f"有 {len(gaps)} 处文字，现有字库没有相应字形，印出来会是空框，因此没有生成文件。{listed}{more}。"
            "请核对是否录入有误（如私用区字符）；确为人名用字的，请转人工处理并补充字库。"
        )

    def __reduce__(self):
        """As its gaps: an exception of a helper process is made anew from what it was made of."""
        return type(self), (self.gaps,)
