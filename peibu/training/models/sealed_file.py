"""Signed files of certificates: what was handed out, by its hash (QD97.3.10)."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peibu.casework.models import Document
from peibu.training.models.certificate import Certificate, CertificateBatch

# A hash in the register is the hash of a file that is kept: a wrong line would call a stranger's file genuine.
KEPT_FILE = pgtrigger.Trigger(
    name="a_sealed_file_is_the_kept_file",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF NOT EXISTS (SELECT 1 FROM casework_document d
                       WHERE d.id = NEW.document_id AND d.sha256 = NEW.sha256 AND d.subject_id =
                       COALESCE(NEW.certificate_id, NEW.batch_id)) THEN
            RAISE EXCEPTION 'a_sealed_file_is_the_kept_file' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_sealed_file_is_the_kept_file';
        END IF;
        RETURN NEW;
    """,
)


class SealedFile(models.Model):
    """One signed PDF: of a certificate, or (without `certificate`) of a whole batch. Made once, never changed."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, primary_key=True, related_name="sealed_file")
    batch = models.ForeignKey(CertificateBatch, on_delete=models.PROTECT, related_name="sealed_files")
    certificate = models.OneToOneField(
        Certificate, on_delete=models.PROTECT, null=True, blank=True, related_name="sealed_file"
    )
    sha256 = models.CharField(max_length=64, unique=True)
    signer = models.CharField(_("签章单位"), max_length=120)
    fingerprint = models.CharField(_("印章证书指纹"), max_length=64, db_index=True)
    sealed_at = models.DateTimeField(_("签章时间"))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="a_sealed_file_has_a_hash"),
            models.CheckConstraint(condition=~Q(signer=""), name="a_sealed_file_names_its_signer"),
            models.UniqueConstraint(
                fields=["batch"], condition=Q(certificate__isnull=True), name="a_batch_has_one_sealed_book"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            KEPT_FILE,
        ]
