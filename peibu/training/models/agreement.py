"""An enterprise entrusts a provider with its training: one agreement, one payee (JN6.4a, JN6.4.1b)."""

import datetime as dt

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit, User
from peibu.casework.models import Document
from peibu.kernel.ids import uuid7
from peibu.training.enums import Payee


@pghistory.track()
class EntrustmentAgreement(models.Model):
    """`payee` gets the subsidy for everybody trained under it. On no day do two accepted agreements of the same parties
    hold, so that one training never has two payees. Only the end may be brought forward; the payee never changes. One that
    was not accepted may be taken back by the enterprise or declined by the provider (`closed_at`)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    policy = models.CharField(max_length=80)
    enterprise = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="entrustments")
    provider = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="entrusted_by")
    payee = models.CharField(_("补贴收款方"), max_length=10, choices=Payee.choices)
    valid = DateRangeField(_("有效期间"))
    number = models.CharField(_("协议编号"), max_length=60)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(_("登记时间"))
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(_("对方确认时间"), null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(_("撤回或退回时间"), null=True, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_agreement_of_two_parties_a_day",
                expressions=[
                    ("policy", RangeOperators.EQUAL),
                    ("enterprise", RangeOperators.EQUAL),
                    ("provider", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(accepted_at__isnull=False),
            ),
            models.CheckConstraint(condition=~Q(enterprise=F("provider")), name="nobody_entrusts_itself"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="an_acceptance_has_time_and_person",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False, accepted_at__isnull=True),
                name="only_an_unaccepted_agreement_is_closed",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="agreements_are_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="an_agreement_keeps_its_payee",
                fields=["policy", "enterprise", "provider", "payee", "number", "document", "signed_by", "signed_at"],
            ),
        ]

    @property
    def last_day(self) -> dt.date:
        """The last day on which the agreement holds (the stored range ends the day after)."""
        return self.valid.upper - dt.timedelta(days=1)
