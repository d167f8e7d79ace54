"""Who may write into a fund's budget? A refusal says why. Cases' bookings follow their own duties (approve, pay)."""

from peibu.accounts.actor import SYSTEM, Actor
from peibu.accounts.enums import DivisionKind, Role
from peibu.kernel.verdict import Verdict, no, yes
from peibu.ledger.models import Fund


def can_book(actor: Actor, fund: Fund) -> Verdict:
    """The city bureau keeps the city's funds; a district's finance keeps the district's own."""
    if actor == SYSTEM:
        return yes()
    if fund.division.kind == DivisionKind.CITY:
        return yes() if actor.role == Role.CITY_BUREAU else no("市级资金由市级主管部门登记")
    if actor.role != Role.FINANCE or actor.unit is None or actor.unit.division_id != fund.division_id:
        return no(f"“{fund.name}”是{fund.division.name}的资金，由该区（市）资金拨付岗登记")
    return yes()
