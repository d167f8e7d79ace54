"""Claims of the enterprises of a class: states, dates, invoices."""

import datetime as dt
from dataclasses import replace

from peibu.demo.city import script, stages
from peibu.demo.city.plans import ClaimPlan, ClassPlan, Event, Invoice
from peibu.demo.city.records import NOW


def first_claim_day(states: tuple[str, ...]) -> dt.date:
    """Return the day by which the class must have its certificates: that on which the first claim is drafted."""
    starts = [_start(order, state) for order, state in enumerate(states)]
    return stages.shift(min(starts), -1)


def _start(order: int, state: str) -> dt.date:
    return stages.claim_start(state, 0 if order else script.LAG.get(state, 0))


def claim_plans(plan: ClassPlan, states: tuple[str, ...]) -> ClassPlan:
    """Return the class with one claim per state, the first enterprise's first, and closed where it is archived."""
    if not states:
        return plan
    certified = plan.events[-1].at.date()
    claims = []
    for order, (enterprise, state) in enumerate(zip(plan.enterprises, states, strict=False)):
        early = stages.shift(certified, 2 + order)
        overdue = plan.remark == "overdue" and order > 0
        start = early if plan.state == "archived" or overdue else _start(order, state)
        claims.append(_claim(plan, order, enterprise, state, start))
    found = replace(plan, claims=tuple(claims))
    if plan.state == "archived":
        paid = max(claim.events[-1].at for claim in claims)
        found = replace(
            found, events=(*plan.events, Event("archived", stages.moment(stages.shift(paid.date(), 5), 15)))
        )
    return found


def _claim(plan: ClassPlan, order: int, enterprise: int, state: str, start: dt.date) -> ClaimPlan:
    people = sum(enrolment.enterprise == enterprise for enrolment in plan.enrolments)
    number = f"0990{int(plan.key[1:]):02d}{order + 1:02d}"
    kind = "administrative" if int(plan.provider[1:]) % 3 else "tax"
    invoice = Invoice(number, kind, stages.shift(plan.exam.on, 1), people * plan.fee_fen)
    return ClaimPlan(
        key=f"{plan.key}-k{order + 1}",
        enterprise=enterprise,
        state=state,
        invoice=invoice,
        events=tuple(event for event in stages.claim_until(start, state) if event.at <= NOW),
        return_reason=script.CLAIM_RETURN_REASON if state == "returned" else "",
        objection=script.OBJECTION if state == "objected" else "",
    )
