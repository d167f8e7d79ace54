"""Another bank account for a payee (T07): proposed with reason and paper, confirmed by a second person, told to the old
contacts, cooled off, then in force. Until then nothing is paid to it; the database holds that.
"""

import datetime as dt

from django.conf import settings
from django.utils import timezone

from peibu.accounts.actor import SYSTEM, Actor
from peibu.accounts.models import Unit
from peibu.accounts.secrecy import secret_index
from peibu.casework.actions import keep_document
from peibu.casework.models import Case, Document
from peibu.casework.refusals import refusing
from peibu.intake import inspect_upload
from peibu.kernel.errors import Refused
from peibu.kernel.workdays import default_calendar
from peibu.payments.actions.intents import require
from peibu.payments.enums import ChangeState
from peibu.payments.models import AccountApproval, AccountChange, ChangeMessage, Payment
from peibu.payments.payees import old_contacts
from peibu.payments.permissions import (
    can_confirm_change,
    can_decide_on_change,
    can_object_to_change,
    can_propose_change,
    can_withdraw_change,
)
from peibu.payments.queries import cases_to_accept
from peibu.registry.actions import check_account_number, replace_basic_account
from peibu.registry.queries import basic_account

EVIDENCE = ("pdf", "jpg", "png")


def propose_change(
    *,
    unit: Unit,
    bank_name: str,
    number: str,
    reason: str,
    by: Actor,
    at: dt.datetime,
    name: str = "",
    content: bytes = b"",
    payment: Payment | None = None,
) -> AccountChange:
    """Propose another basic account of a payee; the old contacts are told at once.

    The payee's own people bring a paper (PDF or photo); the desk may propose what the payee names after a return
    (`payment`). Refused: not an account number, another unit's, the account in force, a change under way.
    """
    require(can_propose_change(by, unit, payment), "not_your_account")
    evidence = _inspected(name, content) if content or payment is None else None
    with refusing():
        row = Unit.objects.select_for_update().get(pk=unit.pk)
        digits = check_account_number(unit=row, bank_name=bank_name, number=number)
        old = basic_account(row, on=timezone.localdate(at))
        if old is not None and old.number_index == secret_index(digits):
            raise Refused("该账号就是现行的基本存款账户", "same_account", "无需变更")
        change = AccountChange(
            division=row.division,
            unit=row,
            old_account=old,
            bank_name=bank_name.strip(),
            number=digits,
            account_index=secret_index(digits),
            reason=reason.strip()[:200],
            payment=payment,
            proposed_by=by.user,
            proposed_key=by.person_key,
            proposed_at=at,
        )
        if evidence is not None:
            change.evidence = _kept(change, name, evidence, by, at)
        change.save(force_insert=True)
        told = [ChangeMessage(change=change, user=user, sent_at=at) for user in old_contacts(change)]
        ChangeMessage.objects.bulk_create(told)
        return change


def _inspected(name: str, content: bytes):
    verdict = inspect_upload(name, content, allow=EVIDENCE)
    if not verdict.ok:
        told = f"证明材料不能接收：{verdict.problems[0].what}"
        raise Refused(told, "evidence_refused", "请上传开户许可证或基本存款账户信息（PDF或照片）")
    return verdict


def _kept(change: AccountChange, name: str, verdict, by: Actor, at: dt.datetime) -> Document:
    told = {"division": change.division, "subject_id": change.pk, "purpose": "evidence", "by": by, "at": at}
    return keep_document(**told, name=name, kind=verdict.kind, content=verdict.content)


def confirm_change(*, change: AccountChange, reason: str, by: Actor, at: dt.datetime) -> AccountChange:
    """A second natural person confirms; the cooling-off begins. Repeated, nothing changes.

    An approver of the district accepts the account for every claim that waits for its money; while there is one, only an
    approver can confirm (I18).
    """
    with refusing():
        row = _locked(change)
        if row.state == ChangeState.COOLING and row.confirmed_key == by.person_key:
            return row
        _must_be(row, ChangeState.PROPOSED)
        require(can_confirm_change(by, row), "not_your_confirmation")
        _cool(row, at)
        row.confirmed_by, row.confirmed_key, row.confirmed_at = by.user, by.person_key, at
        row.confirm_reason = reason.strip()[:200]
        if by.is_officer and not row.confirm_reason:
            raise Refused("确认账户变更须写明依据", "reason_required", "请写明核对了什么材料、如何联系了企业")
        row.save()
        if by.is_officer:
            _accept(row, cases_to_accept(by, row), row.confirm_reason, by, at)
        return row


def accept_account(*, change: AccountChange, reason: str, by: Actor, at: dt.datetime) -> list[AccountApproval]:
    """An approver accepts a confirmed account for the claims of the own district that have not been paid and do not name it
    (I18): approved after the confirmation, or another district's when it was confirmed."""
    with refusing():
        row = _locked(change)
        _must_be(row, ChangeState.COOLING, ChangeState.IN_FORCE)
        if not reason.strip():
            raise Refused("核准收款账户须写明依据", "an_account_approval_has_a_reason", "请填写依据后再提交")
        cases = cases_to_accept(by, row)
        if not cases:
            raise Refused("没有需要您核准该账户的业务", "nothing_to_accept", "请由业务所在区（市）的审批岗核准")
        return _accept(row, cases, reason, by, at)


