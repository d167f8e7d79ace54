"""Classes: open a draft, fill it with people, set the timetable (QD97.3.2, 4.1)."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.models import Unit
from peibu.casework.actions import open_case
from peibu.casework.models import Case
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Problem, Refused
from peibu.registry.models import Teacher
from peibu.rulebook import load_policy
from peibu.training.enums import EnrolmentState, SessionKind, SignUpState
from peibu.training.models import Cohort, Enrolment, Room, Session, SignUpLine, TrainingPlan

PROCESS = "class_filing"
EDITABLE_STATES = frozenset({"draft", "returned"})


def agency_of(unit: Unit) -> Unit:
    """The public employment agency of the district where a unit is registered (QD97.3.4); zones go where they route."""
    office = Unit.objects.filter(kind="agency", division=unit.division).first()
    office = office or Unit.objects.filter(kind="agency", division=unit.division.desk).first()
    if office is None:
        raise Refused(f"{unit.division}没有登记公共就业服务机构", "no_agency", "请联系市级主管部门维护机构信息")
    return office


def usual_size(policy: str, *, on: dt.date) -> int | None:
    """The size a class has in principle; None where the document says nothing of it."""
    found = load_policy(policy)
    return int(found.value(found.delivery.size, on=on)) if found.delivery.size else None


def largest_size(policy: str, *, on: dt.date) -> int:
    """The most people a class has, also with a recorded reason: a number of the folder, never without bound."""
    found = load_policy(policy)
    return int(found.value(found.delivery.size_beyond, on=on))


def require_editable(cohort: Cohort, by: Actor) -> None:
    """Only the own provider, only before filing or after a return."""
    if by.unit is None or cohort.provider_id != by.unit.id:
        raise Refused("该班次不属于您所在的单位", "foreign_class", "请使用承接单位的账号")
    if cohort.case.state not in EDITABLE_STATES:
        raise Refused("班次已提交备案，不能直接修改", "class_filed", "如需变更，请先由受理机构退回或撤回后重新备案")


def locked_editable(cohort: Cohort, by: Actor) -> Cohort:
    """The class, locked until the transaction ends, with the state its filing has now. `move_case` locks the same case
    before it judges: what is filed is what was judged, whoever edits the class at that moment."""
    Case.objects.select_for_update(of=("self",)).get(pk=cohort.case_id)
    locked = Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    require_editable(locked, by)
    return locked


@transaction.atomic
def draft_cohort(
    *, plan: TrainingPlan, name: str, venue: str, by: Actor, at: dt.datetime, key: UUID | None = None
) -> Cohort:
    """A class by a plan of the actor's unit, with its filing case at the agency of the provider's district.

    `key` is the new row's key, given by the page: the same page sent twice opens one class.
    """
    if by.unit is None or plan.provider_id != by.unit.id:
        raise Refused("该培训方案不属于您所在的单位", "foreign_plan", "请选择本单位的培训方案")
    # one class per page even when the button is pressed twice at the same moment
    Unit.objects.select_for_update().get(pk=by.unit.pk)
    made = Cohort.objects.filter(pk=key, provider=by.unit).first() if key else None
    if made is not None:
        return made
    if not name.strip():
        raise Refused("班次名称不能为空", "class_name", "请填写班次名称")
    if plan.fee_fen is None:
        raise Refused("培训方案没有填写收费标准", "plan_fee", "请先在培训方案中填写每人收费标准")
    on = timezone.localdate(at)
    size = usual_size(plan.policy, on=on) or largest_size(plan.policy, on=on)
    case = open_case(
        policy=plan.policy,
        process=PROCESS,
        subject=f"{name.strip()}开班备案",
        applicant=by.unit,
        agency=agency_of(by.unit),
        by=by,
        at=at,
    )
    return Cohort.objects.create(
        **({"pk": key} if key else {}),
        division=case.division,
        policy=plan.policy,
        provider=by.unit,
        plan=plan,
        case=case,
        name=name.strip(),
        venue=venue.strip(),
        fee_fen=plan.fee_fen,
        seats=size,
        created_at=at,
    )


@dataclasses.dataclass(frozen=True)
class Lesson:
    """One row of a timetable as entered; times are aware."""

    kind: str
    subject: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    class_hours: int
    place: str
    teacher: Teacher | None = None
    base: Unit | None = None
    topics: tuple[str, ...] = ()
    room: Room | None = None


def timetable_problems(lessons: list[Lesson], rows: Sequence[int] = ()) -> list[Problem]:
    """Everything wrong with a timetable by itself, each with its row; `rows` are the rows' numbers in a file or form."""
    found = []
    numbers = list(rows) or list(range(1, len(lessons) + 1))
    for row, lesson in zip(numbers, lessons, strict=True):
        if lesson.ends_at <= lesson.starts_at:
            found.append(
                Problem("课程表", row, "时间", "结束时间不晚于开始时间", "一节课须有正的时长", "核对起止时间")
            )
        if timezone.localdate(lesson.starts_at) != timezone.localdate(lesson.ends_at):
            found.append(Problem("课程表", row, "时间", "一节课跨越两天", "签到和天数按日统计", "按天拆分成两节"))
        if lesson.kind != SessionKind.EXAM and lesson.teacher is None:
            found.append(Problem("课程表", row, "教师", "没有教师", "授课须有教师", "选择教师"))
        if lesson.kind == SessionKind.PRACTICE and lesson.base is None:
            found.append(
                Problem("课程表", row, "实训基地", "没有实训基地", "实训须在名单内的基地进行", "选择实训基地")
            )
        if not lesson.place.strip() or not lesson.subject.strip():
            found.append(
                Problem("课程表", row, "课程和地点", "课程或地点为空", "备案须写明内容和地点", "填写课程和地点")
            )
    return found + _overlaps(lessons, numbers)


