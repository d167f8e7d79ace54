"""The visible control of the demo's clock, so that every programme can be lived in its own years."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from peibu.accounts import clock
from peibu.accounts.access import demo_only
from peibu.kernel.errors import Refused
from peibu.kernel.workdays import default_calendar

EARLIEST, LATEST = dt.date(2004, 1, 1), dt.date(2030, 12, 31)


@demo_only(writes=True)
def move_clock(request: HttpRequest) -> HttpResponse:
    """POST `step` (day, workday, week) or `moment` (local date and time); then back to the page it came from."""
    moment = _wanted(request)
    if not EARLIEST <= timezone.localdate(moment) <= LATEST:
        raise Refused(_("演示时间只能设在2004年至2030年之间"), "clock_range", _("请重新选择时间"))
    clock.move_to(moment)
    messages.info(
        request, _("演示时间已调到 %(moment)s") % {"moment": timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")}
    )
    back = request.POST.get("next", "/")
    return redirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/")


def _wanted(request: HttpRequest) -> dt.datetime:
    now = request.now
    step = request.POST.get("step", "")
    if step == "day":
        return now + dt.timedelta(days=1)
    if step == "week":
        return now + dt.timedelta(weeks=1)
    if step == "workday":
        today = timezone.localdate(now)
        return now + (default_calendar().add_workdays(today, 1) - today)
    try:
        moment = dt.datetime.fromisoformat(request.POST.get("moment", ""))
    except ValueError:
        raise Refused(_("没有看懂这个时间"), "clock_format", _("请按“年-月-日 时:分”选择时间")) from None
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
