"""After the time the folder sets, the people of a notice are taken off; the root and the hash of each line stay.

The printed result is kept for the archive first. Whoever kept the text of a line can still prove it against the root.
"""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from peibu.accounts.actor import SYSTEM
from peibu.casework.actions import keep_document
from peibu.casework.enums import NoticeState, Purpose
from peibu.casework.models import NoticeLine, PublicNotice
from peibu.casework.notices import is_about_money
from peibu.casework.results import result_pdf
from peibu.kernel.months import same_day
from peibu.rulebook import load_policy

SHOWN = "notice_shown_months"
PERSONAL = "name"  # the one column of the allow-list that is about a person


def take_down_old(*, at: dt.datetime) -> int:
    """Take down every notice whose time is over; how many. Each in a transaction of its own."""
    on = timezone.localdate(at)
    old = []
    for notice in PublicNotice.objects.filter(state=NoticeState.CLOSED, taken_down_at__isnull=True):
        months = int(load_policy(notice.policy).value(SHOWN, on=timezone.localdate(notice.opened_at)))
        if same_day(notice.ends_on, months) < on:
            old.append(notice)
    for notice in old:
        take_down(notice, at=at)
    return len(old)


@transaction.atomic
def take_down(notice: PublicNotice, *, at: dt.datetime) -> None:
    """Keep the printed result, then take the names and search codes off the lines."""
    if is_about_money(notice):
        content = result_pdf(notice, on=timezone.localdate(at))
        keep_document(
            division=notice.division, subject_id=notice.pk, purpose=Purpose.NOTICE_RESULT,
            name=f"{notice.number}公示结果.pdf", kind="pdf", content=content, by=SYSTEM, at=at,
        )  # fmt: skip
    PublicNotice.objects.filter(pk=notice.pk).update(taken_down_at=at)
    lines = list(notice.lines.all())
    for line in lines:
        line.columns = {name: value for name, value in line.columns.items() if name != PERSONAL}
        line.token = ""
    NoticeLine.objects.bulk_update(lines, ["columns", "token"], batch_size=500)