def _overlaps(lessons: list[Lesson], numbers: list[int]) -> list[Problem]:
    order = sorted(zip(numbers, lessons, strict=True), key=lambda pair: pair[1].starts_at)
    return [
        Problem("课程表", row, "时间", f"与第{before}行时间重叠", "同一班次同一时间只能上一节课", "调整时间")
        for (before, first), (row, second) in zip(order, order[1:], strict=False)
        if second.starts_at < first.ends_at
    ]


def set_timetable(*, cohort: Cohort, lessons: Iterable[Lesson], by: Actor, at: dt.datetime) -> list[Session]:
    """Replace the timetable of a class that is not filed yet: all rows or, with the list of problems, none."""
    lessons = list(lessons)
    problems = timetable_problems(lessons)
    if problems:
        raise Refused("；".join(p.sentence() for p in problems), "timetable", "请修改课程表后重新保存")
    with refusing():
        locked_editable(cohort, by)
        cohort.sessions.all().delete()
        rows = [
            Session(
                division=cohort.division,
                cohort=cohort,
                position=position,
                teacher_key=lesson.teacher.person_key if lesson.teacher else "",
                **{f.name: getattr(lesson, f.name) for f in dataclasses.fields(Lesson)}
                | {"topics": list(lesson.topics)},
            )
            for position, lesson in enumerate(sorted(lessons, key=lambda x: x.starts_at), start=1)
        ]
        Session.objects.bulk_create(rows)
        days = [timezone.localdate(r.starts_at) for r in rows if r.kind != SessionKind.EXAM]
        cohort.opens_on, cohort.ends_on = (min(days), max(days)) if days else (None, None)
        cohort.save(update_fields=["opens_on", "ends_on"])
    return rows


def enrol(*, cohort: Cohort, lines: Iterable[SignUpLine], by: Actor, at: dt.datetime) -> list[Enrolment]:
    """Put signed-up people (who chose this provider) into a class: all or none; the class is never overfull."""
    lines = list(lines)
    with refusing():
        locked = locked_editable(cohort, by)
        for line in lines:
            require_own_line(locked, line)
            require_same(locked, line)
        known = {row.person_id: row for row in locked.enrolments.all()}
        again = [known[x.person_id] for x in lines if x.person_id in known]
        back = [row for row in again if row.state == EnrolmentState.CANCELLED]
        for row in back:
            row.state = EnrolmentState.ACTIVE
            row.save(update_fields=["state"])
        new = [_enrolment(locked, line, at) for line in lines if line.person_id not in known]
        Cohort.objects.filter(pk=cohort.pk).update(seats_taken=F("seats_taken") + len(new) + len(back))
        made = Enrolment.objects.bulk_create(new)
    cohort.refresh_from_db(fields=["seats_taken"])
    return made


