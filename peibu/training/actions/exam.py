"""Preparing and filing the final examination (QD97.3.5 to 3.8)."""

import datetime as dt
import secrets
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.enums import UnitKind
from peibu.accounts.models import Assignment, Unit, User
from peibu.accounts.secrecy import person_key
from peibu.casework.actions import keep_determination, keep_document, move_case, open_case
from peibu.casework.enums import Purpose
from peibu.casework.hooks import effect, guard
from peibu.casework.models import Case, Document
from peibu.casework.refusals import refusing
from peibu.intake import inspect_upload
from peibu.kernel.errors import Refused
from peibu.kernel.identity import check_id_number, check_name
from peibu.kernel.verdict import Verdict, no, yes
from peibu.registry.models import Teacher
from peibu.rulebook import Judgement, Status, load_policy
from peibu.training.enums import ItemKind, SessionKind, SupervisorSide
from peibu.training.facts.exam import exam_filing_facts, filed_on
from peibu.training.models import Cohort, Exam, ExamGrader, ExamItem, ExamSupervisor
from peibu.training.permissions.exam import RUNNING, can_ask, can_edit
from peibu.training.queries.bodies import KIND_OF_BODY, OWN, examining_body
from peibu.training.queries.exams import (
    SIDES,
    exam_day,
    item_rows,
    possible_supervisors,
    structure_of,
    taught_keys,
    teaching_keys,
)

PROCESS = "exam_filing"
SAMPLE_KINDS = ("pdf", "docx")
HALF = Decimal("0.5")


def draft_exam(*, cohort: Cohort, by: Actor, at: dt.datetime) -> Exam:
    """Open the exam of a confirmed class with its filing case, at the agency of the class's district (QD97.3.6), with
    the body that examines by the policy (WH63.2.6).

    Time and place come from the exam session of the timetable when there is one.
    """
    verdict = can_ask(by, cohort)
    if not verdict:
        raise Refused(verdict.reason, "not_your_class", "请使用承接单位的账号")
    agency = Unit.objects.filter(kind="agency", division=cohort.division.desk).first()
    if agency is None:
        raise Refused("班次所在区（市）没有设置公共就业服务机构", "no_agency", "请联系系统管理员")
    with refusing():
        locked = Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
        if locked.stage not in RUNNING:
            label = locked.get_stage_display()
            raise Refused(f"班次当前为“{label}”，不能申报考试", "class_not_running", "请在开班备案确认后再申报")
        if Exam.objects.filter(cohort=locked).exists():
            raise Refused("本班已经建立考试", "exam_exists", "请在考核管理中打开该考试")
        case = open_case(
            policy=locked.policy,
            process=PROCESS,
            subject=f"{locked.name}结业考核",
            applicant=locked.provider,
            agency=agency,
            by=by,
            at=at,
        )
        planned = locked.sessions.filter(kind=SessionKind.EXAM).order_by("starts_at").first()
        return Exam.objects.create(
            cohort=locked,
            case=case,
            division=locked.division,
            body=_body(locked),
            held_from=planned.starts_at if planned else None,
            held_until=planned.ends_at if planned else None,
            place=planned.place if planned else "",
            survey_token=secrets.token_urlsafe(18),
        )


def _body(cohort: Cohort) -> Unit | None:
    who = load_policy(cohort.policy).delivery.exam
    if who.body == OWN:
        return None
    body = examining_body(who.body, cohort.division)
    if body is None:
        raise Refused(
            f"本市没有登记负责考核的“{UnitKind(KIND_OF_BODY[who.body]).label}”（{who.clause}）",
            "no_examining_body",
            "请联系系统管理员",
        )
    return body


def _open(exam: Exam, by: Actor) -> Exam:
    """The exam under its row lock, if the actor may still change it."""
    locked = Exam.objects.select_for_update(of=("self",)).select_related("cohort", "case").get(pk=exam.pk)
    verdict = can_edit(by, locked)
    if not verdict:
        raise Refused(verdict.reason, "exam_not_editable", "如需更改，请联系区（市）机构退回后再改")
    return locked


