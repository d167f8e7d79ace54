"""A class and its plan -> the questions of `class_filing` (QD97.2.3, 3.1, 3.2, 3.4, 4.1; WH63.2.3-2.5; JN6.6.1)."""

import contextlib
import datetime as dt

from django.db.models import Q
from django.utils import timezone

from peibu.catalogue.models import Edition
from peibu.kernel.workdays import CalendarYearMissing, default_calendar
from peibu.programmes.queries import is_listed
from peibu.rulebook import Policy, load_policy
from peibu.rulebook.derived.derive import derive_facts
from peibu.rulebook.derived.kinds import Records
from peibu.training.enums import SessionKind
from peibu.training.facts.agreed import agreement_facts
from peibu.training.facts.catalogue import for_class
from peibu.training.facts.known import asked, end_of, on_record, told, with_records
from peibu.training.facts.members import people_facts
from peibu.training.facts.teachers import UNREGISTERED, qualified_teachers, unregistered_teachers
from peibu.training.models import Cohort, Session, TrainingPlan
from peibu.training.queries.papers import papers_at_hand


def plan_parts(plan: TrainingPlan, *, has_teachers: bool | None = None, cohort: Cohort | None = None) -> list[str]:
    """Codes of the plan parts that are written, among those of the policy's code list `plan_parts`.

    `has_teachers` answers for teachers chosen on a page and not saved yet. The class supplies the parts that only its
    timetable can have (`time`, `timetable`).
    """
    wanted = (
        load_policy(plan.policy).codes["plan_parts"].items if "plan_parts" in load_policy(plan.policy).codes else {}
    )
    timed = cohort is not None and cohort.sessions.exclude(kind=SessionKind.EXAM).exists()
    written = {
        "project_name": bool(plan.project_name.strip()),
        "goal": bool(plan.goal.strip()),
        "mode": bool(plan.mode.strip()),
        "places": bool(plan.training_place.strip() and plan.practice_place.strip()),
        "content": bool(plan.content.strip()),
        "class_hours": bool(plan.class_hours),
        "headcount_and_batches": bool(plan.headcount and plan.batches),
        "teachers": plan.teachers.exists() if has_teachers is None else has_teachers,
        "evaluation_standard": bool(plan.evaluation.strip()),
        "time": timed,
        "timetable": timed,
    }
    return [code for code, done in written.items() if done and code in wanted]


def double_bookings(cohort: Cohort) -> list[tuple[Session, Session]]:
    """Pairs of sessions of this class and of any live session elsewhere with the same teacher at the same time."""
    found = []
    for session in cohort.sessions.exclude(teacher_key="").select_related("teacher"):
        overlap = Session.objects.filter(
            Q(active=True) | Q(cohort=cohort),
            teacher_key=session.teacher_key,
            starts_at__lt=session.ends_at,
            ends_at__gt=session.starts_at,
        ).exclude(pk=session.pk)
        found += [(session, other) for other in overlap.select_related("cohort__provider")]
    return found


def filing_facts(cohort: Cohort, *, filed_on: dt.date) -> dict:
    """Facts of a class as it would be filed on a day, those the policy asks for. Counts come from the timetable, never
    from the form; what the plan states and what is on record about unit, occupation and city comes besides."""
    policy = load_policy(cohort.policy)
    plan = cohort.plan
    facts = told(policy, plan.stated) | asked(policy, _of_plan(cohort, filed_on) | _of_timetable(cohort, filed_on))
    facts |= asked(policy, people_facts(cohort, policy, on=filed_on))
    facts |= asked(policy, agreement_facts(cohort, policy, on=class_day(cohort, default=filed_on)))
    known_at = end_of(filed_on)
    missing = unregistered_teachers(cohort, known_at=known_at) if UNREGISTERED in policy.fact_specs else None
    facts |= {} if missing is None else {UNREGISTERED: missing}
    subjects = (
        ("city", [cohort.policy]),
        ("unit", [cohort.provider_id]),
        ("occupation", [plan.stated.get("occupation_code", "")]),
    )
    known: dict = {}
    for kind, abouts in subjects:
        for values in on_record(kind, abouts, on=filed_on, known_at=known_at).values():
            known |= values
    listed = for_class(cohort, policy, on=class_day(cohort, default=filed_on))
    facts, known = facts | listed.facts, listed.over(known)
    facts = with_records(policy, "class_filing", facts, known, on=filed_on)
    return derive_facts(
        policy, "class_filing", facts, {"sessions": session_records(cohort, policy, on=filed_on)}, on=filed_on
    )


