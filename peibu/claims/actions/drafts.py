"""A claim while it lies with the claimant: made, judged, judged again (QD97.5.1, ADR 0029)."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models import Sum
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.accounts.models import Division, Unit
from peibu.casework.actions import open_case
from peibu.casework.refusals import refusing
from peibu.claims.about import Judged
from peibu.claims.actions.keeping import keep_judgements
from peibu.claims.answers import state_of
from peibu.claims.claimable import people_of, whose
from peibu.claims.enums import LineState
from peibu.claims.models import Claim, ClaimLine
from peibu.claims.offers import CERTIFICATE, CLASS, PROJECT, Offer, offer_of
from peibu.claims.permissions import EDITING, can_edit
from peibu.claims.routing import route_of
from peibu.claims.terms import judge_today, terms_of
from peibu.kernel.errors import Refused
from peibu.registry.identity import check_identities, real_names, service
from peibu.registry.models import BankAccount, HeldCertificate, Person
from peibu.registry.queries import basic_account, own_account, person_by_key
from peibu.rulebook import Judgement, load_policy
from peibu.training.models import Cohort, Enrolment

JUDGED = frozenset({LineState.INCLUDED, LineState.WAITING, LineState.PENDING, LineState.LEFT_OUT})
DEFAULT = "claim"


def draft_claim(*, cohort: Cohort, enterprise: Unit, by: Actor, at: dt.datetime, subject: str = DEFAULT) -> Claim:
    """A unit's draft with everybody of the class it may claim for, each judged on that day.

    Until the invoice is entered nobody is included where it is asked for: that the fee was paid first is not known yet
    (QD97.4.2). Refused: not this unit's account, nobody in the class, a living claim exists, no agency for the district.
    """
    offer = _offer(cohort.policy, subject, CLASS, by)
    if by.unit is None or by.unit.pk != enterprise.pk:
        raise Refused("只有该单位的经办人可以建立申领", "not_your_enterprise", "请使用本单位账号办理")
    if by.role != Role.ENTERPRISE and cohort.provider_id != enterprise.pk:
        raise Refused(f"班次“{cohort.name}”不是本单位举办的", "not_your_class", "请核对所选班次")
    people = whose(offer, cohort, enterprise)
    rows = [one.enrolment for one in people if not one.why_not]
    if not rows:
        told = next((one.why_not for one in people), f"班次“{cohort.name}”中没有本企业的学员")
        raise Refused(told, "nobody_in_class", "请核对所选班次")
    standing = Claim.objects.filter(enterprise=enterprise, cohort=cohort, subject=subject, invoice_active=True).first()
    if standing is not None:
        told = f"本企业在班次“{cohort.name}”已有申领{standing.case.number}"
        raise Refused(told, "one_live_claim_per_enterprise_and_class", "请在原申领中办理，或撤回后重新填写")
    return _opened(offer, by=by, at=at, unit=enterprise, cohort=cohort, people=rows)


def draft_own_claim(
    *,
    offer: Offer,
    by: Actor,
    at: dt.datetime,
    cohort: Cohort | None = None,
    held: HeldCertificate | None = None,
    district: Division | None = None,
) -> Claim:
    """A person's own claim for the place in a class or for a certificate. `district`: where no register knows the work.

    Refused: somebody else's certificate, not in the class, a living claim for it, no office.
    """
    offer = _offer(offer.policy, offer.subject, CLASS if cohort else CERTIFICATE, by)
    person = person_by_key(by.person_key) if by.person_key else None
    if person is None:
        raise Refused("没有查到您的实名信息", "person_unknown", "请先在“我的培训”中完成实名核对，或到受理机构登记")
    if person.pk not in real_names([person.pk], known_at=at):
        check_identities(people=[person], by=by, at=at, register=service())
    rows: Sequence[Enrolment] = ()
    if cohort is not None:
        rows = [row for row in people_of(cohort, cohort.provider) if row.person_id == person.pk]
        if not rows:
            raise Refused(f"您不是班次“{cohort.name}”的学员", "nobody_in_class", "请核对所选班次")
    elif held is None or held.person_id != person.pk:
        raise Refused("只能用本人的证书申领", "not_your_certificate", "请选择本人的证书")
    return _opened(offer, by=by, at=at, person=person, cohort=cohort, held=held, people=rows, district=district)


def draft_project_claim(*, offer: Offer, project: str, by: Actor, at: dt.datetime) -> Claim:
    """A unit's claim for a project of its own (QD10.2.1b). Refused: no name, a living claim for it."""
    offer = _offer(offer.policy, offer.subject, PROJECT, by)
    if not project.strip():
        raise Refused("没有填写项目名称", "project_unnamed", "请按年度计划中的名称填写项目名称")
    if by.unit is None:
        raise Refused("只有单位可以申领项目补助", "not_your_enterprise", "请使用本单位账号办理")
    return _opened(offer, by=by, at=at, unit=by.unit, project=project.strip()[:120])


