"""Fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchState(models.TextChoices):
    PREPARED = "prepared", _("待复核放行")
    RELEASED = "released", _("已放行")
    SENT = "sent", _("已送银行")
    RECONCILED = "reconciled", _("已对账")


class PaymentState(models.TextChoices):
    INTENDED = "intended", _("待支付")
    SENT = "sent", _("已送银行")
    PAID = "paid", _("已到账")
    RETURNED = "returned", _("已退回")
