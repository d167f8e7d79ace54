"""Who is listed, and what follows: agreement, yearly assessment, suspension, exit, appeal (HD2.4.10, HD2.4.12)."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import officers, only
from peibu.accounts.enums import Role
from peibu.accreditation.actions.standing import decide_appeal, offer_agreement, take_measure
from peibu.accreditation.models import Appeal, Application
from peibu.accreditation.permissions import can_supervise
from peibu.accreditation.queries import listings_for, measures_of
from peibu.desk import register_exports
from peibu.desk.call_forms import AgreementForm, MeasureForm
from peibu.kernel.errors import Refused
from peibu.programmes.models import ListedUnit
from peibu.programmes.queries import listed
from peibu.theme.exports import excel_asked
from peibu.training.enums import CohortStage
from peibu.training.models import Cohort

PAGE = 40
OVER = (CohortStage.ARCHIVED, CohortStage.CANCELLED)


def _listing(request: HttpRequest, listing_id: UUID) -> ListedUnit:
    return get_object_or_404(listings_for(request.actor), pk=listing_id)


def _standing(row: ListedUnit, request: HttpRequest) -> str:
    """active, over, paused or unsigned on the day of the page."""
    if row.valid_until is not None and row.valid_until < request.today:
        return "over"
    if row.awaits_signature:
        return "unsigned"
    on_list = listed(row.published.policy, row.published.role, on=request.today).filter(pk=row.pk)
    return "active" if on_list.exists() else "paused"


@officers()
def index(request: HttpRequest) -> HttpResponse:
    """Every listed unit of my scope."""
    if excel_asked(request):
        return register_exports.listings(request, listings_for(request.actor))
    page = Paginator(listings_for(request.actor), PAGE).get_page(request.GET.get("page"))
    appeals = Appeal.objects.filter(decided_at__isnull=True, measure__listing__in=listings_for(request.actor))
    context = {
        "page": page,
        "rows": [(row, _standing(row, request)) for row in page],
        "appeals": appeals.select_related("measure__listing__unit"),
    }
    return render(request, "desk/calls/listings.html", context)


@officers()
def show(request: HttpRequest, listing_id: UUID) -> HttpResponse:
    """One listing with its history and the classes that a measure would touch."""
    return _page(request, _listing(request, listing_id))


def _page(request: HttpRequest, row: ListedUnit, status: int = 200, **forms) -> HttpResponse:
    running = Cohort.objects.filter(provider=row.unit, policy=row.published.policy).exclude(stage__in=OVER)
    context = {
        "listing": row, "standing": _standing(row, request), "running": running.order_by("name"),
        "measures": [(one, getattr(one, "appeal", None)) for one in measures_of(row).select_related("appeal")],
        "agreements": row.agreements.all(), "application": _application(row),
        "may": bool(can_supervise(request.actor, row)),
        "measure_form": MeasureForm(initial={"effective_on": request.today}), "agreement_form": AgreementForm(),
    }  # fmt: skip
    return render(request, "desk/calls/listing.html", context | forms, status=status)


def _application(row: ListedUnit) -> Application | None:
    """The application the listing came from; those of the annexes have none."""
    rows = Application.objects.filter(unit=row.unit, name=row.name, case__steps__move="list")
    return rows.filter(call__policy=row.published.policy).order_by("-case__opened_at").first()


@only(Role.CITY_BUREAU, Role.HRSS_APPROVER, writes=True)
@require_POST
def measure(request: HttpRequest, listing_id: UUID) -> HttpResponse:
    """Assess, warn, suspend, resume, end."""
    row = _listing(request, listing_id)
    form = MeasureForm(request.POST)
    if form.is_valid():
        try:
            take_measure(listing=row, **form.cleaned_data, by=request.actor, at=request.now)
        except Refused as refused:
            form.add_error(None, refused.sentence())
        else:
            messages.success(request, _("措施已记录"))
            return redirect("desk-listing", listing_id=row.pk)
    return _page(request, row, 422, measure_form=form)


@only(Role.CITY_BUREAU, Role.HRSS_APPROVER, writes=True)
@require_POST
def agreement(request: HttpRequest, listing_id: UUID) -> HttpResponse:
    """Offer an agreement to the unit."""
    row = _listing(request, listing_id)
    application = _application(row)
    if application is None:
        raise Refused("该单位不是通过本系统的征集列入的，没有可以签约的申请", "no_application", "请线下签约")
    form = AgreementForm(request.POST)
    if form.is_valid():
        try:
            offer_agreement(
                listing=row, application=application, **form.cleaned_data, by=request.actor, at=request.now
            )
        except Refused as refused:
            form.add_error(None, refused.sentence())
        else:
            messages.success(request, _("协议已发给单位签署"))
            return redirect("desk-listing", listing_id=row.pk)
    return _page(request, row, 422, agreement_form=form)


@only(Role.CITY_BUREAU, Role.HRSS_APPROVER, writes=True)
@require_POST
def decide(request: HttpRequest, appeal_id: UUID) -> HttpResponse:
    """Decide an appeal against somebody else's measure."""
    rows = Appeal.objects.select_related("measure__listing")
    row = get_object_or_404(rows.filter(measure__listing__in=listings_for(request.actor)), pk=appeal_id)
    upheld = request.POST.get("upheld") == "yes"
    decide_appeal(appeal=row, upheld=upheld, answer=request.POST.get("answer", ""), by=request.actor, at=request.now)
    messages.success(request, _("申诉已处理"))
    return redirect("desk-listing", listing_id=row.measure.listing_id)
