"""Look through classes for all signals and keep what is found, each with its evidence and the version of the terms."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction

from peibu.kernel.ids import uuid7
from peibu.learning.models import LearningSignal, OnlineClass
from peibu.learning.signals import by_company, by_time
from peibu.learning.tables import CHINA
from peibu.learning.terms import SignalTerms, terms

QUESTIONS = by_time.QUESTIONS | by_company.QUESTIONS
AT_ONCE = 50  # classes


class Found(NamedTuple):
    """One finding of a signal: about whom, the figures, and the statements it rests on."""

    tenant: UUID
    course: str
    about: str
    learners: list[str]
    figures: dict
    ids: list[UUID]
    since: dt.datetime
    until: dt.datetime

    def evidence(self) -> dict:
        ids = [str(one) for one in self.ids or ()]
        return {"figures": self.figures, "ids": ids, "from": self.since.isoformat(), "until": self.until.isoformat()}


def look(signal: SignalTerms, classes: Sequence[tuple[UUID, str]]) -> list[Found]:
    """What one signal sees in some classes, given as (platform, course)."""
    values = {"tenants": [one[0] for one in classes], "courses": [one[1] for one in classes], **signal.numbers}
    with connection.cursor() as cursor:
        cursor.execute(QUESTIONS[signal.code], values)
        return [Found(*row)._replace(figures=_plain(row[4])) for row in cursor.fetchall()]


def _plain(figures: object) -> dict:
    return json.loads(figures) if isinstance(figures, str) else figures


def find_signals(*, at: dt.datetime, classes: Iterable[tuple[UUID, str]] | None = None) -> int:
    """Look through classes (None: all) and keep what is found. Returns how many signals there are now.

    What is no longer found goes away, unless somebody has looked at it: that stays, with the evidence that was looked at.
    """
    every = list(OnlineClass.objects.values_list("tenant", "course") if classes is None else classes)
    held, count = terms(at.astimezone(CHINA).date()), 0
    for start in range(0, len(every), AT_ONCE):
        part = every[start : start + AT_ONCE]
        with transaction.atomic():
            count += sum(_keep(signal, part, held.version, at) for signal in held.signals.values())
    return count


def _keep(signal: SignalTerms, classes: Sequence[tuple[UUID, str]], version: str, at: dt.datetime) -> int:
    found = look(signal, classes)
    here = LearningSignal.objects.filter(code=signal.code, tenant__in={one[0] for one in classes})
    looked_at = {(r.tenant, r.course, r.about) for r in here.exclude(reviews=None)}
    mine = set(classes)
    old = [row.pk for row in here.filter(reviews=None) if (row.tenant, row.course) in mine]
    LearningSignal.objects.filter(pk__in=old).delete()
    LearningSignal.objects.bulk_create(
        LearningSignal(
            id=uuid7(), code=signal.code, tenant=one.tenant, course=one.course, about=_short(one.about), learners=one.learners,
            version=version, found_at=at, evidence=one.evidence(),
        )
        for one in found
        if (one.tenant, one.course, _short(one.about)) not in looked_at
    )  # fmt: skip
    return len(found)


def _short(about: str) -> str:
    """What a signal is about fits a column: a learner, a learner and a day, or a fingerprint."""
    return about if len(about) <= 64 else hashlib.sha256(about.encode()).hexdigest()
