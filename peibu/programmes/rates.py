"""Rates that a policy leaves to another document: entered by the bureau, dated, cited, and withdrawn but never changed."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q, QuerySet

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.kernel.errors import Refused
from peibu.programmes.models import EnteredRate
from peibu.programmes.places import of_its_city
from peibu.rulebook import Policy, RateEntry, RulebookError, load_policy

KEY_JOINT = "|"


def entered_rates(policy: str, *, known_at: dt.datetime) -> QuerySet[EnteredRate]:
    """The rates of a policy that stood at a moment, oldest first."""
    rows = EnteredRate.objects.filter(policy=policy, entered_at__lte=known_at)
    rows = rows.filter(Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=known_at))
    return rows.select_related("entered_by").order_by("table", "key", "valid")


def rate_entry(row: EnteredRate) -> RateEntry:
    """The row in the rulebook's terms; its last day is inclusive there."""
    last = row.valid.upper - dt.timedelta(days=1) if row.valid.upper else None
    return RateEntry(row.table, tuple(row.key.split(KEY_JOINT)), row.valid.lower, last, row.value, row.cite)


def policy_as_known(path: str, *, known_at: dt.datetime) -> Policy:
    """The policy with the rates that were known at a moment."""
    entries = [rate_entry(row) for row in entered_rates(path, known_at=known_at)]
    policy = load_policy(path)
    return policy.with_rates(entries) if entries else policy


@transaction.atomic
def enter_rate(
    *,
    policy: str,
    table: str,
    key: tuple[str, ...],
    start: dt.date,
    end: dt.date | None,
    value: int,
    cite: str,
    by: Actor,
    at: dt.datetime,
) -> EnteredRate:
    """Enter one rate. value: in the unit of the table (money in fen); end: last day, inclusive.

    Refuses an unknown table or key, a period that overlaps another rate of the key, a value the folder has already, and
    a value above the table's limit (a share of practice above that of JN6.1c).
    """
    _may(by, policy)
    entry = RateEntry(table, key, start, end, value, cite.strip())
    if not entry.cite:
        raise Refused("没有填写依据", "rate_without_source", "请填写规定这项标准的文号和条款")
    try:
        rules = load_policy(policy)
        rules.with_rates([entry])
    except RulebookError as error:
        raise Refused(str(error), "rate_refused", "请核对标准表、对象和适用期间") from None
    after = end + dt.timedelta(days=1) if end else None
    try:
        with transaction.atomic():
            return EnteredRate.objects.create(
                policy=policy, table=table, key=KEY_JOINT.join(key), valid=DateRange(start, after), value=value,
                ceiling=rules.rates[table].ceiling_on(start), cite=entry.cite, entered_by=by.user, entered_at=at,
            )  # fmt: skip
    except IntegrityError as error:
        if "a_rate_holds_once_a_day" not in str(error):
            raise
        raise Refused(
            "这一对象在所填期间内已有标准", "rate_overlaps", "请先撤销原来的标准，或填写不重叠的期间"
        ) from None


@transaction.atomic
def withdraw_rate(row: EnteredRate, *, reason: str, by: Actor, at: dt.datetime) -> EnteredRate:
    """Withdraw a rate: what was judged with it stays as it was, what is judged from now on waits."""
    _may(by, row.policy)
    if not reason.strip():
        raise Refused("没有填写撤销理由", "withdrawal_without_reason", "请写明为什么撤销")
    row = EnteredRate.objects.select_for_update().get(pk=row.pk)
    if row.withdrawn_at:
        raise Refused("这条标准已经撤销", "rate_withdrawn", "请刷新页面")
    row.withdrawn_by, row.withdrawn_at, row.reason = by.user, at, reason.strip()
    row.save()
    return row


def may_enter(by: Actor, policy: Policy) -> bool:
    """The bureau of the city in which the policy applies."""
    return by.role == Role.CITY_BUREAU and by.unit is not None and of_its_city(policy, by.unit.division)


def _may(by: Actor, policy: str) -> None:
    if not may_enter(by, load_policy(policy)):
        raise Refused("只有政策所在城市的主管部门可以录入或撤销补贴标准", "not_yours", "请由该市主管部门办理")
