"""Deeds on the registers."""

import datetime as dt
import re

from django.db import transaction
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.accounts.models import Unit
from peibu.accounts.secrecy import person_key, secret_index
from peibu.kernel.errors import Refused
from peibu.kernel.identity import check_id_number, check_name
from peibu.registry.enums import AccountKind
from peibu.registry.models import BankAccount, Person, Teacher

ACCOUNT_NUMBER = re.compile(r"\d{6,32}")
DAY = dt.timedelta(days=1)


def check_account_number(
    *, bank_name: str, number: str, unit: Unit | None = None, person: Person | None = None
) -> str:
    """The digits of an account a unit or a person may have. Refused: no account number, no bank, somebody else's."""
    digits = "".join(number.split())
    if not ACCOUNT_NUMBER.fullmatch(digits):
        raise Refused("银行账号应为6至32位数字", "account_number", "请按开户许可证或基本存款账户信息填写")
    if not bank_name.strip():
        raise Refused("没有填写开户银行", "bank_name", "请填写开户银行全称")
    others = BankAccount.objects.filter(number_index=secret_index(digits), valid_until__isnull=True)
    if others.exclude(unit=unit, person=person).exists():
        raise Refused("该账号已登记在其他单位名下", "bank_account_belongs_to_one_unit", "请核对账号")
    return digits


@transaction.atomic
def replace_own_account(*, person: Person, bank_name: str, number: str, by: Actor, at: dt.datetime) -> BankAccount:
    """The account in a person's own name, entered by that natural person; the one before ends the day before.

    Refused: another natural person, no account number, no bank, somebody else's account.
    """
    if by.role != Role.TRAINEE or not by.person_key or by.person_key != person.key:
        raise Refused("只能登记本人的银行账户", "not_your_account", "请使用本人账号登录后登记")
    on = timezone.localdate(at)
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    digits = check_account_number(person=person, bank_name=bank_name, number=number)
    standing = person.bank_accounts.filter(valid_until__isnull=True).first()
    if standing is not None and standing.number_index == secret_index(digits):
        return standing
    person.bank_accounts.filter(valid_until__isnull=True).update(valid_until=on - DAY)
    return BankAccount.objects.create(
        person=person,
        kind=AccountKind.PERSONAL,
        bank_name=bank_name.strip(),
        number=digits,
        number_index=secret_index(digits),
        valid_from=on,
    )


@transaction.atomic
def replace_basic_account(*, unit: Unit, bank_name: str, number: str, by: Actor, at: dt.datetime) -> BankAccount:
    """Register the unit's basic account (QD97.5.4); the one before ends the day before. The same number changes nothing.

    number: digits, blanks allowed. Refused when it is not an account number or belongs to another unit.
    """
    on = timezone.localdate(at)
    Unit.objects.select_for_update().get(pk=unit.pk)
    digits = check_account_number(unit=unit, bank_name=bank_name, number=number)
    index = secret_index(digits)
    standing = BankAccount.objects.filter(number_index=index, valid_until__isnull=True).first()
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


YOUNGEST_TEACHER = 18


def add_teacher(
    *, unit: Unit, name: str, id_number: str, title: str, full_time: bool, by: Actor, at: dt.datetime
) -> Teacher:
    """Put a teacher or an outside expert on a unit's own list (QD97.2.3); the number is hashed, not stored.

    The same person again with the same name changes nothing; under another name it is refused.
    """
    if by.unit is None or by.unit.pk != unit.pk:
        raise Refused("只能维护本单位的教师名册", "foreign_unit", "请使用本单位的账号")
    name = check_name(name)
    number = check_id_number(id_number, timezone.localdate(at), min_age=YOUNGEST_TEACHER).number
    row, made = Teacher.objects.get_or_create(
        unit=unit,
        person_key=person_key(number),
        defaults={"name": name, "title": title.strip(), "full_time": full_time},
    )
    if not made and row.name != name:
        raise Refused(
            f"该身份证号码已登记为教师“{row.name}”，与所填姓名“{name}”不一致",
            "teacher_name",
            "请对照身份证核对姓名和号码",
        )
    return row
