"""Where classes are held: venues with their place on the map, and rooms with their seats (QD97.3.2)."""

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit
from peibu.accounts.owned import Owned
from peibu.kernel.ids import uuid7


@pghistory.track()
class Venue(Owned):
    """A place a unit teaches at. Longitude and latitude are degrees of WGS 84, both or neither; within
    `radius_m` metres of them a phone is at the venue, where the policy wants a location fence. Which radius is fit is a
    number of the policy's folder, asked when it is entered and again at every scan."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="venues")
    name = models.CharField(_("场所名称"), max_length=80)
    address = models.CharField(_("详细地址"), max_length=200)
    longitude = models.DecimalField(
        _("经度"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    latitude = models.DecimalField(
        _("纬度"),
        max_digits=8,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )

    radius_m = models.PositiveIntegerField(_("签到范围半径（米）"), null=True, blank=True)

    class Meta(Owned.Meta):
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(radius_m__isnull=True) | Q(radius_m__gt=0, latitude__isnull=False),
                name="a_fence_has_a_middle_and_a_radius",
            ),
            models.UniqueConstraint(fields=["unit", "name"], name="a_venue_has_its_own_name"),
            models.CheckConstraint(
                condition=Q(longitude__isnull=True, latitude__isnull=True)
                | Q(
                    longitude__isnull=False,
                    latitude__isnull=False,
                    longitude__range=(-180, 180),
                    latitude__range=(-90, 90),
                ),
                name="a_venue_lies_on_the_map_or_nowhere",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    """A room of a venue; no class sits in it while another does (`a_room_holds_one_class_at_a_time`)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(_("教室"), max_length=60)
    seats = models.PositiveIntegerField(_("可容纳人数"))

    class Meta:
        ordering = ["venue__name", "name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["venue", "name"], name="a_room_has_its_own_name"),
            models.CheckConstraint(condition=Q(seats__gt=0), name="a_room_has_seats"),
        ]

    def __str__(self) -> str:
        return f"{self.venue.name} {self.name}"
