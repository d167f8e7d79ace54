"""What runs by itself: notices count as received and hearings end when their days are over."""

import datetime as dt

from django.utils import timezone
from procrastinate.contrib.django import app

from peibu.accounts import clock
from peibu.accounts.actor import SYSTEM
from peibu.casework.actions import move_case
from peibu.casework.models import Case
from peibu.recovery.permissions import PROCESS

OVER = {
    "notified": ("receive", "期满未签收，视为送达"),
    "hearing": ("hearing_over", "期满未提出陈述申辩"),
}


@app.periodic(cron="15 * * * *")
@app.task(queueing_lock="recovery_days_are_over")
def move_on(timestamp: int) -> None:
    """Every hour, because the demo's clock may jump over midnight at any time."""
    end_periods(at=clock.now())


def end_periods(*, at: dt.datetime) -> list[Case]:
    """Move on every recovery whose period for the party is over; the cases that moved."""
    rows = Case.objects.filter(process=PROCESS, state__in=list(OVER), due_on__lt=timezone.localdate(at))
    moved = []
    for case in rows.order_by("pk"):
        move, reason = OVER[case.state]
        moved.append(move_case(case=case, move=move, by=SYSTEM, at=at, reason=reason))
    return moved
