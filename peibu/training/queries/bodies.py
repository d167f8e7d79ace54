"""Which body examines, and what of an exam was done for which (QD97.3.6 the provider, WH63.2.6 a body of the city)."""

import dataclasses
from uuid import UUID

from peibu.accounts.enums import UnitKind
from peibu.accounts.models import Division, Unit
from peibu.rulebook import load_policy
from peibu.training.models import Exam, ResitScore

OWN = "provider"
TASKS = ("paper", "examiners", "inspection", "marking")
KIND_OF_BODY = {"appraisal_body": UnitKind.APPRAISAL, "assessment_body": UnitKind.ASSESSMENT}


def examining_body(body: str, division: Division) -> Unit | None:
    """The unit of the kind a policy names (`delivery.exam.body`), nearest to a division: its own, or one above it."""
    place: Division | None = division.desk
    while place is not None:
        unit = Unit.objects.filter(kind=KIND_OF_BODY[body], division=place).first()
        if unit is not None:
            return unit
        place = place.parent
    return None


def body_kind(unit: Unit) -> str:
    """A unit as a body that examines, in the words of a policy's `delivery.exam`."""
    return next((body for body, kind in KIND_OF_BODY.items() if kind == unit.kind), OWN)


def body_of(exam: Exam) -> UUID:
    """The unit that examines: the body on record, else the provider of the class."""
    return exam.body_id or exam.cohort.provider_id


def who_did(exam: Exam) -> dict[str, set[UUID | None]]:
    """Task of the exam -> the units for which it was done; a task that nobody did yet is left out. Marking is done by
    whoever entered scores, of re-sits too; before there are any, it lies with whoever named the graders."""
    graders = set(exam.graders.values_list("by_unit_id", flat=True))
    found = {
        "paper": {exam.paper_by_unit_id} if exam.items.exists() else set(),
        "examiners": graders,
        "inspection": set(exam.supervisors.values_list("by_unit_id", flat=True)),
        "marking": _marked_for(exam) or graders,
    }
    return {task: units for task, units in found.items() if units}


def _marked_for(exam: Exam) -> set[UUID | None]:
    again = ResitScore.objects.filter(resit__exam=exam, entered_at__isnull=False)
    return {*exam.scores.values_list("by_unit_id", flat=True), *again.values_list("by_unit_id", flat=True)}


@dataclasses.dataclass(frozen=True)
class Examiner:
    """A body that examines in place of the provider, and the clause that says so."""

    unit: Unit
    clause: str


def examiner_of(exam: Exam) -> Examiner | None:
    """The body a document names for an exam; None where the provider examines."""
    return Examiner(exam.body, load_policy(exam.cohort.policy).delivery.exam.clause) if exam.body else None
