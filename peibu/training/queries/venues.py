"""Questions about venues and rooms."""

from django.db.models import Count, QuerySet

from peibu.accounts.models import Unit
from peibu.training.models import Room, TrainingPlan, Venue


def venues_of(unit: Unit | None) -> QuerySet[Venue]:
    """The venues of a unit with their rooms."""
    return Venue.objects.filter(unit=unit).prefetch_related("rooms").annotate(lessons=Count("rooms__sessions"))


def rooms_for(plan: TrainingPlan) -> QuerySet[Room]:
    """The rooms a class by this plan may be held in: those of its provider and of its practice bases."""
    units = [plan.provider_id, *plan.bases.values_list("unit_id", flat=True)]
    return Room.objects.filter(venue__unit__in=units).select_related("venue").order_by("venue__name", "name")