def set_time(
    *, exam: Exam, held_from: dt.datetime, held_until: dt.datetime, place: str, by: Actor, at: dt.datetime
) -> Exam:
    """Set when and where the exam is held."""
    if held_until <= held_from:
        raise Refused("考试结束时间不晚于开始时间", "exam_ends_after_it_starts", "请核对起止时间")
    if held_from <= at:
        raise Refused("考试开始时间已经过去", "exam_in_the_past", "请填写今后的时间")
    if not place.strip():
        raise Refused("没有填写考场", "exam_place", "请填写考场地址和教室")
    with refusing():
        locked = _open(exam, by)
        first = locked.cohort.sessions.exclude(kind=SessionKind.EXAM).order_by("starts_at").first()
        if first is not None and held_from < first.starts_at:
            raise Refused("考试时间早于第一次培训", "exam_before_training", "结业考核应在培训之后，请核对时间")
        locked.held_from, locked.held_until, locked.place = held_from, held_until, place.strip()
        locked.save(update_fields=["held_from", "held_until", "place"])
        return locked


def set_paper(*, exam: Exam, items: Sequence[tuple[str, int, Decimal]], by: Actor, at: dt.datetime) -> Exam:
    """Replace the structure of the paper: (kind, count, points each) in the order of the paper."""
    for kind, count, each in items:
        label = ItemKind(kind).label
        if count <= 0 or each <= 0:
            raise Refused(f"“{label}”的题数和每题分值须大于0", "exam_items_have_points", "没有该题型请留空")
        if each % HALF:
            raise Refused(f"“{label}”的每题分值{each}不是0.5的整数倍", "points_step", "请按0.5分的整数倍填写")
    with refusing():
        locked = _open(exam, by)
        locked.items.all().delete()
        ExamItem.objects.bulk_create(
            ExamItem(exam=locked, position=position, kind=kind, count=count, points_each=each)
            for position, (kind, count, each) in enumerate(items, start=1)
        )
        locked.paper_by_unit = by.unit
        locked.save(update_fields=["paper_by_unit"])
        return locked


def keep_sample(*, exam: Exam, name: str, content: bytes, by: Actor, at: dt.datetime) -> Document:
    """Keep the sample paper (QD97.3.6); a later one takes its place and the earlier one stays stored."""
    upload = inspect_upload(name, content, allow=SAMPLE_KINDS)
    if upload.problems:
        told = "；".join(problem.what for problem in upload.problems)
        raise Refused(f"样卷“{name[:60]}”不能保存：{told}", "sample_unfit", upload.problems[0].todo)
    with refusing():
        locked = _open(exam, by)
        document = keep_document(
            division=locked.division,
            subject_id=locked.pk,
            case=locked.case,
            purpose=Purpose.SAMPLE_PAPER,
            name=name,
            kind=upload.kind,
            content=upload.content,
            facts=upload.facts,
            by=by,
            at=at,
        )
        locked.sample = document
        locked.save(update_fields=["sample"])
        return document


def name_supervisors(*, exam: Exam, users: Sequence[User], by: Actor, at: dt.datetime) -> Exam:
    """Name officers of the district's bureaus (QD97.3.7); they take the place of whoever was named before."""
    with refusing():
        locked = _open(exam, by)
        rows = [_officer(locked, user, on=timezone.localdate(at)) for user in users]
        _replace_supervisors(locked, rows, by)
        return locked


def _officer(exam: Exam, user: User, *, on: dt.date) -> ExamSupervisor:
    cohort = exam.cohort
    for role, side in SIDES.items():
        if possible_supervisors(cohort, role, on=on).filter(pk=user.pk).exists():
            post = Assignment.objects.filter(user=user, role=role, unit__division=cohort.division.desk).first()
            return ExamSupervisor(
                exam=exam, side=side, unit=post.unit, user=user, name=user.name, person_key=user.person_key
            )
    raise Refused(
        f"{user.name}不是本区（市）人社或工信部门的监考员，或曾任本班教师",
        "not_a_supervisor",
        "请从名单中另选监考人",
    )


