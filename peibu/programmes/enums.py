"""Fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ListRole(models.TextChoices):
    PROVIDER = "provider", _("培训承接单位")
    BASE = "base", _("实训基地")
    PLATFORM = "platform", _("线上培训平台")
    COURSE = "course", _("线上课程")
    SPECIALITY = "speciality", _("目录外专业")
