"""The agency agrees that a session of a class fell out."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.casework.queries import cases_for
from peibu.training.actions.not_held import agree_not_held
from peibu.training.models import Session


@only(Role.AGENCY_REVIEWER, writes=True)
@require_POST
def agree(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """From now on nobody owes the session; of a class of another office there is none."""
    rows = Session.objects.filter(cohort__case__in=cases_for(request.actor)).select_related("cohort__case")
    row = get_object_or_404(rows, pk=session_id)
    agree_not_held(session=row, by=request.actor, at=request.now)
    messages.success(request, _("已确认该课次未举行。"))
    return redirect("desk-case", case_id=row.cohort.case_id)
