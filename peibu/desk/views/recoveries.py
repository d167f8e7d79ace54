"""Recoveries at the desk: the register, opening one from re-checks or a finding, and the deeds on its money."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import officers, only
from peibu.accounts.enums import Role
from peibu.casework.queries import state_label
from peibu.claims.models import Claim
from peibu.claims.queries import claims_for
from peibu.desk import list_exports
from peibu.desk.recovery_forms import InstalmentForm, OpenForm, ReturnForm, SetOffForm
from peibu.kernel.errors import Refused
from peibu.kernel.money import yuan
from peibu.oversight.queries import findings_for
from peibu.recovery.actions.instalments import agree_instalments, in_equal_parts
from peibu.recovery.actions.money import enter_return, give_again, set_off, take_bank_line
from peibu.recovery.actions.opening import NATURES, leave_out, open_from_finding, open_from_rechecks
from peibu.recovery.enums import Nature
from peibu.recovery.models import Recovery
from peibu.recovery.queries import (
    bank_lines,
    by_nature,
    paid_lines_of,
    recoveries_for,
    to_set_off,
    totals,
    waiting_rechecks,
)
from peibu.theme.exports import excel_asked

PAGE = 30
UNPROCESSABLE = 422
FEN_PER_YUAN = 100


@officers()
def index(request: HttpRequest) -> HttpResponse:
    """The register of my district: sums, chart, what waits to be opened, every recovery."""
    rows = recoveries_for(request.actor)
    if excel_asked(request):
        return list_exports.recoveries(request, rows)
    sums = totals(rows)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(row, state_label(row.case, on=request.today, for_applicant=False)) for row in page],
        "kpis": [
            {"label": _("追回业务"), "value": sums.count, "unit": _("件")},
            {"label": _("应追回"), "value": yuan(sums.owed), "unit": _("元")},
            {"label": _("已追回"), "value": yuan(sums.back), "unit": _("元"), "tone": "rest"},
            {"label": _("尚未追回"), "value": yuan(sums.open), "unit": _("元"), "tone": "due"},
        ],
        "chart": _chart(rows) if sums.count else None,
        "waiting": _waiting(request) if request.actor.role == Role.AGENCY_REVIEWER else [],
    }
    return render(request, "desk/recovery/index.html", context)


def _waiting(request: HttpRequest) -> list[tuple[Claim, int]]:
    """Claims with people to recover from, and how many."""
    found: dict[Claim, int] = {}
    for row in waiting_rechecks(request.actor):
        found[row.line.claim] = found.get(row.line.claim, 0) + 1
    return list(found.items())


def _chart(rows) -> dict:
    """Come back and still open, errors and fraud apart (HD2.5.16b)."""
    found = by_nature(rows)
    shown = [(one.label, *found.get(one.value, (0, 0))) for one in Nature]

    def bar(name: str, values: list[int]) -> dict:
        data = [f"{fen // FEN_PER_YUAN}.{fen % FEN_PER_YUAN:02d}" for fen in values]
        return {"name": name, "type": "bar", "stack": "owed", "data": data}

    return {
        "xAxis": {"type": "category", "data": [str(label) for label, _owed, _back in shown]},
        "yAxis": {"type": "value", "name": _("元")},
        "legend": {},
        "tooltip": {"trigger": "axis"},
        "series": [
            bar(_("已追回"), [back for _label, _owed, back in shown]),
            bar(_("尚未追回"), [owed - back for _label, owed, back in shown]),
        ],
    }


@only(Role.AGENCY_REVIEWER, writes=True)
def open_for_claim(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """Draw up a recovery from what re-checks of a claim have come to."""
    claim = get_object_or_404(claims_for(request.actor), pk=claim_id)
    rows = {str(row.pk): row for row in waiting_rechecks(request.actor).filter(line__claim=claim)}
    if not rows:
        raise Http404
    people = [(key, f"{row.line.person.name} · {row.sentence}") for key, row in rows.items()]
    form = OpenForm(request.POST or None, people=people, initial={"lines": list(rows)})

    def deed(data: dict) -> Recovery:
        chosen = [rows[key] for key in data.pop("lines")]
        return open_from_rechecks(claim=claim, rechecks=chosen, **data, by=request.actor, at=request.now)

    return _open(request, form, deed, {"claim": claim})


@only(Role.AGENCY_REVIEWER, writes=True)
def open_for_finding(request: HttpRequest, finding_id: UUID) -> HttpResponse:
    """Draw up a recovery from a finding concluded as error or fraud: of one claim at a time."""
    finding = get_object_or_404(findings_for(request.actor), pk=finding_id)
    lines = list(paid_lines_of(finding))
    claims = list(dict.fromkeys(line.claim for line in lines))
    if not claims:
        raise Http404
    claim = next((one for one in claims if str(one.pk) == request.GET.get("claim")), claims[0])
    mine = {str(line.pk): line for line in lines if line.claim == claim}
    people = [(key, f"{line.position}. {line.person.name} · {yuan(line.amount_fen)}元") for key, line in mine.items()]
    natures = [str(one) for one in NATURES[finding.state]]
    form = OpenForm(request.POST or None, people=people, natures=natures)

    def deed(data: dict) -> Recovery:
        chosen = [mine[key] for key in data.pop("lines")]
        told = {"finding": finding, "claim": claim, "lines": chosen}
        return open_from_finding(**told, **data, by=request.actor, at=request.now)

    return _open(request, form, deed, {"claim": claim, "claims": claims, "finding": finding})


def _open(request: HttpRequest, form: OpenForm, deed, context: dict) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            recovery = deed(dict(form.cleaned_data))
        except Refused as refused:
            form.add_error(None, refused.sentence())
        else:
            messages.success(request, _("已拟定追回%(number)s，请核对后送达") % {"number": recovery.case.number})
            return redirect("desk-case", case_id=recovery.case_id)
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "desk/recovery/open.html", context | {"form": form}, status=status)


def _mine(request: HttpRequest, recovery_id: UUID) -> Recovery:
    return get_object_or_404(recoveries_for(request.actor), pk=recovery_id)


def _data(form) -> dict:
    """The form's values; what is wrong is said in one sentence on the page before."""
    if not form.is_valid():
        told = "；".join(f"{form.fields[name].label}：{error}" for name, all_ in form.errors.items() for error in all_)
        raise Refused(f"填写有误：{told}", "form_invalid", "请返回更正后再提交")
    return form.cleaned_data