def _offer(policy: str, subject: str, of: str, by: Actor) -> Offer:
    offer = offer_of(policy, subject)
    if offer is None or offer.of != of:
        raise Refused("该政策没有这项申领", "nothing_to_claim", "请从列表中选择可以申领的项目")
    if by.role not in offer.claimants:
        title = load_policy(policy).subjects[subject]["label"]
        raise Refused(f"您的岗位不能申领“{title}”", "not_your_claim", "请由政策规定的申领人办理")
    return offer


def _opened(
    offer: Offer,
    *,
    by: Actor,
    at: dt.datetime,
    unit: Unit | None = None,
    person: Person | None = None,
    cohort: Cohort | None = None,
    held: HeldCertificate | None = None,
    project: str = "",
    people: Sequence[Enrolment] = (),
    district: Division | None = None,
) -> Claim:
    """The case, the claim and its lines, judged; in one transaction."""
    route = route_of(offer, unit=unit, person=person, chosen=district, at=at)
    named = cohort.name if cohort else str(held) if held else project
    title = load_policy(offer.policy).subjects[offer.subject]["label"]
    kind = "补贴申领" if offer.subject == DEFAULT else title
    with refusing():
        case = open_case(
            policy=offer.policy,
            process=offer.process,
            subject=f"{(unit or person).name}“{named}”{kind}"[:200],
            applicant=unit,
            person=person,
            agency=route.agency,
            by=by,
            at=at,
        )
        claim = Claim.objects.create(
            division=unit.division if unit is not None and offer.route == "registration" else route.division,
            policy=offer.policy,
            subject=offer.subject,
            case=case,
            enterprise=unit,
            person=person,
            cohort=cohort,
            held=held,
            project=project,
            route=route.why[:200],
            fee_fen=cohort.fee_fen if cohort else 0,
            invoice_active=True,
            created_at=at,
        )
        claim.account = account_of(claim, on=timezone.localdate(at))
        fresh = [ClaimLine(claim=claim, enrolment=row, person=row.person) for row in people]
        if not people:
            fresh = [ClaimLine(claim=claim, person=person)]
        for position, line in enumerate(fresh, start=1):
            line.position = position
        judge_into(claim, fresh, by=by, at=at)
        retotal(claim)
    return claim


def account_of(claim: Claim, *, on: dt.date) -> BankAccount | None:
    """Where the money of a claim would go today: the unit's basic account, the person's own."""
    return basic_account(claim.enterprise, on=on) if claim.enterprise else own_account(claim.person, on=on)


@dataclasses.dataclass(frozen=True)
class Change:
    """A line whose place in the claim changed by judging again."""

    line: ClaimLine
    before: str
    after: str

    @property
    def sentence(self) -> str:
        labels = dict(LineState.choices)
        told = f"{self.line.name}：由“{labels[self.before]}”变为“{labels[self.after]}”"
        return f"{told}（{self.line.remark}）" if self.line.remark else told


