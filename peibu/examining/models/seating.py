"""Who sits where: drawn by seed, so that anybody can draw it again."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import User
from peibu.accounts.owned import Owned
from peibu.kernel.ids import uuid7
from peibu.training.models import Enrolment, Exam

BEFORE_THE_EXAM = pgtrigger.Trigger(
    name="seats_stay_once_tickets_are_out",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF EXISTS (SELECT 1 FROM examining_seatplan p WHERE p.released_at IS NOT NULL
                   AND p.id = COALESCE(NEW.plan_id, OLD.plan_id)) THEN
            RAISE EXCEPTION 'seats_stay_once_tickets_are_out' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'seats_stay_once_tickets_are_out';
        END IF;
        RETURN COALESCE(NEW, OLD);
    """,
)


class SeatPlan(Owned):
    """The seating of an exam. `rooms` = [{name, seats}]; `released_at`: admission tickets are out, nothing moves."""

    exam = models.OneToOneField(Exam, on_delete=models.PROTECT, related_name="seat_plan")
    seed = models.CharField(_("随机种子"), max_length=64)
    rooms = models.JSONField(_("考场"))
    drawn_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()
    released_at = models.DateTimeField(_("准考证发放时间"), null=True, blank=True)

    class Meta(Owned.Meta):
        constraints = [models.CheckConstraint(condition=~Q(seed=""), name="a_seat_plan_has_its_seed")]
        triggers = [
            *Owned.Meta.triggers,
            pgtrigger.Protect(
                name="a_released_plan_never_changes",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__released_at__isnull=False),
            ),
        ]


class Seat(models.Model):
    """One candidate's place; `ticket` = number of the admission ticket."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(SeatPlan, on_delete=models.CASCADE, related_name="seats")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="exam_seats")
    room = models.CharField(_("考场"), max_length=60)
    number = models.PositiveIntegerField(_("座位号"))
    ticket = models.CharField(_("准考证号"), max_length=60, unique=True)

    class Meta:
        ordering = ["plan", "room", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "room", "number"], name="two_candidates_never_share_a_seat"),
            models.UniqueConstraint(fields=["plan", "enrolment"], name="a_candidate_has_one_seat"),
        ]
        triggers = [BEFORE_THE_EXAM]
