"""Who may prepare, supervise and score an examination; who may report and hold certificates."""

import datetime as dt

from django.db.models import Q, QuerySet

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.kernel.verdict import Verdict, no, yes
from peibu.rulebook import load_policy
from peibu.training.enums import CohortStage, EnrolmentState, SupervisorSide
from peibu.training.models import Certificate, Cohort, Exam, ExamSupervisor, Resit, ScoreCorrection
from peibu.training.queries.exams import teaching_keys

RUNNING = (CohortStage.CONFIRMED, CohortStage.TAUGHT)
HIDDEN = (CohortStage.FILING, CohortStage.CANCELLED)
SUPERVISORS = (Role.HRSS_SUPERVISOR, Role.INDUSTRY_SUPERVISOR)
# A third party has no account: what it hands in on paper is recorded by the district's officer.
RECORDING = (Role.AGENCY_REVIEWER, Role.HRSS_SUPERVISOR)
EDITABLE = ("draft", "returned")
ASKED = ("submitted",)
# Whoever may be the body of an exam: the provider of the class, or a body the document names.
BODIES = (Role.PROVIDER, Role.EXAMINER)
APPROVED = "approved"


def exams_of(actor: Actor) -> QuerySet[Exam]:
    """The exams an actor may see: a provider its own, a body those it holds, a supervisor those it watches, officers
    their district's."""
    rows = Exam.objects.select_related("cohort__provider", "case", "division", "sample", "body")
    if actor.role == Role.EXAMINER and actor.unit is not None:
        return rows.filter(body=actor.unit)
    if actor.role == Role.PROVIDER and actor.unit is not None:
        return rows.filter(cohort__provider=actor.unit)
    if actor.role in SUPERVISORS and actor.user is not None:
        third = Q(supervisors__side=SupervisorSide.THIRD_PARTY, division_id__in=actor.division_ids())
        mine = Q(supervisors__user=actor.user)
        return rows.filter(mine | third if actor.role in RECORDING else mine).distinct()
    if actor.whole_city:
        return rows
    if actor.is_officer:
        return rows.filter(division_id__in=actor.division_ids())
    return rows.none()


def cohorts_of(actor: Actor) -> QuerySet[Cohort]:
    """A provider's confirmed classes."""
    if actor.role != Role.PROVIDER or actor.unit is None:
        return Cohort.objects.none()
    return Cohort.objects.filter(provider=actor.unit).exclude(stage__in=HIDDEN).select_related("plan", "division")


def can_ask(actor: Actor, cohort: Cohort) -> Verdict:
    """Ask for the exam of a class, report who passed it: the provider of the class, whoever examines."""
    if actor.role == Role.PROVIDER and actor.unit is not None and actor.unit.pk == cohort.provider_id:
        return yes()
    return no("只有本班的培训承接单位经办人可以办理考核")


def can_examine(actor: Actor, exam: Exam) -> Verdict:
    """Write the paper, name the people, enter and seal scores: the body the document names (WH63.2.6), which is never
    the unit that taught, nor by a person who teaches there; where it names none, the provider of the class (QD97.3.6)."""
    if exam.body_id is None:
        return can_ask(actor, exam.cohort)
    clause = load_policy(exam.cohort.policy).delivery.exam.clause
    if actor.role == Role.EXAMINER and actor.unit is not None and actor.unit.pk == exam.body_id:
        taught = actor.person_key in teaching_keys(exam.cohort)
        return no(f"您是培训单位或实训基地的教师，不能参加本班的考核（{clause}）") if taught else yes()
    return no(f"命题、考评、督导、阅卷和登分由“{exam.body.name}”负责（{clause}），培训单位和其他单位不能办理")


def can_edit(actor: Actor, exam: Exam) -> Verdict:
    """Change the paper, the time or the people. The provider: until filed, or when returned. A body of its own: once
    the provider has asked for the exam, until it is arranged."""
    verdict = can_examine(actor, exam)
    if not verdict or exam.case.state in (ASKED if exam.body_id else EDITABLE):
        return verdict
    if exam.body_id is None:
        return no("考试已申报，申报内容不能再改")
    asked = exam.case.state not in EDITABLE
    return no("考核已经安排，内容不能再改" if asked else "培训单位还没有提交考核申请")


