"""Leave from one session, and the session that makes up for it."""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import User
from peibu.accounts.owned import Owned
from peibu.training.enums import LeaveState
from peibu.training.models.cohort import Enrolment, Session
from peibu.training.models.seat_triggers import MAKE_UP_IS_AS_LONG, SEATS_OF_LEAVE


@pghistory.track()
class Leave(Owned):
    """A trainee's request not to come to one session. `make_up`: the session of another class of the same provider
    whose sign-in counts for the missed one, and for no other."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="leaves")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="leaves")
    reason = models.CharField(_("请假事由"), max_length=200)
    state = models.CharField(_("状态"), max_length=10, choices=LeaveState.choices, default=LeaveState.ASKED)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(_("审批意见"), max_length=200, blank=True)
    make_up = models.ForeignKey(
        Session,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="made_up_for",
        verbose_name=_("补课课次"),
    )

    class Meta(Owned.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="a_leave_has_a_reason"),
            models.UniqueConstraint(
                fields=["enrolment", "session"],
                condition=Q(state__in=["asked", "granted"]),
                name="one_leave_per_person_and_session",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "withdrawn"])
                | Q(state__in=["granted", "refused"], decided_by__isnull=False, decided_at__isnull=False),
                name="a_decided_leave_names_who_and_when",
            ),
            models.UniqueConstraint(
                fields=["enrolment", "make_up"],
                condition=Q(make_up__isnull=False, state="granted"),
                name="a_make_up_counts_once",
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(answer=""), name="a_refused_leave_says_why"),
            models.CheckConstraint(
                condition=Q(make_up__isnull=True) | Q(state="granted"), name="only_a_granted_leave_is_made_up"
            ),
            models.CheckConstraint(
                condition=Q(make_up__isnull=True) | ~Q(make_up=F("session")), name="a_session_is_not_its_own_make_up"
            ),
        ]
        triggers = [*Owned.Meta.triggers, SEATS_OF_LEAVE, MAKE_UP_IS_AS_LONG]
