"""A claim as reviewer and approver see it: every line beside its evidence (QD97.5.2, ADR 0029)."""

import dataclasses
import datetime as dt

from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.translation import gettext as _

from peibu.accounts import clock
from peibu.accounts.actor import Actor
from peibu.casework.enums import Decision
from peibu.casework.models import Case
from peibu.casework.notices import notice_of
from peibu.claims.about import Judged
from peibu.claims.answers import OFFICE, Known, asked_of, known_facts, missing_in, rates_in
from peibu.claims.enums import LineState, OverrideState, StatementState
from peibu.claims.looks import LOOKED_AT, looks_at, to_look_at, why_to_open
from peibu.claims.models import Claim, ClaimLine, Look, Override, Statement
from peibu.claims.needs import papers_kept
from peibu.claims.offers import offer_of
from peibu.claims.overrides import overridable, overrides_of, state_on
from peibu.claims.papers import DECIDED
from peibu.claims.permissions import (
    AT_THE_DESK,
    OPEN,
    can_judge_override,
    can_revoke_override,
    can_work_on_claim,
)
from peibu.claims.queries import Drift, Month, attended, drifts, lines_of, strip_of
from peibu.claims.terms import claim_day, seen_then, terms_of
from peibu.desk.office_forms import OfficeAnswers
from peibu.desk.override_words import label_of
from peibu.desk.views.payments import LOOKERS
from peibu.ledger.queries import commitment_of
from peibu.rulebook import Policy, load_policy

TEMPLATE = "desk/panels/claim.html"
PAGE = 25


@dataclasses.dataclass(frozen=True)
class Excepted:
    """An exception of a line, and what this officer may do with it."""

    row: Override
    state: str
    label: str
    may_judge: bool
    may_revoke: bool


@dataclasses.dataclass(frozen=True)
class Evidence:
    """One line with what the officer compares it to."""

    line: ClaimLine
    months: list[Month]
    employment: object
    attended: object
    drift: Drift | None
    open_for_me: bool
    facts: dict
    known: list[Known]
    rechecks: list
    look: Look | None
    may_look: bool
    to_open: list[str]
    overrides: list[Excepted]
    overridable: list


def context(case: Case, actor: Actor, on: dt.date, *, show: str = "", page: str | None = None) -> dict:
    """Header figures, routing, a page of lines with their evidence, what was stated, what only the office can answer."""
    now = clock.now()
    rows = Claim.objects.select_related("enterprise__division__served_by", "person", "held", "account", "roster")
    claim = rows.select_related("cohort__provider", "cohort__plan", "invoice").get(case=case)
    claim.case = case
    policy = load_policy(claim.policy)
    changed = {one.line.pk: one for one in drifts(claim, at=now)} if case.state in AT_THE_DESK else {}
    lines = list(lines_of(claim).prefetch_related("rechecks"))
    chosen = [line for line in lines if show in ("", line.determination.decision)]
    shown = Paginator(chosen, PAGE).get_page(page)
    seen = seen_then(claim, list(shown))
    evidence = _evidence(claim, list(shown), seen, changed, policy, actor, now)
    offer = offer_of(claim.policy, claim.subject)
    return {
        "claim": claim,
        "offer": offer,
        "rows": evidence,
        "page": shown,
        "shown": show,
        "counts": _counts(claim),
        "total": len(lines),
        "drifts": list(changed.values()),
        "claimed_on": claim_day(claim, at=now),
        "routing": routing(claim),
        "notice": notice_of(case),
        "commitment": commitment_of(case.pk),
        "sees_money": actor.role in LOOKERS,
        "decided": case.state in DECIDED,
        "included": claim.lines.filter(state__in=[LineState.INCLUDED, LineState.HELD, LineState.PAID]).count(),
        "papers": [(offer.document(code), row) for code, row in papers_kept(claim).items()] if offer else [],
        "keys": case.state in AT_THE_DESK,
        **_asked(claim, policy, actor),
        **_looking(claim, lines, changed, now),
    }


