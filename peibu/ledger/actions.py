"""Deeds on the book. Each books once per cause: (kind, source, sequence) repeated gives back the entry that stands.

A booking locks its fund first, so bookings of a fund happen one after another and the balance looked at is the balance
that is changed. The CHECK on the account stands behind it (I2).
"""

import datetime as dt
from uuid import UUID

from django.db import transaction

from peibu.accounts.actor import Actor
from peibu.kernel.errors import Refused
from peibu.kernel.money import yuan
from peibu.ledger.enums import AccountRole, EntryKind
from peibu.ledger.lifecycle import FLOWS
from peibu.ledger.models import Account, Entry, Fund, Posting
from peibu.rulebook import load_policy


@transaction.atomic
def open_fund(*, code: str, name: str, clause: str) -> Fund:
    """The fund with this code and its four accounts; made when it does not exist yet."""
    fund, _made = Fund.objects.get_or_create(code=code, defaults={"name": name, "clause": clause})
    for role in AccountRole.values:
        Account.objects.get_or_create(fund=fund, role=role)
    return fund


def open_policy_fund(policy: str) -> Fund:
    """The fund the policy's card names, with the clause that names it (QD97.4.3: the action's special account)."""
    read = load_policy(policy)
    if "fund" not in read.card:
        raise Refused(
            f"政策“{read.card['title']}”没有写明资金来源", "no_fund", "请在政策目录的 policy.yaml 中补充 fund"
        )
    clause = next((one.id for one in read.clauses if one.kind == "funds"), "")
    return open_fund(code=read.card["fund"]["code"], name=read.card["fund"]["label"], clause=clause)


def appropriate(
    *, fund: Fund, amount_fen: int, source_id: UUID, memo: str, by: Actor, at: dt.datetime, sequence: int = 1
) -> Entry:
    """下达: money comes into the fund. `source_id` names the document or form it rests on."""
    return _book(EntryKind.APPROPRIATION, fund, amount_fen, source_id, sequence, memo, by, at)


@transaction.atomic
def appropriate_to_policy(
    *, policy: str, amount_fen: int, source_id: UUID, memo: str, by: Actor, at: dt.datetime
) -> Entry:
    """下达 to the fund the policy's card names; the fund is opened with the first money."""
    fund = open_policy_fund(policy)
    return appropriate(fund=fund, amount_fen=amount_fen, source_id=source_id, memo=memo, by=by, at=at)


def commit(
    *, fund: Fund, amount_fen: int, source_id: UUID, memo: str, by: Actor, at: dt.datetime, sequence: int = 1
) -> Entry:
    """占用: available money is set aside for a case (`source_id` = the case). Refused when not enough is available."""
    return _book(EntryKind.COMMITMENT, fund, amount_fen, source_id, sequence, memo, by, at)


def pay(
    *, fund: Fund, amount_fen: int, source_id: UUID, memo: str, by: Actor, at: dt.datetime, sequence: int = 1
) -> Entry:
    """支付: the bank has paid committed money (`source_id` = the payment)."""
    return _book(EntryKind.PAYMENT, fund, amount_fen, source_id, sequence, memo, by, at)


def take_back(
    *, fund: Fund, amount_fen: int, source_id: UUID, memo: str, by: Actor, at: dt.datetime, sequence: int = 1
) -> Entry:
    """退回: paid money came back from the bank; it is committed again until paid anew or released."""
    return _book(EntryKind.RETURN, fund, amount_fen, source_id, sequence, memo, by, at)


def release(
    *, fund: Fund, amount_fen: int, source_id: UUID, memo: str, by: Actor, at: dt.datetime, sequence: int = 1
) -> Entry:
    """释放: committed money of a case (`source_id` = the case) is available again."""
    return _book(EntryKind.RELEASE, fund, amount_fen, source_id, sequence, memo, by, at)


def recover(
    *, fund: Fund, amount_fen: int, source_id: UUID, memo: str, by: Actor, at: dt.datetime, sequence: int = 1
) -> Entry:
    """追回: wrongly paid money came back from the payee and is available again. The caller keeps it within what the
    case was paid (I17); the book keeps it within what the fund paid."""
    return _book(EntryKind.RECOVERY, fund, amount_fen, source_id, sequence, memo, by, at)


@transaction.atomic
def _book(
    kind: EntryKind,
    fund: Fund,
    amount_fen: int,
    source_id: UUID,
    sequence: int,
    memo: str,
    by: Actor,
    at: dt.datetime,
) -> Entry:
    if not isinstance(amount_fen, int) or isinstance(amount_fen, bool) or amount_fen <= 0:
        raise Refused("入账金额必须是大于零的整数分", "amount_not_positive", "请核对金额")
    if not memo.strip():
        raise Refused("入账须写明摘要", "a_booking_has_a_reason", "请填写摘要后再提交")
    Fund.objects.select_for_update().get(pk=fund.pk)
    accounts = {one.role: one for one in Account.objects.filter(fund=fund)}
    origin, target = (accounts[role] for role in FLOWS[kind])
    standing = Entry.objects.filter(kind=kind, source_id=source_id, sequence=sequence).first()
    if standing is not None:
        return _same(standing, target, amount_fen)
    if origin.role != AccountRole.SOURCE and origin.balance_fen < amount_fen:
        short = f"“{fund.name}”{AccountRole(origin.role).label}资金{yuan(origin.balance_fen)}元"
        todo = "请核对资金下达和占用情况，或联系市级主管部门下达资金后再办理"
        raise Refused(f"资金余额不足：{short}，本次需要{yuan(amount_fen)}元", "fund_is_never_negative", todo)
    entry = Entry.objects.create(
        kind=kind, source_id=source_id, sequence=sequence, memo=memo.strip()[:200], at=at, booked_by=by.user
    )
    Posting.objects.create(entry=entry, account=origin, amount_fen=-amount_fen)
    Posting.objects.create(entry=entry, account=target, amount_fen=amount_fen)
    return entry


def _same(standing: Entry, target: Account, amount_fen: int) -> Entry:
    """The entry that stands, when it says the same; a repeat that says something else is refused."""
    if not standing.postings.filter(account=target, amount_fen=amount_fen).exists():
        told = f"该事项已按其他金额或资金入账（{standing.get_kind_display()}，{standing.memo}）"
        raise Refused(told, "a_cause_is_booked_once", "请核对已有账目；更正须另行入账")
    return standing