def catalogue_edition(cohort: Cohort, *, on: dt.date) -> Edition | None:
    """The edition of a catalogue that the check sheet of a class rests on; None where only entered records speak."""
    return for_class(cohort, load_policy(cohort.policy), on=class_day(cohort, default=on)).edition


def class_day(cohort: Cohort, *, default: dt.date) -> dt.date:
    """The day a class opens: its first lesson; the default while there is none."""
    first = cohort.sessions.exclude(kind=SessionKind.EXAM).order_by("starts_at").first()
    return timezone.localdate(first.starts_at) if first else default


def _of_plan(cohort: Cohort, filed_on: dt.date) -> dict:
    policy = load_policy(cohort.policy)
    plan, delivery = cohort.plan, policy.delivery
    bases = list(plan.bases.select_related("unit"))
    return {
        delivery.listed_fact: is_listed(cohort.provider, cohort.policy, delivery.list, on=filed_on),
        "plan_parts": plan_parts(plan, cohort=cohort),
        "plan_cosigned_by_bases": bool(bases) and plan.signed_at is not None and all(b.signed_at for b in bases),
        "bases_listed": bool(bases) and all(is_listed(b.unit, cohort.policy, "base", on=filed_on) for b in bases),
        "topics": list(plan.topics),
        "charged_to_trainee_fen": cohort.fee_fen,
        "filing_papers": papers_at_hand(cohort),
        "soft_reasons": dict(cohort.soft_reasons),
    }


def _of_timetable(cohort: Cohort, filed_on: dt.date) -> dict:
    taught = [s for s in cohort.sessions.all() if s.kind != SessionKind.EXAM]
    days = sorted({timezone.localdate(s.starts_at) for s in taught})
    practice = [s for s in taught if s.kind == SessionKind.PRACTICE]
    facts = {
        "practice_days": len({timezone.localdate(s.starts_at) for s in practice}),
        "practice_bases": len({s.base_id for s in practice if s.base_id}),
        "class_days": len(days),
        "headcount": cohort.seats_taken,
        "teacher_double_bookings": len(double_bookings(cohort)),
    }
    if practice:
        facts["practice_starts_on"] = min(timezone.localdate(s.starts_at) for s in practice)
    if days:
        facts["class_starts_on"], facts["class_ends_on"] = days[0], days[-1]
        # A year whose holidays are not published yet: how long the lead is, is unknown, and unknown never passes.
        with contextlib.suppress(CalendarYearMissing):
            facts["class_filing_lead_days"] = default_calendar().workdays_between(filed_on, days[0])
    return facts


def session_records(cohort: Cohort, policy: Policy, *, on: dt.date) -> Records:
    """The timetable as the rulebook's records: each session counts as the kind the policy's delivery section says."""
    words = policy.delivery.sessions
    qualified = qualified_teachers(cohort, policy, on=on, known_at=end_of(on))
    rows = []
    for row in cohort.sessions.select_related("teacher").order_by("starts_at"):
        record = words[row.kind].record if row.kind in words else "other"
        if record:
            start = timezone.localtime(row.starts_at)
            rows.append(
                {
                    "held_on": start.date(),
                    "starts_at": f"{start:%H:%M}",
                    "hours": row.class_hours,
                    "kind": record,
                    "online": row.kind == SessionKind.ONLINE,
                    "topics": tuple(row.topics),
                    "teacher": row.teacher.name if row.teacher else None,
                    "teacher_qualified": qualified(row.teacher, record, start.date()),
                }
            )
    return Records(rows=rows)
