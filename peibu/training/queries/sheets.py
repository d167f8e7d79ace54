"""Questions about photographed sign-in sheets."""

from django.db.models import QuerySet

from peibu.accounts.actor import Actor
from peibu.casework.enums import Purpose
from peibu.casework.models import Document
from peibu.training.models import Session
from peibu.training.queries.classrooms import classes_run_by


def sheets_of(session: Session) -> QuerySet[Document]:
    """The sheets of one session, oldest first."""
    rows = Document.objects.filter(subject_id=session.cohort_id, purpose=Purpose.SIGNIN_SHEET)
    return rows.filter(facts__session=str(session.pk)).order_by("uploaded_at", "id")


def sheets_seen_by(actor: Actor) -> QuerySet[Document]:
    """Sheets of the classes an actor runs: they show names and signatures, so trainees see none."""
    mine = classes_run_by(actor).values("pk")
    return Document.objects.filter(subject_id__in=mine, purpose=Purpose.SIGNIN_SHEET)