def name_third_party(*, exam: Exam, unit_name: str, name: str, id_number: str, by: Actor, at: dt.datetime) -> Exam:
    """Name an entrusted third party (QD97.3.7): a registered organisation that has no part in the class."""
    who = check_name(name)
    key = person_key(check_id_number(id_number, timezone.localdate(at)).number)
    unit = Unit.objects.filter(kind="organisation", name=unit_name.strip()).first()
    if unit is None:
        raise Refused(f"没有登记名为“{unit_name.strip()}”的单位", "no_third_party", "请填写单位登记的全称")
    with refusing():
        locked = _open(exam, by)
        cohort = locked.cohort
        involved = {cohort.provider_id, *cohort.plan.bases.values_list("unit_id", flat=True)}
        involved |= set(cohort.enrolments.values_list("enterprise_id", flat=True))
        if unit.pk in involved:
            raise Refused(
                f"“{unit.name}”是本班的承接单位、实训基地或派员企业，不能作为第三方监考",
                "third_party_is_involved",
                "请委托与本班没有关系的单位",
            )
        row = ExamSupervisor(exam=locked, side=SupervisorSide.THIRD_PARTY, unit=unit, name=who, person_key=key)
        _replace_supervisors(locked, [row], by)
        return locked


def _replace_supervisors(exam: Exam, rows: Sequence[ExamSupervisor], by: Actor) -> None:
    graders = set(exam.graders.values_list("person_key", flat=True))
    for row in rows:
        if row.person_key in taught_keys(exam.cohort) | graders:
            raise Refused(f"{row.name}是本班教师或阅卷人，不能监考", "supervisor_has_another_part", "请另选监考人")
    exam.supervisors.all().delete()
    for row in rows:
        row.by_unit = by.unit
        row.save(force_insert=True)


def name_graders(*, exam: Exam, person_keys: Sequence[str], by: Actor, at: dt.datetime) -> Exam:
    """Name who grades the paper: teachers who did not teach this class (QD97.3.8; the database refuses it too)."""
    with refusing():
        locked = _open(exam, by)
        chosen = _teachers(person_keys)
        taught = [teacher.name for teacher in chosen if teacher.person_key in taught_keys(locked.cohort)]
        if taught:
            raise Refused(
                f"{'、'.join(taught)}给本班上过课，不能阅卷（考培分离）",
                "grader_did_not_teach_the_class",
                "请选择没有给本班授课的教师",
            )
        watching = set(locked.supervisors.values_list("person_key", flat=True))
        both = [teacher.name for teacher in chosen if teacher.person_key in watching]
        if both:
            raise Refused(f"{'、'.join(both)}已是监考人，不能阅卷", "grader_supervises", "请另选阅卷人")
        _require_not_of_the_provider(locked, chosen)
        locked.graders.all().delete()
        for teacher in chosen:
            ExamGrader.objects.create(exam=locked, name=teacher.name, person_key=teacher.person_key, by_unit=by.unit)
        return locked


def _require_not_of_the_provider(exam: Exam, chosen: Sequence[Teacher]) -> None:
    """Where another body examines, nobody who teaches at the units that taught is among its examiners."""
    if exam.body_id is None:
        return
    teaching = teaching_keys(exam.cohort)
    own = [teacher.name for teacher in chosen if teacher.person_key in teaching]
    if own:
        clause = load_policy(exam.cohort.policy).delivery.exam.clause
        raise Refused(
            f"{'、'.join(own)}是培训单位或实训基地的教师，不能参加考评阅卷（{clause}）",
            "examiner_of_the_provider",
            "请另选考评人员",
        )


