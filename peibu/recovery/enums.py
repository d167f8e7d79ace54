"""Fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Ground(models.TextChoices):
    """What a recovery rests on."""

    RECHECK = "recheck", _("结论复核")
    FINDING = "finding", _("风险线索核查")


class Nature(models.TextChoices):
    """Honest mistakes are told apart from fraud (HD2.5.16b); the word stands with its reason."""

    PARTY_ERROR = "party_error", _("申报差错")
    OFFICE_ERROR = "office_error", _("经办差错")
    FRAUD = "fraud", _("弄虚作假")


class ReceiptKind(models.TextChoices):
    RETURNED = "returned", _("退回到账")
    SET_OFF = "set_off", _("抵扣")
    REFUND = "refund", _("申诉成立退还")
