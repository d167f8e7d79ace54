"""Codes of the city's people and bodies: valid in form, synthetic in content."""

import datetime as dt
from typing import NamedTuple

from peibu.kernel.id_numbers import make_id_number
from peibu.kernel.uscc import make_uscc

# Where identity numbers were first issued; old districts stay in old numbers for ever.
_AREA_LIST = (
    "370202 370203 370205 370211 370212 370213 370214 370281 370282 370283 370284 370285 "
    "370102 370303 370602 370702 370811 371002 371102 371302 "
    "210202 230102 320102 410102 420102 130102"
)
AREAS = tuple(_AREA_LIST.split())
# Sequence numbers that offices hardly ever reach, so that a synthetic number is hardly ever a living person's.
SEQUENCES = range(980, 1000)
_STRIDE = 2_654_435_761  # prime, larger than any of the spaces below


class Birthday(NamedTuple):
    """A range of birth dates; different ranges never give the same identity number."""

    first: dt.date
    last: dt.date


WORKING = Birthday(dt.date(1960, 12, 20), dt.date(1998, 11, 30))  # 22 to 59 in December 2020
RETIRED = Birthday(dt.date(1955, 1, 1), dt.date(1960, 10, 31))  # 60 to 65


class Identity(NamedTuple):
    id_number: str
    birth: dt.date
    sex: str


def identity(index: int, start: int, birthdays: Birthday) -> Identity:
    """Return the index-th identity number of the range of birth dates.

    One-to-one: no two indexes share a number, without keeping a list of those given out.

    Raises:
        ValueError: the range has no more numbers.
    """
    days = (birthdays.last - birthdays.first).days + 1
    space = len(AREAS) * days * len(SEQUENCES)
    if not 0 <= index < space:
        raise ValueError(f"only {space} synthetic identity numbers between {birthdays.first} and {birthdays.last}")
    rest, sequence = divmod((start + index * _STRIDE) % space, len(SEQUENCES))
    area, day = divmod(rest, days)
    number = SEQUENCES[sequence]
    birth = birthdays.first + dt.timedelta(days=day)
    sex = "male" if number % 2 else "female"
    return Identity(make_id_number(AREAS[area], birth, number), birth, sex)


def mobile(index: int) -> str:
    """Return a synthetic mobile number: 199 0000 0000 upwards, a run no operator hands out in this way."""
    return f"199{index:08d}"


_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORG_VALUES = {c: i for i, c in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}


def synthetic_uscc(prefix: str, area: str, serial: int) -> str:
    """Return a unified social credit code whose organisation part begins with PB; its checks are valid.

    Both check characters are computed: GB 32100 for the whole, GB 11714 for the organisation part.

    Args:
        prefix: registration department and kind, e.g. "91" company, "12" public institution.
        area: six digits.
        serial: 0..999999.
    """
    organisation = f"PB{serial:06d}"
    rest = 11 - sum(_ORG_VALUES[c] * w for c, w in zip(organisation, _ORG_WEIGHTS, strict=True)) % 11
    body = f"{prefix}{area}{organisation}{'X' if rest == 10 else rest % 11}"
    return make_uscc(body)
