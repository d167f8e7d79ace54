"""Marking the lines of a claim as looked at (ADR 0033)."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.casework.enums import Decision
from peibu.claims.actions.looks import look_at_clean, look_at_line
from peibu.claims.looks import to_look_at
from peibu.claims.models import ClaimLine
from peibu.claims.queries import claims_for
from peibu.desk.views.claims import DESK, line_of


@only(*DESK, writes=True)
@require_POST
def line(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """One line, opened; on to the next that nobody has looked at."""
    row = line_of(request, line_id)
    look_at_line(line=row, by=request.actor, at=request.now)
    return redirect(_back(request, row))


def _back(request: HttpRequest, row: ClaimLine) -> str:
    """The page the officer was on, at the next line to look at."""
    asked = {"show": request.POST.get("show", ""), "page": request.POST.get("page", "")}
    kept = {
        name: value
        for name, value in asked.items()
        if value in Decision.values or name == "page" and value.isdecimal()
    }
    waiting = to_look_at(row.claim).filter(position__gt=row.position).first()
    place = f"line-{waiting.position}" if waiting else f"line-{row.position}"
    query = f"?{urlencode(kept)}" if kept else ""
    return f"{reverse('desk-case', args=[row.claim.case_id])}{query}#{place}"


@only(*DESK, writes=True)
@require_POST
def clean(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """All lines that show nothing to look into."""
    claim = get_object_or_404(claims_for(request.actor), pk=claim_id)
    count = len(look_at_clean(claim=claim, by=request.actor, at=request.now))
    told = ngettext("已标记%(n)d人（项）为已核对", "已标记%(n)d人（项）为已核对", count) % {"n": count}
    messages.success(request, told if count else _("没有可以一次标记的人员，请逐人打开核对"))
    return redirect(f"{reverse('desk-case', args=[claim.case_id])}#lines")
