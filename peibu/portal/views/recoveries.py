"""A party's recoveries: what is asked for and why, the letters, receipt, answer, appeal, what has come back."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.casework.actions import move_case
from peibu.casework.enums import Purpose
from peibu.casework.queries import documents_of, possible_moves, state_label, timeline
from peibu.kernel.money import yuan
from peibu.portal import own_exports
from peibu.recovery.models import Recovery
from peibu.recovery.permissions import appeal_ends, can_appeal
from peibu.recovery.queries import dues, recoveries_for
from peibu.rulebook import load_policy
from peibu.theme.exports import excel_asked

APPEAL = "appeal"


@only(Role.ENTERPRISE)
def index(request: HttpRequest) -> HttpResponse:
    """All recoveries the party has been told of."""
    rows = [
        (row, state_label(row.case, on=request.today, for_applicant=True)) for row in recoveries_for(request.actor)
    ]
    if excel_asked(request):
        return own_exports.recoveries(request, rows)
    return render(request, "portal/recovery/index.html", {"rows": rows})


def _mine(request: HttpRequest, recovery_id: UUID) -> Recovery:
    return get_object_or_404(recoveries_for(request.actor), pk=recovery_id)


@only(Role.ENTERPRISE)
def show(request: HttpRequest, recovery_id: UUID) -> HttpResponse:
    """One recovery in plain words: where it stands, each person with the reason, and what can be done until when."""
    row = _mine(request, recovery_id)
    case = row.case
    cites = {clause.id: clause.cite for clause in load_policy(case.policy).clauses}
    appeal = can_appeal(case, on=request.today)
    moves = possible_moves(request.actor, case, on=request.today)
    context = {
        "recovery": row,
        "case": case,
        "state": state_label(case, on=request.today, for_applicant=True),
        "now": _now(row, appeal_ends(case)),
        "lines": [
            (line, [cites.get(one, one) for one in line.clauses])
            for line in row.lines.select_related("claim_line__person", "before", "after")
        ],
        "letters": documents_of(case.pk, Purpose.RECOVERY_LETTER),
        "moves": [one for one in moves if one.code != APPEAL or appeal],
        "why_no_appeal": appeal.reason if case.state == "decided" else "",
        "receipts": row.receipts.select_related("against"),
        "dues": dues(row),
        "events": timeline(case, for_applicant=True),
    }
    return render(request, "portal/recovery/show.html", context)


def _now(row: Recovery, appeal_end) -> str:
    """What is asked of the party at this moment."""
    case = row.case
    due = case.due_on.isoformat() if case.due_on else ""
    told = {
        "notified": _("请先签收告知书。%(due)s前未签收的，视为送达，陈述申辩期开始计算。"),
        "hearing": _("%(due)s前可以提交陈述申辩，也可以表示无异议；现在还没有作出决定，不需要退款。"),
        "answered": _("陈述申辩已收到，将由人社局另一名工作人员作出决定。"),
        "decided": _("请在%(due)s前退回%(open)s元，附言写明%(number)s；不服的可在%(appeal)s前申诉。"),
        "appealed": _("申诉复核中，决定暂停执行：不登记款项，也不抵扣。"),
        "refunding": _("申诉成立，已退回的%(back)s元将退还。"),
        "settled": _("款项已全部追回，本业务已办结。"),
        "dropped": _("不予追回，本业务已办结。"),
    }
    words = {"due": due, "open": yuan(row.open_fen), "back": yuan(row.back_fen), "number": case.number}
    return told.get(case.state, _("正在重新核算。")) % (
        words | {"appeal": appeal_end.isoformat() if appeal_end else ""}
    )


@only(Role.ENTERPRISE, writes=True)
@require_POST
def move(request: HttpRequest, recovery_id: UUID) -> HttpResponse:
    """Confirm receipt, answer, accept, appeal."""
    row = _mine(request, recovery_id)
    told = {"move": request.POST.get("move", ""), "reason": request.POST.get("reason", "")}
    moved = move_case(case=row.case, by=request.actor, at=request.now, **told)
    label = state_label(moved, on=request.today, for_applicant=True).label
    messages.success(request, _("已办理，当前状态：%(state)s") % {"state": label})
    return redirect("enterprise-recovery", recovery_id=row.pk)


@only(Role.ENTERPRISE)
def letter(request: HttpRequest, recovery_id: UUID, document_id: UUID) -> HttpResponse:
    """One of its letters."""
    row = _mine(request, recovery_id)
    found = get_object_or_404(documents_of(row.case_id, Purpose.RECOVERY_LETTER), pk=document_id)
    return FileResponse(found.file.open("rb"), filename=found.name, content_type="application/pdf")
