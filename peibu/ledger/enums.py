"""Fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AccountRole(models.TextChoices):
    """The four places of a fund's money. Appropriation, commitment, payment move it from left to right."""

    SOURCE = "source", _("下达来源")
    AVAILABLE = "available", _("可用")
    COMMITTED = "committed", _("已占用")
    PAID = "paid", _("已支付")


class EntryKind(models.TextChoices):
    APPROPRIATION = "appropriation", _("下达")
    COMMITMENT = "commitment", _("占用")
    PAYMENT = "payment", _("支付")
    RETURN = "return", _("退回")
    RELEASE = "release", _("释放")
    RECOVERY = "recovery", _("追回")
