"""Keys with which the programmes of other platforms come in; a person never signs in with one."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.enums import Scope
from peibu.kernel.ids import uuid7

LONGEST = dt.timedelta(days=367)  # a leap year, and a day because the database counts days in its own time zone


class PlatformKey(models.Model):
    """A key of one platform. Only a keyed hash of the secret is kept; the key itself is shown once, when it is made."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.ForeignKey(
        "accounts.Unit", on_delete=models.PROTECT, related_name="platform_keys", verbose_name=_("平台")
    )
    label = models.CharField(_("用途"), max_length=60)
    scopes = ArrayField(models.CharField(max_length=30, choices=Scope.choices), verbose_name=_("权限范围"))
    digest = models.CharField(max_length=64)
    issued_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("签发人")
    )
    issued_at = models.DateTimeField(_("签发时间"))
    expires_on = models.DateField(_("有效期至"))
    revoked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(_("吊销时间"), null=True, blank=True)
    revoked_why = models.CharField(_("吊销原因"), max_length=200, blank=True)
    last_used_at = models.DateTimeField(_("最近使用"), null=True, blank=True)

    class Meta:
        ordering = ["-issued_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(scopes=[]), name="a_platform_key_is_good_for_something"),
            models.CheckConstraint(
                condition=Q(expires_on__lte=F("issued_at") + LONGEST), name="a_platform_key_ends_within_a_year"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True, revoked_why="")
                | (Q(revoked_at__gte=F("issued_at"), revoked_by__isnull=False) & ~Q(revoked_why="")),
                name="a_revocation_has_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.label}"
