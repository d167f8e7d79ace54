"""Guards and effects of a change after the filing (WH63.2.3): tried out before it is judged, in force once confirmed.

A change is judged by being made: inside a savepoint the timetable and the roster become what is proposed, the check sheet
of the policy runs on them, the database's own constraints speak, and everything is rolled back.
"""

import dataclasses
import datetime as dt

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.casework.actions import keep_determination, keep_document
from peibu.casework.enums import Purpose
from peibu.casework.hooks import effect, guard
from peibu.casework.models import Case
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.kernel.verdict import Verdict, no, yes
from peibu.kernel.workdays import default_calendar
from peibu.rulebook import Judgement, load_policy
from peibu.training.actions.applications import close_enrolment
from peibu.training.actions.cohorts import Lesson, largest_size
from peibu.training.actions.places import join, leave
from peibu.training.actions.rosters import keep_roster
from peibu.training.enums import ChangeKind, CohortStage, EnrolmentState, LessonDeed, PersonDeed, SessionKind
from peibu.training.facts.filing import filing_facts
from peibu.training.filing import obstacles
from peibu.training.filing_papers import roster_table, timetable_table, told_sessions
from peibu.training.models import ChangedLesson, ClassChange, Cohort, Session
from peibu.training.queries.changes import reasons_with, too_short_notice
from peibu.training.queries.clashes import clashes
from peibu.training.queries.filing import kept_determination

LEAD = "class_filing_lead_days"


class _RolledBack(Exception):
    """Ends a trial."""


def judge_change(change: ClassChange, *, at: dt.datetime) -> Judgement:
    """The check sheet of the class as if the change held. Raises Refused when the database would not have it.

    Only inside a request that may write. A class that grows beyond its usual size is judged in its new size, so that the
    sheet names the limit and the provider can give a reason; the constraint of the class's seats alone would only say
    that it is full. The lead of the filing is counted from the day the class was filed.
    """
    found: list[Judgement] = []
    try:
        with transaction.atomic():
            make(change, at=at, trial=True)
            found.append(_judged(Cohort.objects.get(pk=change.cohort_id), on=timezone.localdate(at)))
            raise _RolledBack
    except _RolledBack:
        return found[0]


def _judged(cohort: Cohort, *, on: dt.date) -> Judgement:
    facts = filing_facts(cohort, filed_on=on)
    kept = kept_determination(cohort)
    if LEAD in facts and kept is not None and cohort.opens_on is not None:
        facts[LEAD] = default_calendar().workdays_between(kept.on, cohort.opens_on)
    return load_policy(cohort.policy).judge("class_filing", facts, on=on)


def make(change: ClassChange, *, at: dt.datetime, trial: bool = False) -> None:
    """Make the timetable and the roster what the change says, and the reasons given with it the class's. Refused with what
    the database does not allow. `trial`: it will be rolled back, see `judge_change`."""
    try:
        with refusing():
            cohort = Cohort.objects.select_for_update(of=("self",)).get(pk=change.cohort_id)
            if change.kind == ChangeKind.CANCEL:
                _call_off(cohort, at)
                return
            _take_over_reasons(change, cohort, at, trial=trial)
            _move_people(change, cohort, at)
            _move_lessons(change, cohort, at)
    except ProtectedError as error:
        raise Refused(
            "要取消的课次已有请假、签到或教案", "session_is_used", "请把该课次改到其他时间，而不是取消"
        ) from error


def _call_off(cohort: Cohort, at: dt.datetime) -> None:
    close_enrolment(cohort=cohort, at=at)
    cohort.sessions.update(active=False)
    cohort.enrolments.update(state=EnrolmentState.CANCELLED)
    Cohort.objects.filter(pk=cohort.pk).update(stage=CohortStage.CANCELLED, seats_taken=0)