def _back(request: HttpRequest, recovery: Recovery, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("desk-case", case_id=recovery.case_id)


@only(Role.FINANCE, writes=True)
@require_POST
def enter(request: HttpRequest, recovery_id: UUID) -> HttpResponse:
    """Money that came back, typed from the bank's slip."""
    recovery, data = _mine(request, recovery_id), _data(ReturnForm(request.POST))
    told = {"amount_fen": data["amount"], "on": data["on"], "reference": data["reference"]}
    enter_return(recovery=recovery, **told, by=request.actor, at=request.now)
    return _back(request, recovery, _("已登记退回款"))


@only(Role.FINANCE, writes=True)
@require_POST
def take_line(request: HttpRequest, recovery_id: UUID, line_id: UUID) -> HttpResponse:
    """Money that came back, as the bank's statement shows it."""
    recovery = _mine(request, recovery_id)
    line = get_object_or_404(bank_lines(recovery), pk=line_id)
    take_bank_line(recovery=recovery, line=line, by=request.actor, at=request.now)
    return _back(request, recovery, _("已登记退回款"))


@only(Role.FINANCE, writes=True)
@require_POST
def keep_back(request: HttpRequest, recovery_id: UUID) -> HttpResponse:
    """Set off against another claim of the party."""
    recovery = _mine(request, recovery_id)
    claims = {str(one.claim.pk): one.claim for one in to_set_off(request.actor, recovery, on=request.today)}
    data = _data(SetOffForm(request.POST, claims=[(key, claim.case.number) for key, claim in claims.items()]))
    told = {"against": claims[data["against"]], "amount_fen": data["amount"]}
    set_off(recovery=recovery, **told, by=request.actor, at=request.now)
    return _back(request, recovery, _("已抵扣，两项业务都已入账"))


@only(Role.FINANCE, writes=True)
@require_POST
def repay(request: HttpRequest, recovery_id: UUID) -> HttpResponse:
    """Give back what had come back, after an upheld appeal."""
    recovery, data = _mine(request, recovery_id), _data(ReturnForm(request.POST))
    told = {"amount_fen": data["amount"], "on": data["on"], "reference": data["reference"]}
    give_again(recovery=recovery, **told, by=request.actor, at=request.now)
    return _back(request, recovery, _("已登记退还"))


@only(Role.HRSS_APPROVER, writes=True)
@require_POST
def instalments(request: HttpRequest, recovery_id: UUID) -> HttpResponse:
    """Agree that the rest is paid in equal parts."""
    recovery, data = _mine(request, recovery_id), _data(InstalmentForm(request.POST))
    parts = in_equal_parts(recovery.open_fen, data["count"], data["first"], data["every_days"])
    agree_instalments(recovery=recovery, parts=parts, reason=data["reason"], by=request.actor, at=request.now)
    return _back(request, recovery, _("已约定分期"))


@only(Role.AGENCY_REVIEWER, writes=True)
@require_POST
def drop_line(request: HttpRequest, recovery_id: UUID, line_id: UUID) -> HttpResponse:
    """Take a person out while it is being drawn up."""
    recovery = _mine(request, recovery_id)
    line = get_object_or_404(recovery.lines.select_related("claim_line__person", "recovery"), pk=line_id)
    leave_out(line=line, reason=request.POST.get("reason", ""), by=request.actor, at=request.now)
    return _back(request, recovery, _("已移出"))
