"""A session that fell out, told by the provider."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.training.actions.not_held import note_not_held
from peibu.training.queries.classrooms import sessions_run_by


@only(Role.PROVIDER, writes=True)
@require_POST
def note(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Note the session as not held, with the reason typed on its page."""
    row = get_object_or_404(sessions_run_by(request.actor), pk=session_id)
    note_not_held(session=row, reason=request.POST.get("reason", ""), by=request.actor, at=request.now)
    messages.success(request, _("已登记为未举行，待受理机构确认。"))
    return redirect("teaching-session", session_id=row.pk)
