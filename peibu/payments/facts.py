"""What the rulebook asks about a payment (QD97.4.3, QD97.5.3, QD97.5.4)."""

import datetime as dt

from peibu.casework.models import Case, PublicNotice
from peibu.casework.notices import full_days
from peibu.claims.objected import stopping_objections
from peibu.ledger import facts as book
from peibu.ledger.queries import commitment_of


def notice_of(case: Case) -> PublicNotice | None:
    """The latest public notice the case stands in."""
    return PublicNotice.objects.filter(lines__case=case).order_by("-opened_at").distinct().first()


def payment_facts(case: Case, *, account_kind: str, amount_fen: int, on: dt.date) -> dict:
    """Facts of the subject `payment` for paying a sum; what is not known is left out and stays unknown."""
    facts = {"open_objections": stopping_objections(case).count(), "account_kind": account_kind}
    facts |= book.payment_facts(commitment_of(case.pk), amount_fen=amount_fen)
    notice = notice_of(case)
    if notice is not None:
        facts["notice_working_days_done"] = full_days(notice, on=on)
    return facts
