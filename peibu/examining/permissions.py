"""Who may write questions, sit a test, watch it."""

from django.db.models import QuerySet

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.kernel.verdict import Verdict, no, yes
from peibu.training.enums import EnrolmentState
from peibu.training.models import Enrolment, Exam
from peibu.training.permissions.exam import APPROVED, BODIES

WRITERS = BODIES


def can_write_questions(actor: Actor) -> Verdict:
    """Keep a bank: bodies that examine (QD97.3.6 the provider, WH63.2.6 the city's appraisal body)."""
    if actor.role in WRITERS and actor.unit is not None:
        return yes()
    return no("只有负责命题的单位可以管理题库")


def candidate_of(actor: Actor, exam: Exam) -> Enrolment | None:
    """The signed-in person's place in the class of the exam; None for anybody else."""
    if not actor.person_key:
        return None
    rows = Enrolment.objects.filter(cohort=exam.cohort_id, state=EnrolmentState.ACTIVE, person__key=actor.person_key)
    return rows.select_related("person", "cohort").first()


def exams_sat_by(actor: Actor) -> QuerySet[Exam]:
    """The approved exams of the classes the signed-in person is in."""
    if actor.role != Role.TRAINEE or not actor.person_key:
        return Exam.objects.none()
    mine = Enrolment.objects.filter(person__key=actor.person_key, state=EnrolmentState.ACTIVE)
    rows = Exam.objects.filter(cohort__in=mine.values("cohort"), case__state=APPROVED, held_from__isnull=False)
    return rows.select_related("cohort__provider", "case", "division")
