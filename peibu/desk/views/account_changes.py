"""Changes of payees' bank accounts on the desk: what is proposed, confirmed, cooling off, objected to."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.desk import register_exports
from peibu.desk.views.payments import LOOKERS
from peibu.payments.actions import accept_account, confirm_change, decide_objection, refuse_change
from peibu.payments.enums import ChangeState
from peibu.payments.models import AccountChange
from peibu.payments.payees import OPEN, changes_for, unpaid_cases
from peibu.payments.permissions import can_confirm_change, can_decide_on_change
from peibu.payments.queries import cases_to_accept
from peibu.theme.exports import excel_asked

PAGE = 50
CONFIRMED = (ChangeState.COOLING, ChangeState.IN_FORCE)


@only(*LOOKERS)
def show(request: HttpRequest) -> HttpResponse:
    """Changes of the district: what is under way first of all."""
    rows = changes_for(request.actor)
    if excel_asked(request):
        return register_exports.account_changes(request, rows)
    open_now = rows.filter(state__in=OPEN)
    page = Paginator(rows.exclude(state__in=OPEN), PAGE).get_page(request.GET.get("page"))
    context = {"open_now": open_now, "page": page, "today": request.today}
    return render(request, "desk/payments/changes.html", context)


def _mine(request: HttpRequest, change_id: UUID) -> AccountChange:
    return get_object_or_404(changes_for(request.actor), pk=change_id)


@only(*LOOKERS)
def change(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """One change with everything that has happened to it."""
    row = _mine(request, change_id)
    context = {
        "change": row,
        "told": row.messages.select_related("user").order_by("sent_at", "pk"),
        "waiting": unpaid_cases(row.unit),
        "to_accept": cases_to_accept(request.actor, row) if row.state in CONFIRMED else [],
        "can_confirm": row.state == ChangeState.PROPOSED and bool(can_confirm_change(request.actor, row)),
        "can_decide": row.state == ChangeState.OBJECTED and bool(can_decide_on_change(request.actor, row)),
    }
    return render(request, "desk/payments/change.html", context)


@only(Role.HRSS_APPROVER, writes=True)
def confirm(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """The second person confirms or refuses."""
    row = _mine(request, change_id)
    if request.method == "POST":
        told = {"change": row, "reason": request.POST.get("reason", ""), "by": request.actor, "at": request.now}
        if "refuse" in request.POST:
            refuse_change(**told)
            messages.success(request, _("账户变更未通过"))
        else:
            done = confirm_change(**told)
            messages.success(
                request, _("已确认。冷静期至%(day)s，期满后生效") % {"day": f"{done.cooling_ends:%Y-%m-%d}"}
            )
    return redirect("desk-account-change", change_id=row.pk)


@only(Role.HRSS_APPROVER, writes=True)
def accept(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """A confirmed account is accepted for claims that do not name it yet."""
    row = _mine(request, change_id)
    if request.method == "POST":
        done = accept_account(change=row, reason=request.POST.get("reason", ""), by=request.actor, at=request.now)
        messages.success(request, _("已核准该账户用于%(n)d项业务") % {"n": len(done)})
    return redirect("desk-account-change", change_id=row.pk)


@only(Role.HRSS_APPROVER, writes=True)
def decide(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """The objection is upheld or dismissed."""
    row = _mine(request, change_id)
    if request.method == "POST":
        upheld = "uphold" in request.POST
        told = {"reason": request.POST.get("reason", ""), "by": request.actor, "at": request.now}
        decide_objection(change=row, upheld=upheld, **told)
        messages.success(request, _("异议成立，变更终止") if upheld else _("异议不成立，变更继续办理"))
    return redirect("desk-account-change", change_id=row.pk)


@only(*LOOKERS)
def paper(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """The payee's paper, always as a download."""
    document = _mine(request, change_id).evidence
    if document is None:
        raise Http404
    return FileResponse(
        document.file.open("rb"), as_attachment=True, filename=document.name, content_type="application/octet-stream"
    )
