"""Deeds on cases: open, move, keep a document, keep a determination. Nothing else writes them."""

import datetime as dt
import hashlib
from uuid import UUID

import pghistory
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone, translation

from peibu.accounts.actor import Actor
from peibu.accounts.models import Division, Unit
from peibu.casework.hooks import effects_of, guards_of
from peibu.casework.models import Case, CaseEvent, Determination, Document, Task
from peibu.casework.numbering import next_number
from peibu.casework.permissions import can_move
from peibu.casework.processes import Move, Process, deadline, process_of
from peibu.kernel.errors import Refused
from peibu.kernel.workdays import default_calendar
from peibu.registry.models import Person
from peibu.rulebook import Judgement


@transaction.atomic
def open_case(
    *,
    policy: str,
    process: str,
    subject: str,
    applicant: Unit | None,
    agency: Unit,
    by: Actor,
    at: dt.datetime,
    person: Person | None = None,
) -> Case:
    """Open a case at the agency that handles it; its number is gap-free per division, process and year.

    person: who applies in the own name, in place of a unit.
    """
    on = timezone.localdate(at)
    flow = process_of(policy, process, on=on)
    division = agency.division
    code = division.number_code
    serial = next_number(f"case/{code}/{process}/{on.year}")
    prefix = "".join(word[0] for word in process.split("_")).upper()
    case = Case.objects.create(
        division=division,
        number=f"{prefix}{on.year}-{code}-{serial:05d}",
        policy=policy,
        process=process,
        subject=subject,
        state=flow.start,
        applicant=applicant,
        applicant_person=person,
        agency=agency,
        opened_at=at,
        state_since=at,
        due_on=deadline(on, flow.states[flow.start].working_days),
        rule_version=flow.policy.fingerprint,
    )
    opening = Move(code="open", label="建立", sources=(), target=flow.start, roles=())
    _log(case, opening, from_state="", by=by, at=at, reason="", version=flow.policy.fingerprint)
    _renew_tasks(case, flow, at=at)
    return case


@transaction.atomic
def move_case(*, case: Case, move: str, by: Actor, at: dt.datetime, reason: str = "") -> Case:
    """Make one move of the case's process. Refuses with the reason when state, role, person or district forbid it."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    flow = process_of(case.policy, case.process, on=timezone.localdate(at))
    step = flow.moves.get(move)
    if step is None:
        raise Refused(f"“{flow.title}”没有“{move}”这一步", "no_move", "请刷新页面后重试")
    verdict = can_move(by, case, step, flow)
    for guard in guards_of(case.process, move):
        verdict = verdict and guard(case=case, by=by, at=at)
    if not verdict:
        raise Refused(verdict.reason, "move_refused", "请由有权限的人员在正确的环节办理")
    reason = reason.strip()
    if step.needs_reason and not reason:
        raise Refused(f"“{step.label}”须写明理由", "reason_required", "请填写理由后再提交")
    with pghistory.context(move=step.code, reason=reason, case=str(case.pk)):
        _apply(case, step, flow, at)
        _log(case, step, from_state=_previous(case), by=by, at=at, reason=reason, version=flow.policy.fingerprint)
    _renew_tasks(case, flow, at=at)
    for effect in effects_of(case.process, move):
        effect(case=case, by=by, at=at, reason=reason)
    return case


def note_step(
    *, case: Case, code: str, label: str, by: Actor, at: dt.datetime, reason: str, duty: str = "", shown_as: str = ""
) -> CaseEvent:
    """Tell a deed that changes something in a case but not its state; the duty counts like that of a move (I8).

    `shown_as` stands in the timeline in place of the actor's name (an expert's number).
    """
    flow = process_of(case.policy, case.process, on=timezone.localdate(at))
    deed = Move(code=code, label=label, sources=(case.state,), target=case.state, roles=(by.role,), duty=duty)
    version = flow.policy.fingerprint
    return _log(case, deed, from_state=case.state, by=by, at=at, reason=reason, version=version, shown_as=shown_as)


def _apply(case: Case, step: Move, flow: Process, at: dt.datetime) -> None:
    on = timezone.localdate(at)
    state = flow.states[step.target]
    if step.clock == "suspend" and case.due_on is not None:
        case.days_left = max(1, default_calendar().workdays_between(on, case.due_on))
    case.suspended = step.clock == "suspend"
    case.due_on = None if case.suspended else _due(case, state.working_days, on)
    case.state = step.target
    case.state_since = at
    case.closed_at = at if state.final else None
    case.save(update_fields=["state", "state_since", "suspended", "days_left", "due_on", "closed_at"])


def _due(case: Case, working_days: int | None, on: dt.date) -> dt.date | None:
    """The deadline of a state entered on a day; a clock that was suspended runs on with what was left of it."""
    if working_days is None:
        return None
    if case.days_left is not None:
        working_days, case.days_left = case.days_left, None
    return deadline(on, working_days)


def _previous(case: Case) -> str:
    return case.steps.order_by("-seq").values_list("to_state", flat=True).first() or ""


def _log(
    case: Case,
    step: Move,
    *,
    from_state: str,
    by: Actor,
    at: dt.datetime,
    reason: str,
    version: str,
    shown_as: str = "",
) -> CaseEvent:
    last = case.steps.order_by("-seq").values_list("seq", flat=True).first() or 0
    return CaseEvent.objects.create(
        case=case,
        seq=last + 1,
        move=step.code,
        label=step.label,
        from_state=from_state,
        to_state=step.target,
        user=by.user,
        actor_name=shown_as or by.name,
        actor_role=by.role,
        person_key=by.person_key,
        duty=step.duty,
        at=at,
        reason=reason,
        rule_version=version,
    )


def _renew_tasks(case: Case, flow: Process, *, at: dt.datetime) -> None:
    """Close what was to do and open what the new state asks, for each role that can move the case on."""
    case.tasks.filter(closed_at__isnull=True).update(closed_at=at)
    state = flow.states[case.state]
    if state.final:
        return
    for role in sorted(flow.roles_waiting(case.state) - {"system"}):
        unit = unit_for(role, case)
        if unit is None:
            continue
        Task.objects.create(
            case=case, role=role, unit=unit, state=case.state, title=state.label, opened_at=at, due_on=case.due_on
        )


OFFICE_OF_ROLE = {
    "agency_reviewer": "agency",
    "hrss_approver": "hrss",
    "hrss_supervisor": "hrss",
    "industry_supervisor": "industry",
    "finance": "agency",
}


def unit_for(role: str, case: Case) -> Unit | None:
    """The unit at which a role handles this case: an office of the case's division, or the applicant."""
    if role in OFFICE_OF_ROLE:
        return Unit.objects.filter(kind=OFFICE_OF_ROLE[role], division=case.division).first()
    if role == "city_bureau":
        city = Division.objects.filter(kind="city").first()
        return Unit.objects.filter(kind="hrss", division=city).first()
    return case.applicant


