"""Divisions, units, accounts, roles: who may act, for whom, since when."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.enums import DivisionKind, Role, UnitKind
from peibu.accounts.platform_models import PlatformKey
from peibu.kernel.ids import uuid7

__all__ = ["Assignment", "DemoClock", "Division", "PlatformKey", "Unit", "User"]


class Division(models.Model):
    """A city, district or functional zone. Zones have no administrative code: routing goes by agency."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(_("区划代码"), max_length=12, blank=True, help_text=_("功能区没有代码"))
    name = models.CharField(_("名称"), max_length=60, unique=True)
    kind = models.CharField(_("类别"), max_length=10, choices=DivisionKind.choices)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    served_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("由何区划的机构受理")
    )

    class Meta:
        ordering = ["code", "name"]
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="division_code_is_unique"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def desk(self) -> "Division":
        """The division whose agencies handle cases from here (a zone may be served by its district)."""
        return self.served_by or self

    @property
    def number_code(self) -> str:
        """What stands for this division in case and certificate numbers; zones have no code and use what is above."""
        return self.code or (self.parent.number_code if self.parent else "000000")


class Unit(models.Model):
    """A body that accounts act for: an authority or an organisation."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("类别"), max_length=20, choices=UnitKind.choices)
    name = models.CharField(_("名称"), max_length=120)
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="units", verbose_name=_("注册地"))

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "division"],
                condition=~Q(kind="organisation"),
                name="one_authority_of_a_kind_per_division",
            ),
            models.UniqueConstraint(fields=["name", "division"], name="unit_name_is_unique_in_its_division"),
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager):
    def create_user(self, username: str, password: str, **fields) -> "User":
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """An account. `person_key` is the natural person behind it: two accounts of one person share it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(_("账号"), max_length=60, unique=True)
    name = models.CharField(_("姓名"), max_length=60)
    person_key = models.CharField(_("自然人标识"), max_length=64, db_index=True)
    is_active = models.BooleanField(_("启用"), default=True)
    created_at = models.DateTimeField(_("建立时间"))

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: list[str] = []
    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(person_key=""), name="account_belongs_to_a_natural_person"),
        ]

    def __str__(self) -> str:
        return self.name


class Assignment(models.Model):
    """A role of an account at a unit, with dates. Trainees act for themselves and have no unit."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(_("岗位"), max_length=30, choices=Role.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="assignments")
    valid_from = models.DateField(_("起"))
    valid_until = models.DateField(_("止"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(role="trainee", unit__isnull=True) | (~Q(role="trainee") & Q(unit__isnull=False)),
                name="only_trainees_act_without_a_unit",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="assignment_ends_after_it_begins",
            ),
            models.UniqueConstraint(fields=["user", "role", "unit"], name="a_role_is_assigned_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()}"


class DemoClock(models.Model):
    """How far the demo's clock is from the real one. One row; only demo mode reads it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    shift = models.DurationField(_("时差"))

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="there_is_one_demo_clock")]
