"""May this person open, set off, agree on instalments? A refusal says why. Moves follow the process."""

import datetime as dt

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.casework.models import Case
from peibu.casework.processes import process_of
from peibu.claims.models import Claim
from peibu.kernel.verdict import Verdict, no, yes
from peibu.kernel.workdays import default_calendar
from peibu.recovery.models import Recovery
from peibu.rulebook import load_policy

APPEAL_DAYS = "recovery_appeal_working_days"
PROCESS = "recovery"
DECIDED = "decided"


def can_open(actor: Actor, claim: Claim) -> Verdict:
    """A reviewer of the district, but not the natural person who approved the claim (I8)."""
    case = claim.case
    if actor.role != Role.AGENCY_REVIEWER:
        return no("只有审核岗可以发起追回")
    if not actor.covers(case.division_id):
        return no("该申领不属于您所在的区（市）")
    if actor.person_key and case.steps.filter(person_key=actor.person_key, duty="approve").exists():
        return no("您（同一自然人）审批过本申领，不能发起追回")
    if PROCESS not in load_policy(claim.policy).processes:
        return no("该政策没有规定追回流程")
    return yes()


def decided_on(case: Case) -> dt.date | None:
    """The day of the latest decision."""
    at = case.steps.filter(move="decide").order_by("-seq").values_list("at", flat=True).first()
    return timezone.localdate(at) if at else None


def appeal_ends(case: Case) -> dt.date | None:
    """The last day to appeal; the day of the decision is not counted. None before there is a decision."""
    on = decided_on(case)
    if on is None:
        return None
    return default_calendar().deadline(on, int(load_policy(case.policy).value(APPEAL_DAYS, on=on)))


def can_appeal(case: Case, *, on: dt.date) -> Verdict:
    """Once, within the days of the folder."""
    end = appeal_ends(case)
    if end is None:
        return no("尚未作出追回决定，不能申诉")
    if case.steps.filter(move="appeal").exists():
        return no("对本决定已经申诉过一次；仍有异议的，可依法申请行政复议或者提起行政诉讼")
    if on > end:
        return no(f"申诉期限已于{end:%Y-%m-%d}届满；可依法申请行政复议或者提起行政诉讼")
    return yes()


def can_set_off(recovery: Recovery, *, on: dt.date) -> Verdict:
    """Forced only once the way of appeal is closed: the days are over, or the appeal was dismissed."""
    case = recovery.case
    flow = process_of(case.policy, case.process, on=on)
    if case.state != DECIDED:
        return no(f"追回业务{case.number}当前为“{flow.states[case.state].label}”，不能抵扣")
    if can_appeal(case, on=on):
        return no(f"申诉期限到{appeal_ends(case):%Y-%m-%d}，期满或申诉复核维持后方可抵扣")
    return yes()


def can_agree(actor: Actor, recovery: Recovery) -> Verdict:
    """Instalments are agreed by the approver of the district, while money is due."""
    if actor.role != Role.HRSS_APPROVER or not actor.covers(recovery.division_id):
        return no("分期由本区（市）人社局审批岗决定")
    if recovery.case.state != DECIDED:
        return no("作出追回决定后方可约定分期")
    return yes()
