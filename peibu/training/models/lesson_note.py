"""Lesson notes (教案): what a teacher prepared for a session, version by version (WH63.2.8)."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import User
from peibu.casework.models import APPEND_ONLY, Document
from peibu.kernel.ids import uuid7
from peibu.training.models.cohort import Session

# Late is what the clock says, not what somebody writes: handed in when the session had begun.
LATE_IS_TRUE = pgtrigger.Trigger(
    name="a_late_lesson_note_is_marked",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF NEW.late IS DISTINCT FROM
           (NEW.written_at >= (SELECT s.starts_at FROM training_session s WHERE s.id = NEW.session_id)) THEN
            RAISE EXCEPTION 'a_late_lesson_note_is_marked' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_late_lesson_note_is_marked';
        END IF;
        RETURN NEW;
    """,
)


class LessonNote(models.Model):
    """One version of the notes of a session, written here or as a file. A correction is the next version."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="lesson_notes")
    version = models.PositiveSmallIntegerField(_("版本"))
    text = models.TextField(_("教案"), blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    late = models.BooleanField(_("开课后补交"))
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("提交时间"))

    class Meta:
        ordering = ["session", "version"]
        constraints = [
            models.UniqueConstraint(fields=["session", "version"], name="lesson_notes_are_numbered_once"),
            models.CheckConstraint(
                condition=~Q(text="") | Q(document__isnull=False), name="a_lesson_note_says_something"
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="lesson_notes_count_from_one"),
        ]
        triggers = [APPEND_ONLY, LATE_IS_TRUE]
