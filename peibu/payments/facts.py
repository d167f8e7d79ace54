"""What the rulebook asks about a payment (QD97.4.3, QD97.5.3, QD97.5.4)."""

import datetime as dt

from django.utils import timezone

from peibu.casework.models import Case, PublicNotice
from peibu.casework.queries import open_objections
from peibu.kernel.workdays import default_calendar
from peibu.ledger import facts as book
from peibu.ledger.queries import commitment_of


def notice_of(case: Case) -> PublicNotice | None:
    """The latest public notice the case stands in."""
    return PublicNotice.objects.filter(lines__case=case).order_by("-opened_at").distinct().first()


def payment_facts(case: Case, *, account_kind: str, on: dt.date) -> dict:
    """Facts of the subject `payment`; what is not known is left out and stays unknown."""
    facts = {"open_objections": open_objections(case).count(), "account_kind": account_kind}
    facts |= book.payment_facts(commitment_of(case.pk), on=on)
    notice = notice_of(case)
    if notice is not None:
        whole = min(notice.ends_on, on - dt.timedelta(days=1))
        started = timezone.localdate(notice.opened_at)
        facts["notice_working_days_done"] = max(0, default_calendar().workdays_between(started, whole))
    return facts
