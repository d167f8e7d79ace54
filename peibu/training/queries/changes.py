"""Questions about changes after the filing: which, what differs, what came too late, what nobody confirmed."""

import dataclasses
import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from peibu.accounts.models import Unit
from peibu.casework.models import Case, Determination
from peibu.kernel.workdays import default_calendar
from peibu.rulebook import load_policy
from peibu.training.enums import LessonDeed, SessionKind
from peibu.training.filing_papers import told_session
from peibu.training.models import ChangedLesson, ClassChange, Cohort

TOLD = ("date", "from", "until", "kind", "subject", "class_hours", "place", "base", "teacher")


def changes_of(cohort: Cohort) -> QuerySet[ClassChange]:
    """Every change of a class, newest first."""
    return cohort.changes.select_related("case", "created_by").order_by("-created_at", "-id")


def own_changes(unit: Unit | None) -> QuerySet[ClassChange]:
    """The changes of a provider's classes."""
    return ClassChange.objects.filter(cohort__provider=unit).select_related("cohort__plan", "cohort__provider", "case")


def open_change(cohort: Cohort) -> ClassChange | None:
    return changes_of(cohort).filter(settled_at__isnull=True).first()


def notice_days(policy: str, *, on: dt.date) -> int:
    """Working days that a change lies ahead of the session (`delivery.change_notice`); 0 where none is asked."""
    found = load_policy(policy)
    return int(found.value(found.delivery.change_notice, on=on)) if found.delivery.change_notice else 0


def too_short_notice(change: ClassChange, *, at: dt.datetime) -> tuple[list[dt.datetime], int]:
    """Beginnings, as they hold now and as proposed, that are nearer than the notice the policy asks, and the working days
    it asks. A session of the next working day has one working day's notice; an urgent change says itself when it is."""
    on = timezone.localdate(at)
    days = notice_days(change.cohort.policy, on=on)
    rows = change.lessons.select_related("session")
    moments = {row.session.starts_at for row in rows if row.session is not None}
    if not change.urgent:
        moments |= {row.starts_at for row in rows if row.deed != LessonDeed.DROP}
    near = [moment for moment in moments if _working_days(on, timezone.localdate(moment)) < days]
    return sorted(near), days


def _working_days(first: dt.date, last: dt.date) -> int:
    return 0 if last <= first else default_calendar().workdays_between(first, last)


@dataclasses.dataclass(frozen=True)
class Pair:
    """A session before and after: plain data, one of them empty when it is new or dropped; `differs`: names of what is
    another."""

    deed: str
    label: str | Promise
    was: dict
    now: dict
    differs: frozenset[str]


def pairs(change: ClassChange) -> list[Pair]:
    """What a change does to the timetable, in order of time."""
    rows = change.lessons.select_related("teacher", "base", "room__venue")
    found = [_pair(row) for row in rows]
    return sorted(found, key=lambda pair: ((pair.was or pair.now)["date"], (pair.was or pair.now)["from"]))


def _pair(row: ChangedLesson) -> Pair:
    now = {} if row.deed == LessonDeed.DROP else told_session(row)
    differs = frozenset(name for name in TOLD if row.was and now and row.was[name] != now[name])
    return Pair(row.deed, row.get_deed_display(), _worded(row.was), _worded(now), differs)


def _worded(session: dict) -> dict:
    return session | {"kind": SessionKind(session["kind"]).label} if session else {}


def reasons_with(change: ClassChange) -> dict[str, str]:
    """Rule -> why its 'in principle' limit is exceeded: the reasons of the class and those given with the change."""
    return {**change.cohort.soft_reasons, **change.soft_reasons}


@dataclasses.dataclass(frozen=True)
class GivenReason:
    """A reason given with a change, and the rule in the words of the folder."""

    rule: str
    clause: str
    title: str
    text: str


def given_reasons(change: ClassChange) -> list[GivenReason]:
    """The reasons given with a change, in the order of the folder's rules; the title is that of the sheet kept with it,
    empty before there is one."""
    sheet = kept_sheet(change)
    titles = {finding["rule"]: finding["title"] for finding in sheet.findings} if sheet else {}
    rules = [row for row in load_policy(change.cohort.policy).rules if row.name in change.soft_reasons]
    return [
        GivenReason(row.name, row.mark.clause, titles.get(row.name, ""), change.soft_reasons[row.name])
        for row in rules
    ]


def soft_rules(policy: str) -> frozenset[str]:
    """The rules of an opening filing that may be broken with a recorded reason."""
    return frozenset(row.name for row in load_policy(policy).rules if row.mark.soft)


def kept_sheet(change: ClassChange) -> Determination | None:
    """The check sheet of the proposal as it was handed in last."""
    return Determination.objects.filter(subject_id=change.pk).order_by("-made_at", "-id").first()


def unconfirmed_changes(cohort: Cohort, *, known_at: dt.datetime) -> int:
    """Changes people have followed that no agency had confirmed at a moment (WH63.2.3)."""
    confirmed = Case.objects.filter(pk=OuterRef("case_id"), state="confirmed", closed_at__lte=known_at)
    rows = cohort.changes.filter(effective_at__lte=known_at)
    return rows.exclude(Exists(confirmed)).count()
