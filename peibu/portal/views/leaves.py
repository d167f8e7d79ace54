"""Leave: the trainee asks on the phone, the teacher answers on the session's page."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.kernel.errors import Refused
from peibu.training.actions.leave import ask_leave, decide_leave, withdraw_leave
from peibu.training.models import Leave, Session
from peibu.training.queries.classrooms import enrolments_of, sessions_run_by
from peibu.training.queries.leave import make_up_choices


@only(Role.TRAINEE, writes=True)
@require_POST
def ask(request: HttpRequest, session_id: UUID) -> HttpResponse:
    enrolment = enrolments_of(request.actor).filter(cohort__sessions=session_id).first()
    if enrolment is None:
        raise Http404
    session = enrolment.cohort.sessions.select_related("cohort").get(pk=session_id)
    reason = request.POST.get("reason", "")
    ask_leave(session=session, enrolment=enrolment, reason=reason, by=request.actor, at=request.now)
    messages.success(request, _("请假已提交，请等待教师审批。"))
    return redirect("trainee-session", session_id=session_id)


@only(Role.TRAINEE, writes=True)
@require_POST
def withdraw(request: HttpRequest, leave_id: UUID) -> HttpResponse:
    rows = Leave.objects.filter(enrolment__in=enrolments_of(request.actor))
    leave = get_object_or_404(rows.select_related("enrolment__person", "session"), pk=leave_id)
    withdraw_leave(leave=leave, by=request.actor, at=request.now)
    messages.success(request, _("请假已撤回。"))
    return redirect("trainee-session", session_id=leave.session_id)


@only(Role.TEACHER, Role.PROVIDER, writes=True)
@require_POST
def decide(request: HttpRequest, leave_id: UUID) -> HttpResponse:
    rows = Leave.objects.filter(session__in=sessions_run_by(request.actor))
    leave = get_object_or_404(rows.select_related("enrolment__person", "session__cohort"), pk=leave_id)
    grant = request.POST.get("decision") == "grant"
    done = decide_leave(
        leave=leave,
        grant=grant,
        answer=request.POST.get("answer", ""),
        make_up=_make_up(request, leave) if grant else None,
        by=request.actor,
        at=request.now,
    )
    told = _("%(name)s：%(state)s") % {"name": leave.enrolment.person.name, "state": done.get_state_display()}
    messages.success(request, told)
    return redirect("teaching-session", session_id=leave.session_id)


def _make_up(request: HttpRequest, leave: Leave) -> Session | None:
    """The session chosen on the page; one that began since the page was shown is told, not left out."""
    wanted = request.POST.get("make_up", "")
    if not wanted:
        return None
    choices = {str(row.pk): row for row in make_up_choices(leave.session, at=request.now)}
    if wanted not in choices:
        raise Refused(_("所选补课课次已经开始或不能补这一课"), "unfit_make_up", _("请刷新页面，另选补课课次"))
    return choices[wanted]
