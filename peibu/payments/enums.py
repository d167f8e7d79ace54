"""Fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchState(models.TextChoices):
    PREPARED = "prepared", _("待复核放行")
    RELEASED = "released", _("已放行")
    SENT = "sent", _("已送银行")
    RECONCILED = "reconciled", _("已对账")
    CANCELLED = "cancelled", _("已撤销")


class PaymentState(models.TextChoices):
    INTENDED = "intended", _("待支付")
    SENT = "sent", _("已送银行")
    PAID = "paid", _("已到账")
    RETURNED = "returned", _("已退回")


class LineOutcome(models.TextChoices):
    """What a line of a bank reply did here."""

    PAID = "paid", _("已到账")
    RETURNED = "returned", _("已退回")
    PENDING = "pending", _("银行处理中")
    REPEATED = "repeated", _("重复，无变化")
    UNMATCHED = "unknown", _("无对应付款")
    CONFLICT = "error", _("与记录矛盾")
