"""Entrusted-training agreements (JN6.4a, JN6.4.1b)."""

import datetime as dt

from django.db.models import Q, QuerySet

from peibu.accounts.models import Unit
from peibu.training.models import EntrustmentAgreement


def agreement_on(policy: str, enterprise: Unit, provider: Unit, *, on: dt.date) -> EntrustmentAgreement | None:
    """The agreement of two parties in force on a day, confirmed by both; the database allows one at most."""
    rows = EntrustmentAgreement.objects.filter(
        policy=policy, enterprise=enterprise, provider=provider, valid__contains=on, accepted_at__isnull=False
    )
    return rows.first()


def agreements_of(unit: Unit | None) -> QuerySet[EntrustmentAgreement]:
    """Agreements in which a unit is a party, newest first."""
    rows = EntrustmentAgreement.objects.filter(Q(enterprise=unit) | Q(provider=unit))
    return rows.select_related("enterprise", "provider", "document").order_by("-signed_at")
