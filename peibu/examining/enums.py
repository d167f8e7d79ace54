"""Fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Difficulty(models.IntegerChoices):
    EASY = 1, _("易")
    MIDDLE = 2, _("中")
    HARD = 3, _("难")


class SittingEnd(models.TextChoices):
    """How a sitting came to its end."""

    CANDIDATE = "candidate", _("考生交卷")
    TIME = "time", _("到时自动交卷")


class SittingDeed(models.TextChoices):
    """What happened in a sitting besides answering."""

    START = "start", _("开始答题")
    TAKE_OVER = "take_over", _("换设备继续")
    SUBMIT = "submit", _("考生交卷")
    TIME_OVER = "time_over", _("到时自动交卷")


class DrawnThing(models.TextChoices):
    """What was drawn by lot."""

    PAPER = "paper", _("试卷")
    SEATS = "seats", _("座位")


class ReviewState(models.TextChoices):
    OPEN = "open", _("复核中")
    CORRECTED = "corrected", _("已更正")
    KEPT = "kept", _("维持原成绩")
