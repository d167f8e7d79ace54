"""Fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EditionState(models.TextChoices):
    """A draft can be changed; what is published stays as it is until a later edition takes its place."""

    DRAFT = "draft", _("草稿")
    PUBLISHED = "published", _("已发布")
    REPLACED = "replaced", _("已被新版替代")


class ItemKind(models.TextChoices):
    VIDEO = "video", _("视频")
    DOCUMENT = "document", _("文档")
    QUIZ = "quiz", _("测验")


class Audience(models.TextChoices):
    """To whom a course is open (JN6.2, 6.3.1, 6.4a); the codes are those of the policy's list `audiences`."""

    ALL_WORKERS = "all_workers", _("广大劳动者")
    OWN_STAFF = "own_staff", _("本企业职工")
    OWN_STUDENTS = "own_students", _("本机构学员")


class Relation(models.TextChoices):
    """Why a unit counts somebody among its own (JN6.3.1, 6.4a)."""

    STUDENT = "student", _("本机构学员")
    STAFF = "staff", _("本企业职工")
    PLATFORM_WORKER = "platform_worker", _("通过平台获得收入、未建立劳动关系的人员")


class SessionEnd(models.TextChoices):
    """Why a learning session is over."""

    LEFT = "left", _("学员离开")
    ELSEWHERE = "elsewhere", _("换到另一台设备")
    IDLE = "idle", _("长时间没有学习")
    MISSED = "missed", _("未应答在线确认")


class CheckOutcome(models.TextChoices):
    PASSED = "passed", _("按时应答")
    MISSED = "missed", _("未应答")
    DROPPED = "dropped", _("学习先结束，未及应答")
