"""A draft made of a policy: other numbers or readings from a day on. The folder stays as it is."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, TypeVar

from peibu.rulebook.authoring import unknown_name
from peibu.rulebook.dated import Interpretation, Parameter
from peibu.rulebook.errors import PolicyError
from peibu.rulebook.policy import Policy

_Dated = TypeVar("_Dated", bound=Parameter)
_DRAFT_WORD = "试算（what-if）"


def with_changes(
    policy: Policy,
    *,
    parameters: Mapping[str, Any] | None = None,
    readings: Mapping[str, str] | None = None,
    since: date | None = None,
) -> Policy:
    """Return the policy with other numbers (whole; money in fen) and other chosen readings.

    since: first day of the change; earlier days keep the old law. Without it the change holds for all days. Values of
    later dates give way: the change is the law from then on. The fingerprint names the change, so a judgement of a
    draft is never taken for one of the law. Raises PolicyError, naming what is known, for every name or value unfit.
    """
    numbers, chosen = dict(policy.parameters), dict(policy.interpretations)
    for name, value in (parameters or {}).items():
        old = _known("number", name, numbers)
        numbers[name] = _from(old, _fitting(old, value), since)
    for name, code in (readings or {}).items():
        reading = _known("reading", name, chosen)
        if code not in reading.readings:
            remedy = f"one of {', '.join(reading.readings)}"
            raise PolicyError(f"{name} has no reading {code!r}", clause=reading.clause, remedy=remedy)
        chosen[name] = _reading_from(reading, code, since)
    rates = {
        name: dataclasses.replace(table, limit=table.limit and numbers[table.limit.name])
        for name, table in policy.rates.items()
    }
    told = json.dumps(
        [policy.fingerprint, dict(parameters or {}), dict(readings or {}), since],
        sort_keys=True, default=str, ensure_ascii=False,
    )  # fmt: skip
    return dataclasses.replace(
        policy, parameters=numbers, interpretations=chosen, rates=rates, fingerprint=hashlib.sha256(told.encode()).hexdigest(),
        _plans={}, _variants={},
    )  # fmt: skip


def read_number(policy: Policy, name: str, text: str) -> Any:
    """Return the value of `--set name=text`: a whole number, a date for a date, yuan with 元 for money in fen."""
    item = _known("number", name, policy.parameters)
    word = text.strip()
    try:
        if item.unit == "date":
            return date.fromisoformat(word)
        if item.unit == "fen" and word.endswith("元"):
            from peibu.rulebook.schema import yuan_to_fen

            return yuan_to_fen(word)
        return int(word)
    except ValueError as error:
        told, remedy = f"{name}: {text!r} is not a value of unit {item.unit}", "a whole number; a date as 2020-09-15"
        raise PolicyError(told, clause=item.clause, remedy=remedy) from error


def _known(kind: str, name: str, known: Mapping[str, _Dated]) -> _Dated:
    if name not in known:
        raise unknown_name(kind, name, known, f"one of {', '.join(known)}")
    return known[name]


def _fitting(item: Parameter, value: Any) -> Any:
    good = isinstance(value, date if item.unit == "date" else int) and not isinstance(value, bool)
    if not good:
        told = f"{item.name}: {value!r} is not a value of unit {item.unit}"
        raise PolicyError(told, clause=item.clause, remedy="a whole number (money in fen), or a date")
    return value


def _from(item: _Dated, value: Any, since: date | None) -> _Dated:
    first = since or item.starts[0]
    kept = [index for index, start in enumerate(item.starts) if start < first]
    ends = [_until(item.ends[index], first) for index in kept]
    return dataclasses.replace(
        item,
        starts=(*(item.starts[index] for index in kept), first),
        ends=(*ends, None),
        values=(*(item.values[index] for index in kept), value),
    )


def _until(end: date | None, first: date) -> date | None:
    # an open end stays open: the next start ends it
    return end if end is None or end < first else first - timedelta(days=1)


def _reading_from(item: Interpretation, code: str, since: date | None) -> Interpretation:
    changed = _from(item, code, since)
    kept = len(changed.starts) - 1
    words, reasons = (*item.words[:kept], _DRAFT_WORD), (*item.reasons[:kept], _DRAFT_WORD)
    return dataclasses.replace(changed, words=words, reasons=reasons)
