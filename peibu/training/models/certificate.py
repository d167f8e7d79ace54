"""Certificates: serials given by the district per batch (QD97.3.10), unique, without gaps, never reused."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import User
from peibu.accounts.owned import Owned
from peibu.casework.models import Case
from peibu.kernel.ids import uuid7
from peibu.training.models.cohort import Cohort, Enrolment


class CertificateBatch(Owned):
    """The passed list of a class, checked by the district; `first`..`last` are its serial numbers."""

    cohort = models.OneToOneField(Cohort, on_delete=models.PROTECT, related_name="certificate_batch")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="certificate_batch")
    series = models.CharField(_("序列"), max_length=40, blank=True)
    first = models.PositiveIntegerField(null=True, blank=True)
    last = models.PositiveIntegerField(null=True, blank=True)
    issued_on = models.DateField(_("发证日期"), null=True, blank=True)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Owned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(last__isnull=True) | Q(last__gte=F("first")), name="batch_serials_ascend"
            ),
        ]


class Certificate(models.Model):
    """One certificate. The row never changes; a revocation is a row of its own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.ForeignKey(CertificateBatch, on_delete=models.PROTECT, related_name="certificates")
    enrolment = models.OneToOneField(Enrolment, on_delete=models.PROTECT, related_name="certificate")
    series = models.CharField(max_length=40)
    serial_no = models.PositiveIntegerField()
    serial = models.CharField(_("证书编号"), max_length=60, unique=True)
    check_code = models.CharField(_("核验码"), max_length=16)
    issued_on = models.DateField(_("发证日期"))

    class Meta:
        ordering = ["series", "serial_no"]
        constraints = [models.UniqueConstraint(fields=["series", "serial_no"], name="a_serial_is_used_once")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
