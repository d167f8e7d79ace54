"""The enterprise's claims: list, draft, one claim with everything it needs, papers."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.casework.actions import move_case
from peibu.casework.notices import notice_of
from peibu.casework.processes import process_of
from peibu.casework.queries import possible_moves, state_label, timeline
from peibu.claims.actions.drafts import draft_claim, rejudge
from peibu.claims.actions.evidence import attach_roster, enter_invoice, make_roster
from peibu.claims.enums import LineState
from peibu.claims.models import Claim
from peibu.claims.papers import DECIDED, bundle_of_line, letter_of, roster_of, roster_table
from peibu.claims.permissions import can_edit
from peibu.claims.queries import claimable_classes, claims_for, invoice_complete, lines_of
from peibu.claims.rechecks import rechecks_for, said
from peibu.kernel.errors import Refused
from peibu.portal import list_exports
from peibu.portal.forms_claims import InvoiceForm, RosterForm
from peibu.rulebook import load_policy
from peibu.theme.exports import excel_asked

ROAD = ("draft", "submitted", "accepted", "reviewed", "approved", "notice", "ready_to_pay", "paid")
# Where a side road left the straight one, for the bar of steps.
PLACE = {"returned": "submitted", "accepted_returned": "accepted", "objection": "notice"}
PAPERS = {
    "roster.pdf": ("application/pdf", lambda claim, on: roster_of(claim, on=on)),
    "roster.xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda claim, on: roster_table(claim, on=on),
    ),
    "decision.pdf": ("application/pdf", lambda claim, on: letter_of(claim)),
}


@only(Role.ENTERPRISE)
def index(request: HttpRequest) -> HttpResponse:
    """All claims of the enterprise, and the classes it can claim for."""
    if excel_asked(request):
        return list_exports.claims(request, claims_for(request.actor))
    rows = [(row, state_label(row.case, on=request.today, for_applicant=True)) for row in claims_for(request.actor)]
    classes = claimable_classes(request.actor.unit)
    return render(request, "portal/claims/index.html", {"rows": rows, "classes": classes})


@only(Role.ENTERPRISE, writes=True)
@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    cohort = get_object_or_404(claimable_classes(request.actor.unit), pk=_uuid(request.POST.get("cohort", "")))
    claim = draft_claim(cohort=cohort, enterprise=request.actor.unit, by=request.actor, at=request.now)
    messages.success(request, _("已生成申领草稿%(number)s，请录入培训费票据") % {"number": claim.case.number})
    return redirect("enterprise-claim", claim_id=claim.pk)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _claim(request: HttpRequest, claim_id: UUID) -> Claim:
    return get_object_or_404(claims_for(request.actor), pk=claim_id)


@only(Role.ENTERPRISE)
def show(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    return _page(request, _claim(request, claim_id))


def _page(request: HttpRequest, claim: Claim, *, form: InvoiceForm | None = None, status: int = 200) -> HttpResponse:
    case = claim.case
    flow = process_of(case.policy, case.process, on=request.today)
    lines = list(lines_of(claim))
    context = {
        "claim": claim,
        "case": case,
        "state": state_label(case, on=request.today, for_applicant=True),
        "road": [(code, flow.states[code].said()) for code in ROAD],
        "place": PLACE.get(case.state, case.state),
        "lines": lines,
        "counts": _counts(lines),
        "needs": needs_of(claim, lines),
        "moves": possible_moves(request.actor, case, on=request.today),
        "editable": bool(can_edit(request.actor, claim)),
        "invoice_form": form or InvoiceForm(initial=_invoice(claim)),
        "roster_form": RosterForm(),
        "events": timeline(case, for_applicant=True),
        "notice": notice_of(case),
        "tokens": {row.subject_id: row.token for row in case.notice_lines.all()},
        "decided": case.state in DECIDED,
        "rechecks": [(row, said(row)) for row in rechecks_for(request.actor).filter(line__claim=claim)],
        "policy": load_policy(claim.policy),
    }
    return render(request, "portal/claims/show.html", context, status=status)


def _counts(lines: list) -> list[dict]:
    told = [(state, sum(line.state == state for line in lines)) for state in LineState]
    return [{"state": state, "label": state.label, "count": count} for state, count in told if count]


def _invoice(claim: Claim) -> dict:
    if not claim.invoice_number:
        return {}
    return {
        "kind": claim.invoice_kind,
        "code": claim.invoice_code,
        "number": claim.invoice_number,
        "amount": f"{claim.invoice_fen // 100}.{claim.invoice_fen % 100:02d}",
        "on": claim.invoice_on,
    }


def needs_of(claim: Claim, lines: list) -> list[str]:
    """What is still missing before the claim can be handed in, in plain words."""
    needs = []
    if not invoice_complete(claim):
        needs.append(_("培训费票据（录入信息并上传扫描件）"))
    elif not any(line.state == LineState.INCLUDED for line in lines):
        needs.append(_("至少一名符合全部条件的人员"))
    if claim.roster_id is None:
        needs.append(_("补贴申请人员花名册（系统生成，或上传盖章扫描件）"))
    if claim.account_id is None:
        needs.append(_("基本存款账户：本企业还没有登记，请到受理机构登记"))
    return needs


@only(Role.ENTERPRISE, writes=True)
@require_POST
def judge(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    claim = _claim(request, claim_id)
    changes = rejudge(claim=claim, by=request.actor, at=request.now)
    if not changes:
        messages.info(request, _("已按今天的资料重新判定，结论没有变化"))
    else:
        told = ngettext("%(n)d人的结论有变化：", "%(n)d人的结论有变化：", len(changes)) % {"n": len(changes)}
        messages.warning(request, told + "；".join(change.sentence for change in changes[:10]))
    return redirect("enterprise-claim", claim_id=claim.pk)


@only(Role.ENTERPRISE, writes=True)
@require_POST
def invoice(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    claim = _claim(request, claim_id)
    form = InvoiceForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, claim, form=form, status=422)
    data, scan = form.cleaned_data, form.cleaned_data["scan"]
    try:
        enter_invoice(
            claim=claim,
            kind=data["kind"],
            code=data["code"],
            number=data["number"],
            amount_fen=form.amount_fen,
            on=data["on"],
            name=scan.name if scan else "",
            content=scan.read() if scan else b"",
            by=request.actor,
            at=request.now,
        )
    except Refused as refusal:
        form.add_error(None, refusal.sentence())
        return _page(request, _claim(request, claim_id), form=form, status=422)
    messages.success(request, _("票据已保存，全部人员已重新判定"))
    return redirect("enterprise-claim", claim_id=claim.pk)


@only(Role.ENTERPRISE, writes=True)
@require_POST
def roster(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """Upload the stamped scan, or (without a file) keep the list the system makes."""
    claim = _claim(request, claim_id)
    scan = request.FILES.get("scan")
    if scan:
        attach_roster(claim=claim, name=scan.name, content=scan.read(), by=request.actor, at=request.now)
    else:
        make_roster(claim=claim, by=request.actor, at=request.now)
    messages.success(request, _("花名册已保存"))
    return redirect("enterprise-claim", claim_id=claim.pk)


@only(Role.ENTERPRISE, writes=True)
@require_POST
def move(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    claim = _claim(request, claim_id)
    move_case(
        case=claim.case,
        move=request.POST.get("move", ""),
        by=request.actor,
        at=request.now,
        reason=request.POST.get("reason", ""),
    )
    claim.case.refresh_from_db()
    label = state_label(claim.case, on=request.today, for_applicant=True).label
    messages.success(request, _("已办理，当前状态：%(state)s") % {"state": label})
    return redirect("enterprise-claim", claim_id=claim.pk)


@only(Role.ENTERPRISE)
def paper(request: HttpRequest, claim_id: UUID, paper: str) -> HttpResponse:
    """Roster or decision letter, made on the spot."""
    claim = _claim(request, claim_id)
    if paper not in PAPERS:
        raise Http404
    kind, make = PAPERS[paper]
    answer = HttpResponse(make(claim, request.today), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{claim.case.number}-{paper}"'
    return answer


@only(Role.ENTERPRISE)
def bundle(request: HttpRequest, claim_id: UUID, position: int) -> HttpResponse:
    """The determination of one of our people as a file that `peibu verify` computes again offline."""
    line = get_object_or_404(lines_of(_claim(request, claim_id)), position=position)
    name, content = bundle_of_line(line)
    answer = HttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
