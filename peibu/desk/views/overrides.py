"""Exceptions to limits 'in principle': the list of the district, and what is done to one (ADR 0033)."""

import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import officers, only
from peibu.claims.actions.overrides import judge_override, propose_override, revoke_override
from peibu.claims.enums import OverrideState
from peibu.claims.models import Override
from peibu.claims.overrides import EXPIRED, Wanted, in_state, narrowed, overrides_for, state_on
from peibu.claims.permissions import can_judge_override
from peibu.desk import register_exports
from peibu.desk.override_words import label_of
from peibu.desk.views.claims import DESK, line_of
from peibu.kernel.errors import Refused
from peibu.rulebook import load_policy
from peibu.theme.exports import excel_asked

PAGE = 30


@officers()
def index(request: HttpRequest) -> HttpResponse:
    """`q` fragment; `policy`, `state` filters; the newest first."""
    rows = overrides_for(request.actor)
    asked = {name: request.GET.get(name, "").replace("\0", "").strip() for name in ("policy", "state")}
    wanted = Wanted(text=request.GET.get("q", "").replace("\0", "").strip(), **asked)
    shown = narrowed(rows, wanted, on=request.today)
    if excel_asked(request):
        return register_exports.overrides(request, shown)
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    states = [OverrideState.PROPOSED, OverrideState.CONFIRMED, EXPIRED, OverrideState.REJECTED, OverrideState.REVOKED]
    policies = rows.values_list("line__claim__policy", flat=True).distinct().order_by("line__claim__policy")
    context = {
        "page": page,
        "rows": [_row(row, request) for row in page],
        "wanted": wanted,
        "states": [
            (str(code), label_of(str(code)), in_state(rows, code, on=request.today).count()) for code in states
        ],
        "policies": [(path, load_policy(path).card["short_title"]) for path in policies],
        "filtered": any(vars(wanted).values()),
    }
    return render(request, "desk/claims/overrides.html", context)


def _row(row: Override, request: HttpRequest) -> dict:
    state = state_on(row, request.today)
    mine = row.state == OverrideState.PROPOSED and bool(can_judge_override(request.actor, row))
    return {"override": row, "state": state, "label": label_of(state), "mine": mine}


@only(*DESK, writes=True)
@require_POST
def propose(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """Propose an exception for one line."""
    line, scan = line_of(request, line_id), request.FILES.get("scan")
    propose_override(
        line=line,
        rule=request.POST.get("rule", ""),
        reason=request.POST.get("reason", ""),
        expires_on=_day(request.POST.get("expires_on", "")),
        name=scan.name if scan else "",
        content=scan.read() if scan else b"",
        by=request.actor,
        at=request.now,
    )
    messages.success(request, _("已提出例外，须由另一位工作人员确认"))
    return redirect("desk-case", case_id=line.claim.case_id)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        told = f"有效期“{text[:20]}”不是日期" if text else "没有填写有效期"
        raise Refused(told, "override_expired", "请按 2020-12-31 的格式填写有效期") from error


def _override(request: HttpRequest, override_id: UUID) -> Override:
    return get_object_or_404(overrides_for(request.actor), pk=override_id)


@only(*DESK, writes=True)
@require_POST
def judge(request: HttpRequest, override_id: UUID) -> HttpResponse:
    """Confirm it, or do not agree."""
    row, accept = _override(request, override_id), request.POST.get("verdict") == "accept"
    words = request.POST.get("words", "")
    judge_override(override=row, accept=accept, words=words, by=request.actor, at=request.now)
    messages.success(request, _("已确认例外，并重新判定") if accept else _("已记录不同意"))
    return redirect("desk-case", case_id=row.line.claim.case_id)


@only(*DESK, writes=True)
@require_POST
def revoke(request: HttpRequest, override_id: UUID) -> HttpResponse:
    """It counts no more."""
    row = _override(request, override_id)
    revoke_override(override=row, why=request.POST.get("why", ""), by=request.actor, at=request.now)
    messages.success(request, _("已撤销例外"))
    return redirect("desk-case", case_id=row.line.claim.case_id)
