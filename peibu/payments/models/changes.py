"""Another bank account for a payee: proposed, confirmed by somebody else, cooled off, then in force (T07, D5)."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit, User
from peibu.accounts.owned import Owned
from peibu.accounts.secrecy import SecretField
from peibu.casework.models import Document
from peibu.kernel.ids import uuid7
from peibu.payments.enums import ChangeState
from peibu.payments.models.payments import Payment
from peibu.registry.models import BankAccount


@pghistory.track(exclude=["number"])
class AccountChange(Owned):
    """Nothing is paid to the new account before its cooling-off has ended and it has come into force."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="account_changes")
    old_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    bank_name = models.CharField(_("新开户银行"), max_length=120)
    number = SecretField(_("新账号"))
    account_index = models.CharField(max_length=64)
    reason = models.CharField(_("变更原因"), max_length=200)
    evidence = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="account_changes"
    )
    state = models.CharField(_("状态"), max_length=12, choices=ChangeState.choices, default=ChangeState.PROPOSED)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_key = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_key = models.CharField(max_length=64, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirm_reason = models.CharField(_("确认依据"), max_length=200, blank=True)
    confirmed_on = models.DateField(null=True, blank=True)
    cooling_ends = models.DateField(_("冷静期截止"), null=True, blank=True)
    objection = models.CharField(_("异议"), max_length=300, blank=True)
    objected_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    objected_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    close_reason = models.CharField(_("处理意见"), max_length=200, blank=True)
    in_force_on = models.DateField(_("生效日期"), null=True, blank=True)

    class Meta(Owned.Meta):
        indexes = [models.Index(fields=["unit", "account_index", "proposed_at"], name="changes_of_an_account")]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_key="") | ~Q(confirmed_key=F("proposed_key")),
                name="who_confirms_is_not_who_proposed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["cooling", "in_force"])
                | Q(confirmed_at__isnull=False, cooling_ends__gte=F("confirmed_on")) & ~Q(confirmed_key=""),
                name="an_account_cools_off_after_a_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="in_force") | Q(in_force_on__gt=F("cooling_ends")),
                name="in_force_only_after_cooling_off",
            ),
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(state__in=["proposed", "cooling", "objected"]),
                name="one_open_account_change_per_unit",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="an_account_change_has_a_reason"),
        ]
        triggers = [
            *Owned.Meta.triggers,
            pgtrigger.Protect(name="account_change_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="account_change_terms_never_change",
                fields=["unit", "account_index", "proposed_key", "proposed_at"],
            ),
        ]


class ChangeMessage(models.Model):
    """What an old contact of the payee is told of a change, and when it was read."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    change = models.ForeignKey(AccountChange, on_delete=models.PROTECT, related_name="messages")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="account_change_messages")
    sent_at = models.DateTimeField(_("通知时间"))
    read_at = models.DateTimeField(_("阅读时间"), null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "user"], name="a_contact_is_told_once_of_a_change")]
