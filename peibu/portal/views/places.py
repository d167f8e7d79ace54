"""A trainee's own enrolment, made for a phone: open classes, apply, confirm an offered place, step back (JN6.3.1)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.kernel.errors import Refused
from peibu.portal.forms_places import ApplyForm
from peibu.rulebook import load_policy
from peibu.training.actions.applications import apply_for_place, confirm_offer, withdraw_application
from peibu.training.queries.applications import open_classes, own_applications, turn

WRONG = 422
OVER = ("declined", "expired", "withdrawn", "closed")


@only(Role.TRAINEE)
def show(request: HttpRequest) -> HttpResponse:
    """My applications first, then the classes I may apply for."""
    mine = [(row, turn(row)) for row in own_applications(request.actor)]
    live = {row.cohort_id for row, _turn in mine if row.state not in OVER}
    openings = open_classes(on=request.today).exclude(cohort_id__in=live)
    return render(request, "portal/places/index.html", {"mine": mine, "openings": openings})


@only(Role.TRAINEE, writes=True)
def apply(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """The class in a few words, the questions of the policy, the declaration."""
    opening = get_object_or_404(open_classes(on=request.today), cohort_id=cohort_id)
    form = ApplyForm(request.POST if request.method == "POST" else None, cohort=opening.cohort)
    if request.method == "POST" and form.is_valid():
        try:
            apply_for_place(cohort=opening.cohort, stated=form.stated(), by=request.actor, at=request.now)
        except Refused as refused:
            form.add_error(None, refused.sentence())
        else:
            messages.success(request, _("已提交报名，请等待承接单位审核。"))
            return redirect("trainee-places")
    sessions = opening.cohort.sessions.select_related("teacher").order_by("starts_at")
    context = {
        "opening": opening, "cohort": opening.cohort, "form": form, "sessions": sessions,
        "policy": load_policy(opening.cohort.policy),
    }  # fmt: skip
    return render(request, "portal/places/apply.html", context, status=WRONG if form.errors else 200)


@only(Role.TRAINEE, writes=True)
@require_POST
def confirm(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Take the offered place."""
    row = get_object_or_404(own_applications(request.actor), pk=application_id)
    try:
        confirm_offer(application=row, by=request.actor, at=request.now)
    except Refused as refused:
        messages.error(request, refused.sentence())
    else:
        messages.success(request, _("已确认，您已编入班次。"))
    return redirect("trainee-places")


@only(Role.TRAINEE, writes=True)
@require_POST
def withdraw(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Step back; the place goes to the next."""
    row = get_object_or_404(own_applications(request.actor), pk=application_id)
    try:
        withdraw_application(application=row, by=request.actor, at=request.now)
    except Refused as refused:
        messages.error(request, refused.sentence())
    else:
        messages.success(request, _("已撤回报名。"))
    return redirect("trainee-places")
