"""Which bank an agency has: data, set by the city; what is batched already keeps the terms it was batched with."""

import datetime as dt

from django.conf import settings

from peibu.accounts.actor import Actor
from peibu.accounts.models import Unit
from peibu.casework.refusals import refusing
from peibu.gateways.bank import format_named
from peibu.gateways.bank.statements import statement_format
from peibu.kernel.errors import Refused
from peibu.payments.actions.intents import require
from peibu.payments.enums import Ability
from peibu.payments.models import BankChannel
from peibu.payments.permissions import can_set_channel
from peibu.registry.actions import ACCOUNT_NUMBER


def set_channel(
    *,
    agency: Unit,
    format: str,
    statement_format_code: str,
    ability: str,
    payer_name: str,
    payer_account: str,
    payer_bank: str = "",
    wire: str = "",
    by: Actor,
    at: dt.datetime,
) -> BankChannel:
    """Set or change the bank of an agency. Refused: an unknown format, a line the site has not set up, no account."""
    require(can_set_channel(by, agency), "not_your_bank")
    format_named(format)
    statement_format(statement_format_code)
    digits = "".join(payer_account.split())
    if not ACCOUNT_NUMBER.fullmatch(digits):
        raise Refused("付款账号应为6至32位数字", "account_number", "请按开户信息填写")
    if wire and wire not in settings.BANK_WIRES:
        raise Refused(f"没有名为“{wire}”的直连线路", "no_such_wire", "请系统管理员在 PEIBU_BANK_WIRES 中设置")
    if ability not in Ability.values:
        raise Refused("没有说明银行在结果不明时能做什么", "ability", "请选择一项；不清楚时选“不能查询”")
    if not payer_name.strip():
        raise Refused("没有填写付款户名", "payer_name", "请按开户信息填写")
    with refusing():
        told = {
            "format": format,
            "statement_format": statement_format_code,
            "ability": ability,
            "wire": wire,
            "payer_name": payer_name.strip(),
            "payer_account": digits,
            "payer_bank": payer_bank.strip(),
            "set_by": by.user,
            "set_at": at,
        }
        row, _made = BankChannel.objects.update_or_create(
            agency=agency, defaults=told, create_defaults=told | {"division": agency.division}
        )
        return row
