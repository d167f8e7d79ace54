"""The way out, what waits for the teacher, and the numbers of a class: pages of the teacher and the provider."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.papers.office_tables import Column
from peibu.portal.clock_times import moment_of
from peibu.portal.views.check_in import shown_code
from peibu.theme.exports import excel, excel_asked
from peibu.training.actions.check_out import close_check_out, open_check_out, sign_out_by_hand
from peibu.training.actions.entry_requests import decide_entry_request, decide_entry_requests
from peibu.training.models import Attendance, EntryRequest, Session
from peibu.training.presence_terms import sign_out_window
from peibu.training.queries.classrooms import classes_run_by, sessions_run_by
from peibu.training.queries.own_day import entry_requests_of
from peibu.training.queries.stays import Figures, figures_of, stays

TEACHING = (Role.TEACHER, Role.PROVIDER)
NEWEST = 6


@only(*TEACHING)
def wall(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The big screen at the end of a session."""
    session = get_object_or_404(sessions_run_by(request.actor), pk=session_id)
    return render(request, "portal/teaching/wall.html", _on_the_wall(request, session))


@only(*TEACHING)
def wall_code(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The part of it that changes."""
    session = get_object_or_404(sessions_run_by(request.actor), pk=session_id)
    answer = render(request, "portal/teaching/parts/wall_code.html", _on_the_wall(request, session))
    answer["Cache-Control"] = "no-store"
    return answer


def _on_the_wall(request: HttpRequest, session: Session) -> dict:
    window, gate = sign_out_window(session), getattr(session, "check_out", None)
    rows = stays(session, at=request.now)
    gone = sorted((row for row in rows if row.departure), key=lambda row: row.departure.left_at, reverse=True)
    told = {"session": session, "out": True, "here": len(rows), "gone": gone[:NEWEST], "gone_count": len(gone)}
    if window is None or gate is None or gate.closed_at is not None or request.now > window.closes:
        return told
    return told | shown_code(request, gate)


@only(*TEACHING, writes=True)
@require_POST
def open_gate(request: HttpRequest, session_id: UUID) -> HttpResponse:
    row = get_object_or_404(sessions_run_by(request.actor), pk=session_id)
    open_check_out(session=row, by=request.actor, at=request.now)
    return redirect("check-out-wall", session_id=row.pk)


@only(*TEACHING, writes=True)
@require_POST
def close_gate(request: HttpRequest, session_id: UUID) -> HttpResponse:
    row = get_object_or_404(sessions_run_by(request.actor), pk=session_id)
    close_check_out(session=row, by=request.actor, at=request.now)
    messages.success(request, _("本课次签退已结束。"))
    return redirect("teaching-session", session_id=row.pk)


@only(*TEACHING, writes=True)
@require_POST
def by_hand(request: HttpRequest, attendance_id: UUID) -> HttpResponse:
    """Enter when somebody left who forgot to sign out; the clock time is of the session's day."""
    rows = Attendance.objects.filter(session__in=sessions_run_by(request.actor))
    row = get_object_or_404(rows.select_related("session__cohort", "enrolment__person"), pk=attendance_id)
    left_at = moment_of(row.session, request.POST.get("left_at", ""), what=_("离开时间"))
    reason = request.POST.get("reason", "")
    done = sign_out_by_hand(attendance=row, left_at=left_at, reason=reason, by=request.actor, at=request.now)
    told = _("%(name)s 已签退，无需补签退。") if done.already else _("已为 %(name)s 补签退。")
    messages.success(request, told % {"name": row.enrolment.person.name})
    return redirect("teaching-session", session_id=row.session_id)


@only(*TEACHING, writes=True)
@require_POST
def decide(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Confirm or decline a scan that could not count by itself."""
    rows = EntryRequest.objects.filter(session__in=sessions_run_by(request.actor))
    row = get_object_or_404(rows.select_related("session__cohort", "enrolment__person"), pk=request_id)
    done = decide_entry_request(
        request=row,
        confirm=request.POST.get("decision") == "confirm",
        answer=request.POST.get("answer", ""),
        by=request.actor,
        at=request.now,
    )
    told = {"name": row.enrolment.person.name, "state": done.get_state_display()}
    messages.success(request, _("%(name)s：%(state)s") % told)
    return redirect("teaching-session", session_id=row.session_id)


@only(*TEACHING, writes=True)
@require_POST
def decide_all(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Confirm or decline the ticked scans of a session with one reason: all or none."""
    session = get_object_or_404(sessions_run_by(request.actor), pk=session_id)
    ticked = set(request.POST.getlist("request"))
    rows = [row for row in entry_requests_of(session) if str(row.pk) in ticked]
    done = decide_entry_requests(
        requests=rows,
        confirm=request.POST.get("decision") == "confirm",
        answer=request.POST.get("answer", ""),
        by=request.actor,
        at=request.now,
    )
    messages.success(request, ngettext("已处理%(n)d次扫码。", "已处理%(n)d次扫码。", len(done)) % {"n": len(done)})
    return redirect("teaching-session", session_id=session.pk)


@only(*TEACHING)
def statistics(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """The numbers of every session that has begun; `?as=xlsx` gives the same rows as Excel."""
    row = get_object_or_404(classes_run_by(request.actor), pk=cohort_id)
    figures = figures_of(row, at=request.now)
    if excel_asked(request):
        return excel(request, f"考勤统计-{row.name}", COLUMNS, figures, _cells)
    return render(request, "portal/teaching/statistics.html", {"cohort": row, "figures": figures})


COLUMNS = (
    Column("课次"), Column("开始"), Column("应到", "count"), Column("实到", "count"), Column("补签", "count"),
    Column("断网扫码", "count"), Column("签退"), Column("早退", "count"), Column("忘记签退", "count"),
    Column("待确认", "count"), Column("计入分钟", "count"), Column("时长不明", "count"),
)  # fmt: skip


def _cells(row: Figures) -> list:
    signed_out = "—" if row.signed_out is None else str(row.signed_out)
    starts = timezone.localtime(row.session.starts_at).strftime("%Y-%m-%d %H:%M")
    return [
        row.session.subject, starts, row.expected, row.present, row.by_hand, row.arrived_late, signed_out, row.early,
        row.forgotten, row.waiting, row.minutes, row.unknown,
    ]  # fmt: skip
