"""What a programme is made of before a class opens: published lists, quotas, accepted commitments."""

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit, User
from peibu.kernel.ids import uuid7
from peibu.programmes.enums import ListRole


class PublishedList(models.Model):
    """A published batch of providers or bases (QD97.2.4): number, date, issuers, source."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    policy = models.CharField(max_length=80)
    role = models.CharField(max_length=10, choices=ListRole.choices)
    batch = models.PositiveIntegerField(_("批次"))
    title = models.CharField(_("标题"), max_length=120)
    published_on = models.DateField(_("公布日期"))
    issuers = models.JSONField(_("发布单位"))
    source = models.CharField(_("依据"), max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["policy", "role", "batch"], name="a_batch_is_published_once")]


class _Days(Func):
    """The days a unit is listed, both ends counted; no last day = without end."""

    function = "DATERANGE"
    template = "%(function)s(%(expressions)s, '[]')"


class ListedUnit(models.Model):
    """A unit on a published list, with the dates it is on it; not before it has signed, where listing means signing.
    `agreed_list`: policy and role of such a list ("" where listing needs no signature): one agreement at a time holds,
    a renewal begins when the running one has ended. `code`: of a speciality, as it was applied for; names are free words."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    published = models.ForeignKey(PublishedList, on_delete=models.PROTECT, related_name="units")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="listings")
    position = models.PositiveIntegerField(_("序号"))
    category = models.CharField(_("类别"), max_length=40, blank=True)
    name = models.CharField(_("课程或专业名称"), max_length=80, blank=True)
    code = models.CharField(_("专业代码"), max_length=40, default="", blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    awaits_signature = models.BooleanField(_("待签署协议"), default=False)
    agreed_list = models.CharField(max_length=100, default="", blank=True)

    class Meta:
        ordering = ["published", "position"]
        constraints = [
            models.UniqueConstraint(fields=["published", "unit", "name"], name="a_unit_is_listed_once_per_batch"),
            models.UniqueConstraint(fields=["published", "position"], name="list_positions_are_unique"),
            ExclusionConstraint(
                name="agreements_follow_one_another",
                expressions=[
                    ("unit", RangeOperators.EQUAL),
                    ("agreed_list", RangeOperators.EQUAL),
                    ("name", RangeOperators.EQUAL),
                    (_Days("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
                # ended on its first day: it never held, and its days are no range
                condition=~Q(agreed_list="")
                & Q(awaits_signature=False)
                & (Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from"))),
            ),
        ]


class ListingPause(models.Model):
    """Days on which a listed unit may not begin anything new (暂停承接); an open end until somebody lifts it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    listing = models.ForeignKey(ListedUnit, on_delete=models.PROTECT, related_name="pauses")
    days = DateRangeField(_("暂停期间"))
    reason = models.CharField(_("理由"), max_length=300)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="a_listing_is_paused_once_a_day",
                expressions=[("listing", RangeOperators.EQUAL), ("days", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_pause_has_its_reason"),
        ]
        triggers = [pgtrigger.Protect(name="pauses_are_kept", operation=pgtrigger.Delete)]


@pghistory.track()
class Quota(models.Model):
    """A number of places (QD97.4.1). Nested: a place in a child is also a place in its parent."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    policy = models.CharField(max_length=80)
    code = models.CharField(max_length=40)
    label = models.CharField(_("名称"), max_length=80)
    clause = models.CharField(max_length=20)
    limit = models.PositiveIntegerField(_("总量"))
    used = models.PositiveIntegerField(_("已占用"), default=0)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "code"], name="a_quota_exists_once"),
            models.CheckConstraint(condition=Q(used__lte=F("limit")), name="quota_is_never_oversold"),
        ]

    @property
    def free(self) -> int:
        return self.limit - self.used


class QuotaPlace(models.Model):
    """A place taken by somebody (a person's key), until released."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    quota = models.ForeignKey(Quota, on_delete=models.PROTECT, related_name="places")
    holder = models.CharField(max_length=64)
    taken_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["quota", "holder"],
                condition=Q(released_at__isnull=True),
                name="one_place_per_person_and_quota",
            ),
        ]


class Commitment(models.Model):
    """A unit's accepted commitment (QD97.3.3): which text, when, by which account."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="commitments")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    policy = models.CharField(max_length=80)
    text_version = models.CharField(_("文本版本"), max_length=20)
    text_sha256 = models.CharField(max_length=64)
    text = models.TextField(_("文本"))
    subject_id = models.UUIDField(db_index=True)
    accepted_at = models.DateTimeField(_("承诺时间"))

    class Meta:
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


@pghistory.track()
class EnteredRate(models.Model):
    """A rate that the policy leaves to another document, entered by the bureau with its citation (rates.yaml).

    `key`: the codes of the table's keys joined by "|". Never changed: a wrong one is withdrawn with a reason and entered
    anew, so that every judgement made with it can still be explained.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    policy = models.CharField(max_length=80)
    table = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    valid = DateRangeField(_("适用期间"))
    value = models.BigIntegerField(_("数值"))
    # The largest value the policy allowed in this table on the first day: kept beside the value, so that the
    # database refuses what is above it (JN6.1c) without knowing the policy.
    ceiling = models.BigIntegerField(_("上限"), null=True, blank=True)
    cite = models.CharField(_("依据"), max_length=200)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("录入时间"))
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    reason = models.CharField(_("撤销理由"), max_length=200, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="a_rate_holds_once_a_day",
                expressions=[
                    ("policy", RangeOperators.EQUAL),
                    ("table", RangeOperators.EQUAL),
                    ("key", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(condition=Q(value__gte=0), name="a_rate_is_never_negative"),
            models.CheckConstraint(
                condition=Q(ceiling__isnull=True) | Q(value__lte=F("ceiling")), name="a_share_stays_under_its_ceiling"
            ),
            models.CheckConstraint(condition=~Q(cite=""), name="a_rate_has_its_source"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(reason="")),
                name="a_withdrawn_rate_says_who_when_and_why",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="rates_are_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="rate_never_changes",
                fields=["policy", "table", "key", "valid", "value", "ceiling", "cite", "entered_by", "entered_at"],
            ),
            pgtrigger.Protect(
                name="a_withdrawal_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__withdrawn_at__isnull=False),
            ),
        ]
