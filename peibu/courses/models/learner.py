"""Who learns: whom a unit counts among its own, who has registered, how far each is. One progress for all devices."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import User
from peibu.accounts.owned import Owned
from peibu.courses.enums import Relation
from peibu.courses.models.course import Course, Edition, Item
from peibu.kernel.ids import uuid7
from peibu.registry.models import Person


class NamedLearner(models.Model):
    """A person a unit names as one of its own, with the relation it rests on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="named")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    relation = models.CharField(_("与本单位的关系"), max_length=20, choices=Relation.choices)
    named_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "person"], name="a_learner_is_named_once")]


class Registration(Owned):
    """A person's place in a course, in the edition of that day. Its id is the `registration` of all its statements."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="registrations")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="registrations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="course_registrations")
    registered_at = models.DateTimeField(_("报名时间"))
    completed_at = models.DateTimeField(_("学完时间"), null=True, blank=True)

    class Meta(Owned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["course", "person"], name="a_person_registers_once_for_a_course")
        ]
        triggers = [
            *Owned.Meta.triggers,
            pgtrigger.ReadOnly(name="a_registration_stays", fields=["course", "edition", "person", "registered_at"]),
            pgtrigger.Protect(name="registrations_are_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="what_is_completed_stays_so",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__completed_at__isnull=False),
            ),
        ]


class ItemProgress(models.Model):
    """How far a learner is with an item. `segments`: what was played, as [from, to] in milliseconds, in order, apart."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="progress")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    segments = models.JSONField(default=list)
    position = models.PositiveBigIntegerField(_("上次位置（毫秒）"), default=0)
    watched = models.PositiveBigIntegerField(_("已看（毫秒）"), default=0)
    completed_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "item"], name="progress_is_kept_once_an_item"),
            models.CheckConstraint(condition=~Q(segments=[]) | Q(watched=0), name="what_was_watched_has_its_segments"),
        ]