def _looking(claim: Claim, lines: list[ClaimLine], changed: dict, at: dt.datetime) -> dict:
    """How far the looking at lines has come, and how many of the rest can be marked together."""
    if claim.case.state != "accepted":
        return {}
    due = [line for line in lines if line.state in LOOKED_AT]
    waiting = set(to_look_at(claim).values_list("pk", flat=True))
    doubtful = why_to_open(claim, [line for line in due if line.pk in waiting], at=at, changed=changed)
    return {"due": len(due), "looked": len(due) - len(waiting), "clean": len(waiting - set(doubtful))}


def _asked(claim: Claim, policy: Policy, actor: Actor) -> dict:
    """What was stated, and what lines wait for that only the office (or an entered rate) can say."""
    waiting = list(lines_of(claim).filter(state=LineState.PENDING))
    pending = [line for line in waiting if line.determination.decision == Decision.UNKNOWN]
    missing, terms = missing_in(line.determination for line in pending), terms_of(claim)
    may = bool(can_work_on_claim(actor, claim))
    return {
        "statements": [(row, policy.fact_specs[row.fact]) for row in stated(claim)],
        "pending": pending,
        "over": len(waiting) - len(pending),
        "rates": [policy.rates[table] for table in rates_in(missing)],
        "office_form": OfficeAnswers(policy, asked_of(policy, missing, terms, OFFICE)) if may and pending else None,
        "may_work": may,
    }


def stated(claim: Claim) -> list[Statement]:
    """What counts as stated in the claim, the unchecked first."""
    rows = claim.statements.filter(replaced_at__isnull=True).select_related("line__person", "document", "judged_by")
    return sorted(rows, key=lambda row: row.state != StatementState.STATED)


def _evidence(
    claim: Claim, lines: list[ClaimLine], seen: dict, changed: dict, policy: Policy, actor: Actor, at: dt.datetime
) -> list[Evidence]:
    present, looks, excepted = attended(claim, lines), looks_at(lines), overrides_of(lines)
    doubtful = why_to_open(claim, lines, at=at, changed=changed) if claim.case.state == "accepted" else {}
    may_work = bool(can_work_on_claim(actor, claim))
    found = []
    for line in lines:
        line.claim = claim
        judged: Judged = seen[line.pk]
        look, rows = looks.get(line.pk), excepted.get(line.pk, [])
        found.append(
            Evidence(
                line=line,
                months=strip_of(judged),
                employment=judged.employment,
                attended=present.get(line.enrolment_id),
                drift=changed.get(line.pk),
                open_for_me=may_work and line.state in OPEN,
                facts=line.determination.facts,
                known=known_facts(policy, judged),
                rechecks=list(line.rechecks.all()),
                look=look,
                may_look=may_work and look is None and line.state in LOOKED_AT,
                to_open=doubtful.get(line.pk, []),
                overrides=[_excepted(row, line, actor, at) for row in rows],
                overridable=overridable(line, rows, at=at) if may_work else [],
            )
        )
    return found


def _excepted(row: Override, line: ClaimLine, actor: Actor, at: dt.datetime) -> Excepted:
    row.line = line
    state, proposed = state_on(row, timezone.localdate(at)), row.state == OverrideState.PROPOSED
    ended = row.state in (OverrideState.REJECTED, OverrideState.REVOKED)
    return Excepted(
        row=row,
        state=state,
        label=label_of(state),
        may_judge=proposed and bool(can_judge_override(actor, row)),
        may_revoke=not ended and bool(can_revoke_override(actor, row)),
    )


def _counts(claim: Claim) -> list[dict]:
    decisions = list(claim.lines.values_list("determination__decision", flat=True))
    return [{"code": one.value, "label": one.label, "count": decisions.count(one.value)} for one in Decision]


def routing(claim: Claim) -> str:
    """Why this agency: by the folder's route (QD97.5.1, HD2.5.15a), or the district that serves a zone."""
    if claim.route and claim.enterprise is None:
        return claim.route
    home = claim.enterprise.division
    told = {"name": claim.enterprise.name, "home": home.name, "agency": claim.case.agency.name}
    if home.desk.pk != claim.case.agency.division_id:
        return claim.route
    if home.served_by_id:
        served = told | {"served": home.served_by.name}
        return _("%(name)s注册地为%(home)s，该功能区的业务由%(served)s受理，故由%(agency)s受理。") % served
    return _("%(name)s注册地为%(home)s，故由%(agency)s受理。") % told
