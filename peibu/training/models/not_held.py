"""A session of the timetable that did not take place."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import User
from peibu.training.models.cohort import Session


class NotHeld(models.Model):
    """The provider's word that a session fell out, with the reason, and the agency's agreement. Until the agency agreed,
    nobody knows whether the class was taught as filed; afterwards nobody owes the session and it counts for nothing."""

    session = models.OneToOneField(Session, on_delete=models.PROTECT, primary_key=True, related_name="not_held")
    reason = models.CharField(_("未举行的原因"), max_length=200)
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(_("登记时间"))
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    agreed_at = models.DateTimeField(_("确认时间"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="a_session_not_held_has_a_reason"),
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True, agreed_by__isnull=True)
                | (Q(agreed_at__gte=F("noted_at"), agreed_by__isnull=False) & ~Q(agreed_by=F("noted_by"))),
                name="what_was_not_held_is_agreed_by_another",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="what_was_not_held_stays_told", fields=["session", "reason", "noted_by", "noted_at"]
            ),
            pgtrigger.Protect(
                name="an_agreement_stands",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__agreed_at__isnull=False),
            ),
            pgtrigger.Protect(name="what_was_not_held_is_kept", operation=pgtrigger.Delete),
        ]
