"""Who was there: rotating codes, sign-ins, the day's log."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import User
from peibu.casework.models import Document
from peibu.kernel.ids import uuid7
from peibu.training.enums import AttendanceMethod
from peibu.training.models.cohort import Cohort, Enrolment, Session


class CheckIn(models.Model):
    """The open sign-in of a session: the secret behind its rotating codes."""

    session = models.OneToOneField(Session, on_delete=models.PROTECT, primary_key=True, related_name="check_in")
    secret = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
                name="check_in_closes_after_it_opens",
            )
        ]


class Attendance(models.Model):
    """One person's sign-in to one session. Append-only; a manual entry has a reason and the person who made it, and
    names the photographed paper sheet (`sheet`) when it was copied from one. `signed_at`: when the person came, by the
    server for a scan, by the teacher's word for a manual entry. When it became known is told apart: `entered_at` of a
    manual entry, `received_at` of a scan kept on a phone without network, whose `signed_at` is the last moment at which it
    can have been taken."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="attendances")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="attendances")
    method = models.CharField(_("方式"), max_length=10, choices=AttendanceMethod.choices)
    signed_at = models.DateTimeField(_("签到时间"))
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("补签理由"), max_length=200, blank=True)
    device = models.CharField(max_length=64, blank=True)
    sheet = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    received_at = models.DateTimeField(_("送达时间"), null=True, blank=True)
    entered_at = models.DateTimeField(_("登记时间"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "enrolment"], name="a_person_signs_in_once_per_session"),
            models.CheckConstraint(condition=Q(method="qr") | ~Q(reason=""), name="a_manual_sign_in_has_a_reason"),
            models.CheckConstraint(
                condition=Q(sheet__isnull=True) | Q(method="manual"), name="only_a_manual_sign_in_is_from_a_sheet"
            ),
            models.CheckConstraint(
                condition=Q(received_at__isnull=True) | Q(method="qr", received_at__gte=F("signed_at")),
                name="a_late_scan_arrives_after_it_was_taken",
            ),
            models.CheckConstraint(
                condition=Q(entered_at__isnull=True) | Q(method="manual", entered_at__gte=F("signed_at")),
                name="nobody_is_entered_ahead_of_coming",
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


@pghistory.track()
class TrainingLog(models.Model):
    """What was taught on a day, written by the teacher (QD97.6.2)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="logs")
    session = models.OneToOneField(Session, on_delete=models.PROTECT, related_name="log")
    text = models.TextField(_("培训日志"))
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="a_log_says_something")]
