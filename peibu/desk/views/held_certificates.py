"""Certificates of other issuers: entered from the paper, looked up, withdrawn (JN6.3.2, HD2.5.15a)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.casework.certificate_evidence import register_with_scan
from peibu.casework.models import Document
from peibu.desk import register_exports
from peibu.desk.held_certificate_forms import HeldCertificateForm
from peibu.desk.record_forms import person_of
from peibu.kernel.certificate_numbers import normal
from peibu.kernel.errors import Refused
from peibu.registry.held_certificates import withdraw_certificate
from peibu.registry.models import HeldCertificate
from peibu.registry.queries import held_certificates
from peibu.theme.exports import excel_asked

ENTERING = (Role.AGENCY_REVIEWER, Role.HRSS_APPROVER, Role.CITY_BUREAU)
SHOWN = 50
UNPROCESSABLE = 422


@only(*ENTERING, writes=True)
def show(request: HttpRequest) -> HttpResponse:
    """Enter a certificate; look one up by its whole number or by the holder's; below, what this account entered last."""
    form = HeldCertificateForm(request.POST or None, request.FILES or None, on=request.today)
    if request.method == "POST" and form.is_valid():
        try:
            row = _register(request, form)
        except Refused as refused:
            form.add_error(None, refused.sentence())
        else:
            messages.success(request, _("已登记%(what)s。") % {"what": row})
            return redirect("desk-held-certificates")
    text = request.GET.get("q", "").strip()
    rows = _found(request, text) if text else held_certificates().filter(entered_by=request.actor.user)
    if excel_asked(request):
        return register_exports.held_certificates(request, rows)
    rows = list(rows[:SHOWN])
    scans = {d.subject_id: d for d in Document.objects.filter(subject_id__in=[row.pk for row in rows])}
    context = {
        "form": form,
        "rows": [(row, scans.get(row.pk), _may_open(request, scans.get(row.pk))) for row in rows],
        "q": text,
    }
    return render(request, "desk/certificates/held.html", context, status=UNPROCESSABLE if form.errors else 200)


def _may_open(request: HttpRequest, scan: Document | None) -> bool:
    return scan is not None and request.actor.covers(scan.division_id)


def _register(request: HttpRequest, form: HeldCertificateForm) -> HeldCertificate:
    given = dict(form.cleaned_data)
    scan = given.pop("scan")
    content = scan.read() if scan else b""
    return register_with_scan(
        name=scan.name if scan else "", content=content, **given, by=request.actor, at=request.now
    )


def _found(request: HttpRequest, text: str):
    """Whole numbers only: nobody leafs through other people's certificates."""
    rows = held_certificates().filter(number=normal(text))
    if rows.exists():
        return rows
    try:
        person = person_of(text, on=request.today)
    except Refused:
        return rows
    return held_certificates(person=person) if person else rows


@only(*ENTERING, writes=True)
@require_POST
def withdraw(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """Take a wrong entry of mine off the register."""
    row = get_object_or_404(HeldCertificate, pk=certificate_id, entered_by=request.actor.user)
    withdraw_certificate(certificate=row, why=request.POST.get("why", ""), by=request.actor, at=request.now)
    messages.success(request, _("登记已撤回。"))
    return redirect("desk-held-certificates")