def _accept(row: AccountChange, cases: list[Case], reason: str, by: Actor, at: dt.datetime) -> list[AccountApproval]:
    told = {"account_index": row.account_index, "approved_by": by.user, "approved_key": by.person_key}
    told |= {"approved_at": at, "reason": reason.strip()[:200]}
    return [AccountApproval.objects.create(case=case, **told) for case in cases]


def _cool(row: AccountChange, at: dt.datetime) -> None:
    """The day itself does not count; the last day ends at its end."""
    row.confirmed_on = timezone.localdate(at)
    row.cooling_ends = default_calendar().deadline(row.confirmed_on, settings.ACCOUNT_COOLING_DAYS)
    row.state = ChangeState.COOLING


def object_to_change(*, change: AccountChange, words: str, by: Actor, at: dt.datetime) -> AccountChange:
    """An old contact of the payee says that this is not right: nothing goes on before an approver has decided."""
    with refusing():
        row = _locked(change)
        _must_be(row, ChangeState.PROPOSED, ChangeState.COOLING)
        require(can_object_to_change(by, row), "not_your_objection")
        if not words.strip():
            raise Refused("提出异议须写明情况", "reason_required", "请写明为什么不是本单位要求的变更")
        row.state, row.objection = ChangeState.OBJECTED, words.strip()[:300]
        row.objected_by, row.objected_at = by.user, at
        row.save()
        return row


def decide_objection(*, change: AccountChange, upheld: bool, reason: str, by: Actor, at: dt.datetime) -> AccountChange:
    """The approver decides: upheld, and the change has failed; dismissed, and the cooling-off begins anew."""
    with refusing():
        row = _locked(change)
        _must_be(row, ChangeState.OBJECTED)
        require(can_decide_on_change(by, row), "not_your_decision")
        _reasoned(row, reason)
        if upheld:
            row.state, row.closed_at = ChangeState.REFUSED, at
        elif row.confirmed_at is None:
            row.state = ChangeState.PROPOSED
        else:
            _cool(row, at)
        row.save()
        return row


def refuse_change(*, change: AccountChange, reason: str, by: Actor, at: dt.datetime) -> AccountChange:
    """Who could confirm says no."""
    with refusing():
        row = _locked(change)
        _must_be(row, ChangeState.PROPOSED)
        require(can_confirm_change(by, row), "not_your_confirmation")
        _reasoned(row, reason)
        row.state, row.closed_at = ChangeState.REFUSED, at
        row.save()
        return row


def withdraw_change(*, change: AccountChange, by: Actor, at: dt.datetime) -> AccountChange:
    """The proposing side takes it back while it has not come into force."""
    with refusing():
        row = _locked(change)
        _must_be(row, ChangeState.PROPOSED, ChangeState.COOLING, ChangeState.OBJECTED)
        require(can_withdraw_change(by, row), "not_your_account")
        row.state, row.closed_at = ChangeState.WITHDRAWN, at
        row.save()
        return row


def bring_into_force(*, at: dt.datetime) -> list[AccountChange]:
    """Every change whose cooling-off has ended: the account is registered and may be paid to. Repeated, nothing happens."""
    on, done = timezone.localdate(at), []
    for change in AccountChange.objects.filter(state=ChangeState.COOLING, cooling_ends__lt=on).order_by(
        "cooling_ends"
    ):
        with refusing():
            row = _locked(change)
            if row.state != ChangeState.COOLING or row.cooling_ends >= on:
                continue
            replace_basic_account(unit=row.unit, bank_name=row.bank_name, number=row.number, by=SYSTEM, at=at)
            row.state, row.in_force_on, row.closed_at = ChangeState.IN_FORCE, on, at
            row.save()
            done.append(row)
    return done


def read_messages(*, change: AccountChange, by: Actor, at: dt.datetime) -> None:
    """The contact has seen what the system told."""
    change.messages.filter(user=by.user, read_at__isnull=True).update(read_at=at)


def _locked(change: AccountChange) -> AccountChange:
    return AccountChange.objects.select_for_update(of=("self",)).select_related("unit__division").get(pk=change.pk)


def _must_be(row: AccountChange, *states: ChangeState) -> None:
    if row.state not in states:
        told = f"该账户变更当前为“{row.get_state_display()}”，不能这样办理"
        raise Refused(told, "change_has_moved_on", "请刷新页面查看最新状态")


def _reasoned(row: AccountChange, reason: str) -> None:
    if not reason.strip():
        raise Refused("须写明处理意见", "reason_required", "请填写处理意见后再提交")
    row.close_reason = reason.strip()[:200]
