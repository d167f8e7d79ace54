"""What the player's script says and hears: JSON, one address each for beginning, reporting, confirming, leaving."""

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.courses.actions.beats import Event, Report, State, confirm_presence, report
from peibu.courses.actions.sessions import leave, start
from peibu.courses.links import sign_link
from peibu.kernel.errors import Refused
from peibu.portal.devices import keep_mark, mark_of, new_mark
from peibu.portal.views.learn import item_of, mine

LARGEST = 10**12


def _no(refused: Refused) -> JsonResponse:
    return JsonResponse({"code": refused.code, "said": refused.message, "remedy": refused.remedy}, status=409)


@only(Role.TRAINEE, writes=True)
@require_POST
def begin(request: HttpRequest, registration_id: UUID) -> HttpResponse:
    """Begin a session on this device; whatever ran elsewhere is over."""
    row, value, mark = mine(request, registration_id), "", mark_of(request)
    if not mark:
        value, mark = new_mark()
    try:
        session = start(
            registration=row, by=request.actor, at=request.now, device=mark,
            address=request.META.get("REMOTE_ADDR", ""),
        )  # fmt: skip
    except Refused as refused:
        return _no(refused)
    answer = JsonResponse({
        "session": str(session.pk),
        "report": reverse("trainee-course-report", args=[session.pk]),
        "leave": reverse("trainee-course-leave", args=[session.pk]),
    })  # fmt: skip
    return keep_mark(request, answer, value) if value else answer


@only(Role.TRAINEE, writes=True)
@require_POST
def tell(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """A report of the player, in the field `told`."""
    try:
        told = _report(request.POST.get("told", ""))
        state = report(session_id=session_id, told=told, by=request.actor, at=request.now)
    except Refused as refused:
        return _no(refused)
    except (ValueError, TypeError, KeyError):
        return JsonResponse({"code": "not_understood", "said": "请求不完整", "remedy": "请刷新页面"}, status=400)
    return JsonResponse(_told(session_id, state))


def _told(session_id: UUID, state: State) -> dict:
    told = {
        "reached": state.reached, "watched": state.watched, "completed": state.completed,
        "course": state.course_completed,
    }  # fmt: skip
    if state.check is not None:
        url = reverse("trainee-course-check", args=[session_id, state.check])
        told["check"] = {"url": url, "seconds": state.check_seconds}
    return told


def _number(value: object) -> int:
    """A whole number a device may say. Raises ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -LARGEST < value < LARGEST:
        raise ValueError(value)
    return round(value)


def _report(text: str) -> Report:
    """Read a report. Raises ValueError, TypeError or KeyError when it is not one."""
    told = json.loads(text)
    events = [
        Event(
            str(one["verb"]), _number(one["position"]),
            None if one.get("from") is None else _number(one["from"]), _number(one["ago"]),
        )
        for one in told["events"]
    ]  # fmt: skip
    return Report(
        number=_number(told["number"]), item=UUID(told["item"]), position=_number(told["position"]),
        segments=[(_number(start), _number(end)) for start, end in told["segments"]], events=events,
        speed=_number(told["speed"]), ago=_number(told["ago"]),
    )  # fmt: skip


@only(Role.TRAINEE, writes=True)
@require_POST
def confirm(request: HttpRequest, session_id: UUID, check_id: UUID) -> HttpResponse:
    """Somebody is there."""
    try:
        confirm_presence(session_id=session_id, check_id=check_id, by=request.actor, at=request.now)
    except Refused as refused:
        return _no(refused)
    return JsonResponse({"done": True})


@only(Role.TRAINEE, writes=True)
@require_POST
def go(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The learner leaves; the last report may come along."""
    if request.POST.get("told"):
        answer = tell(request, session_id)
        if answer.status_code >= 400:
            return answer
    leave(session_id=session_id, by=request.actor, at=request.now)
    return JsonResponse({"done": True})


@only(Role.TRAINEE)
def link(request: HttpRequest, registration_id: UUID, item_id: UUID) -> HttpResponse:
    """A fresh link to the file of an item, when the old one is over."""
    row = mine(request, registration_id)
    media = item_of(row, item_id).media
    if media is None:
        return JsonResponse({"url": ""}, status=404)
    return JsonResponse({"url": reverse("course-media", args=[sign_link(media, by=request.actor, at=request.now)])})
