"""Questions about cases: what is to do, what happened, what is possible now."""

import dataclasses
import datetime as dt
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.casework.enums import Holds
from peibu.casework.models import Case, CaseEvent, Document, Objection, Task
from peibu.casework.permissions import can_move
from peibu.casework.processes import Move, Process, process_of


def cases_for(actor: Actor) -> QuerySet[Case]:
    """Every case the actor may see: officers by district, organisations their own, a trainee what he applied for."""
    rows = Case.objects.select_related("applicant", "applicant_person", "agency", "division")
    if actor.whole_city:
        return rows
    if actor.is_officer:
        return rows.filter(division_id__in=actor.division_ids())
    if actor.unit is None and actor.role == Role.TRAINEE and actor.person_key:
        return rows.filter(applicant_person__key=actor.person_key)
    return rows.filter(applicant=actor.unit) if actor.unit else rows.none()


def to_do(actor: Actor) -> QuerySet[Task]:
    """Open tasks of the actor's role at the actor's unit, the most pressing first."""
    if actor.unit is None:
        return Task.objects.none()
    rows = Task.objects.filter(closed_at__isnull=True, role=actor.role, unit=actor.unit)
    return rows.select_related("case__applicant").order_by(F("due_on").asc(nulls_last=True), "opened_at", "pk")


@dataclasses.dataclass(frozen=True)
class Step:
    """One dot of a timeline, in the words of the theme's component."""

    step: str
    who: str = ""
    at: dt.datetime | None = None
    reason: str = ""
    rule_version: str = ""
    back: bool = False
    current: bool = False
    due_on: dt.date | None = None
    suspended: bool = False


def timeline(case: Case, *, for_applicant: bool = False) -> list[Step]:
    """Who did what, when, why, on which rule version; last the state it is in now, with its deadline."""
    flow = process_of(case.policy, case.process, on=case.opened_at.date())
    steps = [_told(event, flow) for event in case.steps.order_by("seq")]
    state = flow.states[case.state]
    now = Step(
        step=state.said(for_applicant=for_applicant), current=True, due_on=case.due_on, suspended=case.suspended
    )
    return steps if state.final else [*steps, now]


def _told(event: CaseEvent, flow: Process) -> Step:
    role = Role(event.actor_role).label if event.actor_role in Role.values else ""
    who = _("%(name)s（%(role)s）") % {"name": event.actor_name, "role": role} if role else event.actor_name
    move = flow.moves.get(event.move)
    return Step(
        step=move.said if move and move.label == event.label else event.label,
        who=who,
        at=event.at,
        reason=event.reason,
        rule_version=event.rule_version[:12],
        back=bool(move and move.clock == "suspend"),
    )


def possible_moves(actor: Actor, case: Case, *, on: dt.date) -> list[Move]:
    """The moves this actor can make now; buttons are drawn from this and from nothing else."""
    flow = process_of(case.policy, case.process, on=on)
    return [m for m in flow.moves_from(case.state, actor.role) if can_move(actor, case, m, flow)]


@dataclasses.dataclass(frozen=True)
class StateLabel:
    code: str
    label: str


def state_label(case: Case, *, on: dt.date, for_applicant: bool) -> StateLabel:
    """One state, two wordings: for the officer and for the applicant."""
    state = process_of(case.policy, case.process, on=on).states[case.state]
    return StateLabel(state.code, state.said(for_applicant=for_applicant))


def documents_of(subject_id: UUID, purpose: str = "") -> QuerySet[Document]:
    rows = Document.objects.filter(subject_id=subject_id).order_by("uploaded_at", "id")
    return rows.filter(purpose=purpose) if purpose else rows


def open_objections(case: Case) -> QuerySet[Objection]:
    """Objections that stop money of this case: to one of its lines, or to a whole notice it stands in (I6)."""
    return (
        Objection.objects.filter(state="open")
        .filter(Q(line__case=case) | Q(line__isnull=True, notice__lines__case=case))
        .distinct()
    )


def objections_to_the_whole(case: Case) -> QuerySet[Objection]:
    """Those of them that hold the whole case, and not only a line of it."""
    return open_objections(case).filter(holds=Holds.CASE)
