"""Secret addresses under which a calendar programme reads a timetable."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import User
from peibu.kernel.ids import uuid7
from peibu.training.enums import FeedAudience
from peibu.training.models.cohort import Cohort


class CalendarFeed(models.Model):
    """One address. Only the hash of its secret is kept, so a copy of the database opens no calendar; the address is
    shown once and can be revoked. Of a class: `cohort`; of a teacher or trainee: `person_key`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    audience = models.CharField(_("日历范围"), max_length=8, choices=FeedAudience.choices)
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, null=True, blank=True, related_name="feeds")
    person_key = models.CharField(max_length=64, blank=True)
    secret_sha256 = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(audience="class", cohort__isnull=False, person_key="")
                | (~Q(audience="class") & Q(cohort__isnull=True) & ~Q(person_key="")),
                name="a_feed_is_of_a_class_or_a_person",
            ),
            models.UniqueConstraint(
                fields=["audience", "cohort", "person_key"],
                condition=Q(revoked_at__isnull=True),
                nulls_distinct=False,
                name="one_live_feed_each",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("made_at")),
                name="a_feed_is_revoked_after_it_is_made",
            ),
        ]
