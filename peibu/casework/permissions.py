"""May this actor make this move? A refusal says why."""

from peibu.accounts.actor import SYSTEM, Actor
from peibu.accounts.enums import Role
from peibu.casework.models import Case
from peibu.casework.processes import Move, Process
from peibu.kernel.verdict import Verdict, no, yes


def can_see(actor: Actor | None, case: Case) -> Verdict:
    """Officers see the cases of their district, organisations their own."""
    if actor is None:
        return no("请先登录")
    if actor.is_officer:
        return yes() if actor.covers(case.division_id) else no("该业务不属于您所在的区（市）")
    if actor.unit is not None and case.applicant_id == actor.unit.id:
        return yes()
    if actor.role == Role.TRAINEE and actor.unit is None and _is_person(actor, case):
        return yes()
    return no("该业务不属于您所在的单位")


def _is_person(actor: Actor, case: Case) -> bool:
    """Is this account the natural person who applies?"""
    person = case.applicant_person
    return person is not None and bool(actor.person_key) and person.key == actor.person_key


def can_move(actor: Actor, case: Case, step: Move, flow: Process) -> Verdict:
    """State, role, scope, natural person: all four must agree."""
    if case.state not in step.sources:
        return no(f"当前状态为“{flow.states[case.state].label}”，不能办理“{step.label}”")
    if actor.role not in step.roles:
        return no(f"您的岗位不能办理“{step.label}”")
    if actor is not SYSTEM and not can_see(actor, case):
        return can_see(actor, case)
    other = _other_duty(actor, case, step)
    if other:
        return no(f"您（同一自然人）已在本业务中承担“{DUTY_LABELS.get(other, other)}”，不能再办理“{step.label}”")
    return yes()


DUTY_LABELS = {
    "apply": "申请",
    "review": "审核",
    "approve": "审批",
    "pay": "拨付",
    "audit": "审计",
    "score": "专家评分",
}


def _other_duty(actor: Actor, case: Case, step: Move) -> str:
    """A different duty this natural person already has in the case (I8; the database refuses it as well)."""
    if not step.duty or not actor.person_key:
        return ""
    done = case.steps.filter(person_key=actor.person_key).exclude(duty="").exclude(duty=step.duty)
    return done.values_list("duty", flat=True).first() or ""
