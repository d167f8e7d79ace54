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

# QD97.3.10: a series runs 1, 2, 3 ...; a skipped number is refused like a used one.
NO_GAPS = pgtrigger.Trigger(
    name="serials_have_no_gaps",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF NEW.serial_no <> 1 + COALESCE((SELECT max(c.serial_no) FROM training_certificate c
                                          WHERE c.series = NEW.series), 0)
           AND NOT EXISTS (SELECT 1 FROM training_certificate c
                           WHERE c.series = NEW.series AND c.serial_no = NEW.serial_no) THEN
            RAISE EXCEPTION 'serials_have_no_gaps' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'serials_have_no_gaps';
        END IF;
        RETURN NEW;
    """,
)

# I19: a certificate rests on points in a sealed sheet.
SEALED_SCORE = pgtrigger.Trigger(
    name="a_certificate_rests_on_a_sealed_score",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF NOT EXISTS (SELECT 1 FROM training_score s JOIN training_exam x ON x.id = s.exam_id
                       WHERE s.enrolment_id = NEW.enrolment_id AND x.sealed_at IS NOT NULL
                       AND (s.points IS NOT NULL
                            OR EXISTS (SELECT 1 FROM training_scorecorrection k
                                       WHERE k.score_id = s.id AND k.accepted AND k.points IS NOT NULL)
                            OR EXISTS (SELECT 1 FROM training_resitscore a JOIN training_resit r ON r.id = a.resit_id
                                       WHERE a.enrolment_id = s.enrolment_id AND a.points IS NOT NULL
                                       AND r.sealed_at IS NOT NULL))) THEN
            RAISE EXCEPTION 'a_certificate_rests_on_a_sealed_score' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_certificate_rests_on_a_sealed_score';
        END IF;
        RETURN NEW;
    """,
)


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
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            NO_GAPS,
            SEALED_SCORE,
        ]


class CertificateRevocation(models.Model):
    """A certificate declared void, with the reason. The certificate and its number stay: nothing is reused."""

    certificate = models.OneToOneField(
        Certificate, on_delete=models.PROTECT, primary_key=True, related_name="revocation"
    )
    reason = models.CharField(_("作废理由"), max_length=300)
    revoked_at = models.DateTimeField(_("作废时间"))
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="a_revocation_has_a_reason")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
