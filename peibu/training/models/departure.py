"""Who left when: the sign-out's rotating codes, and one row per person who signed out."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import User
from peibu.training.enums import AttendanceMethod
from peibu.training.models.attendance import Attendance
from peibu.training.models.cohort import Session

# Leaving before coming would credit negative time; the sign-in is another row, so a check constraint cannot see it.
AFTER_COMING = pgtrigger.Trigger(
    name="nobody_leaves_before_coming",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF EXISTS (SELECT 1 FROM training_attendance a WHERE a.id = NEW.attendance_id AND a.signed_at > NEW.left_at) THEN
            RAISE EXCEPTION 'nobody_leaves_before_coming' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'nobody_leaves_before_coming';
        END IF;
        RETURN NEW;
    """,
)


class CheckOut(models.Model):
    """The open sign-out of a session. A secret of its own: a code of the sign-in never signs anybody out, so a scan sent
    twice stays one deed."""

    session = models.OneToOneField(Session, on_delete=models.PROTECT, primary_key=True, related_name="check_out")
    secret = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
                name="check_out_closes_after_it_opens",
            )
        ]


class SignOut(models.Model):
    """When a person who signed in left. Append-only; one entered by hand has a reason and the person who entered it.
    `received_at`: when a scan kept on a phone without network arrived."""

    attendance = models.OneToOneField(Attendance, on_delete=models.PROTECT, primary_key=True, related_name="departure")
    left_at = models.DateTimeField(_("签退时间"))
    method = models.CharField(_("方式"), max_length=10, choices=AttendanceMethod.choices)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    reason = models.CharField(_("补签退理由"), max_length=200, blank=True)
    device = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(method="qr") | ~Q(reason=""), name="a_manual_sign_out_has_a_reason"),
            models.CheckConstraint(condition=Q(entered_at__gte=F("left_at")), name="nobody_signs_out_ahead_of_time"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            AFTER_COMING,
        ]
