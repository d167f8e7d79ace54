"""Cleaning of text that people typed or pasted: full width, stray spaces, invisible characters."""

from __future__ import annotations

import unicodedata


def is_private_use(character: str) -> bool:
    """Whether a character lies in a private-use area: it looks different on every machine."""
    return unicodedata.category(character) == "Co"


def visible(text: str) -> str:
    """`text` in NFKC (full width to half width) without control and zero-width characters, outer spaces cut off."""
    # The inch-wide spaces of Excel tables arrive as U+3000 or U+00A0; NFKC makes both a plain space.
    plain = unicodedata.normalize("NFKC", text)
    return "".join(
        " " if character in "\t\r\n" else character
        for character in plain
        if character in "\t\r\n" or unicodedata.category(character) not in {"Cf", "Cc"}
    ).strip()


def compact(text: str) -> str:
    """`visible` text with every space taken out: for numbers, codes and Chinese names."""
    return "".join(visible(text).split())
