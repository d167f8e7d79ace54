"""The joint decision, the public notice, the published list (QD97.2.4, JN6.5b)."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accreditation.actions.standing import offer_agreement
from peibu.accreditation.facts import SPECIALITY_CODE, application_facts, terms_for
from peibu.accreditation.models import Application, Assent, Call
from peibu.accreditation.permissions import can_assent, deciding_place
from peibu.accreditation.terms import Terms, terms_of
from peibu.casework.actions import move_case, note_step
from peibu.casework.models import PublicNotice
from peibu.casework.notices import Entry, publish
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.programmes.listings import Line, end_listing, running_agreement
from peibu.programmes.listings import publish_list as publish_lines
from peibu.programmes.models import PublishedList


@dataclasses.dataclass(frozen=True)
class AgreementTerms:
    """Term and scope of an agreement. The listing begins with the unit's signature, on the first day at the earliest."""

    valid_from: dt.date
    valid_until: dt.date
    scope: str


@transaction.atomic
def assent(*, application: Application, agrees: bool, reason: str = "", by: Actor, at: dt.datetime) -> Assent:
    """The word of the actor's bureau on an evaluated application; each bureau speaks once, and a no has a reason."""
    terms = terms_for(application, on=timezone.localdate(at))
    verdict = can_assent(by, application.call, terms)
    if not verdict:
        raise Refused(verdict.reason, "no_voice", "请由参加联合决定的部门办理")
    application.case.refresh_from_db()
    if application.case.state != terms.decision_state:
        raise Refused("申请不在联合决定环节", "not_to_be_decided", "专家评估记录后才能决定")
    if not agrees and not reason.strip():
        raise Refused("不同意须写明理由", "a_no_has_its_reason", "请写明理由")
    word = "同意" if agrees else "不同意"
    with refusing():
        row = Assent.objects.create(
            application=application, bureau=by.unit, agrees=agrees, reason=reason.strip()[:300], by=by.user, at=at
        )
        note_step(
            case=application.case,
            code="assent",
            label=f"{by.unit.name}{word}",
            by=by,
            at=at,
            reason=reason.strip(),
            duty="approve",
        )
    return row


def words_of(application: Application, terms: Terms) -> dict[str, Assent | None]:
    """Kind of bureau -> its word, None while it has not spoken. Only the bureaus of the place that decides count."""
    place = deciding_place(application.call, terms)
    rows = application.assents.filter(bureau__division=place).select_related("bureau", "by")
    given = {row.bureau.kind: row for row in rows}
    return {kind: given.get(kind) for kind in terms.bureaus}


@transaction.atomic
def publish_notice(*, call: Call, applications: Sequence[Application], by: Actor, at: dt.datetime) -> PublicNotice:
    """One notice of the applications all bureaus agreed to. The moves' guards refuse what is not ready, as a whole."""
    terms = terms_of(call.policy, call.subject, on=timezone.localdate(at))
    if not applications:
        raise Refused("未选择要公示的申请", "nothing_chosen", "请勾选各部门均已同意的申请")
    card = terms.policy.card
    role = terms.subject_label
    entries = [
        Entry(
            case=row.case,
            subject_id=row.pk,
            columns={
                "programme": card["title"],
                "policy_number": card["document_number"],
                "enterprise": row.unit.name,
                "role": role,
                "subject": row.name,
            },
        )
        for row in applications
    ]
    title = f"{call.title}拟列入名单公示"
    notice = publish(entries=entries, policy=call.policy, title=title, agency=call.bureau, by=by, at=at)
    for row in applications:
        move_case(case=row.case, move="publish", by=by, at=at, reason=f"公示{notice.number}")
    return notice


@transaction.atomic
def publish_listing(
    *,
    call: Call,
    applications: Sequence[Application],
    title: str,
    agreement: AgreementTerms | None = None,
    by: Actor,
    at: dt.datetime,
) -> PublishedList:
    """The next batch of the list: every application whose notice is over. All conditions are judged a last time.

    `agreement`: term and scope, where listing means signing one (HD2.4.10); the listing then begins when the unit has
    signed too, and ends with the term.
    """
    terms = terms_of(call.policy, call.subject, on=timezone.localdate(at))
    lines = [
        Line(row.unit, category=_category(row, at), name=row.name, code=str(row.facts.get(SPECIALITY_CODE) or ""))
        for row in applications
    ]
    published = publish_lines(
        policy=call.policy,
        role=terms.list_role,
        title=title,
        issuers=list(terms.policy.card["issuers"]),
        source=f"{call.number} {call.title}",
        lines=lines,
        awaits_signature=terms.signs,
        at=at,
    )
    if terms.signs:
        _sign(published, applications, agreement, by=by, at=at)
    for row in applications:
        move_case(case=row.case, move="list", by=by, at=at, reason=f"第{published.batch}批")
    return published


def _sign(
    published: PublishedList,
    applications: Sequence[Application],
    agreement: AgreementTerms | None,
    *,
    by: Actor,
    at: dt.datetime,
) -> None:
    if agreement is None:
        raise Refused("没有填写协议的期限和范围", "an_agreement_has_a_term", "请填写起止日期和承担的职业、对象")
    _require_after_the_running_ones(published, applications, agreement.valid_from)
    for row in applications:
        listing = published.units.get(unit=row.unit, name=row.name)
        told = dataclasses.asdict(agreement)
        offer_agreement(listing=listing, application=row, **told, by=by, at=at)
        end_listing(listing=listing, last_day=agreement.valid_until)


def _require_after_the_running_ones(
    published: PublishedList, applications: Sequence[Application], valid_from: dt.date
) -> None:
    """A renewal begins when the running agreement has ended; every unit for which it would not is named."""
    told = []
    for row in applications:
        running = running_agreement(
            policy=published.policy, role=published.role, unit=row.unit, name=row.name, on=valid_from
        )
        if running is not None:
            until = f"{running.valid_until:%Y-%m-%d}" if running.valid_until else "长期"
            told.append(f"{row.unit.name}的现行协议有效期至{until}")
    if told:
        raise Refused(
            "；".join(told), "agreements_follow_one_another", "新协议须自现行协议到期的次日起，请修改起始日期"
        )


def _category(application: Application, at: dt.datetime) -> str:
    """What made the unit fit, where the policy names it (QD97.2.2)."""
    return next(iter(application_facts(application, at=at).get("base_qualifications", ())), "")[:40]
