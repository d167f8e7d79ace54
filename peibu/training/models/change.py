"""A change after the filing was confirmed, proposed beside what holds (WH63.2.3): other sessions, other people, or the
whole class called off."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit, User
from peibu.accounts.owned import Owned
from peibu.casework.models import Case
from peibu.kernel.ids import uuid7
from peibu.registry.models import Teacher
from peibu.training.enums import ChangeKind, LessonDeed, PersonDeed, SessionKind
from peibu.training.models.cohort import Cohort, Enrolment, Session
from peibu.training.models.signup import SignUpLine
from peibu.training.models.venue import Room


@pghistory.track()
class ClassChange(Owned):
    """`division` is the class's; `case` its process `filing_change`. `urgent`: holds from the moment it is handed in,
    because a session cannot wait for the agency. `effective_at`: since when people follow it; `settled_at`: confirmed
    or withdrawn. `soft_reasons` = rule -> why this change may exceed an 'in principle' limit; the class takes them over
    when the change holds."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="changes")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="class_change")
    kind = models.CharField(_("变更类型"), max_length=8, choices=ChangeKind.choices, default=ChangeKind.AMEND)
    urgent = models.BooleanField(_("紧急变更"), default=False)
    reason = models.CharField(_("变更原因"), max_length=300)
    soft_reasons = models.JSONField(_("突破原则上限制的理由"), default=dict, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("提出时间"))
    sent_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    effective_at = models.DateTimeField(_("生效时间"), null=True, blank=True)
    settled_at = models.DateTimeField(_("办结时间"), null=True, blank=True)

    class Meta(Owned.Meta):
        ordering = ["cohort", "created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort"], condition=Q(settled_at__isnull=True), name="one_open_change_per_class"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_change_has_a_reason"),
            models.CheckConstraint(
                condition=Q(effective_at__isnull=True) | Q(sent_at__isnull=False),
                name="a_change_holds_only_once_handed_in",
            ),
            models.CheckConstraint(
                condition=Q(urgent=False) | Q(kind="amend"), name="no_class_is_called_off_urgently"
            ),
        ]
        triggers = [
            *Owned.Meta.triggers,
            pgtrigger.Protect(name="changes_are_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="a_change_that_holds_is_not_rewritten",
                operation=pgtrigger.UpdateOf("kind", "urgent", "reason", "soft_reasons", "effective_at"),
                condition=pgtrigger.Q(old__effective_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cohort.name} {self.get_kind_display()}"


# What has been handed in is what the agency reads: lines change only while the change is being written.
ONLY_WHILE_WRITTEN = """
    IF NOT EXISTS (SELECT 1 FROM training_classchange c JOIN casework_case k ON k.id = c.case_id
                   WHERE c.id = COALESCE(NEW.change_id, OLD.change_id) AND k.state IN ('draft', 'returned')
                   AND c.effective_at IS NULL) THEN
        RAISE EXCEPTION 'a_change_is_written_before_it_is_handed_in' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'a_change_is_written_before_it_is_handed_in';
    END IF;
    RETURN COALESCE(NEW, OLD);
"""
AS_WRITTEN = pgtrigger.ReadOnly(name="a_written_change_is_replaced_not_edited", exclude=["session"])
WRITTEN_FIRST = pgtrigger.Trigger(
    name="a_change_is_written_before_it_is_handed_in",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Delete,
    func=ONLY_WHILE_WRITTEN,
)


class ChangedLesson(models.Model):
    """One session that a change moves, drops or adds. `was`: how the session stood when this was written (empty for a
    new one), so that old and new can still be read side by side when the timetable has moved on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    change = models.ForeignKey(ClassChange, on_delete=models.PROTECT, related_name="lessons")
    deed = models.CharField(_("变更"), max_length=6, choices=LessonDeed.choices)
    session = models.ForeignKey(Session, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    was = models.JSONField(_("原安排"), default=dict, blank=True)
    kind = models.CharField(max_length=12, choices=SessionKind.choices, blank=True)
    subject = models.CharField(max_length=120, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    class_hours = models.PositiveIntegerField(default=0)
    topics = models.JSONField(default=list, blank=True)
    place = models.CharField(max_length=200, blank=True)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    base = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    teacher = models.ForeignKey(Teacher, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["change", "id"]
        constraints = [
            models.UniqueConstraint(fields=["change", "session"], name="a_session_is_changed_once_in_a_change"),
            models.CheckConstraint(
                condition=Q(deed="drop") | Q(starts_at__isnull=False, ends_at__gt=models.F("starts_at")),
                name="a_changed_lesson_has_its_time",
            ),
        ]
        triggers = [WRITTEN_FIRST, AS_WRITTEN]


class ChangedPerson(models.Model):
    """Somebody whom a change takes into the class (by a sign-up line) or out of it (by the place), with the reason."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    change = models.ForeignKey(ClassChange, on_delete=models.PROTECT, related_name="people")
    deed = models.CharField(_("变更"), max_length=5, choices=PersonDeed.choices)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    line = models.ForeignKey(SignUpLine, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("原因"), max_length=200)

    class Meta:
        ordering = ["change", "deed", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(deed="leave", enrolment__isnull=False, line__isnull=True)
                | Q(deed="join", line__isnull=False, enrolment__isnull=True),
                name="who_joins_has_a_line_who_leaves_a_place",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_changed_person_has_a_reason"),
            models.UniqueConstraint(fields=["change", "enrolment"], name="a_person_leaves_once_in_a_change"),
            models.UniqueConstraint(fields=["change", "line"], name="a_person_joins_once_in_a_change"),
        ]
        triggers = [WRITTEN_FIRST]

    @property
    def person(self):
        return (self.enrolment or self.line).person

    @property
    def sender(self) -> Unit:
        return self.enrolment.enterprise if self.enrolment else self.line.signup.enterprise
