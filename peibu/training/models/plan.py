"""The training plan (QD97.2.3), written and signed by provider and bases together."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit, User
from peibu.accounts.owned import Owned
from peibu.kernel.ids import uuid7
from peibu.registry.models import Teacher


@pghistory.track()
class TrainingPlan(Owned):
    """Every part the clause names is a column; which are required stands in the policy. Frozen once signed by all:
    a change after that is a new version (`version`, `replaces`). `stated`: facts the policy asks the plan for."""

    policy = models.CharField(max_length=80)
    provider = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="plans")
    version = models.PositiveIntegerField(default=1)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    project_name = models.CharField(_("培训项目名称"), max_length=120, blank=True)
    goal = models.TextField(_("培训目标"), blank=True)
    mode = models.TextField(_("培训方式"), blank=True)
    training_place = models.CharField(_("培训地点"), max_length=200, blank=True)
    practice_place = models.CharField(_("实训地点"), max_length=200, blank=True)
    content = models.TextField(_("培训内容"), blank=True)
    topics = models.JSONField(_("内容类别"), default=list, blank=True)
    class_hours = models.PositiveIntegerField(_("课时"), null=True, blank=True)
    headcount = models.PositiveIntegerField(_("培训人数"), null=True, blank=True)
    batches = models.PositiveIntegerField(_("批次"), null=True, blank=True)
    evaluation = models.TextField(_("结业评价标准"), blank=True)
    fee_fen = models.BigIntegerField(_("收费标准（分/人）"), null=True, blank=True)
    stated = models.JSONField(_("方案载明的事项"), default=dict, blank=True)
    signed_at = models.DateTimeField(_("承接单位签署时间"), null=True, blank=True)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta(Owned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(fee_fen__isnull=True) | Q(fee_fen__gte=0), name="plan_fee_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signed_by__isnull=True)
                | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="a_signature_has_time_and_person",
            ),
        ]

    def __str__(self) -> str:
        return self.project_name


class PlanBase(models.Model):
    """A practice base of the plan and its co-signature."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(TrainingPlan, on_delete=models.PROTECT, related_name="bases")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="plan_bases")
    signed_at = models.DateTimeField(_("签署时间"), null=True, blank=True)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "unit"], name="a_base_stands_once_in_a_plan"),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signed_by__isnull=True)
                | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="a_base_signature_has_time_and_person",
            ),
        ]


class PlanTeacher(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(TrainingPlan, on_delete=models.PROTECT, related_name="teachers")
    teacher = models.ForeignKey(Teacher, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(_("授课内容"), max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "teacher"], name="a_teacher_stands_once_in_a_plan")]
