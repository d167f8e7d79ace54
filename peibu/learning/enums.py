"""Fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DocumentKind(models.TextChoices):
    """The three document resources of xAPI."""

    STATE = "state", _("学习状态")
    ACTIVITY_PROFILE = "activity_profile", _("课程档案")
    AGENT_PROFILE = "agent_profile", _("学员档案")


class TraceKind(models.TextChoices):
    """What a statement is a trace of."""

    RECORD = "record", _("学习记录")
    SIGN_IN = "sign_in", _("签到")
    SITTING = "sitting", _("上报的学习时段")
    CHECK = "check", _("在线检测")
    PHOTO = "photo", _("拍照")
    ANSWER = "answer", _("答题")
    TEST = "test", _("考试")
    QUESTION = "question", _("提问")
    REPLY = "reply", _("答复")
    DONE = "done", _("课程学完")


class Grade(models.TextChoices):
    """How well a stretch of learning is proven, best first."""

    WATCHED = "A", _("服务器时间，有播放位置")
    LIVE = "B", _("服务器时间")
    REPORTED = "C", _("平台上报的时间")


class Outcome(models.TextChoices):
    """What became of a signal that somebody looked at."""

    EXPLAINED = "explained", _("已有合理解释")
    NEEDS_CASE = "needs_case", _("需要立案核查")
