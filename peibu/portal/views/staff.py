"""A unit's own people: teachers, graders, examiners, supervisors, experts, with what they hold (HD2.4.13, WH63.2.1)."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.casework.refusals import refusing
from peibu.examining.queries.practitioners import sheet_of
from peibu.intake import write_template
from peibu.kernel.errors import Refused
from peibu.portal.forms_staff import PlaceForm, StaffFileForm
from peibu.registry.models import Engagement, Practitioner, Qualification
from peibu.registry.practitioner_file import import_people, people_spec
from peibu.registry.practitioner_queries import ROLES, of_unit, with_rows
from peibu.registry.practitioners import KEEPERS, end_engagement, engage, take_in, withdraw
from peibu.theme import practitioner_lists as lists
from peibu.theme.exports import XLSX, excel_asked
from peibu.theme.practitioner_forms import QualificationForm, last_day
from peibu.training.queries.duties import double_bookings

PAGE = 30
UNPROCESSABLE = 422


@only(*KEEPERS)
def index(request: HttpRequest) -> HttpResponse:
    """Everybody of the unit with what they hold; by role and state; `?as=xlsx` the same as a file."""
    return _page(request)


def _page(request: HttpRequest, status: int = 200, **more) -> HttpResponse:
    unit, chosen = request.actor.unit, {name: request.GET.get(name, "") for name in ("role", "state", "q")}
    mine = of_unit(unit)
    people = mine.filter(name__icontains=chosen["q"].strip()) if chosen["q"].strip() else mine
    rows = with_rows(people, on=request.today, unit=unit, role=chosen["role"], state=chosen["state"])
    if excel_asked(request):
        return lists.people(request, "师资和考评人员一览表", rows)
    pairs = double_bookings(mine.values_list("person_key", flat=True))
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "chosen": chosen,
        "roles": ROLES,
        "states": lists.CHOICES,
        "tones": lists.STATES,
        "double": [row for row in mine if row.person_key in pairs],
        "form": PlaceForm(initial={"valid_from": request.today}),
        "file_form": StaffFileForm(),
    }
    return render(request, "portal/staff/index.html", context | more, status=status)


@only(*KEEPERS, writes=True)
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Enter somebody's place here; next comes what that person holds."""
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return _page(request, UNPROCESSABLE, form=form)
    given = dict(form.cleaned_data)
    try:
        with refusing():
            who = {"name": given.pop("name"), "id_number": given.pop("id_number")}
            person = take_in(**who, by=request.actor, at=request.now)
            engage(person=person, unit=request.actor.unit, by=request.actor, at=request.now, **given)
    except Refused as refused:
        form.add_error(None, refused.sentence())
        return _page(request, UNPROCESSABLE, form=form)
    messages.success(request, _("已登记%(name)s，请继续登记资格。") % {"name": person.name})
    return redirect("staff-person", person_id=person.pk)


@only(*KEEPERS)
def template(request: HttpRequest) -> HttpResponse:
    """The Excel sheet to fill in."""
    response = HttpResponse(write_template(people_spec()), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="people.xlsx"'
    return response


@only(*KEEPERS, writes=True)
@require_POST
def import_file(request: HttpRequest) -> HttpResponse:
    """Read a file of people: all of it is kept, or every mistake is listed."""
    form = StaffFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, UNPROCESSABLE, file_form=form)
    file = form.cleaned_data["file"]
    with refusing():
        done, problems = import_people(
            unit=request.actor.unit, name=file.name, content=file.read(), by=request.actor, at=request.now,
            on=request.today,
        )  # fmt: skip
    if problems:
        return _page(request, UNPROCESSABLE, problems_found=problems)
    messages.success(request, _("已登记%(number)d人") % {"number": done})
    return redirect("staff")


@only(*KEEPERS, writes=True)
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One of the unit's people; POST enters a qualification."""
    row = _mine(request, person_id)
    form = QualificationForm(request.POST or None, request.FILES or None)
    to = {"person": row, "unit": request.actor.unit, "by": request.actor, "at": request.now}
    if request.method == "POST" and form.is_valid() and form.enter(**to):
        messages.success(request, _("资格已登记。"))
        return redirect("staff-person", person_id=row.pk)
    sheet = sheet_of(row, on=request.today, seen_by=request.actor.unit)
    context = {"sheet": sheet, "form": form, "tones": lists.STATES, "kinds": lists.KINDS}
    return render(request, "portal/staff/person.html", context, status=UNPROCESSABLE if form.errors else 200)


def _mine(request: HttpRequest, person_id: UUID) -> Practitioner:
    return get_object_or_404(of_unit(request.actor.unit), pk=person_id)


@only(*KEEPERS, writes=True)
@require_POST
def take_back(request: HttpRequest, qualification_id: UUID) -> HttpResponse:
    """Take a wrong qualification off the register."""
    row = get_object_or_404(Qualification, pk=qualification_id, unit=request.actor.unit)
    withdraw(row=row, why=request.POST.get("why", ""), by=request.actor, at=request.now)
    messages.success(request, _("登记已撤回。"))
    return redirect("staff-person", person_id=row.person_id)


@only(*KEEPERS, writes=True)
@require_POST
def leave(request: HttpRequest, engagement_id: UUID) -> HttpResponse:
    """Somebody leaves on a day; with `why` instead, the entry was wrong and is withdrawn."""
    row = get_object_or_404(Engagement.objects.select_related("unit"), pk=engagement_id, unit=request.actor.unit)
    if "why" in request.POST:
        withdraw(row=row, why=request.POST["why"], by=request.actor, at=request.now)
        messages.success(request, _("登记已撤回。"))
        return redirect("staff")
    end_engagement(engagement=row, on=last_day(request.POST.get("on", "")), by=request.actor, at=request.now)
    messages.success(request, _("离岗已登记。"))
    return redirect("staff-person", person_id=row.person_id)
