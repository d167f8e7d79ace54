"""A case's money: set aside in the first fund that covers it, paid, returned, released, recovered.

Everything after the commitment follows it: the same fund, year, item and district.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.models import Division
from peibu.kernel.errors import Refused
from peibu.kernel.money import yuan
from peibu.ledger.actions.booking import Place, book, check, free_in, lock
from peibu.ledger.actions.funds import open_item
from peibu.ledger.enums import EntryKind, Passed
from peibu.ledger.models import Commitment, Entry, Fund
from peibu.ledger.queries import Candidate, candidates, place_of
from peibu.rulebook import Policy, load_policy


@transaction.atomic
def commit(
    *,
    policy: str,
    subject: str,
    division: Division,
    amount_fen: int,
    source_id: UUID,
    memo: str,
    by: Actor,
    at: dt.datetime,
    sequence: int = 1,
) -> Commitment:
    """占用: the whole sum is set aside for a case (`source_id`) in the first fund of the policy's order that covers it.

    The earlier funds are kept with the commitment, each with what was free in it (WH63.3). Money of another year is not
    looked at. Refused: the subject has no item (HD2.5.16a), no fund covers the sum, or an earlier fund has something
    left and the policy reads "first" as "until it is empty".
    """
    check(amount_fen, memo)
    law, on = load_policy(policy), timezone.localdate(at)
    item = law.item_of(subject, on)
    if not item:
        told = f"政策“{law.card['title']}”的“{subject}”没有对应的列支项目，不能占用资金"
        raise Refused(told, "no_item", "请在政策目录的 policy.yaml 中为该事项补充 item")
    order = candidates(law, division, on=on)
    lock(one.fund for one in order if one.fund is not None)
    standing = Commitment.objects.select_related("fund").filter(source_id=source_id, sequence=sequence).first()
    if standing is not None:
        return _same(standing, policy, amount_fen)
    chosen = _choose(law, order, amount_fen, on)
    commitment = Commitment.objects.create(
        fund=chosen.fund,
        year=on.year,
        item=open_item(chosen.fund, law, item),
        division=division,
        source_id=source_id,
        sequence=sequence,
        policy=policy,
        subject=subject,
        amount_fen=amount_fen,
        free_fen=chosen.free_fen,
        first_free_fen=chosen.first_free_fen,
        passed_over=chosen.passed,
        reading=_reading(law, order, on),
    )
    told = {"source_id": source_id, "sequence": sequence, "memo": memo, "commitment": commitment}
    book(EntryKind.COMMITMENT, [_place(commitment)], amount_fen, by=by, at=at, on=on, **told)
    commitment.refresh_from_db()
    return commitment


@dataclasses.dataclass(frozen=True)
class _Chosen:
    fund: Fund
    free_fen: int
    first_free_fen: int | None
    passed: list[dict]


def _choose(law: Policy, order: list[Candidate], amount_fen: int, on: dt.date) -> _Chosen:
    """The first fund that covers the whole sum, and why those before it were passed over.

    What is in a fund that nobody has opened is not known: it is passed over as unknown, never as empty.
    """
    passed, until_empty = [], law.funds_until_empty(on)
    for one in order:
        free = free_in(one.fund, on.year) if one.fund is not None else None
        if free is not None and free >= amount_fen:
            first = passed[0]["free_fen"] if passed else free
            return _Chosen(one.fund, free, first, passed)
        why = Passed.NOT_OPENED if one.fund is None else Passed.TOO_LITTLE if free else Passed.NO_MONEY
        passed.append({"code": one.source.code, "name": one.source.label, "free_fen": free, "why": str(why)})
        if free is None and until_empty:
            told = f"“{one.source.label}”尚未建账，余额不明，不能认定已经用完"
            raise Refused(told, "first_fund_not_known", "请先为该资金建账（登记下达），再办理占用")
        if free and until_empty:
            told = f"“{one.source.label}”还有{yuan(free)}元，应先用完，但不足以支付本次的{yuan(amount_fen)}元"
            raise Refused(told, "first_fund_not_used_up", "请先向该资金下达，或由发文部门明确优先安排的含义")
    found = "；".join(_told(one, on.year) for one in passed)
    told = f"资金余额不足：本次需要{yuan(amount_fen)}元，{found or '政策没有写明资金来源'}"
    raise Refused(told, "no_fund_covers_it", "请核对资金下达和占用情况，或联系主管部门下达资金后再办理")


def _told(passed: dict, year: int) -> str:
    free = passed["free_fen"]
    return f"“{passed['name']}”" + ("尚未建账，余额不明" if free is None else f"{year}年度可用{yuan(free)}元")


def _reading(law: Policy, order: list[Candidate], on: dt.date) -> dict:
    """What the folder said that day, so that nobody has to read it again to judge the choice."""
    return {
        "fingerprint": law.fingerprint,
        "order": [one.source.code for one in order],
        "until_empty": law.funds_until_empty(on),
    }


def _same(standing: Commitment, policy: str, amount_fen: int) -> Commitment:
    if (standing.policy, standing.amount_fen) != (policy, amount_fen):
        told = f"该业务已从“{standing.fund.name}”占用{yuan(standing.amount_fen)}元"
        raise Refused(told, "a_cause_is_booked_once", "请核对已有账目；更正须另行入账")
    return standing


def _deed(kind: EntryKind, says: str) -> Callable[..., Entry]:
    """The deed that books a kind for a case: every one asks for the same and follows the commitment.

    source_id: what caused it (a payment, a case, money that came back); on: the day the money moved (default: the day of
    booking); with `sequence` the same cause is booked once.
    """

    @transaction.atomic
    def deed(
        *,
        commitment: Commitment,
        amount_fen: int,
        source_id: UUID,
        memo: str,
        by: Actor,
        at: dt.datetime,
        on: dt.date | None = None,
        sequence: int = 1,
    ) -> Entry:
        return _follow(kind, commitment, amount_fen, source_id, sequence, memo, by, at, on)

    deed.__doc__ = says
    return deed


pay = _deed(EntryKind.PAYMENT, "支付: the bank has paid committed money (`source_id` = the payment) on a day.")
take_back = _deed(
    EntryKind.RETURN, "退回: paid money came back from the bank; it is committed again until paid anew or released."
)
release = _deed(
    EntryKind.RELEASE,
    "释放: committed money of a case (`source_id` = the case) is free again, in the fund and year it came from.",
)
recover = _deed(
    EntryKind.RECOVERY,
    "追回: wrongly paid money came back from the payee and is free again. Never more than the case was paid (I17).",
)
refund = _deed(EntryKind.REFUND, "追回退还: recovered money goes back to the payee, after an appeal was upheld.")
set_off_paid = _deed(
    EntryKind.SET_OFF_PAID, "抵扣支付: committed money is kept for what the payee owes; no bank moves it."
)
set_off_back = _deed(
    EntryKind.SET_OFF_BACK, "抵扣追回: what the payee owed came back by what another case kept; no bank moved it."
)


# What a case must have for each kind: (the sum, its words).
NEEDS = {
    EntryKind.PAYMENT: (lambda c: c.committed_fen, "已占用未支付"),
    EntryKind.RELEASE: (lambda c: c.committed_fen, "已占用未支付"),
    # what the bank sends back is booked also where a part had been recovered: the payee then gets the rest again
    EntryKind.RETURN: (lambda c: c.paid_fen, "已支付"),
    EntryKind.RECOVERY: (lambda c: c.paid_fen - c.recovered_fen, "已支付未追回"),
    EntryKind.REFUND: (lambda c: c.recovered_fen, "已追回"),
    EntryKind.SET_OFF_PAID: (lambda c: c.committed_fen, "已占用未支付"),
    EntryKind.SET_OFF_BACK: (lambda c: c.paid_fen - c.recovered_fen, "已支付未追回"),
}


def _follow(
    kind: EntryKind,
    commitment: Commitment,
    amount_fen: int,
    source_id: UUID,
    sequence: int,
    memo: str,
    by: Actor,
    at: dt.datetime,
    on: dt.date | None,
) -> Entry:
    check(amount_fen, memo)
    lock([commitment.fund])
    commitment.refresh_from_db()
    there, words = NEEDS[kind][0](commitment), NEEDS[kind][1]
    repeated = Entry.objects.filter(kind=kind, source_id=source_id, sequence=sequence).exists()
    if there < amount_fen and not repeated:
        told = f"该业务{words}资金{yuan(there)}元，本次需要{yuan(amount_fen)}元"
        raise Refused(told, "a_case_never_has_less_than_nothing", "请核对该业务的占用和支付情况")
    if kind == EntryKind.REFUND and not repeated:
        _bring_back(commitment, amount_fen, source_id, memo, by, at, _day(commitment, on, at))
    told = {"source_id": source_id, "sequence": sequence, "memo": memo, "commitment": commitment}
    entry = book(kind, [_place(commitment)], amount_fen, by=by, at=at, on=_day(commitment, on, at), **told)
    commitment.refresh_from_db()
    return entry


def _bring_back(
    commitment: Commitment, amount_fen: int, source_id: UUID, memo: str, by: Actor, at: dt.datetime, on: dt.date
) -> None:
    """冲回结转: what a refund lacks in the year of its case, because that was carried over, comes back year by year.

    Where no later year has it either, nothing is booked here and the refund is refused.
    """
    fund, year = commitment.fund, commitment.year
    short = amount_fen - free_in(fund, year)
    later = [one for one in range(year + 1, timezone.localdate(at).year + 1) if free_in(fund, one) >= short]
    if short <= 0 or not later:
        return
    for to in range(later[0] - 1, year - 1, -1):
        places = [Place(fund, to + 1), Place(fund, to)]
        told = {"source_id": source_id, "sequence": to, "memo": memo}
        book(EntryKind.CARRY_BACK, places, short, by=by, at=at, on=on, **told)


def _place(commitment: Commitment) -> Place:
    return Place(*place_of(commitment))


def _day(commitment: Commitment, on: dt.date | None, at: dt.datetime) -> dt.date:
    """The day it counts from: as told, yet never before what it rests on nor after it is booked.

    Money the bank has moved is booked even where its day cannot be right; so no day ever shows a negative place.
    """
    today = timezone.localdate(at)
    latest = max(commitment.entries.values_list("on", flat=True), default=today)
    return max(latest, min(on or today, today))
