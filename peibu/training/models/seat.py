"""Who sits where when: a row per trainee and binding session, written by the database itself."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models

from peibu.registry.models import Person
from peibu.training.models.cohort import During, Enrolment, Session


class Seat(models.Model):
    """A trainee is in one class at a time, whoever teaches it: the constraint needs person and time in one row.

    Triggers on `Session`, `Enrolment` and `Leave` write these rows, so no way of changing them can leave one behind. Who
    is on leave has no seat in the missed session and one in the session that makes up for it.
    """

    id = models.BigAutoField(primary_key=True)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="seats")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="a_trainee_is_in_one_class_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (During("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
            )
        ]
