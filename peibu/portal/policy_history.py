"""What happened to a policy: issued, in force, numbers and readings that changed, rule versions that judged cases."""

import dataclasses
import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Max, Min
from django.utils.translation import gettext as _

from peibu.casework.models import Determination
from peibu.rulebook import Policy
from peibu.rulebook.dated import Interpretation, Parameter
from peibu.theme.policy_words import english, said, shown_value, unit_word


@dataclasses.dataclass(frozen=True)
class Event:
    """One dated change; `clause` is the clause it belongs to, empty for the document as a whole."""

    on: dt.date
    kind: str
    what: str
    clause: str = ""
    why: str = ""


@dataclasses.dataclass(frozen=True)
class Version:
    """A state of the folder that judged cases: how many, from when to when."""

    fingerprint: str
    first: dt.datetime
    last: dt.datetime
    determinations: int
    current: bool


def events(policy: Policy) -> list[Event]:
    """Every dated change of the folder, newest first. A number's or reading's first value came with the document."""
    found = [*_card(policy)]
    for item in policy.parameters.values():
        found += _numbers(item)
    for reading in policy.interpretations.values():
        found += _readings(reading)
    return sorted(found, key=lambda event: event.on, reverse=True)


def _card(policy: Policy) -> Iterator[Event]:
    card, period = policy.card, policy.card["in_force"]
    yield Event(card["issued"], _("发文"), card["document_number"])
    yield Event(period["from"], _("施行"), _("自这一天起施行"))
    for key, words in (("subsidy_until", _("补贴政策的最后一天")), ("until", _("施行的最后一天"))):
        if isinstance(period.get(key), dt.date):
            yield Event(period[key], _("截止"), words)


def _numbers(item: Parameter) -> Iterator[Event]:
    rows = list(zip(item.starts, item.values, strict=True))
    for (_start, before), (start, value) in zip(rows, rows[1:], strict=False):
        words = {"label": said(item), "unit": unit_word(item.unit), "before": _value(before, item.unit)}
        words["after"] = _value(value, item.unit)
        yield Event(start, _("数值"), _("%(label)s：%(before)s → %(after)s %(unit)s") % words, item.clause, item.note)


def _value(value: object, unit: str) -> str:
    return _("无") if value is None else shown_value(value, unit)


def _readings(item: Interpretation) -> Iterator[Event]:
    texts = item.readings_en if english() else item.readings
    rows = list(zip(item.starts, item.values, item.words, item.reasons, strict=True))
    for (_start, before, *_rest), (start, code, word, why) in zip(rows, rows[1:], strict=False):
        change = {"label": said(item), "before": texts[before], "after": texts[code]}
        told = _("%(label)s：由“%(before)s”改为“%(after)s”") % change
        yield Event(start, _("解读"), told, item.clause, f"{why}（{word}）")


def versions(policy: Policy) -> list[Version]:
    """The rule versions under which cases of the policy were judged here, newest first."""
    rows = (
        Determination.objects.filter(policy=policy.path)
        .order_by()
        .values("fingerprint")
        .annotate(first=Min("made_at"), last=Max("made_at"), n=Count("pk"))
    )
    found = [
        Version(row["fingerprint"], row["first"], row["last"], row["n"], row["fingerprint"] == policy.fingerprint)
        for row in rows
    ]
    return sorted(found, key=lambda version: version.last, reverse=True)