def _take_over_reasons(change: ClassChange, cohort: Cohort, at: dt.datetime, *, trial: bool) -> None:
    """A class that is larger than usual for a recorded reason has its further seats, as in the filing."""
    reasons = reasons_with(change)
    size_rule = load_policy(cohort.policy).delivery.size_rule
    seats = cohort.seats
    if size_rule and (trial or size_rule in reasons):
        seats = max(seats, largest_size(cohort.policy, on=timezone.localdate(at)))
    Cohort.objects.filter(pk=cohort.pk).update(soft_reasons=reasons, seats=seats)


def _move_people(change: ClassChange, cohort: Cohort, at: dt.datetime) -> None:
    rows = change.people.select_related("enrolment__person", "line__person", "line__signup__enterprise")
    for row in sorted(rows, key=lambda row: row.deed != PersonDeed.LEAVE):  # places are free before they are taken
        if row.deed == PersonDeed.LEAVE:
            leave(enrolment=row.enrolment)
        else:
            join(cohort=cohort, line=row.line, at=at)


def _move_lessons(change: ClassChange, cohort: Cohort, at: dt.datetime) -> None:
    rows = list(change.lessons.select_related("session", "teacher", "base", "room__venue"))
    begun = [row for row in rows if row.session is not None and row.session.starts_at <= at]
    if begun:
        raise Refused(
            f"“{begun[0].session.subject}”已经开始，不能再变更", "session_has_begun", "请退回，由承接单位改报其余课次"
        )
    past = [row for row in rows if row.deed != LessonDeed.DROP and row.starts_at <= at]
    if past:
        told = f"“{past[0].subject}”拟改到的时间（{timezone.localtime(past[0].starts_at):%m-%d %H:%M}）已过"
        raise Refused(told, "time_has_passed", "请退回，由承接单位改报以后的时间")
    touched = [row.session_id for row in rows if row.session_id]
    # two sessions may change places: nothing of them binds while they move
    cohort.sessions.filter(pk__in=touched).update(active=False)
    for row in rows:
        if row.deed == LessonDeed.DROP and row.session is not None:
            row.session.delete()
        elif row.deed != LessonDeed.DROP:
            _write(row.session or Session(division=cohort.division, cohort=cohort, position=0), row)
    ordered = list(cohort.sessions.order_by("starts_at", "id"))
    for position, session in enumerate(ordered, start=1):
        session.position, session.active = position, True
    Session.objects.bulk_update(ordered, ["position", "active"])
    days = [timezone.localdate(row.starts_at) for row in ordered if row.kind != SessionKind.EXAM]
    first, last = (min(days), max(days)) if days else (None, None)
    Cohort.objects.filter(pk=cohort.pk).update(opens_on=first, ends_on=last)


def _write(session: Session, row: ChangedLesson) -> None:
    for field in dataclasses.fields(Lesson):
        setattr(session, field.name, getattr(row, field.name))
    session.teacher_key = row.teacher.person_key if row.teacher else ""
    session.active = False
    session.save()


