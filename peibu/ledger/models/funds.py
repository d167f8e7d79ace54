"""Funds, the items of their charts of accounts, and what a case has of them."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Division
from peibu.kernel.ids import uuid7
from peibu.ledger.triggers import FUND_OF_ITEM, kept


class Named(models.Model):
    """Something a policy folder names in two languages."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=60)
    name = models.CharField(_("名称"), max_length=120)
    name_en = models.CharField(max_length=200, blank=True)
    clause = models.CharField(max_length=20)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def said(self) -> str:
        """The name for pages; what is stored or refused stays Chinese."""
        english = (get_language() or "").startswith("en") and self.name_en
        return english[0].upper() + english[1:] if english else self.name


class Fund(Named):
    """Money with one purpose that a city or district holds, e.g. the action's special account (QD97.4.3).

    Two divisions' funds of the same code are two funds: earmarked money never mixes (HD2.5.16a).
    """

    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="funds")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "division"], name="a_division_has_a_fund_of_a_code_once"),
        ]
        triggers = [kept("fund", fields=["code", "division"])]


class Item(Named):
    """An expenditure item of a fund, as the policy lists it (HD2.5.16a)."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="items")
    policy = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fund", "policy", "code"], name="a_policy_names_an_item_of_a_fund_once"),
        ]
        triggers = [kept("item", fields=["fund", "policy", "code"])]


class Commitment(models.Model):
    """A case's money: from which fund, year and item, why earlier funds of the order were passed over (WH63.3), and
    how much of it is set aside, paid and recovered now (kept by the postings)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="commitments")
    year = models.PositiveSmallIntegerField(_("年度"))
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="commitments")
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+")
    source_id = models.UUIDField()
    sequence = models.PositiveIntegerField(default=1)
    policy = models.CharField(max_length=80)
    subject = models.CharField(max_length=60)
    amount_fen = models.BigIntegerField(_("占用金额（分）"))
    free_fen = models.BigIntegerField()  # free in the fund just before
    # free in the first fund of the order just before; None: nobody had opened it, so nobody knows
    first_free_fen = models.BigIntegerField(null=True)
    passed_over = models.JSONField(default=list, blank=True)
    # how the folder was read then: its fingerprint, the order of funds, whether "first" means "until it is empty"
    reading = models.JSONField(default=dict, blank=True)
    committed_fen = models.BigIntegerField(default=0)
    paid_fen = models.BigIntegerField(default=0)
    recovered_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_id", "sequence"], name="a_case_is_committed_once"),
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0, amount_fen__lte=F("free_fen")), name="a_fund_covers_what_it_commits"
            ),
            models.CheckConstraint(
                condition=Q(committed_fen__gte=0, paid_fen__gte=0, recovered_fen__gte=0),
                name="a_case_never_has_less_than_nothing",
            ),
        ]
        triggers = [
            FUND_OF_ITEM,
            kept(
                "commitment",
                fields=[
                    "fund",
                    "year",
                    "item",
                    "division",
                    "source_id",
                    "sequence",
                    "policy",
                    "subject",
                    "amount_fen",
                    "free_fen",
                    "first_free_fen",
                    "passed_over",
                    "reading",
                ],  # fmt: skip
            ),
            pgtrigger.Protect(name="commitment_is_kept", operation=pgtrigger.Delete),
        ]
