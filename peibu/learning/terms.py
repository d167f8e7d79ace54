"""The numbers of terms.yaml as they hold on a day, and the words of the signals. Faults of the file are errors at once."""

import dataclasses
import datetime as dt
import hashlib
from functools import lru_cache
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("terms.yaml")
WEIGHTS = ("strong", "medium", "weak")
_WORDS = ("label", "label_en", "says", "says_en", "risk", "risk_en", "cost", "cost_en")


class TermsError(ValueError):
    """terms.yaml cannot be used as it stands."""


@dataclasses.dataclass(frozen=True)
class Words:
    """A signal in one language; `says` has the numbers of the day in it."""

    label: str
    says: str
    risk: str
    cost: str


@dataclasses.dataclass(frozen=True)
class SignalTerms:
    """A signal on a day: how much it weighs and from where on it speaks."""

    code: str
    weight: str
    numbers: dict[str, int]
    zh: Words
    en: Words

    def words(self, lang: str) -> Words:
        return self.en if lang.startswith("en") else self.zh


@dataclasses.dataclass(frozen=True)
class Terms:
    """All terms on a day. `version` names the content of the file."""

    version: str
    numbers: dict[str, int]
    signals: dict[str, SignalTerms]

    def number(self, name: str) -> int:
        return self.numbers[name]


def version_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def terms(on: dt.date) -> Terms:
    """The terms of a day. TermsError when a number has no value on it."""
    content = FILE.read_bytes()
    return _terms(content, on)


@lru_cache(maxsize=64)
def _terms(content: bytes, on: dt.date) -> Terms:
    told = yaml.safe_load(content)
    numbers = {name: _value(name, row, on) for name, row in told["numbers"].items()}
    return Terms(version_of(content), numbers, {code: _signal(code, row, on) for code, row in told["signals"].items()})


def _value(name: str, row: dict, on: dt.date) -> int:
    held = [one["value"] for one in sorted(row["values"], key=lambda one: one["from"]) if one["from"] <= on]
    if not held:
        raise TermsError(f"{FILE.name}: {name} has no value on {on}")
    if not isinstance(held[-1], int) or held[-1] <= 0:
        raise TermsError(f"{FILE.name}: {name} must be a whole number above 0")
    return held[-1]


def _signal(code: str, row: dict, on: dt.date) -> SignalTerms:
    missing = [name for name in _WORDS if not row.get(name)]
    if missing or row.get("weight") not in WEIGHTS:
        raise TermsError(f"{FILE.name}: {code} lacks {', '.join(missing) or 'its weight'}")
    numbers = {name: _value(f"{code}.{name}", one, on) for name, one in row["numbers"].items()}
    zh, en = (
        Words(row["label" + end], row["says" + end].format(**numbers), row["risk" + end], row["cost" + end])
        for end in ("", "_en")
    )
    return SignalTerms(code, row["weight"], numbers, zh, en)