def rejudge(*, claim: Claim, by: Actor, at: dt.datetime) -> list[Change]:
    """Judge everybody anew, with today's evidence; while the claim lies with the claimant only."""
    with refusing():
        locked = locked_for_edit(claim, by)
        changes = judge_all(locked, by=by, at=at)
    claim.refresh_from_db()
    return changes


RELATED = ("case", "enterprise", "person", "held", "cohort__provider", "cohort__plan")


def locked_for_edit(claim: Claim, by: Actor) -> Claim:
    """The claim under its row lock, if this actor may edit it now."""
    locked = Claim.objects.select_for_update(of=("self",)).select_related(*RELATED).get(pk=claim.pk)
    verdict = can_edit(by, locked)
    if not verdict:
        raise Refused(verdict.reason, "claim_not_editable", "请刷新页面查看最新状态")
    return locked


def judge_all(claim: Claim, *, by: Actor, at: dt.datetime) -> list[Change]:
    """Judge every line anew and add people enrolled since; lines an officer took out stay out."""
    rows = claim.lines.select_related("person", "determination", "certificate", "enrolment__person", "enrolment__line")
    lines = list(rows.select_related("enrolment__enterprise__division", "enrolment__cohort").order_by("position"))
    for line in lines:
        line.claim = claim
    fresh = _enrolled_since(claim, lines)
    again = [line for line in lines if line.state in JUDGED]
    before = {line.pk: line.state for line in again}
    judge_into(claim, [*again, *fresh], by=by, at=at)
    changes = [Change(line, before[line.pk], line.state) for line in again if before[line.pk] != line.state]
    if changes or claim.account_id is None:
        claim.account = account_of(claim, on=timezone.localdate(at))
        drop_made_roster(claim)
    retotal(claim)
    return changes


def _enrolled_since(claim: Claim, lines: Sequence[ClaimLine]) -> list[ClaimLine]:
    if claim.cohort is None or claim.enterprise is None:
        return []
    there = {line.enrolment_id for line in lines}
    offer = offer_of(claim.policy, claim.subject)
    rows = [one.enrolment for one in whose(offer, claim.cohort, claim.enterprise) if not one.why_not]
    fresh = [ClaimLine(claim=claim, enrolment=row, person=row.person) for row in rows if row.pk not in there]
    for position, line in enumerate(fresh, start=len(lines) + 1):
        line.position = position
    return fresh


def judge_into(claim: Claim, lines: Sequence[ClaimLine], *, by: Actor, at: dt.datetime) -> None:
    """Judge these lines with today's knowledge, all at once, and write what the judge said into them."""
    apply_judgements(lines, judge_today(claim, lines, at=at), by=by, at=at)


def apply_judgements(lines: Iterable[ClaimLine], judged: Mapping[UUID, Judged], *, by: Actor, at: dt.datetime) -> None:
    """Write what the judge said into the lines; an unchanged determination is not stored twice, an unchanged line is not
    written."""
    lines = list(lines)
    if not lines:
        return
    claim = lines[0].claim
    policy, terms = load_policy(claim.policy), terms_of(claim)
    kept = keep_judgements(lines, judged, by=by, at=at)
    changed = []
    for line in lines:
        one, before = judged[line.pk], _written(line)
        line.determination = kept[line.pk]
        line.state = state_of(policy, one, terms)
        line.amount_fen = one.judgement.amount_fen or 0 if line.state == LineState.INCLUDED else 0
        line.certificate = one.certificate
        line.remark = why(one.judgement)[:300]
        if line._state.adding or _written(line) != before:
            changed.append(line)
    # One statement for all, new and old: an update of each line by cases takes Django longer than judging everybody.
    ClaimLine.objects.bulk_create(
        changed, batch_size=500, update_conflicts=True, unique_fields=["id"], update_fields=WRITTEN
    )


WRITTEN = ["determination", "state", "amount_fen", "certificate", "remark"]


def _written(line: ClaimLine) -> tuple:
    return (line.determination_id, str(line.state), line.amount_fen, line.certificate_id, line.remark)


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