def can_read_sample(actor: Actor, exam: Exam, *, at: dt.datetime) -> Verdict:
    """Read the sample paper with its answers: whoever examines; whoever else may see the exam, once it is over."""
    if exam.held_until is not None and at >= exam.held_until and exam.case.state == APPROVED:
        return yes()
    return can_examine(actor, exam)


def can_file(actor: Actor, exam: Exam) -> Verdict:
    """Hand the filing in, or the request where another body examines: the provider, until it is handed in."""
    verdict = can_ask(actor, exam.cohort)
    return verdict if not verdict or exam.case.state in EDITABLE else no("考试已申报")


def can_confirm(actor: Actor, supervisor: ExamSupervisor) -> Verdict:
    """Confirm the supervision: the supervisor in person; for a third party an officer of the district records it."""
    if actor.user is not None and supervisor.user_id == actor.user.pk:
        return yes()
    third = supervisor.side == SupervisorSide.THIRD_PARTY and actor.role in RECORDING
    if third and actor.covers(supervisor.exam.division_id):
        return yes()
    return no("监考记录由监考人本人确认；委托第三方的由区（市）经办人登记")


def can_confirm_resit(actor: Actor, resit: Resit) -> Verdict:
    """Confirm having watched a re-sit: whoever may for the exam."""
    rows = ExamSupervisor.objects.filter(exam=resit.exam_id).select_related("exam")
    if any(can_confirm(actor, row) for row in rows):
        return yes()
    return no("监考记录由本场考试的监考人确认；委托第三方的由区（市）经办人登记")


OF_DISTRICT = (Role.AGENCY_REVIEWER, Role.HRSS_APPROVER)


def can_decide_correction(actor: Actor, correction: ScoreCorrection) -> Verdict:
    """Agree to a correction: an officer of the exam's district, another natural person than who proposed it."""
    if actor.role not in OF_DISTRICT or not actor.covers(correction.score.exam.division_id):
        return no("成绩更正由考试所在区（市）的审核或审批人员复核")
    if actor.person_key == correction.proposed_key:
        return no("提出更正的人不能自己复核（须由两名自然人办理）")
    return yes()


def can_agree_resit(actor: Actor, resit: Resit) -> Verdict:
    """Let a re-sit be held: an officer of the exam's district, another natural person than who asked."""
    if actor.role not in OF_DISTRICT or not actor.covers(resit.division_id):
        return no("补考由考试所在区（市）的审核或审批人员同意")
    if actor.person_key == resit.asked_key:
        return no("申请补考的人不能自己同意")
    return yes()


def certificates_of(actor: Actor) -> QuerySet[Certificate]:
    """Certificates an actor may download: own, of own employees, of own classes, of own district."""
    rows = Certificate.objects.select_related(
        "batch__case__agency",
        "batch__cohort__plan",
        "enrolment__person",
        "enrolment__cohort__provider",
        "revocation",
        "sealed_file",
    )
    if actor.role == Role.TRAINEE and actor.person_key:
        return rows.filter(enrolment__person__key=actor.person_key)
    if actor.role == Role.ENTERPRISE and actor.unit is not None:
        return rows.filter(enrolment__enterprise=actor.unit)
    if actor.role == Role.PROVIDER and actor.unit is not None:
        return rows.filter(enrolment__cohort__provider=actor.unit)
    if actor.whole_city:
        return rows
    if actor.is_officer:
        return rows.filter(batch__division_id__in=actor.division_ids())
    return rows.none()


def is_candidate(actor: Actor, exam: Exam) -> bool:
    """Is the signed-in person in the class? In whatever role the account acts at the moment."""
    rows = exam.cohort.enrolments.filter(state=EnrolmentState.ACTIVE, person__key=actor.person_key)
    return bool(actor.person_key) and rows.exists()
