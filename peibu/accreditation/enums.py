"""Fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ExpertField(models.TextChoices):
    """What an expert is called in for."""

    TEACHING = "teaching", _("职业教育和教学管理")
    INDUSTRY = "industry", _("产业和企业技术")
    DIGITAL = "digital", _("数字技术和线上平台")
    EQUIPMENT = "equipment", _("实训场所和设备")
    STANDARDS = "standards", _("职业标准和技能评价")
    FINANCE = "finance", _("财务和合规")


class HoldingKind(models.TextChoices):
    """What an applicant says it has."""

    LICENCE = "licence", _("办学许可或登记证书")
    THEORY_TEACHER = "theory_teacher", _("理论教师")
    PRACTICE_TEACHER = "practice_teacher", _("实训指导教师")
    PREMISES = "premises", _("培训或实训场所")
    EQUIPMENT = "equipment", _("实训设备")


TEACHERS = (HoldingKind.THEORY_TEACHER, HoldingKind.PRACTICE_TEACHER)


class Ground(models.TextChoices):
    """Why an expert is left out of a pool; the public reads this and nothing more."""

    WORKS_THERE = "works_there", _("任职")
    DECLARED = "declared", _("申报")
    NO_ACCOUNT = "no_account", _("未开通账号")


class SeatState(models.TextChoices):
    SEATED = "seated", _("评审中")
    RECUSED = "recused", _("已回避")


class MeasureKind(models.TextChoices):
    """What a bureau does with a listing after it was published."""

    ASSESSED = "assessed", _("年度评估合格")
    WARNED = "warned", _("评估后责令整改")
    SUSPENDED = "suspended", _("暂停承接")
    RESUMED = "resumed", _("恢复承接")
    EXITED = "exited", _("退出名单")
