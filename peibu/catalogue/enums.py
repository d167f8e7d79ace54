"""Fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CatalogueKind(models.TextChoices):
    """The occupations of the state (WH63.1.2) and the four public catalogues of HD2.3.7, coded as in its codes.yaml."""

    OCCUPATIONS = "occupations", _("职业（工种）和等级目录")
    SCARCE = "scarce_occupations", _("紧缺急需职业（工种）目录")
    GENERAL = "general_training", _("一般性职业技能培训目录")
    DEMAND = "workers_demand", _("劳动者培训需求目录")
    SPECIALITIES = "institution_specialities", _("培训机构专业目录")


IMPORTED = (CatalogueKind.OCCUPATIONS, CatalogueKind.SCARCE, CatalogueKind.GENERAL, CatalogueKind.SPECIALITIES)
"""Catalogues that a bureau publishes from a file; the demand is counted from what workers register."""


class Level(models.TextChoices):
    """Levels as the policies' vocabulary codes them; `any` stands for an occupation that is not split by level."""

    ANY = "any", _("不分等级")
    JUNIOR = "junior", _("初级工")
    MIDDLE = "middle", _("中级工")
    SENIOR = "senior", _("高级工")
    TECHNICIAN = "technician", _("技师")
    SENIOR_TECHNICIAN = "senior_technician", _("高级技师")
    SPECIAL_ABILITY = "special_ability", _("专项职业能力")
    TRAINING_COMPLETION = "training_completion", _("培训合格")


class EditionState(models.TextChoices):
    """From the uploaded file to the catalogue that holds."""

    READING = "reading", _("正在读取")
    WRONG = "wrong", _("文件有误")
    PROPOSED = "proposed", _("待生效")
    IN_FORCE = "in_force", _("已发布")
    DROPPED = "dropped", _("已放弃")
