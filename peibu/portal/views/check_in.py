"""The code on the wall and what a phone does with it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.kernel.errors import Refused
from peibu.papers.qr import qr_svg
from peibu.portal.devices import mark_of, marked
from peibu.training.actions.attendance import current_code, meant_by, sign_in
from peibu.training.check_in_terms import window_of
from peibu.training.models import Leave, Session
from peibu.training.queries.attendance import is_open, session_count
from peibu.training.queries.classrooms import enrolments_of, sessions_run_by


@only(Role.TRAINEE, writes=True)
def scan(request: HttpRequest) -> HttpResponse:
    """The camera; POST takes the code it read, or the one that was typed."""
    if request.method == "POST":
        return _sign_in(request, request.POST.get("code", ""))
    return _marked(request, render(request, "portal/trainee/scan.html"))


@only(Role.TRAINEE, writes=True)
def land(request: HttpRequest, code: str) -> HttpResponse:
    """Where the QR code leads when the phone's own camera reads it: confirm with one tap."""
    if request.method == "POST":
        return _sign_in(request, code)
    try:
        meant = meant_by(code, by=request.actor, at=request.now)
    except Refused as refusal:
        return _refused(request, refusal)
    if meant.session.attendances.filter(enrolment=meant.enrolment).exists():
        return _to_the_session(request, meant.session.pk)
    return _marked(request, render(request, "portal/trainee/confirm.html", {"meant": meant, "code": code}))


def _sign_in(request: HttpRequest, code: str) -> HttpResponse:
    try:
        done = sign_in(code=code, by=request.actor, at=request.now, device=mark_of(request))
    except Refused as refusal:
        return _refused(request, refusal)
    if done.already:
        messages.info(request, _("您已签到，无需重复签到。"))
    return _to_the_session(request, done.attendance.session_id)


def _to_the_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The page of the session; for somebody who makes up in another class, that of the session made up for."""
    made_up = Leave.objects.filter(enrolment__in=enrolments_of(request.actor), make_up=session_id).first()
    return redirect("trainee-session", session_id=made_up.session_id if made_up else session_id)


def _refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    answer = render(request, "portal/trainee/not_signed.html", {"refusal": refusal}, status=422)
    return _marked(request, answer)


def _marked(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """A mark on the phones of a class: the teacher sees when one phone signs in for several people."""
    return marked(request, answer) if enrolments_of(request.actor).exists() else answer


@only(Role.TEACHER, Role.PROVIDER)
def wall(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The big screen: the code, large."""
    session = get_object_or_404(sessions_run_by(request.actor), pk=session_id)
    return render(request, "portal/teaching/wall.html", _on_the_wall(request, session))


@only(Role.TEACHER, Role.PROVIDER)
def wall_code(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The part of the big screen that changes; asked for every two seconds."""
    session = get_object_or_404(sessions_run_by(request.actor), pk=session_id)
    answer = render(request, "portal/teaching/parts/wall_code.html", _on_the_wall(request, session))
    answer["Cache-Control"] = "no-store"
    return answer


def _on_the_wall(request: HttpRequest, session: Session) -> dict:
    told = {"session": session, "count": session_count(session), "newest": _newest(session)}
    if not is_open(session) or request.now > window_of(session)[1]:
        return told
    code = current_code(session.check_in, request.now)
    link = request.build_absolute_uri(reverse("check-in", args=[code.scanned]))
    # the SVG is made by us from base-32 letters and our own address
    picture = mark_safe(qr_svg(link, 8, border=3, dark="#0b1f44"))
    return told | {"code": code, "picture": picture, "left_ms": int(code.seconds_left * 1000)}


def _newest(session: Session) -> list:
    return list(session.attendances.select_related("enrolment__person").order_by("-signed_at")[:6])
