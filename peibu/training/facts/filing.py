"""A class and its plan -> the questions of `class_filing` (QD97.2.3, 3.1, 3.2, 3.4, 4.1)."""

import contextlib
import datetime as dt

from django.db.models import Q
from django.utils import timezone

from peibu.kernel.workdays import CalendarYearMissing, default_calendar
from peibu.programmes.queries import is_listed
from peibu.training.enums import SessionKind
from peibu.training.models import Cohort, Session, TrainingPlan


def plan_parts(plan: TrainingPlan, *, has_teachers: bool | None = None) -> list[str]:
    """Codes of the plan parts that are written (the policy's code list `plan_parts`).

    `has_teachers` answers for teachers chosen on a page and not saved yet.
    """
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
    }
    return [code for code, done in written.items() if done]


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
    """Facts of a class as it would be filed on a day. Counts come from the timetable, never from the form."""
    plan = cohort.plan
    taught = [s for s in cohort.sessions.all() if s.kind != SessionKind.EXAM]
    days = sorted({timezone.localdate(s.starts_at) for s in taught})
    practice = [s for s in taught if s.kind == SessionKind.PRACTICE]
    bases = list(plan.bases.select_related("unit"))
    facts = {
        "plan_parts": plan_parts(plan),
        "plan_cosigned_by_bases": bool(bases) and plan.signed_at is not None and all(b.signed_at for b in bases),
        "provider_listed": is_listed(cohort.provider, cohort.policy, "provider", on=filed_on),
        "bases_listed": bool(bases) and all(is_listed(b.unit, cohort.policy, "base", on=filed_on) for b in bases),
        "topics": list(plan.topics),
        "practice_days": len({timezone.localdate(s.starts_at) for s in practice}),
        "practice_bases": len({s.base_id for s in practice if s.base_id}),
        "class_days": len(days),
        "headcount": cohort.seats_taken,
        "teacher_double_bookings": len(double_bookings(cohort)),
        "soft_reasons": dict(cohort.soft_reasons),
    }
    if days:
        facts["class_starts_on"], facts["class_ends_on"] = days[0], days[-1]
        # A year whose holidays are not published yet: how long the lead is, is unknown, and unknown never passes.
        with contextlib.suppress(CalendarYearMissing):
            facts["class_filing_lead_days"] = default_calendar().workdays_between(filed_on, days[0])
    return facts
