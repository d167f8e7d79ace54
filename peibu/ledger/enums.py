"""Fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AccountRole(models.TextChoices):
    """The places of a fund's money in a year. What comes in goes from left to right; the last two lead out of the year
    or back into it."""

    SOURCE = "source", _("下达来源")
    AVAILABLE = "available", _("可用")
    COMMITTED = "committed", _("已占用")
    PAID = "paid", _("已支付")
    RECOVERED = "recovered", _("已追回")
    CARRIED = "carried", _("结转")
    LAPSED = "lapsed", _("收回")


class EntryKind(models.TextChoices):
    APPROPRIATION = "appropriation", _("下达")
    INCREASE = "increase", _("调增")
    REDUCTION = "reduction", _("调减")
    CARRY_OVER = "carry_over", _("结转下年")
    CARRY_BACK = "carry_back", _("冲回结转")
    LAPSE = "lapse", _("收回结余")
    COMMITMENT = "commitment", _("占用")
    PAYMENT = "payment", _("支付")
    RETURN = "return", _("退回")
    RELEASE = "release", _("释放")
    RECOVERY = "recovery", _("追回")
    REFUND = "refund", _("追回退还")
    SET_OFF_PAID = "set_off_paid", _("抵扣支付")
    SET_OFF_BACK = "set_off_back", _("抵扣追回")


class Passed(models.TextChoices):
    """Why a fund that comes earlier in a policy's order was not used."""

    NOT_OPENED = "not_opened", _("尚未建账")
    NO_MONEY = "no_money", _("本年度没有可用资金")
    TOO_LITTLE = "too_little", _("可用资金不足以支付整笔")