@transaction.atomic
def keep_document(
    *,
    division: Division,
    subject_id: UUID,
    purpose: str,
    name: str,
    kind: str,
    content: bytes,
    by: Actor,
    at: dt.datetime,
    case: Case | None = None,
    facts: dict | None = None,
    retained_until: dt.date | None = None,
) -> Document:
    """Store a file that intake has already inspected (or papers has made). The stored name is random."""
    sha256 = hashlib.sha256(content).hexdigest()
    document = Document(
        division=division,
        subject_id=subject_id,
        case=case,
        purpose=purpose,
        name=name[:200],
        kind=kind,
        size=len(content),
        sha256=sha256,
        facts=facts or {},
        uploaded_by=by.user,
        uploaded_at=at,
        retained_until=retained_until,
    )
    document.file.save(f"{document.id}.{kind}", ContentFile(content), save=False)
    document.save(force_insert=True)
    return document


def keep_determination(
    *,
    subject_id: UUID,
    judgement: Judgement,
    facts: dict | None = None,
    known_at: dt.datetime,
    by: Actor,
    at: dt.datetime,
) -> Determination:
    """Store a judgement for ever, with its facts as the judge read them (or as given, when already JSON)."""
    row = determination_of(subject_id, judgement, facts=facts, known_at=known_at, by=by, at=at)
    row.save(force_insert=True)
    return row


def determination_of(
    subject_id: UUID,
    judgement: Judgement,
    *,
    facts: dict | None = None,
    known_at: dt.datetime,
    by: Actor,
    at: dt.datetime,
) -> Determination:
    """The row of a judgement, not stored yet: for those who store many at once."""
    told = judgement.to_dict()
    with translation.override("zh-hans"):  # what is stored is Chinese in whatever language the page is read
        made_by = by.label
    return Determination(
        subject_id=subject_id,
        policy=judgement.policy,
        subject=judgement.subject,
        on=judgement.on,
        known_at=known_at,
        fingerprint=judgement.fingerprint,
        facts=facts if facts is not None else told["facts"],
        decision=told["decision"],
        amount_fen=judgement.amount_fen,
        findings=told["findings"],
        rates=told["rates"],
        outcomes=told["outcomes"],
        payee=judgement.payee or "",
        made_at=at,
        made_by=made_by,
    )
