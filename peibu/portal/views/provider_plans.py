"""Training plans of a provider: write, see what is missing, sign, renew (QD97.2.3)."""

import copy
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.kernel.errors import Refused
from peibu.kernel.ids import uuid7
from peibu.portal.forms_provider import PlanForm, TeacherForm
from peibu.programmes.queries import running_policies
from peibu.registry.actions import add_teacher
from peibu.training.actions.plans import draft_plan, sign_plan, write_plan
from peibu.training.filing_papers import plan_rows
from peibu.training.models import TrainingPlan
from peibu.training.queries.filing import part_list, plans_of

NO_FEE = "training_is_free"  # the refusal that belongs to the field of the fee


def own_plan(request: HttpRequest, plan_id: UUID) -> TrainingPlan:
    """A plan of the actor's unit; another's does not exist."""
    return get_object_or_404(plans_of(request.actor.unit), pk=plan_id)


@only(Role.PROVIDER)
def show_all(request: HttpRequest) -> HttpResponse:
    """All plans of my unit with their signatures."""
    context = {"plans": plans_of(request.actor.unit), "policies": running_policies(), "key": uuid7()}
    return render(request, "portal/provider/plans.html", context)


@only(Role.PROVIDER, writes=True)
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Open an empty plan under one of the policies."""
    policy = next((p for p in running_policies() if p.path == request.POST.get("policy")), None)
    if policy is None:
        raise Http404
    plan = draft_plan(policy=policy.path, by=request.actor, at=request.now, key=_key(request))
    return redirect("plan-page", plan_id=plan.pk)


def _key(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return None


@only(Role.PROVIDER, writes=True)
def show(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """The plan: a form while it is open, a document once it is signed."""
    plan = own_plan(request, plan_id)
    if plan.signed_at is not None and request.method != "POST":
        return render(request, "portal/provider/plan.html", _signed(plan))
    form = PlanForm(request.POST or None, plan=plan, on=request.today)
    if request.method == "POST" and form.is_valid() and _written(request, plan, form):
        messages.success(request, _("培训方案已保存。"))
        return redirect("plan-page", plan_id=plan.pk)
    return _editor(request, plan, form, TeacherForm(), status=422 if form.is_bound else 200)


def _written(request: HttpRequest, plan: TrainingPlan, form: PlanForm) -> bool:
    """Keep what was typed; what the document refuses (a fee where training is free, JN6.3.1) is said in the form, so that
    nothing else that was typed is lost."""
    try:
        write_plan(
            plan=plan,
            parts=form.parts(),
            bases=form.cleaned_data.get("bases", ()),
            teachers=form.cleaned_data["teachers"],
            by=request.actor,
            at=request.now,
        )
    except Refused as refused:
        form.add_error("fee" if refused.code == NO_FEE else None, refused.sentence())
        return False
    return True


def _signed(plan: TrainingPlan) -> dict:
    bases = plan.bases.select_related("unit", "signed_by").order_by("unit__name")
    classes = plan.cohorts.select_related("case").order_by("-created_at")
    newer = plan.replaced_by.order_by("-version").first()
    return {"plan": plan, "rows": plan_rows(plan), "bases": bases, "classes": classes, "newer": newer, "key": uuid7()}


def _editor(request, plan: TrainingPlan, form: PlanForm, teacher_form: TeacherForm, *, status: int) -> HttpResponse:
    parts = part_list(plan, teachers=plan.teachers.count(), bases=plan.bases.count())
    context = {
        "plan": plan,
        "form": form,
        "teacher_form": teacher_form,
        "parts": parts,
        "complete": all(done for _label, done in parts),
    }
    return render(request, "portal/provider/plan_edit.html", context, status=status)


@only(Role.PROVIDER, writes=True)
@require_POST
def missing(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """The list of parts as the form stands at the moment; saves nothing."""
    plan = copy.copy(own_plan(request, plan_id))
    form = PlanForm(request.POST, plan=plan, on=request.today)
    form.is_valid()
    for name, value in form.parts().items():
        setattr(plan, name, value)
    chosen = {name: form.cleaned_data.get(name) or () for name in ("teachers", "bases")}
    parts = part_list(plan, teachers=len(chosen["teachers"]), bases=len(chosen["bases"]))
    return render(request, "portal/provider/parts/plan_parts.html", {"parts": parts, "unsaved": True})


@only(Role.PROVIDER, writes=True)
@require_POST
def teacher(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Add a teacher to my unit's list and to this plan."""
    plan = own_plan(request, plan_id)
    form = TeacherForm(request.POST)
    if form.is_valid():
        try:
            row = add_teacher(
                unit=request.actor.unit,
                name=form.cleaned_data["name"],
                id_number=form.cleaned_data["id_number"],
                title=form.cleaned_data["title"],
                full_time=form.cleaned_data["full_time"] == "yes",
                by=request.actor,
                at=request.now,
            )
        except Refused as refused:
            form.add_error(None, refused.sentence())
        else:
            messages.success(request, _("已添加教师%(name)s，请在“培训师资”中勾选后保存。") % {"name": row.name})
            return redirect("plan-page", plan_id=plan.pk)
    return _editor(request, plan, PlanForm(plan=plan, on=request.today), form, status=422)


@only(Role.PROVIDER, writes=True)
@require_POST
def sign(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Sign for my unit; from then on the plan is frozen and goes to the bases."""
    plan = sign_plan(plan=own_plan(request, plan_id), by=request.actor, at=request.now)
    told = (
        _("培训方案已签署，请通知实训基地会签。") if plan.bases.exists() else _("培训方案已签署，可以按此方案开班。")
    )
    messages.success(request, told)
    return redirect("plan-page", plan_id=plan_id)


@only(Role.PROVIDER, writes=True)
@require_POST
def renew(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """A new version that starts from this plan."""
    old = own_plan(request, plan_id)
    plan = draft_plan(policy=old.policy, by=request.actor, at=request.now, replaces=old, key=_key(request))
    messages.success(request, _("已建立第%(n)s版，修改后须重新签署和会签。") % {"n": plan.version})
    return redirect("plan-page", plan_id=plan.pk)
