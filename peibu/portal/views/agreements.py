"""Entrusted-training agreements: registered by the enterprise, confirmed by the provider (JN6.4a, JN6.4.1b)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.kernel.errors import Refused
from peibu.portal import own_exports
from peibu.portal.forms_agreement import AgreementForm
from peibu.theme.exports import excel_asked
from peibu.training.actions.agreements import accept_agreement, close_agreement, register_agreement
from peibu.training.queries.agreements import agreements_of


@only(Role.ENTERPRISE, Role.PROVIDER, writes=True)
def show(request: HttpRequest) -> HttpResponse:
    """My unit's agreements; an enterprise may register one here."""
    form = AgreementForm(request.POST or None, on=request.today) if request.actor.role == Role.ENTERPRISE else None
    status = 200
    if request.method == "POST" and form is not None:
        status = 422
        if form.is_valid():
            try:
                register_agreement(**form.cleaned_data, by=request.actor, at=request.now)
            except Refused as refused:
                form.add_error(None, refused.sentence())
            else:
                messages.success(request, _("协议已登记，待受托单位确认后生效。"))
                return redirect("agreements")
    rows = agreements_of(request.actor.unit)
    if excel_asked(request):
        return own_exports.agreements(request, rows)
    context = {"rows": rows, "form": form}
    return render(request, "portal/agreements.html", context, status=status)


@only(Role.PROVIDER, writes=True)
@require_POST
def accept(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """Confirm an agreement an enterprise registered with my unit."""
    row = get_object_or_404(agreements_of(request.actor.unit), pk=agreement_id)
    accept_agreement(agreement=row, by=request.actor, at=request.now)
    messages.success(request, _("协议已确认。"))
    return redirect("agreements")


@only(Role.ENTERPRISE, Role.PROVIDER, writes=True)
@require_POST
def close(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """Take back (enterprise) or decline (provider) an agreement that was not confirmed."""
    row = get_object_or_404(agreements_of(request.actor.unit), pk=agreement_id)
    close_agreement(agreement=row, by=request.actor, at=request.now)
    taken = request.actor.role == Role.ENTERPRISE
    messages.success(request, _("协议已撤回。") if taken else _("协议已退回委托企业。"))
    return redirect("agreements")
