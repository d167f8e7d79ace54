"""Fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FindingKind(models.TextChoices):
    NEAR_DUPLICATE_PHOTO = "near_duplicate_photo", _("照片疑似重复")
    DUPLICATE_INVOICE = "duplicate_invoice", _("票据重复")


class FindingState(models.TextChoices):
    """A finding is a reason to look, never a verdict."""

    OPEN = "open", _("待查看")
    EXPLAINED = "explained", _("已说明")
    ERROR = "error", _("认定为差错")
    FRAUD = "fraud", _("认定为弄虚作假")
