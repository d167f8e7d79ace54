"""Deeds on the registers."""

import datetime as dt
import re

from django.db import transaction
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.models import Unit
from peibu.accounts.secrecy import secret_index
from peibu.kernel.errors import Refused
from peibu.registry.enums import AccountKind
from peibu.registry.models import BankAccount

ACCOUNT_NUMBER = re.compile(r"\d{6,32}")
DAY = dt.timedelta(days=1)


@transaction.atomic
def replace_basic_account(*, unit: Unit, bank_name: str, number: str, by: Actor, at: dt.datetime) -> BankAccount:
    """Register the unit's basic account (QD97.5.4); the one before ends the day before. The same number changes nothing.

    number: digits, blanks allowed. Refused when it is not an account number or belongs to another unit.
    """
    digits = "".join(number.split())
    if not ACCOUNT_NUMBER.fullmatch(digits):
        raise Refused("银行账号应为6至32位数字", "account_number", "请按开户许可证或基本存款账户信息填写")
    if not bank_name.strip():
        raise Refused("没有填写开户银行", "bank_name", "请填写开户银行全称")
    on = timezone.localdate(at)
    index = secret_index(digits)
    Unit.objects.select_for_update().get(pk=unit.pk)
    standing = BankAccount.objects.filter(number_index=index, valid_until__isnull=True).first()
    if standing is not None and standing.unit_id != unit.pk:
        raise Refused("该账号已登记在其他单位名下", "bank_account_belongs_to_one_unit", "请核对账号")
    if standing is not None and standing.kind == AccountKind.BASIC:
        return standing
    unit.bank_accounts.filter(kind=AccountKind.BASIC, valid_until__isnull=True).update(valid_until=on - DAY)
    if standing is not None:
        standing.valid_until = on - DAY
        standing.save(update_fields=["valid_until"])
    return BankAccount.objects.create(
        unit=unit,
        kind=AccountKind.BASIC,
        bank_name=bank_name.strip(),
        number=digits,
        number_index=index,
        valid_from=on,
    )
