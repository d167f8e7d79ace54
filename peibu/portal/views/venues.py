"""Venues and rooms of a provider or practice base."""

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
from peibu.portal.forms_timetable import PlaceForm, RoomForm, VenueForm
from peibu.theme.exports import excel_asked
from peibu.training.actions.venues import add_room, add_venue, move_venue, remove_room
from peibu.training.models import Room, Venue
from peibu.training.presence_terms import radius_terms
from peibu.training.queries.venues import venues_of

OWNERS = (Role.PROVIDER, Role.BASE)


@only(*OWNERS, writes=True)
def show(request: HttpRequest) -> HttpResponse:
    """My venues with their rooms; POST adds a venue."""
    form = VenueForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            add_venue(by=request.actor, at=request.now, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.sentence())
        else:
            messages.success(request, _("培训场所已登记，请继续登记教室。"))
            return redirect("venues")
    if excel_asked(request):
        return own_exports.venues(request, venues_of(request.actor.unit))
    return _page(request, form)


def _page(request: HttpRequest, form: VenueForm, *, moved: tuple[UUID, PlaceForm] | None = None) -> HttpResponse:
    """The page; `moved`: a venue whose new place was not kept, with what is wrong in its form."""
    venues = list(venues_of(request.actor.unit))
    for venue in venues:
        again = moved is not None and moved[0] == venue.pk
        venue.place_form = moved[1] if again else _place_form(venue)
        venue.place_open = again
    context = {"venues": venues, "form": form, "ranges": radius_terms(on=request.today)}
    wrong = form.is_bound or moved is not None
    return render(request, "portal/provider/venues.html", context, status=422 if wrong else 200)


def _place_form(venue: Venue, data=None) -> PlaceForm:
    names = ("longitude", "latitude", "radius_m")
    return PlaceForm(data, initial={name: getattr(venue, name) for name in names}, auto_id=f"{venue.pk}-%s")


@only(*OWNERS, writes=True)
@require_POST
def move(request: HttpRequest, venue_id: UUID) -> HttpResponse:
    """Say anew where a venue is."""
    venue = get_object_or_404(venues_of(request.actor.unit), pk=venue_id)
    form = _place_form(venue, request.POST)
    if form.is_valid():
        try:
            move_venue(venue=venue, by=request.actor, at=request.now, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.sentence())
        else:
            messages.success(
                request, _("“%(name)s”的位置和签到范围已保存，以后的签到按新范围核对。") % {"name": venue.name}
            )
            return redirect("venues")
    return _page(request, VenueForm(), moved=(venue.pk, form))


@only(*OWNERS, writes=True)
@require_POST
def add(request: HttpRequest, venue_id: UUID) -> HttpResponse:
    venue = get_object_or_404(venues_of(request.actor.unit), pk=venue_id)
    form = RoomForm(request.POST)
    if form.is_valid():
        add_room(venue=venue, by=request.actor, at=request.now, **form.cleaned_data)
        messages.success(request, _("教室已登记。"))
    else:
        messages.error(request, _("教室没有登记：请填写名称，以及 1 至 2000 的座位数。"))
    return redirect("venues")


@only(*OWNERS, writes=True)
@require_POST
def remove(request: HttpRequest, room_id: UUID) -> HttpResponse:
    room = get_object_or_404(Room.objects.filter(venue__unit=request.actor.unit).select_related("venue"), pk=room_id)
    remove_room(room=room, by=request.actor, at=request.now)
    messages.success(request, _("教室已删除。"))
    return redirect("venues")
