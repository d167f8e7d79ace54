"""Entrusted-training agreements: registered by the enterprise, accepted by the provider (JN6.4a, JN6.4.1b)."""

import datetime as dt

from django.db.backends.postgresql.psycopg_any import DateRange

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.accounts.models import Unit
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.training.enums import Payee
from peibu.training.models import EntrustmentAgreement


def register_agreement(
    *,
    policy: str,
    provider: Unit,
    payee: str,
    valid_from: dt.date,
    valid_until: dt.date,
    number: str,
    by: Actor,
    at: dt.datetime,
) -> EntrustmentAgreement:
    """The enterprise says with whom, from when until when (both days included) and who is paid."""
    if by.role != Role.ENTERPRISE or by.unit is None:
        raise Refused("委托培训协议由委托企业登记", "not_the_enterprise", "请使用企业经办人的账号")
    if payee not in Payee.values:
        raise Refused("没有写明补贴收款方", "payee", "请选择一方作为收款方，同一培训只付一方")
    if valid_until < valid_from:
        raise Refused("协议结束日期早于开始日期", "agreement_dates", "请核对日期")
    if not number.strip():
        raise Refused("没有填写协议编号", "agreement_number", "请填写协议编号")
    with refusing():
        return EntrustmentAgreement.objects.create(
            policy=policy,
            enterprise=by.unit,
            provider=provider,
            payee=payee,
            valid=DateRange(valid_from, valid_until + dt.timedelta(days=1)),
            number=number.strip(),
            signed_by=by.user,
            signed_at=at,
        )


def accept_agreement(*, agreement: EntrustmentAgreement, by: Actor, at: dt.datetime) -> EntrustmentAgreement:
    """The provider confirms it, once; from then on the agreement counts, and no other of both parties in its days.
    Refused: somebody else; taken back or declined; another accepted one in these days."""
    if by.role != Role.PROVIDER or by.unit is None or by.unit.pk != agreement.provider_id:
        raise Refused("协议由受托培训单位确认", "not_the_provider", "请使用受托单位的账号")
    with refusing():
        row = EntrustmentAgreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
        if row.closed_at is not None:
            raise Refused("协议已被撤回或退回，不能确认", "agreement_closed", "请由委托企业重新登记")
        if row.accepted_at is None:
            row.accepted_at, row.accepted_by = at, by.user
            row.save(update_fields=["accepted_at", "accepted_by"])
        return row


def close_agreement(*, agreement: EntrustmentAgreement, by: Actor, at: dt.datetime) -> EntrustmentAgreement:
    """The enterprise takes back, or the provider declines, what was not accepted yet; twice changes nothing.
    Refused: another unit; accepted."""
    parties = {Role.ENTERPRISE: agreement.enterprise_id, Role.PROVIDER: agreement.provider_id}
    if by.unit is None or parties.get(Role(by.role)) != by.unit.pk:
        raise Refused("只有协议双方可以撤回或退回协议", "not_a_party", "请使用委托企业或受托单位的账号")
    with refusing():
        row = EntrustmentAgreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
        if row.accepted_at is not None:
            raise Refused("协议已由双方确认，不能撤回或退回", "agreement_accepted", "如需变更，请在协议期满后另行登记")
        if row.closed_at is None:
            row.closed_at, row.closed_by = at, by.user
            row.save(update_fields=["closed_at", "closed_by"])
        return row