def require_own_line(cohort: Cohort, line: SignUpLine) -> None:
    if not line.active or line.signup.state != SignUpState.COMMITTED:
        raise Refused(f"{line.person.name}的报名尚未提交或已撤回", "line_inactive", "请刷新名单后重试")
    if line.signup.provider_id != cohort.provider_id:
        raise Refused(f"{line.person.name}报名的不是本单位", "foreign_line", "请在本单位收到的报名中选择")


def require_same(cohort: Cohort, line: SignUpLine) -> None:
    """What both plan and roster name (occupation, level) must agree: a class is of one occupation and level."""
    if line.policy != cohort.policy:
        raise Refused(f"{line.person.name}报名的是另一项政策", "foreign_policy", "请选择同一政策的报名")
    policy = load_policy(cohort.policy)
    for name in set(policy.delivery.asks) & set(policy.delivery.roster):
        wanted, given = cohort.plan.stated.get(name), line.stated.get(name)
        if given != wanted:
            spec = policy.fact_specs[name]
            raise Refused(
                f"{line.person.name}的{spec.label}为“{spec.choices.get(given, given or '未填')}”，"
                f"本班为“{spec.choices.get(wanted, wanted)}”",
                "other_occupation_or_level",
                "请编入职业和等级相同的班次",
            )


def _enrolment(cohort: Cohort, line: SignUpLine, at: dt.datetime) -> Enrolment:
    return Enrolment(
        division=cohort.division,
        cohort=cohort,
        person=line.person,
        enterprise=line.signup.enterprise,
        line=line,
        enrolled_at=at,
    )


def drop(*, enrolment: Enrolment, by: Actor, at: dt.datetime) -> Enrolment:
    """Take a person out of a class that is not filed yet; the sign-up line is free again."""
    with transaction.atomic():
        locked_editable(enrolment.cohort, by)
        row = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
        if row.state == EnrolmentState.ACTIVE:
            row.state = EnrolmentState.CANCELLED
            row.save(update_fields=["state"])
            Cohort.objects.filter(pk=row.cohort_id).update(seats_taken=F("seats_taken") - 1)
    return row


def drop_many(*, cohort: Cohort, enrolments: Iterable[Enrolment], by: Actor, at: dt.datetime) -> int:
    """Take several people of one class out: all or none. Returns how many left."""
    with transaction.atomic():
        rows = [row for row in enrolments if row.cohort_id == cohort.pk and row.state == EnrolmentState.ACTIVE]
        for row in rows:
            drop(enrolment=row, by=by, at=at)
    cohort.refresh_from_db(fields=["seats_taken"])
    return len(rows)


def give_reason(*, cohort: Cohort, rule: str, reason: str, by: Actor, at: dt.datetime) -> Cohort:
    """Record why an 'in principle' limit is exceeded; an over-sized class gets its further seats with the reason.
    The agency's confirmation is the approval, recorded in the case."""
    reason = reason.strip()
    if len(reason) < 5:
        raise Refused("突破“原则上”限制的理由过短", "soft_reason", "请写明具体理由（不少于5个字）")
    with refusing():
        locked = locked_editable(cohort, by)
        cohort.soft_reasons = {**locked.soft_reasons, rule: reason}
        if rule == load_policy(cohort.policy).delivery.size_rule:
            cohort.seats = largest_size(cohort.policy, on=timezone.localdate(at))
        cohort.save(update_fields=["soft_reasons", "seats"])
    return cohort


def cancel_reason(*, cohort: Cohort, rule: str, by: Actor, at: dt.datetime) -> Cohort:
    """Take a recorded reason back."""
    on = timezone.localdate(at)
    with refusing():
        locked = locked_editable(cohort, by)
        cohort.soft_reasons = {code: text for code, text in locked.soft_reasons.items() if code != rule}
        if rule == load_policy(cohort.policy).delivery.size_rule:
            cohort.seats = usual_size(cohort.policy, on=on) or largest_size(cohort.policy, on=on)
        cohort.save(update_fields=["soft_reasons", "seats"])
    return cohort
