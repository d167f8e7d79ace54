"""The book: append-only double entry in fen; the database refuses what does not balance (I1, I2)."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import User
from peibu.kernel.ids import uuid7
from peibu.ledger.enums import AccountRole, EntryKind

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)

BALANCED = pgtrigger.Trigger(
    name="entry_sums_to_zero",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    level=pgtrigger.Row,
    func="""
        IF (SELECT COALESCE(SUM(p.amount_fen), 0) FROM ledger_posting p WHERE p.entry_id = NEW.entry_id) <> 0 THEN
            RAISE EXCEPTION 'entry_sums_to_zero' USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_sums_to_zero';
        END IF;
        RETURN NULL;
    """,
)

# The balance is kept on the account by the posting itself, so that CHECK can forbid a negative fund.
CARRIED = pgtrigger.Trigger(
    name="posting_moves_the_balance",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    func="""
        UPDATE ledger_account SET balance_fen = balance_fen + NEW.amount_fen WHERE id = NEW.account_id;
        RETURN NULL;
    """,
)


class Fund(models.Model):
    """Money with one purpose, e.g. the action's special account (QD97.4.3)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(_("资金"), max_length=120)
    clause = models.CharField(max_length=20)

    def __str__(self) -> str:
        return self.name


class Account(models.Model):
    """One of the four places of a fund."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="accounts")
    role = models.CharField(max_length=12, choices=AccountRole.choices)
    balance_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fund", "role"], name="a_fund_has_one_account_per_role"),
            models.CheckConstraint(condition=Q(role="source") | Q(balance_fen__gte=0), name="fund_is_never_negative"),
        ]


class Entry(models.Model):
    """One booking with its reason; `source_id` + `kind` name what caused it, once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=14, choices=EntryKind.choices)
    source_id = models.UUIDField(db_index=True)
    sequence = models.PositiveIntegerField(default=1)
    memo = models.CharField(_("摘要"), max_length=200)
    at = models.DateTimeField(_("时间"))
    booked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "source_id", "sequence"], name="a_cause_is_booked_once"),
            models.CheckConstraint(condition=~Q(memo=""), name="a_booking_has_a_reason"),
        ]
        triggers = [APPEND_ONLY]


class Posting(models.Model):
    """One line of an entry: fen to (+) or from (-) an account."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings")
    amount_fen = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(amount_fen=0), name="a_posting_moves_something")]
        triggers = [APPEND_ONLY, BALANCED, CARRIED]
