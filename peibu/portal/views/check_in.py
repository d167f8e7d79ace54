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
from peibu.training.actions.attendance import current_code
from peibu.training.actions.scans import Taken, take_scan
from peibu.training.check_in_terms import window_of
from peibu.training.enums import Direction, EntryRequestState
from peibu.training.fences import Position, read_position
from peibu.training.models import CheckIn, CheckOut, Leave, Session
from peibu.training.queries.attendance import is_open, session_count
from peibu.training.queries.classrooms import enrolments_of, sessions_run_by
from peibu.training.queries.codes import meant_by
from peibu.training.queries.own_day import can_be_checked, fenced_today


@only(Role.TRAINEE, writes=True)
def scan(request: HttpRequest) -> HttpResponse:
    """The camera; POST takes the code it read, or the one that was typed."""
    if request.method == "POST":
        return _take(request, request.POST.get("code", ""))
    fenced = fenced_today(request.actor, on=request.today)
    return _marked(request, render(request, "portal/trainee/scan.html", {"fenced": fenced}))


@only(Role.TRAINEE, writes=True)
def land(request: HttpRequest, code: str) -> HttpResponse:
    """Where the QR code leads when the phone's own camera reads it: confirm with one tap."""
    if request.method == "POST":
        return _take(request, code)
    try:
        meant = meant_by(code, by=request.actor, at=request.now)
    except Refused as refusal:
        return _refused(request, refusal)
    row = meant.session.attendances.filter(enrolment=meant.enrolment).first()
    if row is not None and (meant.direction == Direction.IN or hasattr(row, "departure")):
        return _to_the_session(request, meant.session.pk)
    context = {"meant": meant, "code": code, "fenced": can_be_checked(meant.session)}
    return _marked(request, render(request, "portal/trainee/confirm.html", context))


def place_told(request: HttpRequest) -> Position | None:
    """The position that came with a scan; the form holds one only after the trainee agreed."""
    return read_position(*(request.POST.get(name, "") for name in ("latitude", "longitude", "accuracy")))


def _take(request: HttpRequest, code: str) -> HttpResponse:
    try:
        done = take_scan(
            code=code, by=request.actor, at=request.now, device=mark_of(request), place=place_told(request)
        )
    except Refused as refusal:
        return _refused(request, refusal)
    if done.already or done.request is not None or done.direction == Direction.OUT:
        messages.info(request, said_of(done))
    return _to_the_session(request, done.session_id)


def said_of(done: Taken) -> str:
    """What became of a scan, for the trainee."""
    if done.request is not None and done.request.state == EntryRequestState.DECLINED:
        told = {"name": done.request.decided_by.name, "why": done.request.answer}
        return _("教师没有确认这次扫码（%(name)s：%(why)s）。本次没有记录，如有疑问请当面找授课教师。") % told
    if done.request is not None and done.request.state == EntryRequestState.ENTERED:
        return _("教师已确认这次扫码，无需重复。")
    if done.request is not None:
        doubt = done.request.get_doubt_display()
        return _("已转教师确认（%(doubt)s）。请当面告诉授课教师您在场。") % {"doubt": doubt}
    if done.direction == Direction.OUT:
        return _("您已签退，无需重复签退。") if done.already else _("签退成功。")
    return _("您已签到，无需重复签到。") if done.already else _("签到成功。")


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
    return told | shown_code(request, session.check_in)


def shown_code(request: HttpRequest, gate: CheckIn | CheckOut) -> dict:
    """The code of this moment as the big screen draws it."""
    code = current_code(gate, request.now)
    link = request.build_absolute_uri(reverse("check-in", args=[code.scanned]))
    # the SVG is made by us from base-32 letters and our own address
    picture = mark_safe(qr_svg(link, 8, border=3, dark="#0b1f44"))
    return {"code": code, "picture": picture, "left_ms": int(code.seconds_left * 1000)}


def _newest(session: Session) -> list:
    return list(session.attendances.select_related("enrolment__person").order_by("-signed_at")[:6])
