"""A plain paper: title and paragraphs under headings. Training plans and logs for the archive, sample exam papers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from peibu.papers.typesetting import typeset


@dataclass(frozen=True, kw_only=True)
class Part:
    """Paragraphs under a heading; the heading may be empty."""

    heading: str
    paragraphs: Sequence[str]


def plain_pdf(*, title: str, parts: Sequence[Part], dated: date, subtitle: str = "", note: str = "") -> bytes:
    """The paper as PDF/A, portrait A4. `note` stands in the footer. Raises GlyphGap, FontsMissing."""
    payload = {
        "title": title,
        "subtitle": subtitle,
        "note": note,
        "parts": [{"heading": part.heading, "paragraphs": list(part.paragraphs)} for part in parts],
    }
    return typeset("plain", payload, dated=dated)
