"""Notices and objections at the desk."""

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import officers, only
from peibu.accounts.enums import Role
from peibu.casework.models import Case, PublicNotice
from peibu.casework.notices import (
    close_due_notices,
    full_days,
    is_about_money,
    is_open,
    last_day,
    public_notices,
    totals,
)
from peibu.casework.objections import objections_for
from peibu.casework.queries import state_label
from peibu.claims.actions.notices import publish_claims
from peibu.claims.queries import claims_for
from peibu.desk import list_exports, register_exports
from peibu.kernel.errors import Refused
from peibu.theme.exports import excel_asked


def _notices(request: HttpRequest) -> QuerySet[PublicNotice]:
    rows = public_notices()
    return rows if request.actor.whole_city else rows.filter(division_id__in=request.actor.division_ids())


@officers()
def index(request: HttpRequest) -> HttpResponse:
    """Claims that wait for their notice, and all notices of my district."""
    if excel_asked(request):
        return list_exports.notices(request, _notices(request).select_related("agency"))
    waiting = claims_for(request.actor).filter(case__state="approved")
    rows = [(row, is_open(row, on=request.today), row.lines.count()) for row in _notices(request)[:100]]
    context = {"waiting": waiting, "rows": rows, "may_publish": request.actor.role == Role.AGENCY_REVIEWER}
    return render(request, "desk/claims/notices.html", context)


@only(Role.AGENCY_REVIEWER, writes=True)
@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    chosen = claims_for(request.actor).filter(pk__in=_uuids(request.POST.getlist("claim")))
    notice = publish_claims(claims=list(chosen), by=request.actor, at=request.now)
    told = {"number": notice.number, "end": notice.ends_on.isoformat()}
    messages.success(request, _("已发布公示%(number)s，截止%(end)s") % told)
    return redirect("desk-notice", notice_id=notice.pk)


def _uuids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


@officers()
def show(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    notice = get_object_or_404(_notices(request), pk=notice_id)
    cases = Case.objects.filter(notice_lines__notice=notice).distinct().select_related("applicant").order_by("number")
    lines = list(notice.lines.order_by("position"))
    people, fen = totals(lines)
    context = {
        "notice": notice,
        "opened": is_open(notice, on=request.today),
        "days_done": full_days(notice, on=request.today),
        "lines": lines,
        "people": people,
        "fen": fen,
        "money": is_about_money(notice),
        "rows": [(case, state_label(case, on=request.today, for_applicant=False)) for case in cases],
        "objections": notice.objections.select_related("line", "case"),
        "may_close": request.actor.role == Role.AGENCY_REVIEWER and last_day(notice, on=request.today) < request.today,
        "waiting": cases.filter(state="notice").exists(),
    }
    return render(request, "desk/claims/notice.html", context)


@only(Role.AGENCY_REVIEWER, writes=True)
@require_POST
def close(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """End a notice whose last day is over; the hourly job does the same by itself."""
    notice = get_object_or_404(_notices(request), pk=notice_id)
    end = last_day(notice, on=request.today)
    if end >= request.today:
        told = f"公示{notice.number}到{end:%Y-%m-%d}才期满"
        raise Refused(told, "notice_is_running", "期满后的次日可以结束公示")
    moved = close_due_notices(by=request.actor, at=request.now, only=notice)
    messages.success(request, _("公示已结束，%(n)d件申领转入待拨付") % {"n": len(moved)})
    return redirect("desk-notice", notice_id=notice.pk)


@officers()
def objections(request: HttpRequest) -> HttpResponse:
    every = objections_for(request.actor)
    if excel_asked(request):
        return register_exports.objections(request, every)
    rows = [
        (row, state_label(row.case, on=request.today, for_applicant=False) if row.case else None)
        for row in every[:200]
    ]
    return render(request, "desk/claims/objections.html", {"rows": rows})
