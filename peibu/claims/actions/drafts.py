"""A claim while it lies with the enterprise: made with everybody of the class, judged, judged again (QD97.5.1)."""

import dataclasses
import datetime as dt

from django.db.models import Sum
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.accounts.models import Unit
from peibu.casework.actions import keep_determination, open_case
from peibu.casework.models import Determination
from peibu.casework.refusals import refusing
from peibu.claims.enums import LineState
from peibu.claims.facts import Judged, judge_person
from peibu.claims.models import Claim, ClaimLine
from peibu.claims.permissions import EDITING, can_edit
from peibu.claims.queries import PROCESS, claim_day, invoice_complete, judge_line, people_of
from peibu.kernel.errors import Refused
from peibu.registry.queries import basic_account
from peibu.rulebook import Judgement
from peibu.training.models import Cohort, Enrolment

STATE_OF_DECISION = {"pass": LineState.INCLUDED, "unknown": LineState.WAITING, "fail": LineState.LEFT_OUT}
JUDGED = frozenset(STATE_OF_DECISION.values())


def draft_claim(*, cohort: Cohort, enterprise: Unit, by: Actor, at: dt.datetime) -> Claim:
    """A draft with everybody this enterprise has in the class, each judged on that day.

    Until the invoice is entered nobody is included: that the fee was paid first is not known yet (QD97.4.2).
    Refused: not this enterprise's account, nobody in the class, a living claim exists, no agency for the district.
    """
    if by.role != Role.ENTERPRISE or by.unit is None or by.unit.pk != enterprise.pk:
        raise Refused("只有该企业的经办人可以建立申领", "not_your_enterprise", "请使用本企业账号办理")
    people = list(people_of(cohort, enterprise))
    if not people:
        raise Refused(f"班次“{cohort.name}”中没有本企业的学员", "nobody_in_class", "请核对所选班次")
    standing = Claim.objects.filter(enterprise=enterprise, cohort=cohort, invoice_active=True).first()
    if standing is not None:
        told = f"本企业在班次“{cohort.name}”已有申领{standing.case.number}"
        raise Refused(told, "one_live_claim_per_enterprise_and_class", "请在原申领中办理，或撤回后重新填写")
    agency = _agency(enterprise)
    with refusing():
        case = open_case(
            policy=cohort.policy,
            process=PROCESS,
            subject=f"{enterprise.name}“{cohort.name}”补贴申领"[:200],
            applicant=enterprise,
            agency=agency,
            by=by,
            at=at,
        )
        claim = Claim.objects.create(
            division=enterprise.division,
            policy=cohort.policy,
            case=case,
            enterprise=enterprise,
            cohort=cohort,
            fee_fen=cohort.fee_fen,
            invoice_active=True,
            account=basic_account(enterprise, on=timezone.localdate(at)),
            created_at=at,
        )
        for position, enrolment in enumerate(people, start=1):
            add_line(claim, enrolment, position, by=by, at=at)
        retotal(claim)
    return claim


def _agency(enterprise: Unit) -> Unit:
    """The agency of the division that serves the enterprise's place of registration (QD97.5.1)."""
    found = Unit.objects.filter(kind="agency", division=enterprise.division.desk).first()
    if found is None:
        told = f"{enterprise.division.name}没有登记受理补贴申领的公共就业服务机构"
        raise Refused(told, "no_agency", "请联系市级主管部门登记受理机构")
    return found


@dataclasses.dataclass(frozen=True)
class Change:
    """A person whose place in the claim changed by judging again."""

    line: ClaimLine
    before: str
    after: str

    @property
    def sentence(self) -> str:
        labels = dict(LineState.choices)
        told = f"{self.line.person.name}：由“{labels[self.before]}”变为“{labels[self.after]}”"
        return f"{told}（{self.line.remark}）" if self.line.remark else told


def rejudge(*, claim: Claim, by: Actor, at: dt.datetime) -> list[Change]:
    """Judge everybody anew, with today's evidence; while the claim lies with the enterprise only."""
    with refusing():
        locked = locked_for_edit(claim, by)
        changes = judge_all(locked, by=by, at=at)
    claim.refresh_from_db()
    return changes


