"""Guards and effects this room adds to moves of cases (see `peibu.casework.hooks`), and news from the rooms below.

A revoked certificate and an entered or withdrawn rate are looked into at once; rows that registers bring in bulk are
found by the nightly look.
"""

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from peibu.claims import steps  # noqa: F401
from peibu.programmes.models import EnteredRate
from peibu.training.models import CertificateRevocation


@receiver(post_save, sender=CertificateRevocation, dispatch_uid="recheck_after_revocation")
@receiver(post_save, sender=EnteredRate, dispatch_uid="recheck_after_rate")
def evidence_came(sender, **_news) -> None:
    from peibu.claims.tasks import soon

    transaction.on_commit(soon)
