"""Who may take attendance, photograph and write the log: the teacher of the session, or the provider's staff."""

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.kernel.verdict import Verdict, no, yes
from peibu.training.enums import CohortStage
from peibu.training.models import Cohort, Session

RUNNING = frozenset({CohortStage.CONFIRMED, CohortStage.TAUGHT})
KEEPING = frozenset({CohortStage.CONFIRMED, CohortStage.TAUGHT, CohortStage.EXAMINED})
# The archive asks for a log of every session: one that was forgotten may be written until the class is archived.
LOGGING = KEEPING | {CohortStage.CERTIFIED}


def _is_provider(actor: Actor, cohort: Cohort) -> bool:
    return actor.role == Role.PROVIDER and actor.unit is not None and actor.unit.pk == cohort.provider_id


def can_run_session(actor: Actor, session: Session) -> Verdict:
    """Open and close the sign-in, enter people by hand, write lesson notes and the log."""
    if _is_provider(actor, session.cohort):
        return yes()
    if actor.role == Role.TEACHER and actor.person_key and actor.person_key == session.teacher_key:
        return yes()
    return no("只有本课次的授课教师或承接单位经办人可以办理签到和日志")


def can_keep_for_class(actor: Actor, cohort: Cohort) -> Verdict:
    """Add photos of the class: its provider's staff, or anyone who teaches in it."""
    if _is_provider(actor, cohort):
        return yes()
    teaches = actor.role == Role.TEACHER and cohort.sessions.filter(teacher_key=actor.person_key).exists()
    return yes() if actor.person_key and teaches else no("只有本班的授课教师或承接单位经办人可以上传现场照片")


def can_finish(actor: Actor, cohort: Cohort) -> Verdict:
    """Declare the teaching of a class over: its provider's staff."""
    return yes() if _is_provider(actor, cohort) else no("只有承接单位经办人可以办理结课")