@guard("filing_change", "submit", "resubmit")
def change_holds(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """Something changes, in time, and the class still keeps every limit; the refusal names each one."""
    change = case.class_change
    if change.effective_at is not None:
        return yes()  # an urgent change that was sent back and is explained: it holds already
    if change.kind == ChangeKind.AMEND and not (change.lessons.exists() or change.people.exists()):
        return no("变更申请没有内容，请先调整课程或学员")
    return _in_time(change, at) and _kept_limits(change, at)


def _in_time(change: ClassChange, at: dt.datetime) -> Verdict:
    near, days = too_short_notice(change, at=at)
    touched = change.lessons.exclude(session=None).count()
    if change.urgent:
        if change.people.exists() or change.lessons.filter(deed=LessonDeed.ADD).exists() or len(near) != touched:
            return no(f"紧急变更只能调整距今不足{days}个工作日的课次，其他课次和学员的变更请按一般变更办理")
        return yes() if near else no("紧急变更没有涉及临近的课次，请按一般变更办理")
    if near:
        told = "、".join(f"{timezone.localtime(moment):%m-%d %H:%M}" for moment in near)
        return no(f"课次（{told}）距今不足{days}个工作日，须在变更前提出；确有急事的，请按紧急变更办理")
    return yes()


def _kept_limits(change: ClassChange, at: dt.datetime) -> Verdict:
    if change.kind == ChangeKind.CANCEL:
        return yes()
    lessons = [row for row in change.lessons.select_related("teacher", "room__venue") if row.starts_at]
    told = [problem.sentence() for problem in clashes(change.cohort, lessons)]
    try:
        judgement = judge_change(change, at=at)
    except Refused as refused:
        return no("；".join([*told, refused.sentence()]))
    told += [finding.sentence for finding in obstacles(judgement, reasons_with(change))]
    return no("；".join(told)) if told else yes()


@guard("filing_change", "confirm")
def change_still_holds(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """Between handing in and confirming sessions may have begun and rooms been taken: it is tried again."""
    change = case.class_change
    if change.effective_at is not None:
        return yes()
    if change.cohort.stage != CohortStage.CONFIRMED:
        return no("班次已不在开班阶段，不能再变更")
    if change.kind == ChangeKind.CANCEL and change.cohort.sessions.filter(starts_at__lte=at).exists():
        return no("班次已经开课，不能取消")
    return _kept_limits(change, at)


@guard("filing_change", "withdraw")
def only_what_does_not_hold_is_withdrawn(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    if case.class_change.effective_at is not None:
        return no("紧急变更已经生效，不能撤回；需要改回的，请在本次变更办结后另行提出")
    return yes()


@effect("filing_change", "submit", "resubmit")
def keep_what_was_handed_in(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    """Keep the check sheet of the proposal; an urgent change holds from now on."""
    change = case.class_change
    if change.effective_at is not None:
        return
    ClassChange.objects.filter(pk=change.pk).update(sent_at=at)
    change.sent_at = at
    if change.kind == ChangeKind.AMEND:
        judgement = judge_change(change, at=at)
        keep_determination(subject_id=change.pk, judgement=judgement, known_at=at, by=by, at=at)
    if change.urgent:
        _put_in_force(change, by=by, at=at)


@effect("filing_change", "confirm")
def put_in_force(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    change = case.class_change
    if change.effective_at is None:
        _put_in_force(change, by=by, at=at)
    ClassChange.objects.filter(pk=change.pk).update(settled_at=at)


def _put_in_force(change: ClassChange, *, by: Actor, at: dt.datetime) -> None:
    make(change, at=at)
    ClassChange.objects.filter(pk=change.pk).update(effective_at=at)
    cohort = Cohort.objects.get(pk=change.cohort_id)
    keep_roster(cohort=cohort, case=change.case, reason=change.reason, by=by, at=at)
    if change.kind == ChangeKind.AMEND:
        _keep_papers(change, cohort, by=by, at=at)


def _keep_papers(change: ClassChange, cohort: Cohort, *, by: Actor, at: dt.datetime) -> None:
    """Timetable and roster as they hold from now on, with the number of the change."""
    on, number = timezone.localdate(at), change.case.number
    papers = [(Purpose.TIMETABLE, "课程表", timetable_table(cohort, dated=on), {"sessions": told_sessions(cohort)})]
    if change.people.exists():
        papers.append((Purpose.ROSTER, "花名册", roster_table(cohort, dated=on), {}))
    for purpose, title, content, facts in papers:
        keep_document(
            division=cohort.division,
            subject_id=cohort.pk,
            case=change.case,
            purpose=purpose,
            name=f"{cohort.name}{title}（{number}变更后）.xlsx",
            kind="xlsx",
            content=content,
            facts=facts,
            by=by,
            at=at,
        )


@effect("filing_change", "withdraw")
def close_change(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    ClassChange.objects.filter(pk=case.class_change.pk).update(settled_at=at)


@effect("class_filing", "submit", "resubmit")
def freeze_roster(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    """The roster as filed: what later versions are compared with."""
    number = case.steps.filter(move__in=("submit", "resubmit")).count()
    keep_roster(cohort=case.cohort, case=case, reason=f"开班备案第{number}次提交", by=by, at=at)
    close_enrolment(cohort=case.cohort, at=at)
