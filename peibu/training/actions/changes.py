"""Writing a change of a confirmed class: begin, other sessions, other people (WH63.2.3). Handing in is a move of its case."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.casework.actions import open_case
from peibu.casework.models import Case
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.rulebook import load_policy
from peibu.training.actions.cohorts import Lesson, agency_of, timetable_problems
from peibu.training.actions.timetable import as_lesson, sessions_of
from peibu.training.enums import ChangeKind, CohortStage, EnrolmentState, LessonDeed, PersonDeed
from peibu.training.filing_papers import told_session
from peibu.training.models import ChangedLesson, ChangedPerson, ClassChange, Cohort, Enrolment, Session, SignUpLine
from peibu.training.queries.changes import soft_rules

PROCESS = "filing_change"
WRITABLE = frozenset({"draft", "returned"})
Row = tuple[UUID | None, Lesson]


def require_own(cohort: Cohort, by: Actor) -> None:
    if by.unit is None or cohort.provider_id != by.unit.id:
        raise Refused("该班次不属于您所在的单位", "foreign_class", "请使用承接单位的账号")


def start_change(
    *, cohort: Cohort, reason: str, by: Actor, at: dt.datetime, kind: str = ChangeKind.AMEND, urgent: bool = False
) -> ClassChange:
    """Open a change of a class that is confirmed and not taught yet, with its case at the agency that confirmed it.

    Refused: another's class; another stage; without a reason; a change is open; a class that has begun is called off.
    """
    require_own(cohort, by)
    if len(reason.strip()) < 5:
        raise Refused("变更原因过短", "change_reason", "请写明具体原因（不少于5个字）")
    with refusing():
        locked = Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
        if locked.stage != CohortStage.CONFIRMED:
            raise Refused(
                f"班次{locked.get_stage_display()}，不能办理备案变更", "not_changeable", "确认开班后、结课前才能变更"
            )
        if kind == ChangeKind.CANCEL and locked.sessions.filter(starts_at__lte=at).exists():
            raise Refused("班次已经开课，不能取消", "class_has_begun", "请调整尚未上的课，或办理学员退出")
        if PROCESS not in load_policy(locked.policy).processes:
            raise Refused("本政策没有备案变更的流程", "no_change_process", "请联系受理机构")
        case = open_case(
            policy=locked.policy,
            process=PROCESS,
            subject=f"{locked.name}{'取消' if kind == ChangeKind.CANCEL else '备案变更'}",
            applicant=by.unit,
            agency=agency_of(by.unit),
            by=by,
            at=at,
        )
        return ClassChange.objects.create(
            division=locked.division,
            cohort=locked,
            case=case,
            kind=kind,
            urgent=urgent,
            reason=reason.strip()[:300],
            created_by=by.user,
            created_at=at,
        )


def writable(change: ClassChange, by: Actor) -> ClassChange:
    """The change, its case held until the transaction ends; refused when it has been handed in."""
    require_own(change.cohort, by)
    case = Case.objects.select_for_update(of=("self",)).get(pk=change.case_id)
    if case.state not in WRITABLE or change.effective_at is not None:
        raise Refused("变更申请已提交，不能修改", "change_handed_in", "请等待受理机构办理，或撤回后重新提出")
    return change


def write_timetable(*, change: ClassChange, rows: Sequence[Row], by: Actor, at: dt.datetime) -> list[ChangedLesson]:
    """The sessions that have not begun, as they should be: (session, lesson), None for a new one. A session that is not
    named is dropped. All rows or, with every problem, none. Kept are only the differences to the timetable that holds."""
    _require_kind(change, ChangeKind.AMEND)
    with refusing():
        writable(change, by)
        sessions = sessions_of(change.cohort)
        begun, ahead = [s for s in sessions if s.starts_at <= at], {s.pk: s for s in sessions if s.starts_at > at}
        _require_rows(begun, ahead, rows, at)
        change.lessons.all().delete()
        wanted = {key: lesson for key, lesson in rows if key}
        found = [
            _row(change, ahead[key], lesson) for key, lesson in wanted.items() if as_lesson_key(ahead[key]) != lesson
        ]
        found += [_row(change, row, None) for key, row in ahead.items() if key not in wanted]
        found += [_row(change, None, lesson) for key, lesson in rows if key is None]
        return ChangedLesson.objects.bulk_create(found)


def as_lesson_key(row: Session) -> Lesson:
    """A saved session as the lesson a form would send for it."""
    return dataclasses.replace(as_lesson(row), topics=tuple(row.topics))


def _require_kind(change: ClassChange, kind: str) -> None:
    if change.kind != kind:
        raise Refused("取消班次的申请不能同时调整课程或学员", "cancels_only", "请另行提出变更")


def _require_rows(begun: list[Session], ahead: Mapping, rows: Sequence[Row], at: dt.datetime) -> None:
    strange = [key for key, _lesson in rows if key is not None and key not in ahead]
    if strange:
        raise Refused("已经开始的课次不能变更", "session_has_begun", "请刷新页面，只调整尚未开始的课次")
    problems = timetable_problems([*map(as_lesson, begun), *(lesson for _key, lesson in rows)])
    if problems:
        raise Refused("；".join(p.sentence() for p in problems), "timetable", "请修改课程表后重新保存")
    early = [lesson for _key, lesson in rows if lesson.starts_at <= at]
    if early:
        when = timezone.localtime(early[0].starts_at)
        raise Refused(
            f"“{early[0].subject}”改到了{when:%Y-%m-%d %H:%M}，该时间已过", "time_has_passed", "请改到以后的时间"
        )


def _row(change: ClassChange, session: Session | None, lesson: Lesson | None) -> ChangedLesson:
    deed = LessonDeed.DROP if lesson is None else LessonDeed.ADD if session is None else LessonDeed.MOVE
    values = {}
    if lesson is not None:
        values = {field.name: getattr(lesson, field.name) for field in dataclasses.fields(Lesson)}
        values["topics"] = list(lesson.topics)
    was = told_session(session) if session else {}
    return ChangedLesson(change=change, session=session, deed=deed, was=was, **values)


def give_change_reason(*, change: ClassChange, rule: str, reason: str, by: Actor, at: dt.datetime) -> ClassChange:
    """Record why the class may exceed an 'in principle' limit by this change: shown to the agency, kept with its decision,
    the class's own once the change holds. An empty reason takes it back.

    Refused: handed in; no such limit; too short.
    """
    _require_kind(change, ChangeKind.AMEND)
    reason = reason.strip()
    if rule not in soft_rules(change.cohort.policy):
        raise Refused("没有这项“原则上”的限制", "unknown_limit", "请刷新页面后重试")
    if reason and len(reason) < 5:
        raise Refused("突破“原则上”限制的理由过短", "soft_reason", "请写明具体理由（不少于5个字）")
    with refusing():
        writable(change, by)
        row = ClassChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
        kept = {code: text for code, text in row.soft_reasons.items() if code != rule}
        change.soft_reasons = kept | ({rule: reason} if reason else {})
        change.save(update_fields=["soft_reasons"])
    return change


def write_people(
    *,
    change: ClassChange,
    leaving: Mapping[Enrolment, str],
    joining: Mapping[SignUpLine, str],
    by: Actor,
    at: dt.datetime,
) -> list[ChangedPerson]:
    """Who leaves the class and who joins it, each with the reason; replaces what was written before."""
    _require_kind(change, ChangeKind.AMEND)
    for row in leaving:
        if row.cohort_id != change.cohort_id or row.state != EnrolmentState.ACTIVE:
            raise Refused(f"{row.person.name}不在本班", "not_in_this_class", "请刷新名单后重试")
    found = [
        ChangedPerson(change=change, deed=PersonDeed.LEAVE, enrolment=row, reason=why.strip()[:200])
        for row, why in leaving.items()
    ]
    found += [
        ChangedPerson(change=change, deed=PersonDeed.JOIN, line=line, reason=why.strip()[:200])
        for line, why in joining.items()
    ]
    with refusing():
        writable(change, by)
        change.people.all().delete()
        return ChangedPerson.objects.bulk_create(found)
