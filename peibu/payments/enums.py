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
    UNKNOWN = "unknown", _("结果不明")
    UNSENT = "unsent", _("银行未收到")
    PAID = "paid", _("已到账")
    RETURNED = "returned", _("已退回")
    WITHDRAWN = "withdrawn", _("未送出，已撤回")


class LineOutcome(models.TextChoices):
    """What a line of a bank reply did here."""

    PAID = "paid", _("已到账")
    RETURNED = "returned", _("已退回")
    PENDING = "pending", _("银行处理中")
    UNSENT = "unsent", _("银行未收到")
    REPEATED = "repeated", _("重复，无变化")
    UNMATCHED = "unknown", _("无对应付款")
    CONFLICT = "error", _("与记录矛盾")


class Ability(models.TextChoices):
    """What a bank can do for a payment whose result was lost (security reference D4)."""

    KEYED = "keyed", _("同一业务标识只付一次，可再送")
    ASKED = "asked", _("可以查询，先查后送")
    NEITHER = "neither", _("不能查询，由人员核实，不再送")


class DeliveryKind(models.TextChoices):
    SEND = "send", _("送出批次")
    ASK = "ask", _("查询结果")


class DeliveryOutcome(models.TextChoices):
    OPEN = "open", _("进行中")
    ANSWERED = "answered", _("银行已受理")
    UNKNOWN = "unknown", _("没有答复")
    REFUSED = "refused", _("银行拒收")


class Finding(models.TextChoices):
    """What a person found out at the bank about one payment."""

    PAID = "paid", _("已支付到账")
    RETURNED = "returned", _("已付但被退回")
    NEVER = "never", _("银行没有办理")


class ChangeState(models.TextChoices):
    PROPOSED = "proposed", _("待第二人确认")
    COOLING = "cooling", _("冷静期")
    OBJECTED = "objected", _("有异议")
    IN_FORCE = "in_force", _("已生效")
    REFUSED = "refused", _("未通过")
    WITHDRAWN = "withdrawn", _("已撤回")


class LineKind(models.TextChoices):
    """What a movement on the account is, as the bank tells it."""

    PAYMENT = "payment", _("付款")
    RETURN = "return", _("退汇")
    RECOVERY = "recovery", _("追回款")
    RECEIPT = "receipt", _("资金拨入")
    OTHER = "other", _("其他")


class RunState(models.TextChoices):
    QUEUED = "queued", _("等待对账")
    DONE = "done", _("对账完成")
    FAILED = "failed", _("没有完成")


class DifferenceKind(models.TextChoices):
    BANK_ONLY = "bank", _("银行有、账上没有")
    BOOK_ONLY = "book", _("账上有、银行没有")
    AMOUNT = "amount", _("金额不同")
