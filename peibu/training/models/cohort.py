"""A class (班次): its timetable and the people in it."""

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit
from peibu.accounts.owned import Owned
from peibu.casework.models import Case
from peibu.registry.models import Person, Teacher
from peibu.rulebook import load_policy
from peibu.training.enums import CohortStage, EnrolmentState, SessionKind
from peibu.training.models.plan import TrainingPlan
from peibu.training.models.seat_triggers import SEATS_OF_ENROLMENT, SEATS_OF_SESSION
from peibu.training.models.session_triggers import TAUGHT_STAYS
from peibu.training.models.signup import SignUpLine
from peibu.training.models.venue import Room


class During(Func):
    function = "TSTZRANGE"


@pghistory.track()
class Cohort(Owned):
    """A class; `division` is where the provider is registered. `case` is its opening filing (QD97.3.4).
    `seats_held`: places offered to single applicants,
    counted by the database. `soft_reasons` = rule -> recorded reason for exceeding an 'in principle' limit."""

    policy = models.CharField(max_length=80)
    provider = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="cohorts")
    plan = models.ForeignKey(TrainingPlan, on_delete=models.PROTECT, related_name="cohorts")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="cohort")
    name = models.CharField(_("班次名称"), max_length=120)
    stage = models.CharField(_("阶段"), max_length=12, choices=CohortStage.choices, default=CohortStage.FILING)
    opens_on = models.DateField(_("开班日期"), null=True, blank=True)
    ends_on = models.DateField(_("结业日期"), null=True, blank=True)
    fee_fen = models.BigIntegerField(_("收费（分/人）"))
    venue = models.CharField(_("主要地点"), max_length=200, blank=True)
    seats = models.PositiveIntegerField(_("人数上限"))
    seats_taken = models.PositiveIntegerField(_("在班人数"), default=0)
    seats_held = models.PositiveIntegerField(_("已保留名额"), default=0)
    soft_reasons = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta(Owned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(seats_taken__lte=F("seats") - F("seats_held")), name="class_is_never_overfull"
            ),
            models.CheckConstraint(condition=Q(fee_fen__gte=0), name="class_fee_is_not_negative"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("opens_on")), name="class_ends_after_it_opens"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def takes_single_people(self) -> bool:
        """May trainees apply for this class themselves, by its document?"""
        return "trainee" in load_policy(self.policy).delivery.enrols


class Session(Owned):
    """One entry of the timetable. `active` from filing on: then neither teacher, room nor trainee is in two places.
    `place` is what people read; with a `room` it is the room's name."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="sessions")
    position = models.PositiveIntegerField()
    kind = models.CharField(_("类别"), max_length=12, choices=SessionKind.choices)
    subject = models.CharField(_("课程"), max_length=120)
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    class_hours = models.PositiveIntegerField(_("课时"), default=0)
    topics = models.JSONField(_("规定内容"), default=list, blank=True)
    place = models.CharField(_("地点"), max_length=200)
    room = models.ForeignKey(
        Room, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions", verbose_name=_("教室")
    )
    base = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("实训基地")
    )
    teacher = models.ForeignKey(Teacher, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions")
    teacher_key = models.CharField(max_length=64, blank=True)
    active = models.BooleanField(default=False)

    class Meta(Owned.Meta):
        ordering = ["cohort", "starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(kind="exam") | Q(teacher__isnull=False), name="a_taught_session_has_a_teacher"
            ),
            models.CheckConstraint(
                condition=~Q(kind="practice") | Q(base__isnull=False), name="a_practice_session_has_a_base"
            ),
            ExclusionConstraint(
                name="a_teacher_is_in_one_place",
                expressions=[
                    ("teacher_key", RangeOperators.EQUAL),
                    (During("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(active=True) & ~Q(teacher_key=""),
            ),
            ExclusionConstraint(
                name="a_room_holds_one_class_at_a_time",
                expressions=[
                    ("room", RangeOperators.EQUAL),
                    (During("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(active=True, room__isnull=False),
            ),
        ]
        triggers = [*Owned.Meta.triggers, SEATS_OF_SESSION, TAUGHT_STAYS]


@pghistory.track()
class Enrolment(Owned):
    """A person in a class, sent by an enterprise; `division` is the class's."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="enrolments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="enrolments")
    enterprise = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="enrolments")
    line = models.ForeignKey(SignUpLine, on_delete=models.PROTECT, related_name="enrolments")
    state = models.CharField(max_length=10, choices=EnrolmentState.choices, default=EnrolmentState.ACTIVE)
    enrolled_at = models.DateTimeField()

    class Meta(Owned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["cohort", "person"], name="a_person_is_enrolled_once_per_class"),
            models.UniqueConstraint(
                fields=["line"], condition=Q(state="active"), name="a_signup_line_is_in_one_class"
            ),
        ]
        triggers = [
            *Owned.Meta.triggers,
            pgtrigger.Protect(name="enrolment_is_kept", operation=pgtrigger.Delete),
            SEATS_OF_ENROLMENT,
        ]
