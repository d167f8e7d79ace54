"""Accounts, entries and postings."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Division, User
from peibu.kernel.ids import uuid7
from peibu.ledger.enums import AccountRole, EntryKind
from peibu.ledger.lifecycle import BY_ITEM, CORRECTIONS, NEVER_NEGATIVE, NEVER_POSITIVE, OF_CASES
from peibu.ledger.models.funds import Commitment, Fund, Item
from peibu.ledger.triggers import APPEND_ONLY, BALANCED, CARRIED, FITS, FUND_OF_ITEM, MOVES_MONEY, kept


def _codes(values) -> list[str]:
    return [str(value) for value in values]


class Account(models.Model):
    """One place of a fund's money in a year; what is committed, paid and recovered also by item and by the district of
    the case."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="accounts")
    year = models.PositiveSmallIntegerField(_("年度"))
    role = models.CharField(max_length=12, choices=AccountRole.choices)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, related_name="accounts")
    division = models.ForeignKey(Division, on_delete=models.PROTECT, null=True, related_name="+")
    balance_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fund", "year", "role", "item", "division"],
                nulls_distinct=False,
                name="a_fund_has_one_account_per_place",
            ),
            models.CheckConstraint(
                condition=Q(role__in=_codes(BY_ITEM), item__isnull=False, division__isnull=False)
                | Q(~Q(role__in=_codes(BY_ITEM)), item__isnull=True, division__isnull=True),
                name="spending_is_booked_on_an_item",
            ),
            models.CheckConstraint(
                condition=~Q(role__in=_codes(NEVER_NEGATIVE)) | Q(balance_fen__gte=0), name="fund_is_never_negative"
            ),
            models.CheckConstraint(
                condition=~Q(role__in=_codes(NEVER_POSITIVE)) | Q(balance_fen__lte=0),
                name="nothing_leaves_where_money_comes_from",
            ),
        ]
        triggers = [
            FUND_OF_ITEM,
            kept("account", fields=["fund", "year", "role", "item", "division"]),
            pgtrigger.Protect(name="account_is_kept", operation=pgtrigger.Delete),
        ]


class Entry(models.Model):
    """One booking with its reason; `source_id` + `kind` name what caused it, once.

    `on` is the day it counts from (the bank's day, the day of the document), `at` the moment the book learned of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=14, choices=EntryKind.choices)
    source_id = models.UUIDField(db_index=True)
    sequence = models.PositiveIntegerField(default=1)
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, null=True, related_name="entries")
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")
    memo = models.CharField(_("摘要"), max_length=200)
    document_number = models.CharField(_("文号"), max_length=80, blank=True)
    on = models.DateField(_("记账日期"), db_index=True)
    at = models.DateTimeField(_("时间"), db_index=True)
    booked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "source_id", "sequence"], name="a_cause_is_booked_once"),
            models.CheckConstraint(condition=~Q(memo=""), name="a_booking_has_a_reason"),
            models.CheckConstraint(
                condition=Q(kind__in=_codes(OF_CASES), commitment__isnull=False)
                | Q(~Q(kind__in=_codes(OF_CASES)), commitment__isnull=True),
                name="a_booking_for_a_case_follows_a_commitment",
            ),
            models.CheckConstraint(
                condition=~Q(kind="appropriation") | ~Q(document_number=""),
                name="an_appropriation_names_its_document",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=_codes(CORRECTIONS), corrects__isnull=False)
                | Q(~Q(kind__in=_codes(CORRECTIONS)), corrects__isnull=True),
                name="a_correction_names_what_it_corrects",
            ),
        ]
        triggers = [APPEND_ONLY, MOVES_MONEY]


class Posting(models.Model):
    """One line of an entry: fen to (+) or from (-) an account."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings")
    amount_fen = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(amount_fen=0), name="a_posting_moves_something")]
        triggers = [APPEND_ONLY, FITS, BALANCED, CARRIED]
