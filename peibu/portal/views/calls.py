"""Public calls: conditions, documents, period, and the draw of the panel that anybody can compute again (QD97.2.4)."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render

from peibu.accounts.access import public
from peibu.accounts.enums import Role
from peibu.accreditation.actions.panels import order_of_panel
from peibu.accreditation.models import Call, Panel
from peibu.accreditation.permissions import can_apply
from peibu.accreditation.queries import panel_of_call, public_calls, submitted
from peibu.accreditation.terms import terms_of
from peibu.portal import own_exports
from peibu.portal.policy_pages import policy_url
from peibu.theme.exports import excel_asked
from peibu.theme.policy_words import english, said


@public()
def index(request: HttpRequest) -> HttpResponse:
    """Open calls first, then those that are over."""
    rows = [(row, _state(row, request)) for row in public_calls(at=request.now)]
    if excel_asked(request):
        return own_exports.calls(request, rows)
    return render(request, "portal/calls/index.html", {"rows": rows})


def _state(call: Call, request: HttpRequest) -> str:
    if request.today < call.opens_on:
        return "coming"
    return "open" if request.today <= call.closes_on else "closed"


@public()
def show(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """One call: who may apply, what is judged, what to send, and how the experts were drawn."""
    call = get_object_or_404(public_calls(at=request.now), pk=call_id)
    terms = terms_of(call.policy, call.subject, on=call.opens_on)
    actor = request.actor
    context: dict[str, Any] = {
        "call": call, "terms": terms, "state": _state(call, request), "named": terms.named,
        "conditions": terms.policy.plan(call.subject, call.opens_on, "en" if english() else "zh").rules,
        "documents": [(said(row), row) for row in terms.documents],
        "applicants": [Role(role).label for role in terms.applicants],
        "criteria": list((terms.criteria_en if english() else terms.criteria).values()),
        "subject": said(terms.policy.subjects[call.subject]),
        "policy_title": said(terms.policy.card, "title"), "policy_url": policy_url(terms.policy),
        "may_apply": bool(actor) and bool(can_apply(actor, call, terms, on=request.today)),
        "panel": panel_of_call(call), "draw": _draw(panel_of_call(call)),
    }  # fmt: skip
    return render(request, "portal/calls/show.html", context)


def _draw(panel: Panel | None) -> dict[str, Any]:
    """The pool with what became of each number; empty until the pool is frozen. Numbers only, no names.

    Of who is excluded the ground and not the sentence: that names the applicants, whom the experts shall not know.
    """
    if panel is None or panel.frozen_at is None:
        return {}
    excluded = list(panel.pool.exclude(excluded="").select_related("expert"))
    if panel.drawn_at is None:
        return {"pool": [row.expert.number for row in panel.pool.filter(excluded="").select_related("expert")],
                "excluded": excluded, "order": []}  # fmt: skip
    seats = {seat.entry_id: seat for seat in panel.places.all()}
    order = [(rank, row, seats.get(row.pk)) for rank, row in enumerate(order_of_panel(panel), start=1)]
    return {"pool": sorted(row.expert.number for _rank, row, _seat in order), "excluded": excluded, "order": order}


@public()
def draw_json(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """What `python -m peibu.kernel.draw` checks."""
    call = get_object_or_404(public_calls(at=request.now), pk=call_id)
    panel = panel_of_call(call)
    if panel is None or panel.drawn_at is None:
        raise Http404
    order = [row.expert.number for row in order_of_panel(panel)]
    told = {
        "call": call.number, "seats": panel.seats, "commitment": panel.commitment,
        "committed_at": panel.committed_at, "frozen_at": panel.frozen_at, "drawn_at": panel.drawn_at,
        "pool": sorted(order), "pool_sha256": panel.pool_sha256, "seed": panel.seed, "order": order,
        "excluded": [{"number": row.expert.number, "ground": row.ground}
                     for row in panel.pool.exclude(excluded="").select_related("expert")],
        "applications": submitted(call).count(),
    }  # fmt: skip
    answer = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="{call.number}-draw.json"'
    return answer
