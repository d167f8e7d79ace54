"""How much time is left, in the words an officer thinks in: working days."""

import datetime as dt

from django.utils.translation import gettext as _

from peibu.kernel.errors import PeibuError
from peibu.kernel.workdays import default_calendar

SOON_DAYS = 1


def deadline_context(due_on: dt.date | None, today: dt.date | None, *, suspended: bool = False) -> dict:
    """Words, colour and icon for a deadline; the day of the event is not counted, the last day counts whole."""
    words, tone, icon = _say(due_on, today, suspended)
    return {"words": words, "tone": tone, "icon": icon, "due_on": due_on}


def _say(due_on: dt.date | None, today: dt.date | None, suspended: bool) -> tuple[str, str, str]:
    if suspended:
        return _("时钟暂停"), "azure", "clock-pause"
    if due_on is None or today is None:
        return _("无时限"), "", ""
    if due_on == today:
        return _("今日到期"), "red", "alert-triangle"
    try:
        return _count(due_on, today)
    except PeibuError:
        # The State Council has not published that year's calendar: the date is told, the count is not guessed.
        late = due_on < today
        return _("截止 %(day)s") % {"day": due_on.isoformat()}, "red" if late else "", "alert-triangle" if late else ""


def _count(due_on: dt.date, today: dt.date) -> tuple[str, str, str]:
    calendar = default_calendar()
    if due_on > today:
        left = calendar.workdays_between(today, due_on)
        return _("剩余 %(n)s 个工作日") % {"n": left}, "orange" if left <= SOON_DAYS else "", ""
    late = calendar.workdays_between(due_on, today)
    if late == 0:  # the last day fell before days off: overdue by no working day yet
        return _("已到期"), "red", "alert-triangle"
    return _("已超期 %(n)s 个工作日") % {"n": late}, "red", "alert-triangle"