def _teachers(person_keys: Sequence[str]) -> list[Teacher]:
    """One registered teacher per natural person, of whatever unit."""
    rows = Teacher.objects.filter(person_key__in=person_keys).order_by("name", "id")
    found = {teacher.person_key: teacher for teacher in rows}
    if set(person_keys) - set(found):
        raise Refused("所选阅卷人不在教师名单中", "not_a_teacher", "请从名单中选择")
    return list(found.values())


@transaction.atomic
def file_exam(*, exam: Exam, by: Actor, at: dt.datetime) -> Case:
    """File the exam with the agency, or file it again after a return. Failing findings refuse it with sentences."""
    case = Case.objects.get(pk=exam.case_id)
    move = "resubmit" if case.state == "returned" else "submit"
    with refusing():
        return move_case(case=case, move=move, by=by, at=at)


def judge_filing(exam: Exam, *, day: dt.date) -> tuple[Judgement, dict]:
    """The findings of `exam_filing` as if filed on a day, on the law of that day; with the facts they rest on."""
    facts = exam_filing_facts(exam, filed_on=day)
    return load_policy(exam.cohort.policy).judge(PROCESS, facts, on=day), facts


def _refuse_failing(judgement: Judgement, *, asking: bool = False) -> None:
    """Refuse what fails and what is unknown; `asking`: who asks another body for an exam does not know its paper yet."""
    bad = [*judgement.failed, *(() if asking else judgement.unknown)]
    if bad or (judgement.decision is not Status.PASS and not asking):
        told = "；".join(finding.sentence for finding in bad)
        todo = "；".join(dict.fromkeys(finding.fix for finding in bad if finding.fix))
        raise Refused(f"考试申报不符合规定：{told}", "exam_filing_fails", todo or "请补全资料后再申报")


@guard(PROCESS, "submit", "resubmit")
def filing_is_in_order(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """Judged by the policy on the day of filing. Where another body examines, the filing only asks for the exam: what
    that body has not done yet is unknown and asked for when the exam is arranged."""
    exam = Exam.objects.select_related("cohort").get(case=case)
    day = timezone.localdate(at)
    if exam.body_id is None:
        _require_time(exam)
    _refuse_failing(judge_filing(exam, day=day)[0], asking=exam.body_id is not None)
    if exam.body_id is None:
        _require_full_mark(exam, day)
    return yes()


def _require_time(exam: Exam) -> None:
    if exam.held_from is None:
        raise Refused("没有填写考试时间和考场", "exam_time_missing", "请先填写考试时间和考场")


def _require_full_mark(exam: Exam, day: dt.date) -> None:
    """The paper's total must be the full mark the pass mark refers to."""
    full = load_policy(exam.cohort.policy).value("full_mark", on=day)
    total = structure_of(item_rows(exam)).points
    if total != full:
        raise Refused(f"试卷总分为{total}分，不是{full}分", "paper_total", f"请调整题数或分值，使总分为{full}分")


@effect(PROCESS, "submit", "resubmit", "approve")
def filing_is_kept(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    """Keep the judgement the filing passed with; where another body examines, also the one it was arranged with."""
    exam = Exam.objects.select_related("cohort").get(case=case)
    if case.state == "approved" and exam.body_id is None:
        return
    judgement, _facts = judge_filing(exam, day=timezone.localdate(at))
    told = judgement.to_dict()["facts"]
    keep_determination(subject_id=exam.pk, judgement=judgement, facts=told, known_at=at, by=by, at=at)


@guard(PROCESS, "approve")
def exam_lies_ahead(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """No exam without approval, and no approval after the event (QD97.3.6); grading stays apart from teaching."""
    exam = Exam.objects.select_related("cohort").get(case=case)
    _require_time(exam)
    if at >= exam.held_from:
        return no("考试开始时间已过，不能补批")
    if exam.body_id is not None:
        _require_full_mark(exam, timezone.localdate(at))
    _refuse_failing(judge_filing(exam, day=filed_on(case, default=exam_day(exam)))[0])
    return yes()
