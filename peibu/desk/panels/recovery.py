"""A recovery as the district sees it: derivation, hearing, what has come back, and what may be done with its money."""

import datetime as dt

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.casework.models import Case
from peibu.desk.recovery_forms import InstalmentForm, ReturnForm, SetOffForm
from peibu.kernel.money import yuan
from peibu.payments.permissions import can_handle_money
from peibu.recovery.models import Recovery
from peibu.recovery.permissions import appeal_ends, can_agree, can_open, can_set_off
from peibu.recovery.queries import bank_lines, dues, named_in, recovery_of, to_set_off
from peibu.rulebook import load_policy

TEMPLATE = "desk/panels/recovery.html"


def context(case: Case, actor: Actor, on: dt.date) -> dict:
    """Everything of it; forms only for whom they are."""
    recovery = recovery_of(case)
    cites = {clause.id: clause.cite for clause in load_policy(case.policy).clauses}
    related = ("claim_line__person", "recheck", "before", "after")
    return {
        "recovery": recovery,
        "lines": [(line, [cites.get(one, one) for one in line.clauses]) for line in recovery.lines.select_related(*related)],
        "receipts": recovery.receipts.select_related("against", "recorded_by"),
        "dues": dues(recovery),
        "appeal_ends": appeal_ends(case),
        "may_leave_out": case.state == "draft" and can_open(actor, recovery.claim) and recovery.lines.count() > 1,
        "instalment_form": InstalmentForm() if can_agree(actor, recovery) else None,
        **_money(recovery, actor, on),
    }  # fmt: skip


def _money(recovery: Recovery, actor: Actor, on: dt.date) -> dict:
    """The payer's forms."""
    if actor.role != Role.FINANCE or not can_handle_money(actor, recovery.case):
        return {}
    state = recovery.case.state
    if state == "refunding":
        return {"refund_form": ReturnForm(auto_id="refund_%s")}
    if state != "decided":
        return {}
    may = can_set_off(recovery, on=on)
    claims = to_set_off(actor, recovery, on=on) if may else []
    choices = [(str(one.claim.pk), f"{one.claim.case.number} · {yuan(one.fen)}元") for one in claims]
    return {
        "return_form": ReturnForm(auto_id="return_%s"),
        "bank_lines": [(line, named_in(line, recovery)) for line in bank_lines(recovery)],
        "why_no_set_off": may.reason,
        "set_off_form": SetOffForm(claims=choices, auto_id="set_off_%s") if choices else None,
    }
