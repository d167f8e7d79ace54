"""Opening the funds a policy may draw on, each with its items."""

import dataclasses
import datetime as dt

from django.db import transaction

from peibu.accounts.models import Division
from peibu.kernel.errors import Refused
from peibu.ledger.models import Fund, Item
from peibu.ledger.queries import holder_of
from peibu.rulebook import Policy, load_policy


def open_fund(*, code: str, name: str, clause: str, division: Division, name_en: str = "") -> Fund:
    """The fund of a division with this code; made when it does not exist yet."""
    words = {"name": name, "name_en": name_en, "clause": clause}
    return Fund.objects.get_or_create(code=code, division=division, defaults=words)[0]


def open_item(fund: Fund, policy: Policy, code: str) -> Item:
    """An item of the policy's chart of accounts in this fund (HD2.5.16a)."""
    items = policy.funds.items
    words = {"name": items.items[code], "name_en": items.items_en[code], "clause": items.clause}
    return Item.objects.get_or_create(fund=fund, policy=policy.path, code=code, defaults=words)[0]


@transaction.atomic
def open_funds(*, policy: str, on: dt.date, division: Division | None = None) -> list[Fund]:
    """The funds the policy draws on, in its order, with every item; what exists already is left as it is.

    division: the district whose cases are paid, for funds that districts hold; without it those are left out.
    Refused when the policy names no money.
    """
    law = load_policy(policy)
    order = law.fund_order(on)
    if not order:
        raise Refused(
            f"政策“{law.card['title']}”没有写明资金来源", "no_fund", "请在政策目录的 policy.yaml 中补充 funds"
        )
    opened = []
    for source in order:
        holder = holder_of(law, source, division)
        if holder is None:
            continue
        told = {name: value for name, value in dataclasses.asdict(source).items() if name in ("code", "clause")}
        opened.append(open_fund(name=source.label, name_en=source.label_en, division=holder, **told))
        for code in law.funds.items:
            open_item(opened[-1], law, code)
    return opened
