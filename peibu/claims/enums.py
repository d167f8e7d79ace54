"""Fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LineState(models.TextChoices):
    """What became of one person's line in a claim."""

    INCLUDED = "included", _("纳入申请")
    WAITING = "waiting", _("待补事实")
    PENDING = "pending", _("待核实")
    LEFT_OUT = "left_out", _("不纳入")
    REMOVED = "removed", _("审核剔除")
    HELD = "held", _("异议暂缓")
    PAID = "paid", _("已拨付")


class StatementState(models.TextChoices):
    """What became of a value that no register knows."""

    STATED = "stated", _("申报，待核实")
    CONFIRMED = "confirmed", _("已核实")
    REJECTED = "rejected", _("不予认可")
    BY_OFFICE = "by_office", _("由经办机构填写")


class OverrideState(models.TextChoices):
    """What became of a proposed exception to a limit 'in principle'."""

    PROPOSED = "proposed", _("待确认")
    CONFIRMED = "confirmed", _("已确认")
    REJECTED = "rejected", _("不同意")
    REVOKED = "revoked", _("已撤销")


class InvoiceKind(models.TextChoices):
    FISCAL = "fiscal", _("行政事业性收费票据")
    TAX = "tax", _("税务发票")


class RecheckState(models.TextChoices):
    OPEN = "open", _("待处理")
    SETTLED = "settled", _("已处理")


class RecheckCause(models.TextChoices):
    """What moved a determination; the words of `peibu.rulebook.difference`."""

    EVIDENCE = "evidence", _("资料")
    LAW = "law", _("规则")
    READING = "reading", _("解释口径")
    RATE = "rate", _("补贴标准")
    EXCUSE = "excuse", _("已记录的理由")


class Settlement(models.TextChoices):
    """What an officer decided about a determination that would come out differently today."""

    KEPT = "kept", _("维持原结论")
    RECOVER = "recover", _("追回多付款")
    PAY_MORE = "pay_more", _("补付差额")
    CORRECTED = "corrected", _("剔除并更正")
    REPLACED = "replaced", _("已被新的复核取代")
    SAME_AGAIN = "same_again", _("结论已复原")
