"""The roster of a class as it stood: frozen at the filing and again by every change that took effect (WH63.2.3)."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit, User
from peibu.casework.models import APPEND_ONLY, Case
from peibu.kernel.ids import uuid7
from peibu.training.models.cohort import Cohort, Enrolment


class RosterVersion(models.Model):
    """`case` is the filing or the change that made it; `rule_version` the fingerprint of the folder then."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="rosters")
    number = models.PositiveIntegerField(_("版次"))
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("原因"), max_length=300)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_by_name = models.CharField(_("经办人"), max_length=60)
    made_at = models.DateTimeField(_("时间"))
    rule_version = models.CharField(_("规则版本"), max_length=64)

    class Meta:
        ordering = ["cohort", "number"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "number"], name="roster_versions_are_numbered_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="a_roster_version_says_why"),
        ]
        triggers = [APPEND_ONLY]


class RosterPlace(models.Model):
    """One person on a version of the roster, in the words of that day; the identity number stays with the person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey(RosterVersion, on_delete=models.PROTECT, related_name="places")
    position = models.PositiveIntegerField(_("序号"))
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="+")
    sender = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("姓名"), max_length=60)
    post = models.CharField(_("岗位"), max_length=60, blank=True)
    told = models.CharField(_("报名事项"), max_length=300, blank=True)

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "enrolment"], name="a_person_stands_once_on_a_roster_version")
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
