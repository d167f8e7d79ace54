"""Questions about calls, applications and panels."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet

from peibu.accounts.actor import Actor
from peibu.accounts.models import Unit
from peibu.accreditation.enums import MeasureKind, SeatState
from peibu.accreditation.models import Agreement, Application, Call, Measure, Panel, Score, Seat
from peibu.programmes.models import ListedUnit

HIDDEN = ("draft", "returned", "withdrawn")  # with the applicant, or gone


def open_calls(*, on: dt.date) -> QuerySet[Call]:
    """Calls one can apply to on a day, the first to close first."""
    rows = Call.objects.filter(opens_on__lte=on, closes_on__gte=on)
    return rows.select_related("bureau__division").order_by("closes_on", "number")


def public_calls(*, at: dt.datetime) -> QuerySet[Call]:
    """Everything published by a moment, the newest first."""
    rows = Call.objects.filter(published_at__lte=at)
    return rows.select_related("bureau__division").order_by("-opens_on", "-number")


def calls_for(actor: Actor) -> QuerySet[Call]:
    """What an officer sees: the whole city, or the calls of the own divisions."""
    rows = Call.objects.select_related("bureau__division").order_by("-opens_on", "-number")
    return rows if actor.whole_city else rows.filter(division_id__in=actor.division_ids())


def applications_of(unit: Unit) -> QuerySet[Application]:
    rows = Application.objects.filter(unit=unit)
    return rows.select_related("call__bureau", "case", "unit").order_by("-case__opened_at")


def submitted(call: Call) -> QuerySet[Application]:
    """The applications that were handed in, in the order in which they were begun."""
    rows = call.applications.exclude(case__state__in=HIDDEN)
    return rows.select_related("case", "unit__division", "call").order_by("position")


def applicants_of(call: Call) -> QuerySet[Application]:
    """Who has handed in and not withdrawn, one that was returned included. After the call nobody is added."""
    return call.applications.exclude(case__state__in=("draft", "withdrawn"))


def places_of(panel: Panel) -> QuerySet[Seat]:
    """The seats of a panel in the order of the draw; `scored` = the expert has handed in a score and stays (see
    `actions.panels.recuse`)."""
    rows = panel.places.select_related("entry__expert").order_by("rank")
    return rows.annotate(scored=Exists(Score.objects.filter(seat=OuterRef("pk"))))


def is_ordered_out(unit: Unit, policy: str) -> bool:
    """Was a unit ordered off a list of a policy, with no appeal upheld (HD2.4.12)?"""
    exits = Measure.objects.filter(kind=MeasureKind.EXITED, listing__unit=unit, listing__published__policy=policy)
    return exits.exclude(appeal__upheld=True).exists()


def signed_agreement(unit: Unit, *, policy: str, role: str, on: dt.date) -> Agreement | None:
    """The agreement of a unit for a list that holds on a day, else the one signed last; None when it signed none."""
    rows = Agreement.objects.filter(
        listing__unit=unit, listing__published__policy=policy, listing__published__role=role, signed_at__isnull=False
    ).select_related("listing", "application")
    held = rows.filter(listing__valid_from__lte=on, listing__valid_until__gte=on).order_by("-signed_at").first()
    return held or rows.order_by("-signed_at").first()


def seats_of(actor: Actor) -> QuerySet[Seat]:
    """The panels an expert sits on."""
    if actor.user is None:
        return Seat.objects.none()
    rows = Seat.objects.filter(entry__expert__user=actor.user, state=SeatState.SEATED)
    return rows.select_related("panel__call", "entry__expert").order_by("-since")


def panel_of_call(call: Call) -> Panel | None:
    return Panel.objects.filter(call=call).first()


def listings_for(actor: Actor) -> QuerySet[ListedUnit]:
    """Every listing of the city; else of the units in the own divisions, and those that came from the own calls."""
    rows = ListedUnit.objects.select_related("published", "unit__division")
    if not actor.whole_city:
        called = Application.objects.filter(
            unit=OuterRef("unit"), name=OuterRef("name"), call__policy=OuterRef("published__policy"),
            call__bureau=actor.unit,
        )  # fmt: skip
        rows = rows.filter(Q(unit__division_id__in=actor.division_ids()) | Exists(called))
    return rows.order_by("published__policy", "published__role", "published__batch", "position")


def measures_of(listing: ListedUnit) -> QuerySet[Measure]:
    return Measure.objects.filter(listing=listing).select_related("bureau", "by").order_by("at", "id")


def measures_against(unit: Unit) -> QuerySet[Measure]:
    """What was done with the listings of a unit, the newest first."""
    rows = Measure.objects.filter(listing__unit=unit).select_related("listing__published", "bureau", "appeal")
    return rows.order_by("-at", "-id")


def agreements_of(unit: Unit) -> QuerySet[Agreement]:
    rows = Agreement.objects.filter(listing__unit=unit)
    return rows.select_related("listing__published", "application").order_by("-offered_at")
