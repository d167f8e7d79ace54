"""Open enrolment on the provider's side: open a class, read applications, accept or decline, see the waiting list."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.kernel.errors import Refused
from peibu.portal.forms_places import OpenForm
from peibu.portal.views.provider_classes import editable, own_class
from peibu.rulebook import load_policy
from peibu.training.actions.applications import decide_application, open_enrolment
from peibu.training.models import OpenEnrolment
from peibu.training.permissions.places import can_open, is_open
from peibu.training.queries.applications import applications_for, turn
from peibu.training.queries.signup import commitment_text

WRONG = 422


@only(Role.PROVIDER, writes=True)
def show(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Who applied, in the order of the waiting list; open the class or set another last day."""
    cohort = own_class(request, cohort_id)
    opening = OpenEnrolment.objects.select_related("cohort__case").filter(cohort=cohort).first()
    text = commitment_text(cohort.policy)
    initial = {"version": text.version, "closes_on": opening.closes_on if opening else cohort.opens_on}
    form = OpenForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            open_enrolment(
                cohort=cohort, closes_on=told["closes_on"], version=told["version"], by=request.actor, at=request.now
            )
        except Refused as refused:
            form.add_error(None, refused.sentence())
        else:
            messages.success(request, _("已开放个人报名。"))
            return redirect("class-applications", cohort_id=cohort.pk)
    rows = [(row, turn(row)) for row in applications_for(cohort)]
    policy = load_policy(cohort.policy)
    context = {
        "cohort": cohort,
        "editable": editable(cohort),
        "opening": opening,
        "taking": is_open(opening, at=request.now),
        "may": can_open(request.actor, cohort),
        "form": form,
        "text": text,
        "rows": rows,
        "free": cohort.seats - cohort.seats_taken - cohort.seats_held,
        "hours": policy.value(policy.delivery.offer_hours, on=request.today) if policy.delivery.offer_hours else None,
    }
    return render(request, "portal/places/provider.html", context, status=WRONG if form.errors else 200)


@only(Role.PROVIDER, writes=True)
@require_POST
def decide(request: HttpRequest, cohort_id: UUID, application_id: UUID) -> HttpResponse:
    """Accept or decline one application."""
    cohort = own_class(request, cohort_id)
    row = get_object_or_404(applications_for(cohort), pk=application_id)
    accept = request.POST.get("decision") == "accept"
    try:
        row = decide_application(
            application=row, accept=accept, answer=request.POST.get("answer", ""), by=request.actor, at=request.now
        )
    except Refused as refused:
        messages.error(request, refused.sentence())
    else:
        told = {"name": row.person.name, "state": row.get_state_display()}
        messages.success(request, _("%(name)s：%(state)s") % told)
    return redirect("class-applications", cohort_id=cohort.pk)
