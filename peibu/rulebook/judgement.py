"""What a judge answers: a decision, an amount, and a finding for every rule."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from peibu.rulebook.rates import RateEntry


class Status(StrEnum):
    """Three values: a missing fact is unknown, and unknown never passes."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"


class Finding(NamedTuple):
    """One rule, said to the person: what was seen, what follows, what would help.

    missing: names of the facts that are not known; `rate:<table>` for a rate that nobody has entered.
    """

    rule: str
    clause: str
    status: Status
    observed: Mapping[str, str]
    sentence: str
    fix: str | None
    soft: bool
    missing: tuple[str, ...]
    title: str = ""


class Judgement(NamedTuple):
    """A determination, with all that is needed to compute it again.

    amount_fen: the money of a passed case, 0 when it fails, None when unknown or when the subject carries no money.
    facts: {fact slot: value} as read; known_at: the day up to which evidence was known.
    rates: the entries of rate tables that were consulted; outcomes: the results of a passed case other than money;
    payee: who is paid (the outcome `payee` of a passed case, else what the subject or the card says).
    """

    decision: Status
    amount_fen: int | None
    findings: tuple[Finding, ...]
    policy: str
    fingerprint: str
    subject: str
    on: date
    known_at: date | datetime | None = None
    facts: Mapping[str, Any] = {}
    amount_clause: str = ""
    rates: tuple[RateEntry, ...] = ()
    outcomes: Mapping[str, Any] = {}
    payee: str | None = None

    @property
    def failed(self) -> tuple[Finding, ...]:
        """The findings that fail."""
        return tuple(finding for finding in self.findings if finding.status is Status.FAIL)

    @property
    def unknown(self) -> tuple[Finding, ...]:
        """The findings that need a fact."""
        return tuple(finding for finding in self.findings if finding.status is Status.UNKNOWN)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON: dates as ISO strings, unknown facts left out."""
        facts = {name: _plain(value) for name, value in self.facts.items() if value is not None}
        findings = [finding._asdict() | {"missing": list(finding.missing)} for finding in self.findings]
        head = {"on": _plain(self.on), "known_at": _plain(self.known_at)}
        rates = [{name: _plain(value) for name, value in entry._asdict().items()} for entry in self.rates]
        outcomes = {name: _plain(value) for name, value in self.outcomes.items()}
        return self._asdict() | head | {"findings": findings, "facts": facts, "rates": rates, "outcomes": outcomes}

    def to_json(self) -> str:
        """Return the determination as one JSON text; `from_json` reads it back."""
        return json.dumps(self.to_dict(), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Judgement:
        """Read what `to_json` wrote. Facts stay plain JSON values; `judge` reads them as they are."""
        data = json.loads(text)
        findings = tuple(
            Finding(**item | {"status": Status(item["status"]), "missing": tuple(item["missing"])})
            for item in data["findings"]
        )
        known_at = data["known_at"]
        if known_at is not None:
            known_at = datetime.fromisoformat(known_at) if "T" in known_at else date.fromisoformat(known_at)
        head = {"decision": Status(data["decision"]), "on": date.fromisoformat(data["on"]), "known_at": known_at}
        rates = tuple(_rate(item) for item in data.get("rates", ()))
        return cls(**data | head | {"findings": findings, "rates": rates})


def _rate(item: Mapping[str, Any]) -> RateEntry:
    end = item["end"] and date.fromisoformat(item["end"])
    return RateEntry(**{**item, "key": tuple(item["key"]), "start": date.fromisoformat(item["start"]), "end": end})


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