def locked_for_edit(claim: Claim, by: Actor) -> Claim:
    """The claim under its row lock, if this actor may edit it now."""
    locked = (
        Claim.objects.select_for_update(of=("self",)).select_related("case", "enterprise", "cohort").get(pk=claim.pk)
    )
    verdict = can_edit(by, locked)
    if not verdict:
        raise Refused(verdict.reason, "claim_not_editable", "请刷新页面查看最新状态")
    return locked


def judge_all(claim: Claim, *, by: Actor, at: dt.datetime) -> list[Change]:
    """Judge every line anew and add people enrolled since; lines an officer took out stay out."""
    changes = []
    lines = {line.enrolment_id: line for line in claim.lines.select_related("person", "determination")}
    for enrolment in people_of(claim.cohort, claim.enterprise):
        line = lines.get(enrolment.pk)
        if line is None:
            add_line(claim, enrolment, len(lines) + 1, by=by, at=at)
            lines[enrolment.pk] = claim.lines.get(enrolment=enrolment)
        elif line.state in JUDGED:
            before = line.state
            line.claim, line.enrolment = claim, enrolment
            apply_judgement(line, judge_line(line, at=at), by=by, at=at)
            changes += [Change(line, before, line.state)] if before != line.state else []
    if changes or claim.account_id is None:
        claim.account = basic_account(claim.enterprise, on=timezone.localdate(at))
        drop_made_roster(claim)
    retotal(claim)
    return changes


def add_line(claim: Claim, enrolment: Enrolment, position: int, *, by: Actor, at: dt.datetime) -> ClaimLine:
    judged = judge_person(
        enrolment,
        fee_fen=claim.fee_fen,
        fee_paid=invoice_complete(claim),
        claim=claim,
        on=claim_day(claim, at=at),
        known_at=at,
    )
    line = ClaimLine(claim=claim, enrolment=enrolment, person=enrolment.person, position=position)
    return apply_judgement(line, judged, by=by, at=at)


def apply_judgement(line: ClaimLine, judged: Judged, *, by: Actor, at: dt.datetime) -> ClaimLine:
    """Write what the judge said into the line; an unchanged determination is not stored twice."""
    line.determination = _kept(line, judged, by=by, at=at)
    line.state = STATE_OF_DECISION[str(judged.judgement.decision)]
    line.amount_fen = judged.judgement.amount_fen or 0 if line.state == LineState.INCLUDED else 0
    line.certificate = judged.certificate
    line.remark = why(judged.judgement)[:300]
    line.save()
    return line


def _kept(line: ClaimLine, judged: Judged, *, by: Actor, at: dt.datetime) -> Determination:
    last = line.determination if line.determination_id else None
    same = last and (last.on, last.fingerprint) == (judged.judgement.on, judged.judgement.fingerprint)
    if same and last.facts == judged.facts and last.decision == str(judged.judgement.decision):
        return last
    return keep_determination(
        subject_id=line.pk, judgement=judged.judgement, facts=judged.facts, known_at=at, by=by, at=at
    )


def why(judgement: Judgement) -> str:
    """One line for the person: what fails with the nearest fix, else what is missing and who can supply it."""
    if judgement.failed:
        first = judgement.failed[0]
        return f"{first.sentence}。{first.fix}" if first.fix else first.sentence
    return "；".join(finding.sentence for finding in judgement.unknown)


def retotal(claim: Claim) -> None:
    """Sum the included lines into the amount applied for, or after submission (with those that wait or are paid) into the
    amount approved."""
    states = (
        (LineState.INCLUDED,) if claim.case.state in EDITING else (LineState.INCLUDED, LineState.HELD, LineState.PAID)
    )
    total = claim.lines.filter(state__in=states).aggregate(sum=Sum("amount_fen"))["sum"] or 0
    if claim.case.state in EDITING:
        claim.amount_fen, claim.approved_fen = total, None
    else:
        claim.approved_fen = total
    claim.save()


def drop_made_roster(claim: Claim) -> None:
    """A roster made by the system holds for the people it was made of; when they change it must be made anew."""
    if claim.roster is not None and claim.roster.facts.get("made_here"):
        claim.roster = None
