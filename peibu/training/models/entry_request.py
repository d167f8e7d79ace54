"""A scan that the system could not accept by itself: the teacher decides, with the evidence before the eyes."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import User
from peibu.accounts.owned import Owned
from peibu.training.enums import Direction, EntryDoubt, EntryRequestState
from peibu.training.models.cohort import Enrolment, Session


@pghistory.track()
class EntryRequest(Owned):
    """A genuine code from somebody of the class that cannot count by itself, and why (`doubt`). `code_from`,
    `code_until`: the seconds of the code by the server's clock; `scanned_from`, `scanned_until`: between which moments it
    was scanned as far as the phone's stop-watch tells (None = it tells nothing)."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="entry_requests")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="entry_requests")
    direction = models.CharField(_("签到或签退"), max_length=4, choices=Direction.choices)
    doubt = models.CharField(_("待确认原因"), max_length=16, choices=EntryDoubt.choices)
    code_from = models.DateTimeField(_("签到码显示时间"))
    code_until = models.DateTimeField()
    scanned_from = models.DateTimeField(null=True, blank=True)
    scanned_until = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(_("送达时间"))
    device = models.CharField(max_length=64, blank=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=EntryRequestState.choices, default=EntryRequestState.ASKED
    )
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(_("处理意见"), max_length=200, blank=True)

    class Meta(Owned.Meta):
        ordering = ["received_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "enrolment", "direction"],
                condition=Q(state="asked"),
                name="one_open_entry_request_each",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state="asked") & Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(answer="")),
                name="a_decided_entry_request_says_who_and_why",
            ),
        ]
