"""The one register of teachers, graders, examiners, supervisors and experts, across units."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.accounts.secrecy import person_key
from peibu.examining.queries.practitioners import sheet_of
from peibu.kernel.errors import Refused
from peibu.kernel.identity import check_id_number, normalise_id
from peibu.registry.models import Engagement, Practitioner, Qualification
from peibu.registry.practitioner_names import correct_name
from peibu.registry.practitioner_queries import ROLES, at_unit_named, in_reach, with_rows
from peibu.registry.practitioners import OFFICERS, end_engagement, withdraw
from peibu.theme import practitioner_lists as lists
from peibu.theme.exports import excel_asked
from peibu.theme.practitioner_forms import QualificationForm, last_day
from peibu.training.queries.duties import double_bookings

PAGE = 30
UNPROCESSABLE = 422
READING = (*OFFICERS, Role.AUDITOR)


@only(*READING)
def index(request: HttpRequest) -> HttpResponse:
    """Everybody in reach; by name, unit or whole identity number, by role and state; who stands in two places."""
    chosen = {name: request.GET.get(name, "").strip() for name in ("q", "unit", "role", "state", "double")}
    reach = in_reach(request.actor)
    pairs = double_bookings(reach.values_list("person_key", flat=True))
    people = _found(reach, chosen["q"], request)
    people = people.filter(pk__in=at_unit_named(chosen["unit"])) if chosen["unit"] else people
    people = people.filter(person_key__in=pairs) if chosen["double"] else people
    rows = with_rows(people, on=request.today, role=chosen["role"], state=chosen["state"])
    if excel_asked(request):
        return lists.people(request, "教师和考评人员登记一览表", rows)
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "chosen": chosen,
        "roles": ROLES,
        "states": lists.CHOICES,
        "tones": lists.STATES,
        "double": [row for row in reach if row.person_key in pairs],
    }
    return render(request, "desk/practitioners/index.html", context)


def _found(people: QuerySet[Practitioner], text: str, request: HttpRequest) -> QuerySet[Practitioner]:
    """By a part of the name, or by the whole identity number: of it only the hash is compared."""
    if not text:
        return people
    try:
        key = person_key(check_id_number(normalise_id(text), request.today).number)
    except Refused:
        return people.filter(name__icontains=text)
    return people.filter(person_key=key)


@only(*READING, writes=True)
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One person's sheet; POST enters a qualification on the office's own word."""
    row = get_object_or_404(in_reach(request.actor), pk=person_id)
    form = QualificationForm(request.POST or None, request.FILES or None)
    to = {"person": row, "unit": None, "by": request.actor, "at": request.now}
    if request.method == "POST" and form.is_valid() and form.enter(**to):
        messages.success(request, _("资格已登记。"))
        return redirect("desk-practitioner", person_id=row.pk)
    context = {
        "sheet": sheet_of(row, on=request.today),
        "form": form if request.actor.role in OFFICERS else None,
        "tones": lists.STATES,
        "kinds": lists.KINDS,
        "corrections": row.name_corrections.select_related("corrected_by"),
    }
    return render(request, "desk/practitioners/person.html", context, status=UNPROCESSABLE if form.errors else 200)


@only(*OFFICERS, writes=True)
@require_POST
def take_back(request: HttpRequest, qualification_id: UUID) -> HttpResponse:
    """Take a wrong qualification off the register."""
    row = get_object_or_404(Qualification, pk=qualification_id, person__in=in_reach(request.actor))
    withdraw(row=row, why=request.POST.get("why", ""), by=request.actor, at=request.now)
    messages.success(request, _("登记已撤回。"))
    return redirect("desk-practitioner", person_id=row.person_id)


@only(*OFFICERS, writes=True)
@require_POST
def leave(request: HttpRequest, engagement_id: UUID) -> HttpResponse:
    """Somebody left a unit of the district on a day; with `why` instead, the entry was wrong and is withdrawn."""
    rows = Engagement.objects.select_related("unit").filter(person__in=in_reach(request.actor))
    row = get_object_or_404(rows, pk=engagement_id)
    if "why" in request.POST:
        withdraw(row=row, why=request.POST["why"], by=request.actor, at=request.now)
        messages.success(request, _("登记已撤回。"))
        # whoever had no other place here is out of this office's reach now
        kept = in_reach(request.actor).filter(pk=row.person_id).exists()
        return redirect("desk-practitioner", person_id=row.person_id) if kept else redirect("desk-practitioners")
    end_engagement(engagement=row, on=last_day(request.POST.get("on", "")), by=request.actor, at=request.now)
    messages.success(request, _("离岗已登记。"))
    return redirect("desk-practitioner", person_id=row.person_id)


@only(*OFFICERS, writes=True)
@require_POST
def name(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Put the right name on the register."""
    row = get_object_or_404(in_reach(request.actor), pk=person_id)
    told = {key: request.POST.get(key, "") for key in ("name", "source")}
    correct_name(person=row, by=request.actor, at=request.now, **told)
    messages.success(request, _("姓名已更正。"))
    return redirect("desk-practitioner", person_id=row.pk)
