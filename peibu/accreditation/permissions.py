"""May this be done in this room? A refusal says why."""

import datetime as dt

from peibu.accounts.actor import SYSTEM, Actor
from peibu.accounts.enums import Role, UnitKind
from peibu.accounts.models import Division
from peibu.accreditation.models import Application, Call
from peibu.accreditation.terms import Terms
from peibu.kernel.verdict import Verdict, no, yes
from peibu.programmes.models import ListedUnit
from peibu.programmes.places import applies_in

KEEPERS = (Role.CITY_BUREAU, Role.HRSS_APPROVER, Role.AGENCY_REVIEWER)


def can_keep_experts(actor: Actor) -> Verdict:
    """Keep the expert library of one's division."""
    return yes() if actor.role in KEEPERS and actor.unit is not None else no("您的岗位不管理专家库")


def can_run(actor: Actor, terms: Terms) -> Verdict:
    """Open a call and run its evaluation: the leading bureau, or the agency the policy names."""
    if actor.role != terms.manager or actor.unit is None:
        return no("您的岗位不负责该项征集和评估")
    lead = "agency" if terms.manager == "agency_reviewer" else terms.bureaus[0]
    if actor.unit.kind != lead:
        return no("该项征集由牵头部门负责，您所在的部门参加联合决定")
    if not applies_in(terms.policy, actor.unit.division):
        return no(f"该政策不适用于{actor.unit.division.name}")
    return yes()


def can_manage(actor: Actor, call: Call, terms: Terms) -> Verdict:
    """Run the evaluation of this call: the bureau that published it."""
    if actor.unit is None or actor.unit.pk != call.bureau_id:
        return no("该征集由其他单位发布")
    return can_run(actor, terms)


def can_apply(actor: Actor, call: Call, terms: Terms, *, on: dt.date) -> Verdict:
    """The roles of the policy, during the period."""
    if actor.role not in terms.applicants or actor.unit is None:
        return no("该征集不面向您所在的单位类型")
    if on < call.opens_on:
        return no(f"征集自{call.opens_on:%Y-%m-%d}开始")
    if on > call.closes_on:
        return no(f"征集已于{call.closes_on:%Y-%m-%d}截止")
    return yes()


def can_edit(actor: Actor, application: Application) -> Verdict:
    """The applicant, while the application lies with it."""
    if actor.unit is None or actor.unit.pk != application.unit_id:
        return no("该申请不属于您所在的单位")
    if application.case.state not in ("draft", "returned"):
        return no("申请已提交，不能再修改")
    return yes()


def deciding_place(call: Call, terms: Terms) -> Division:
    """Where the bureaus sit that decide: in the call's own place, or in the city above when the city lists (JN6.5a)."""
    by_city = Role.CITY_BUREAU in terms.flow.moves["list"].roles
    return call.division.parent if by_city and call.division.parent else call.division


def can_assent(actor: Actor, call: Call, terms: Terms) -> Verdict:
    """An account of one of the bureaus that decide together, of the place that decides."""
    if actor.role not in ("city_bureau", "hrss_approver") or actor.unit is None:
        return no("您的岗位不参加联合决定")
    if actor.unit.kind not in terms.bureaus:
        return no("您所在的部门不参加该项联合决定")
    place = deciding_place(call, terms)
    return yes() if actor.unit.division_id == place.pk else no(f"该申请由{place.name}的部门决定")


def can_handle(actor: Actor, call: Call, terms: Terms) -> Verdict:
    """Move an application on: the bureau of the call, else the office of the actor's role in the call's place."""
    if actor is SYSTEM:
        return yes()
    if actor.role == terms.manager:
        return can_manage(actor, call, terms)
    place = deciding_place(call, terms) if actor.role == Role.CITY_BUREAU else call.division
    kind = UnitKind.AGENCY if actor.role == Role.AGENCY_REVIEWER else terms.bureaus[0]
    if actor.unit is None or actor.unit.kind != kind:
        return no("您所在的部门不办理该项征集")
    return yes() if actor.unit.division_id == place.pk else no("该征集由其他地区的部门办理")


def can_supervise(actor: Actor, listing: ListedUnit) -> Verdict:
    """Assess, suspend, end a listing: city bureaus all over the city, approvers in their division or of their own calls."""
    if actor.role not in ("city_bureau", "hrss_approver") or actor.unit is None:
        return no("您的岗位不负责名单管理")
    own_call = Application.objects.filter(
        unit=listing.unit, name=listing.name, call__policy=listing.published.policy, call__bureau=actor.unit
    )
    if actor.covers(listing.unit.division_id) or own_call.exists():
        return yes()
    return no("该单位不属于您所在的区（市），也不是由您所在的单位列入")
