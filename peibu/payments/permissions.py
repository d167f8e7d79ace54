"""May this case be paid, may this person do it? A refusal says why."""

import datetime as dt

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.accounts.models import Unit
from peibu.casework.models import Case
from peibu.casework.permissions import DUTY_LABELS
from peibu.casework.processes import process_of
from peibu.claims.objected import stopping_objections
from peibu.claims.rechecks import stops_payment
from peibu.kernel.verdict import Verdict, no, yes
from peibu.payments.facts import notice_of
from peibu.payments.lifecycle import DUTY, PAY_MOVE
from peibu.payments.models import AccountChange, Payment
from peibu.payments.payees import unpaid_cases


def can_handle_money(actor: Actor, case: Case) -> Verdict:
    """Role, district and natural person (I8): whoever applied, reviewed or approved does not pay."""
    if actor.role != Role.FINANCE:
        return no("只有资金拨付岗可以办理拨付")
    if not actor.covers(case.division_id):
        return no("该业务不属于您所在的区（市）")
    done = case.steps.filter(person_key=actor.person_key).exclude(duty="").exclude(duty=DUTY)
    other = done.values_list("duty", flat=True).first()
    if other:
        return no(f"您（同一自然人）已在业务{case.number}中承担“{DUTY_LABELS.get(other, other)}”，不能再办理拨付")
    return yes()


def is_payable(case: Case, *, on: dt.date) -> Verdict:
    """I6: after the notice has ended and while no objection is open, in the state the process pays from."""
    flow = process_of(case.policy, case.process, on=on)
    move = flow.moves.get(PAY_MOVE)
    if move is None:
        return no(f"“{flow.title}”没有拨付环节")
    if case.state not in (*move.sources, move.target):
        return no(f"业务{case.number}当前状态为“{flow.states[case.state].label}”，尚不能拨付")
    return notice_is_over(case, on=on) and nobody_to_recheck(case)


def nobody_to_recheck(case: Case) -> Verdict:
    """No re-check that would lower the claim is waiting for a decision."""
    claim = getattr(case, "claim", None)
    return stops_payment(claim) if claim is not None else yes()


def notice_is_over(case: Case, *, on: dt.date) -> Verdict:
    """The latest notice has closed on an earlier day, and nothing that concerns the case is being investigated. Documents
    that ask for no notice (HD2.5.15a, QD10.2.1b) need none."""
    notice = notice_of(case)
    if notice is None and not process_of(case.policy, case.process, on=on).has_notice:
        return yes()
    if notice is None:
        return no(f"业务{case.number}尚未公示，不能拨付")
    if notice.state != "closed" or on <= notice.ends_on:
        return no(f"业务{case.number}公示至{notice.ends_on:%Y年%m月%d日}，公示结束后方可拨付")
    number = stopping_objections(case).values_list("number", flat=True).first()
    if number:
        return no(f"业务{case.number}有公示异议（{number}）正在核实，处理完毕前不能拨付")
    return yes()


def can_approve_account(actor: Actor, case: Case) -> Verdict:
    """A corrected account is accepted by the approver of the district, never by those who applied, reviewed or pay."""
    if actor.role != Role.HRSS_APPROVER:
        return no("只有人社局审批岗可以核准账户更正")
    if not actor.covers(case.division_id):
        return no("该业务不属于您所在的区（市）")
    done = case.steps.filter(person_key=actor.person_key).exclude(duty="").exclude(duty="approve")
    if done.exists():
        return no("您（同一自然人）已在本业务中承担其他职责，不能核准账户更正")
    return yes()


def can_propose_change(actor: Actor, unit: Unit, payment: Payment | None) -> Verdict:
    """The payee's own people; after a return also whoever pays in the district, in the payee's name."""
    if actor.unit is not None and actor.unit.pk == unit.pk and not actor.is_officer:
        return yes()
    if payment is not None and payment.payee_id == unit.pk:
        return can_handle_money(actor, payment.case)
    return no("只有收款单位自己的人员可以申请变更收款账户")


def can_confirm_change(actor: Actor, change: AccountChange) -> Verdict:
    """Another natural person: an approver of the district, or of the payee while no approved money waits for it."""
    if actor.person_key == change.proposed_key:
        return no("申请人与确认人不能是同一自然人，请由另一人确认")
    if actor.role == Role.HRSS_APPROVER:
        waiting = unpaid_cases(change.unit)
        if actor.covers(change.division_id) or any(actor.covers(case.division_id) for case in waiting):
            return yes()
        return no("该单位及其业务不属于您所在的区（市）")
    if actor.unit is None or actor.unit.pk != change.unit_id or actor.is_officer:
        return no("只有收款单位的另一人员或人社局审批岗可以确认")
    if unpaid_cases(change.unit):
        return no("本单位有已审批、待拨付的补贴，账户变更须由人社局审批岗核准")
    return yes()


def can_object_to_change(actor: Actor, change: AccountChange) -> Verdict:
    """Whoever was told of it."""
    told = actor.user is not None and change.messages.filter(user=actor.user).exists()
    return yes() if told else no("只有收到变更通知的原联系人可以提出异议")


def can_decide_on_change(actor: Actor, change: AccountChange) -> Verdict:
    """An approver who has neither proposed nor confirmed it."""
    if actor.role != Role.HRSS_APPROVER:
        return no("只有人社局审批岗可以处理账户变更的异议")
    if actor.person_key in (change.proposed_key, change.confirmed_key):
        return no("您参与了该变更的申请或确认，不能处理异议，请由另一人办理")
    waiting = unpaid_cases(change.unit)
    if actor.covers(change.division_id) or any(actor.covers(case.division_id) for case in waiting):
        return yes()
    return no("该单位及其业务不属于您所在的区（市）")


def can_withdraw_change(actor: Actor, change: AccountChange) -> Verdict:
    """The proposing person, or anybody of the payee."""
    own = actor.unit is not None and actor.unit.pk == change.unit_id and not actor.is_officer
    if own or actor.person_key == change.proposed_key:
        return yes()
    return no("只有申请方可以撤回账户变更")


def can_set_channel(actor: Actor, agency: Unit) -> Verdict:
    """The city sets the bank of an agency: whoever pays does not choose the account that is paid from."""
    if actor.role != Role.CITY_BUREAU:
        return no("只有市级主管部门可以设置银行通道")
    return yes() if actor.covers(agency.division_id) else no("该机构不在您的管辖范围")
