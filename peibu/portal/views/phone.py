"""The trainee's pages as an app on the phone: manifest, service worker, the page without network, what is kept, and the
one address that takes scans by script, at once or later."""

import datetime as dt
import hashlib
import json
from functools import lru_cache

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only, public
from peibu.accounts.enums import Role
from peibu.kernel.errors import Refused
from peibu.portal.devices import keep_mark, mark_of, new_mark
from peibu.portal.views.check_in import place_told, said_of
from peibu.training.actions.late_scans import take_late_scan
from peibu.training.queries.attendance import OwnSession
from peibu.training.queries.own_day import coming_days, fenced_today
from peibu.training.scan_proof import StopWatch
from peibu.training.tickets import new_ticket

DAYS_KEPT = 3
# What the page without network is made of; the worker keeps exactly these.
FILES = (
    "vendor/tabler/tabler.min.css",
    "vendor/icons/tabler-icons.min.css",
    "vendor/icons/fonts/tabler-icons.woff2",
    "theme/skin.css",
    "theme/parts.css",
    "theme/shells.css",
    "portal/attendance.css",
    "portal/phone.css",
    "vendor/htmx/htmx.min.js",
    "theme/app.js",
    "theme/charts.js",
    "theme/mark.svg",
    "portal/phone.js",
    "portal/outbox.js",
    "portal/offline.js",
    "portal/scan.js",
    "portal/place.js",
    "portal/player.js",
    "portal/courses.css",
    "theme/examining.css",
    "vendor/jsqr/jsQR.js",
)
LABELS = {
    "present": ("green", "已签到"),
    "made_up": ("green", "已补课"),
    "on_leave": ("grey", "已准假"),
    "not_held": ("grey", "未举行"),
    "absent": ("red", "未签到"),
    "open": ("orange", "待签到"),
    "running": ("blue", "上课中"),
    "coming": ("grey", "未开始"),
}


@public()
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to install the pages as an app (W3C web application manifest)."""
    told = {
        "id": reverse("trainee-home"),
        "name": _("培补 · 我的培训"),
        "short_name": _("培补"),
        "lang": request.LANGUAGE_CODE,
        "start_url": reverse("trainee-home"),
        "scope": reverse("trainee-home"),
        "display": "standalone",
        "background_color": "#f3f6fb",
        "theme_color": "#0f3b82",
        "icons": [
            {"src": static(f"theme/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": use}
            for size, use in ((192, "any"), (512, "any"), (512, "maskable"))
        ],
        "shortcuts": [
            {"name": _("扫码签到"), "url": reverse("trainee-scan")},
            {"name": _("线上课程"), "url": reverse("trainee-courses")},
        ],
    }
    return HttpResponse(json.dumps(told, ensure_ascii=False), content_type="application/manifest+json")


@lru_cache(maxsize=1)
def files_version() -> str:
    """A hash over everything the worker keeps: new files, new worker, new cache."""
    told = hashlib.sha256()
    for name in FILES:
        with open(finders.find(name), "rb") as file:
            told.update(file.read())
    return told.hexdigest()[:16]


@public()
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. It lies under /trainee/ and so can never answer for any other page of the site."""
    context = {"version": files_version(), "files": [static(name) for name in FILES]}
    answer = render(request, "portal/phone/worker.js", context, content_type="text/javascript")
    answer["Cache-Control"] = "no-cache"
    return answer


@public()
def offline(request: HttpRequest) -> HttpResponse:
    """The page shown without network. It holds nobody's data: sessions come from what the phone kept."""
    return render(request, "portal/phone/offline.html", {"demo_clock_url": "", "fenced": True})


@only(Role.TRAINEE)
def today(request: HttpRequest) -> HttpResponse:
    """What the phone keeps for later: the next days' sessions and a ticket (ADR 0023). JSON, never cached."""
    value, mark = "", mark_of(request)
    if not mark:
        value, mark = new_mark()
    rows = coming_days(request.actor, on=request.today, at=request.now, days=DAYS_KEPT)
    answer = JsonResponse(
        {
            "owner": salted_hmac("peibu.portal.phone", str(request.actor.user.pk)).hexdigest()[:16],
            "saved": date_format(timezone.localtime(request.now), "n月j日 H:i"),
            "ticket": new_ticket(by=request.actor, device=mark, at=request.now),
            "fenced": fenced_today(request.actor, on=request.today),
            "sessions": [_told(own) for own in rows],
        }
    )
    answer["Cache-Control"] = "no-store"
    return keep_mark(request, answer, value) if value else answer


def _told(own: OwnSession) -> dict:
    starts, ends = timezone.localtime(own.session.starts_at), timezone.localtime(own.session.ends_at)
    colour, label = LABELS[own.state]
    return {
        "day": date_format(starts, "n/j"),
        "starts": starts.strftime("%H:%M"),
        "ends": ends.strftime("%H:%M"),
        "subject": own.session.subject,
        "room": own.session.place,
        "state": own.state,
        "colour": colour,
        "label": _(label),
    }


@only(Role.TRAINEE, writes=True)
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """A scan sent by script, at once or after the network came back. Answers JSON: outcome, sentence, where to go on."""
    try:
        done = take_late_scan(
            code=request.POST.get("code", ""),
            ticket=request.POST.get("ticket", ""),
            watch=_watch(request),
            by=request.actor,
            at=request.now,
            device=mark_of(request),
            place=place_told(request),
        )
    except Refused as refusal:
        told = {"outcome": "refused", "said": refusal.message, "remedy": refusal.remedy}
        return JsonResponse(told, status=422)
    outcome = "asked" if done.request is not None else "done"
    return JsonResponse(
        {"outcome": outcome, "said": said_of(done), "url": reverse("trainee-session", args=[done.session_id])}
    )


def _watch(request: HttpRequest) -> StopWatch:
    """The phone's stop-watch in milliseconds; anything unreadable proves nothing."""
    since = _duration(request.POST.get("since_scan", ""))
    by_set_clock = _duration(request.POST.get("since_scan_set", ""))
    ticket = _duration(request.POST.get("since_ticket", ""))
    if None in (since, by_set_clock, ticket):
        return StopWatch(None, dt.timedelta(), dt.timedelta())
    return StopWatch(since, by_set_clock, ticket)


def _duration(text: str) -> dt.timedelta | None:
    try:
        milliseconds = int(text)
    except ValueError:
        return None
    return dt.timedelta(milliseconds=milliseconds) if abs(milliseconds) < 10**10 else None
