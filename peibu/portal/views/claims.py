"""The enterprise's claims: list, draft, one claim with everything it needs, papers."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
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
from peibu.claims.actions.drafts import draft_claim, draft_project_claim, rejudge
from peibu.claims.actions.evidence import attach_paper, attach_roster, enter_invoice, make_roster
from peibu.claims.claimable import claimable, projects
from peibu.claims.enums import LineState
from peibu.claims.models import Claim
from peibu.claims.needs import needs_of
from peibu.claims.papers import DECIDED, bundle_of_line, letter_of, roster_of, roster_table
from peibu.claims.permissions import can_edit
from peibu.claims.queries import claims_for, lines_of
from peibu.claims.rechecks import rechecks_for, said
from peibu.kernel.errors import Refused
from peibu.portal import list_exports
from peibu.portal.claim_details import class_parts, classes_seen, details_of
from peibu.portal.forms_claims import InvoiceForm, RosterForm, StatedFacts, stated_form
from peibu.rulebook import load_policy
from peibu.theme.exports import excel_asked

CLAIMING = (Role.ENTERPRISE, Role.PROVIDER, Role.BASE)
ROAD = ("draft", "submitted", "accepted", "reviewed", "approved", "notice", "ready_to_pay", "paid")
# Where a side road left the straight one, for the bar of steps.
PLACE = {"returned": "submitted", "accepted_returned": "accepted", "objection": "notice"}
PAGE = 50
PAPERS = {
    "roster.pdf": ("application/pdf", lambda claim, on: roster_of(claim, on=on)),
    "roster.xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda claim, on: roster_table(claim, on=on),
    ),
    "decision.pdf": ("application/pdf", lambda claim, on: letter_of(claim)),
}


@only(*CLAIMING)
def index(request: HttpRequest) -> HttpResponse:
    """All claims of the unit, the classes it can claim for, and what it can claim for projects of its own."""
    if excel_asked(request):
        return list_exports.claims(request, claims_for(request.actor))
    rows = [(row, state_label(row.case, on=request.today, for_applicant=True)) for row in claims_for(request.actor)]
    context = {
        "rows": rows,
        "classes": claimable(request.actor, on=request.today),
        "projects": projects(request.actor, on=request.today),
    }
    return render(request, "portal/claims/index.html", context)


@only(*CLAIMING, writes=True)
@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """A draft for a class, of the subject chosen from what the unit can claim."""
    cohort, subject = _uuid(request.POST.get("cohort", "")), request.POST.get("subject", "")
    rows = [one for one in claimable(request.actor, on=request.today) if one.cohort.pk == cohort]
    chosen = next((one for one in rows if subject in ("", one.offer.subject)), None)
    if chosen is None:
        raise Http404
    claim = draft_claim(
        cohort=chosen.cohort,
        enterprise=request.actor.unit,
        subject=chosen.offer.subject,
        by=request.actor,
        at=request.now,
    )
    told = {"number": claim.case.number}
    if "entered" in chosen.offer.papers.values():
        messages.success(request, _("已生成申领草稿%(number)s，请录入培训费票据") % told)
    else:
        messages.success(request, _("已生成申领草稿%(number)s，请核对后提交") % told)
    return redirect("enterprise-claim", claim_id=claim.pk)


@only(*CLAIMING, writes=True)
@require_POST
def draft_project(request: HttpRequest) -> HttpResponse:
    """A draft for a project of the unit."""
    wanted = (request.POST.get("policy", ""), request.POST.get("subject", ""))
    offer = next((o for o in projects(request.actor, on=request.today) if (o.policy, o.subject) == wanted), None)
    if offer is None:
        raise Http404
    claim = draft_project_claim(offer=offer, project=request.POST.get("project", ""), by=request.actor, at=request.now)
    messages.success(request, _("已生成申领草稿%(number)s，请核对后提交") % {"number": claim.case.number})
    return redirect("enterprise-claim", claim_id=claim.pk)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _claim(request: HttpRequest, claim_id: UUID) -> Claim:
    return get_object_or_404(claims_for(request.actor), pk=claim_id)


@only(*CLAIMING)
def show(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    return _page(request, _claim(request, claim_id))


def _page(
    request: HttpRequest,
    claim: Claim,
    *,
    form: InvoiceForm | None = None,
    facts: StatedFacts | None = None,
    status: int = 200,
) -> HttpResponse:
    case = claim.case
    flow = process_of(case.policy, case.process, on=request.today)
    lines = list(lines_of(claim))
    context = {
        "claim": claim,
        "case": case,
        "state": state_label(case, on=request.today, for_applicant=True),
        "road": [(code, flow.states[code].said()) for code in ROAD if code in flow.states],
        "place": PLACE.get(case.state, case.state),
        "lines": Paginator(lines, PAGE).get_page(request.GET.get("page")),
        "counts": _counts(lines),
        "needs": needs_of(claim, on=request.today),
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
        **details_of(claim, lines, facts=facts),
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


@only(*CLAIMING, writes=True)
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


@only(*CLAIMING, writes=True)
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


@only(*CLAIMING, writes=True)
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


@only(*CLAIMING, writes=True)
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


@only(*CLAIMING)
def paper(request: HttpRequest, claim_id: UUID, paper: str) -> HttpResponse:
    """Roster or decision letter, made on the spot."""
    claim = _claim(request, claim_id)
    if paper not in PAPERS:
        raise Http404
    kind, make = PAPERS[paper]
    answer = HttpResponse(make(claim, request.today), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{claim.case.number}-{paper}"'
    return answer


@only(*CLAIMING)
def bundle(request: HttpRequest, claim_id: UUID, position: int) -> HttpResponse:
    """The determination of one of our people as a file that `peibu verify` computes again offline."""
    line = get_object_or_404(lines_of(_claim(request, claim_id)), position=position)
    name, content = bundle_of_line(line)
    answer = HttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@only(*CLAIMING, writes=True)
@require_POST
def state(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """State what no register knows, with a piece of evidence; everybody is judged anew."""
    claim = _claim(request, claim_id)
    form = stated_form(claim, data=request.POST, files=request.FILES)
    if not form.is_valid():
        return _page(request, claim, facts=form, status=422)
    form.keep(claim, by=request.actor, at=request.now)
    messages.success(request, _("已保存申报事项，全部人员已重新判定"))
    return redirect("enterprise-claim", claim_id=claim.pk)


@only(*CLAIMING, writes=True)
@require_POST
def attach(request: HttpRequest, claim_id: UUID, code: str) -> HttpResponse:
    """Upload a paper that the folder asks for."""
    claim = _claim(request, claim_id)
    scan = request.FILES.get("scan")
    if scan is None:
        raise Refused("没有选择文件", "scan_missing", "请选择要上传的PDF或照片")
    attach_paper(claim=claim, code=code, name=scan.name, content=scan.read(), by=request.actor, at=request.now)
    messages.success(request, _("材料已保存"))
    return redirect("enterprise-claim", claim_id=claim.pk)


@only(*CLAIMING)
def people(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Who of a finished class can be claimed for, by whom, and why not: for everybody who takes part in it."""
    cohort = get_object_or_404(classes_seen(request.actor), pk=cohort_id)
    context = {"cohort": cohort, "parts": class_parts(request.actor, cohort, on=request.today)}
    return render(request, "portal/claims/class.html", context)
