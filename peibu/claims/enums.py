"""Fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LineState(models.TextChoices):
    """What became of one person's line in a claim."""

    INCLUDED = "included", _("纳入申请")
    WAITING = "waiting", _("待补事实")
    LEFT_OUT = "left_out", _("不纳入")
    REMOVED = "removed", _("审核剔除")
    HELD = "held", _("异议暂缓")
    PAID = "paid", _("已拨付")


class InvoiceKind(models.TextChoices):
    FISCAL = "fiscal", _("行政事业性收费票据")
    TAX = "tax", _("税务发票")
