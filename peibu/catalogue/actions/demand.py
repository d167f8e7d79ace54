"""What workers would like to be trained in (HD2.3.7): registered with an account or unnamed, and withdrawn."""

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.models import Division
from peibu.accounts.secrecy import secret_index
from peibu.catalogue.enums import Level
from peibu.catalogue.models import Demand
from peibu.catalogue.queries.entries import occupation_named
from peibu.catalogue.refusals import SENTENCES
from peibu.kernel.errors import Refused

PER_DAY = 20
"""How many unnamed wishes one address may send in a day: a whole family or a small class, not a script."""


def register_demand(
    *, division: Division, occupation: str, level: str, token: UUID, address: str, by: Actor | None, at: dt.datetime
) -> Demand:
    """Register one wish. occupation: code or name in a catalogue in force; address: of the sender, used when by is None.

    The same form sent again changes nothing. Refused: an occupation no catalogue has, a wish that stands already, too
    many wishes from one address in a day.
    """
    on = timezone.localdate(at)
    found = occupation_named(occupation, on=on)
    if level not in Level.values:
        raise Refused("没有选择培训等级", "level", "请选择等级，不确定的选“不分等级”")
    sent = Demand.objects.filter(token=token).first()
    if sent is not None:
        return sent
    wish = Demand(
        division=division, code=found.code, name=found.name, level=level, token=token, registered_on=on,
        user=by.user if by else None, sender="" if by else _sender(address, on),
    )  # fmt: skip
    try:
        with transaction.atomic():
            if by is None:
                _limit(wish)
            wish.save(force_insert=True)
    except IntegrityError as error:
        return _told(error, token)
    return wish


def _sender(address: str, on: dt.date) -> str:
    return secret_index(f"demand:{address}:{on.isoformat()}")


def _limit(wish: Demand) -> None:
    if Demand.objects.filter(sender=wish.sender).count() >= PER_DAY:
        raise Refused(
            f"这个网络地址今天已登记{PER_DAY}条需求", "too_many_wishes", "请明天再登记，或使用学员账号登录后登记"
        )


def _told(error: IntegrityError, token: UUID) -> Demand:
    sent = Demand.objects.filter(token=token).first()
    if sent is not None:  # the same form, sent twice at the same moment
        return sent
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    if name not in SENTENCES:
        raise error
    what, todo = SENTENCES[name]
    raise Refused(what, name, todo) from error


@transaction.atomic
def withdraw_demand(*, wish: Demand, by: Actor, at: dt.datetime) -> Demand:
    """Take one's own wish back; the days it stood stay counted."""
    row = Demand.objects.select_for_update().get(pk=wish.pk)
    if by.user is None or row.user_id != by.user.pk:
        raise Refused("只能撤回本人登记的需求", "not_yours", "请使用登记时的账号")
    if row.withdrawn_on is None:
        row.withdrawn_on = timezone.localdate(at)
        row.save()
    return row
