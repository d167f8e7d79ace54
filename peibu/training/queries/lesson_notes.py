"""Which sessions of a class have lesson notes, and who may read them (WH63.2.8)."""

import dataclasses

from django.db.models import Prefetch, QuerySet

from peibu.accounts.actor import Actor
from peibu.casework.enums import Purpose
from peibu.casework.models import Document
from peibu.training.models import Cohort, LessonNote, Session
from peibu.training.queries.classrooms import classes_run_by
from peibu.training.queries.not_held import taught_sessions


@dataclasses.dataclass(frozen=True)
class Prepared:
    """A taught session and its notes, the newest first; none when the teacher still owes them."""

    session: Session
    notes: list[LessonNote]

    @property
    def late(self) -> bool:
        """Was even the first version handed in after the session began?"""
        return bool(self.notes) and self.notes[-1].late


def notes_of(session: Session) -> QuerySet[LessonNote]:
    """The versions of a session's notes, the newest first."""
    return session.lesson_notes.select_related("document", "written_by").order_by("-version")


def prepared(cohort: Cohort) -> list[Prepared]:
    """Every taught session of a class in order of time, with its notes."""
    newest = LessonNote.objects.select_related("document", "written_by").order_by("-version")
    rows = taught_sessions(cohort).select_related("teacher", "cohort").order_by("starts_at", "pk")
    return [
        Prepared(row, list(row.lesson_notes.all())) for row in rows.prefetch_related(Prefetch("lesson_notes", newest))
    ]


def note_files_seen_by(actor: Actor) -> QuerySet[Document]:
    """Files of lesson notes of the classes a teacher or a provider runs."""
    mine = classes_run_by(actor).values("pk")
    return Document.objects.filter(purpose=Purpose.LESSON_NOTE, subject_id__in=mine)
