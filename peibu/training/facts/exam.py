"""Answers to the subjects `exam_filing` and `certificate_batch` of a policy."""

import datetime as dt
import math

from django.db.models import Q
from django.utils import timezone

from peibu.accounts.models import Unit
from peibu.casework.models import Case
from peibu.kernel.workdays import default_calendar
from peibu.rulebook import Policy, load_policy
from peibu.rulebook.delivery import BODIES, ExamBody
from peibu.training.enums import SupervisorSide
from peibu.training.facts.catalogue import OCCUPATION, for_occupation
from peibu.training.facts.filing import class_day
from peibu.training.facts.known import asked, end_of, on_record, told
from peibu.training.models import Cohort, Exam
from peibu.training.queries.attendance import sessions_without_sign_in
from peibu.training.queries.bodies import TASKS, body_kind, body_of, who_did
from peibu.training.queries.exams import (
    exam_day,
    item_rows,
    passed,
    photos_of_class,
    structure_of,
    taught_keys,
)
from peibu.training.queries.not_held import not_held_of, taught_sessions


def exam_filing_facts(exam: Exam, *, filed_on: dt.date) -> dict:
    """QD97.3.6 to 3.8. What nobody has stated yet is left out, so that it is unknown and never passes.

    The lead runs from the filing (its own day not counted) to the day of the exam, in working days. Points are whole
    numbers in the rulebook: the objective ones are cut, the total is rounded up, so that no paper passes by rounding.
    """
    facts: dict = {"sample_paper_attached": exam.sample_id is not None}
    rows = item_rows(exam)
    if rows:
        paper = structure_of(rows)
        facts |= {
            "objective_items": paper.objective_items,
            "paper_items": paper.items,
            "objective_points": math.floor(paper.objective_points),
            "paper_points": math.ceil(paper.points),
        }
    if exam.held_from:
        facts["exam_filing_lead_days"] = default_calendar().workdays_between(filed_on, exam_day(exam))
    sides = list(exam.supervisors.values_list("side", flat=True))
    facts |= {
        "hrss_supervisors": sides.count(SupervisorSide.HRSS),
        "industry_supervisors": sides.count(SupervisorSide.INDUSTRY),
        "third_party_supervisor": SupervisorSide.THIRD_PARTY in sides,
    }
    graders = set(exam.graders.values_list("person_key", flat=True))
    if graders:
        facts["graders_who_taught"] = len(graders & taught_keys(exam.cohort))
    policy = load_policy(exam.cohort.policy)
    return asked(policy, facts | _after_training(exam) | _examined_by(exam, policy.delivery.exam))


def _examined_by(exam: Exam, who: ExamBody) -> dict:
    """Who examined, as it was done and not as it was meant (WH63.2.6): unknown while nothing, or not everything, is."""
    if not who.fact and not who.tasks:
        return {}
    done = who_did(exam)
    units = set().union(*done.values())
    if not units or None in units:
        return {}
    bodies = {body_kind(unit) for unit in Unit.objects.filter(pk__in=units)}
    facts: dict = {}
    if who.fact:
        facts[who.fact] = who.codes.get(min(bodies, key=BODIES.index))
    by_body = [task for task, by in done.items() if by == {exam.body_id}]
    if who.tasks and (len(done) == len(TASKS) or len(by_body) < len(done)):
        facts[who.tasks] = by_body
    return {name: value for name, value in facts.items() if value is not None}


def _after_training(exam: Exam) -> dict:
    """When the exam and the end of the training are, and whether the class practised by its plan (JN6.3.2): every taught
    session took place with people of this class (the same, asked of false training: HD2.5.16b). How often each of them
    came is told beside it, never judged here."""
    held = _held_as_filed(exam.cohort)
    facts: dict = {} if held is None else {"practice_by_plan": held, "class_taught_as_filed": held}
    if exam.held_from:
        facts["exam_on"] = exam_day(exam)
    if exam.cohort.ends_on:
        facts["training_ended_on"] = exam.cohort.ends_on
    return facts


def _held_as_filed(cohort: Cohort) -> bool | None:
    """Did every session take place that did not fall out with the agency's agreement? None while it has not agreed."""
    empty = sessions_without_sign_in(cohort)
    if not taught_sessions(cohort).exists():
        return False
    noted = set(not_held_of(cohort).values_list("session_id", flat=True))
    return None if empty and noted.issuperset(row.pk for row in empty) else not empty


def filed_on(case: Case, *, default: dt.date) -> dt.date:
    """The day of the last filing; a filing corrected after a return counts from the correction."""
    last = case.steps.filter(move__in=("submit", "resubmit")).order_by("-seq").first()
    return timezone.localdate(last.at) if last else default


def certificate_batch_facts(cohort: Cohort, *, on: dt.date) -> dict:
    """QD97.3.5 and 3.9, JN6.3.2, WH63.2.7, HD2.4.11 (a teacher's hours are on record when the session has a teacher, class
    hours and a log). The lowest score is cut to whole points: 59.5 is not 60."""
    policy, exam = load_policy(cohort.policy), cohort.exam
    people = list(passed(exam).select_related("line"))
    without = taught_sessions(cohort).filter(Q(class_hours=0) | Q(teacher__isnull=True) | Q(log__isnull=True))
    facts: dict = {"training_photos": photos_of_class(cohort).count(), "sessions_without_hours": without.count()}
    facts |= _after_training(exam)
    if people:
        facts["lowest_score"] = math.floor(min(row.effective for row in people))
        # passed is what the body that examines marked and sealed; before that nobody knows
        marked = who_did(exam).get("marking") == {body_of(exam)}
        facts |= {"exam_passed": True} if exam.sealed_at is not None and marked else {}
        facts |= _level(cohort, [row.line.stated for row in people]) | _kind(cohort, policy, on=on)
    return asked(policy, told(policy, cohort.plan.stated) | facts)


def _level(cohort: Cohort, stated: list[dict]) -> dict:
    """The level the candidates signed up for, where each said it; one that is not the class's own is the one told."""
    levels = {row.get("target_level") for row in stated}
    if None in levels or "" in levels:
        return {}
    other = sorted(levels - {cohort.plan.stated.get("target_level")})
    return {"certificate_level": (other or sorted(levels))[0]}


def _kind(cohort: Cohort, policy: Policy, *, on: dt.date) -> dict:
    """The kind of certificate the document gives, known only where its occupation stands in the catalogue of the day the
    class opened (published, or entered on record); elsewhere unknown."""
    card, stated = policy.card["certificate"], cohort.plan.stated
    code, level = stated.get("occupation_code", ""), stated.get("target_level", "")
    day = class_day(cohort, default=on)
    answer = for_occupation(policy, code, level, on=day, division=cohort.division)
    entered = on_record("occupation", [code], on=day, known_at=end_of(on)).get(code, {})
    listed = (answer.over(entered) | answer.facts).get(OCCUPATION[0])
    return {"certificate_kind": card["kind"]} if listed and "kind" in card else {}
