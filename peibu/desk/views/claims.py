"""Claims at the desk: the list, and what is done to a single person's line. The claim itself is a case page."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import officers, only
from peibu.accounts.enums import Role
from peibu.casework.processes import process_of
from peibu.casework.queries import state_label
from peibu.claims.actions.drafts import PROCESS
from peibu.claims.actions.lines import judge_anew, remove_line
from peibu.claims.enums import LineState
from peibu.claims.models import ClaimLine
from peibu.claims.papers import bundle_of_line, letter_of
from peibu.claims.queries import board, claims_for
from peibu.desk import list_exports
from peibu.theme.exports import excel_asked

PAGE = 30


@officers()
def index(request: HttpRequest) -> HttpResponse:
    """Handed-in claims of my district, the most urgent first."""
    rows = board(request.actor).exclude(case__state="draft")
    chosen = request.GET.get("state", "")
    shown = rows.filter(case__state=chosen) if chosen else rows
    shown = shown.order_by("case__closed_at", "case__due_on", "-created_at")
    if excel_asked(request):
        return list_exports.claims(request, shown)
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    first = rows.first()
    states = process_of(first.policy, PROCESS, on=request.today).states if first else {}
    context = {
        "page": page,
        "rows": [_row(claim, request.today) for claim in page],
        "states": [(code, state.said()) for code, state in states.items() if code != "draft"],
        "chosen": chosen,
    }
    return render(request, "desk/claims/index.html", context)


def _row(claim, today) -> dict:
    included = sum(line.state in (LineState.INCLUDED, LineState.PAID) for line in claim.lines.all())
    return {
        "claim": claim,
        "state": state_label(claim.case, on=today, for_applicant=False),
        "people": included,
        "of": len(claim.lines.all()),
    }


def _line(request: HttpRequest, line_id: UUID) -> ClaimLine:
    rows = ClaimLine.objects.filter(claim__in=claims_for(request.actor))
    return get_object_or_404(rows.select_related("claim__case", "person"), pk=line_id)


@only(Role.AGENCY_REVIEWER, Role.HRSS_APPROVER, writes=True)
@require_POST
def remove(request: HttpRequest, line_id: UUID) -> HttpResponse:
    line = _line(request, line_id)
    remove_line(line=line, reason=request.POST.get("reason", ""), by=request.actor, at=request.now)
    messages.success(request, _("已剔除%(name)s，金额已重新计算") % {"name": line.person.name})
    return redirect("desk-case", case_id=line.claim.case_id)


@only(Role.AGENCY_REVIEWER, Role.HRSS_APPROVER, writes=True)
@require_POST
def judge(request: HttpRequest, line_id: UUID) -> HttpResponse:
    line = judge_anew(line=_line(request, line_id), by=request.actor, at=request.now)
    told = {"name": line.person.name, "state": line.get_state_display()}
    messages.success(request, _("%(name)s已按最新资料重新判定：%(state)s") % told)
    return redirect("desk-case", case_id=line.claim.case_id)


@officers()
def letter(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    claim = get_object_or_404(claims_for(request.actor), pk=claim_id)
    answer = HttpResponse(letter_of(claim), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{claim.case.number}-decision.pdf"'
    return answer


@officers()
def bundle(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """The determination of one person's line as a file that `peibu verify` computes again offline."""
    name, content = bundle_of_line(_line(request, line_id))
    answer = HttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
