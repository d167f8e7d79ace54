"""How personal data is shown to whom.

Why these masks: the check digit divides the candidates by eleven, so 6 + 4 shown digits leave 34 people once the
birth year is known. At a desk 3 + 4 leave some thousands and still tell two applicants apart; in a public notice no
digit is shown at all, because notices of several policies can be joined. Names stand in full where a policy demands
publication; `mask_name` is for every other page.
"""

from __future__ import annotations

from typing import Literal

Audience = Literal["desk", "public"]


def _keep(text: str, lead: int, tail: int) -> str:
    """`lead` first and `tail` last characters around stars; a text too short to hide half of it is hidden whole."""
    if len(text) < 2 * (lead + tail):
        return "*" * len(text)
    return text[:lead] + "*" * (len(text) - lead - tail) + text[len(text) - tail :]


def mask_id(number: str, audience: Audience = "desk") -> str:
    """An identity number: first 3 and last 4 at a desk, no digits in public."""
    return _keep(number, 3, 4) if audience == "desk" else "*" * len(number)


def mask_name(name: str) -> str:
    """A name with its middle hidden: 张*, 王*明, 买****力; the dot stays."""
    if len(name) <= 2:
        return name[:1] + "*" * (len(name) - 1)
    return name[0] + "".join("·" if character == "·" else "*" for character in name[1:-1]) + name[-1]


def mask_account(number: str, audience: Audience = "desk") -> str:
    """A bank account: last 4 at a desk, no digits in public."""
    return _keep(number, 0, 4) if audience == "desk" else "*" * len(number)


def mask_mobile(number: str, audience: Audience = "desk") -> str:
    """A mobile number: first 3 and last 2 at a desk, no digits in public."""
    return _keep(number, 3, 2) if audience == "desk" else "*" * len(number)
