"""Fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DocumentKind(models.TextChoices):
    """The three document resources of xAPI."""

    STATE = "state", _("学习状态")
    ACTIVITY_PROFILE = "activity_profile", _("课程档案")
    AGENT_PROFILE = "agent_profile", _("学员档案")
