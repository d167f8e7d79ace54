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
from peibu.claims.actions.lines import judge_anew, remove_line
from peibu.claims.actions.statements import answer_for_office, check_statement, judge_pending
from peibu.claims.answers import OFFICE, asked_of, missing_in
from peibu.claims.enums import LineState
from peibu.claims.models import Claim, ClaimLine, Statement
from peibu.claims.papers import bundle_of_line, letter_of
from peibu.claims.queries import board, claims_for, lines_of
from peibu.claims.terms import terms_of
from peibu.desk import list_exports
from peibu.desk.office_forms import OfficeAnswers
from peibu.kernel.errors import Refused
from peibu.rulebook import load_policy
from peibu.theme.exports import excel_asked

PAGE = 30
DESK = (Role.AGENCY_REVIEWER, Role.HRSS_APPROVER, Role.CITY_BUREAU)


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
    context = {
        "page": page,
        "rows": [_row(claim, request.today) for claim in page],
        "states": _states(rows, request.today),
        "chosen": chosen,
    }
    return render(request, "desk/claims/index.html", context)


def _states(rows, today) -> list[tuple[str, str]]:
    """The states of the processes at hand, each once, in the order of the first folder."""
    found: dict[str, str] = {}
    for policy, process in rows.values_list("policy", "case__process").distinct().order_by("policy"):
        for code, state in process_of(policy, process, on=today).states.items():
            found.setdefault(code, state.said())
    found.pop("draft", None)
    return list(found.items())


def _row(claim, today) -> dict:
    included = sum(line.state in (LineState.INCLUDED, LineState.PAID) for line in claim.lines.all())
    return {
        "claim": claim,
        "state": state_label(claim.case, on=today, for_applicant=False),
        "people": included,
        "of": len(claim.lines.all()),
    }


def line_of(request: HttpRequest, line_id: UUID) -> ClaimLine:
    """A line of a claim the actor may see, else not found."""
    rows = ClaimLine.objects.filter(claim__in=claims_for(request.actor))
    return get_object_or_404(rows.select_related("claim__case", "person"), pk=line_id)


@only(*DESK, writes=True)
@require_POST
def remove(request: HttpRequest, line_id: UUID) -> HttpResponse:
    line = line_of(request, line_id)
    remove_line(line=line, reason=request.POST.get("reason", ""), by=request.actor, at=request.now)
    messages.success(request, _("已剔除%(name)s，金额已重新计算") % {"name": line.name})
    return redirect("desk-case", case_id=line.claim.case_id)


@only(*DESK, writes=True)
@require_POST
def judge(request: HttpRequest, line_id: UUID) -> HttpResponse:
    line = judge_anew(line=line_of(request, line_id), by=request.actor, at=request.now)
    told = {"name": line.name, "state": line.get_state_display()}
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
    name, content = bundle_of_line(line_of(request, line_id))
    answer = HttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _worked_on(request: HttpRequest, claim_id: UUID) -> Claim:
    return get_object_or_404(claims_for(request.actor), pk=claim_id)


@only(*DESK, writes=True)
@require_POST
def check(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """Confirm or reject what was stated, with the evidence beside it."""
    rows = Statement.objects.filter(claim__in=claims_for(request.actor)).select_related("claim__case")
    row = get_object_or_404(rows, pk=statement_id)
    accept = request.POST.get("verdict") == "accept"
    words = request.POST.get("words", "")
    check_statement(statement=row, accept=accept, words=words, by=request.actor, at=request.now)
    messages.success(request, _("已核实") if accept else _("已不予认可，相关人员已重新判定"))
    return redirect("desk-case", case_id=row.claim.case_id)


@only(*DESK, writes=True)
@require_POST
def answer(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """What the office knows or has checked, for all lines that wait for it."""
    claim = _worked_on(request, claim_id)
    policy = load_policy(claim.policy)
    pending = lines_of(claim).filter(state=LineState.PENDING)
    missing = missing_in(line.determination for line in pending)
    specs = asked_of(policy, missing, terms_of(claim), OFFICE)
    form = OfficeAnswers(policy, specs, request.POST)
    if not form.is_valid():
        told = "；".join(f"{form.fields[name].label}：{'、'.join(errors)}" for name, errors in form.errors.items())
        raise Refused(told, "fact_value", "请按提示修改后再提交")
    words = form.cleaned_data["words"]
    answer_for_office(claim=claim, values=form.values(), words=words, by=request.actor, at=request.now)
    messages.success(request, _("核查结果已记录，相关人员已重新判定"))
    return redirect("desk-case", case_id=claim.case_id)


@only(*DESK, writes=True)
@require_POST
def again(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """Judge the lines that wait once more."""
    claim = judge_pending(claim=_worked_on(request, claim_id), by=request.actor, at=request.now)
    messages.success(request, _("已按最新资料重新判定"))
    return redirect("desk-case", case_id=claim.case_id)
