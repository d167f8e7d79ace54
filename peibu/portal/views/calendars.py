"""One's own calendar, and the secret address a calendar programme reads it from."""

import datetime as dt
from contextlib import suppress

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only, public
from peibu.accounts.enums import Role
from peibu.training.actions.feeds import make_feed, revoke_feed
from peibu.training.calendar_file import calendar_file
from peibu.training.queries.calendar import calendar_page, hours, on_a_page, sessions_seen_by
from peibu.training.queries.feeds import feed_behind, own_feed, sessions_of_feed

VIEWS = ("week", "month")
WITH_ADDRESS = (Role.TEACHER, Role.TRAINEE)


def asked_page(request: HttpRequest, sessions) -> dict:
    """The week or month the address asks for; without a day, today's, or that of the next session."""
    view = request.GET.get("view", "")
    view = view if view in VIEWS else "week"
    sessions = list(sessions)
    shown = calendar_page(sessions, on=_day(request, sessions), view=view)
    return {"calendar": shown, "hours": hours(), "today": request.today}


def _day(request: HttpRequest, sessions: list) -> dt.date:
    with suppress(ValueError):
        asked = dt.date.fromisoformat(request.GET.get("on", ""))
        if on_a_page(asked):
            return asked
    coming = [row.starts_at for row in sessions if row.ends_at >= request.now]
    last = [row.starts_at for row in sessions]
    found = min(coming, default=max(last, default=None))
    return found.astimezone(request.now.tzinfo).date() if found else request.today


@only(Role.TEACHER, Role.TRAINEE, Role.PROVIDER)
def show(request: HttpRequest) -> HttpResponse:
    """My sessions as week or month; a list on the phone."""
    return render(request, "portal/calendar/mine.html", _mine(request))


def _mine(request: HttpRequest) -> dict:
    own = request.actor.role in WITH_ADDRESS
    feed = own_feed(request.actor) if own else None
    context = asked_page(request, sessions_seen_by(request.actor))
    return context | {"feed": feed, "may_have_feed": own, "address_url": reverse("calendar-address")}


def address_of(request: HttpRequest, secret: str) -> str:
    return request.build_absolute_uri(reverse("calendar-file", args=[secret]))


@only(*WITH_ADDRESS, writes=True)
@require_POST
def address(request: HttpRequest) -> HttpResponse:
    """Make my secret address, shown this once, or revoke it."""
    if request.POST.get("revoke"):
        revoke_feed(by=request.actor, at=request.now)
        messages.success(request, _("日历地址已作废。"))
        return redirect("calendar")
    secret = make_feed(by=request.actor, at=request.now)
    return render(request, "portal/calendar/mine.html", _mine(request) | {"new_address": address_of(request, secret)})


@public()
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar behind a secret address. Unknown, revoked and mistyped ones are all the same: not there."""
    found = feed_behind(secret)
    if found is None:
        raise Http404
    name = found.cohort.name if found.cohort else str(found.get_audience_display())
    content = calendar_file(sessions_of_feed(found), name=name, at=request.now)
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="calendar.ics"'
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
