"""A claim as reviewer and approver see it: every person beside the evidence (QD97.5.2)."""

import dataclasses
import datetime as dt

from django.utils.translation import gettext as _

from peibu.accounts import clock
from peibu.accounts.actor import Actor
from peibu.casework.enums import Decision
from peibu.casework.models import Case
from peibu.casework.notices import notice_of
from peibu.claims.enums import LineState
from peibu.claims.facts import judge_person
from peibu.claims.models import Claim, ClaimLine
from peibu.claims.papers import DECIDED
from peibu.claims.permissions import DESK_DUTY, can_work_on_line
from peibu.claims.queries import Drift, Month, attended, claim_day, drift_of, lines_of, strip_of
from peibu.desk.views.payments import LOOKERS
from peibu.ledger.queries import commitment_of

TEMPLATE = "desk/panels/claim.html"
REVIEWED_STATES = frozenset(state for state, _role in DESK_DUTY)


@dataclasses.dataclass(frozen=True)
class Evidence:
    """One person's line with what the officer compares it to."""

    line: ClaimLine
    months: list[Month]
    employment: object
    attended: object
    drift: Drift | None
    open_for_me: bool
    facts: dict
    rechecks: list


def context(case: Case, actor: Actor, on: dt.date) -> dict:
    """Header figures, routing, every line with contract, months, certificate, score, attendance, findings."""
    now = clock.now()
    claim = Claim.objects.select_related("enterprise__division__served_by", "cohort__provider", "account").get(
        case=case
    )
    claim.case = case
    present = attended(claim)
    rows = [_evidence(line, claim, case, actor, present, now) for line in lines_of(claim).prefetch_related("rechecks")]
    return {
        "claim": claim,
        "rows": rows,
        "counts": _counts(rows),
        "drifts": [row for row in rows if row.drift],
        "claimed_on": claim_day(claim, at=now),
        "routing": routing(claim),
        "notice": notice_of(case),
        "commitment": commitment_of(case.pk),
        "sees_money": actor.role in LOOKERS,
        "decided": case.state in DECIDED,
        "included": sum(row.line.state in (LineState.INCLUDED, LineState.HELD, LineState.PAID) for row in rows),
    }


def _evidence(line: ClaimLine, claim: Claim, case: Case, actor: Actor, present: dict, now: dt.datetime) -> Evidence:
    line.claim = claim
    then = line.determination
    # what the determination saw: the registers as known when it was made
    seen = judge_person(
        line.enrolment, fee_fen=claim.fee_fen, fee_paid=True, claim=claim, on=then.on, known_at=then.known_at
    )
    drift = None
    if line.state == LineState.INCLUDED and case.state in REVIEWED_STATES:
        drift = drift_of(line, at=now)
    return Evidence(
        line=line,
        months=strip_of(seen),
        employment=seen.employment,
        attended=present.get(line.enrolment_id),
        drift=drift,
        open_for_me=bool(can_work_on_line(actor, line)),
        facts=then.facts,
        rechecks=list(line.rechecks.all()),
    )


def _counts(rows: list[Evidence]) -> list[dict]:
    return [
        {"code": one.value, "label": one.label, "count": sum(row.line.determination.decision == one for row in rows)}
        for one in Decision
    ]


def routing(claim: Claim) -> str:
    """Why this agency: the enterprise's place of registration (QD97.5.1), or the district that serves its zone."""
    home = claim.enterprise.division
    told = {"name": claim.enterprise.name, "home": home.name, "agency": claim.case.agency.name}
    if home.served_by_id:
        served = told | {"served": home.served_by.name}
        return _("%(name)s注册地为%(home)s，该功能区的业务由%(served)s受理，故由%(agency)s受理。") % served
    return _("%(name)s注册地为%(home)s，故由%(agency)s受理。") % told
