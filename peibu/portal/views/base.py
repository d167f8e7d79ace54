"""Practice bases: plans that name them, to read and co-sign (QD97.2.3), and who comes when."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.portal import own_exports
from peibu.theme.exports import excel_asked
from peibu.training.actions.plans import cosign_plan
from peibu.training.filing_papers import plan_rows
from peibu.training.models import PlanBase, TrainingPlan
from peibu.training.queries.filing import plans_naming, practice_at

SHOWN = 30


def _mine(request: HttpRequest, plans) -> list[tuple[TrainingPlan, PlanBase]]:
    unit = request.actor.unit
    return [(plan, next(row for row in plan.bases.all() if row.unit_id == unit.pk)) for plan in plans]


@only(Role.BASE)
def home(request: HttpRequest) -> HttpResponse:
    """Plans waiting for my signature, and the practice sessions to come."""
    plans = _mine(request, plans_naming(request.actor.unit))
    waiting = [pair for pair in plans if pair[1].signed_at is None]
    sessions = list(practice_at(request.actor.unit, since=request.today)[:SHOWN])
    kpis = [
        {"label": _("待会签方案（份）"), "value": len(waiting), "tone": "mine"},
        {"label": _("已会签方案（份）"), "value": len(plans) - len(waiting)},
        {"label": _("即将到来的实训（节）"), "value": len(sessions)},
    ]
    return render(request, "portal/base/home.html", {"waiting": waiting, "sessions": sessions, "kpis": kpis})


@only(Role.BASE)
def plans(request: HttpRequest) -> HttpResponse:
    """All plans that name my unit."""
    rows = _mine(request, plans_naming(request.actor.unit))
    if excel_asked(request):
        return own_exports.named_plans(request, rows)
    return render(request, "portal/base/plans.html", {"plans": rows})


def _named(request: HttpRequest, plan_id: UUID) -> TrainingPlan:
    return get_object_or_404(plans_naming(request.actor.unit), pk=plan_id)


@only(Role.BASE)
def plan(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """The whole plan to read before signing."""
    row = _named(request, plan_id)
    bases = row.bases.select_related("unit", "signed_by").order_by("unit__name")
    own = next(base for base in bases if base.unit_id == request.actor.unit.pk)
    context = {"plan": row, "rows": plan_rows(row), "bases": bases, "own": own}
    return render(request, "portal/base/plan.html", context)


@only(Role.BASE, writes=True)
@require_POST
def sign(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Co-sign for my unit."""
    cosign_plan(plan=_named(request, plan_id), by=request.actor, at=request.now)
    messages.success(request, _("已会签该培训方案。"))
    return redirect("base-plan", plan_id=plan_id)
