"""The filing of an exam as the agency sees it."""

import datetime as dt

from peibu.accounts.actor import Actor
from peibu.casework.models import Case
from peibu.rulebook import load_policy
from peibu.training.actions.exam import judge_filing
from peibu.training.facts.exam import filed_on
from peibu.training.models import Exam
from peibu.training.queries.bodies import examiner_of
from peibu.training.queries.exams import item_rows, structure_chart, structure_of

TEMPLATE = "desk/panels/exam_filing.html"


def context(case: Case, actor: Actor, on: dt.date) -> dict:
    """Structure, findings as of the filing, time and people, the class's timetable."""
    exam = Exam.objects.select_related("cohort__provider", "cohort__plan", "sample", "body").get(case=case)
    rows = item_rows(exam)
    paper, policy = structure_of(rows), load_policy(case.policy)
    asks = "objective_share_min" in policy.parameters
    return {
        "exam": exam,
        "cohort": exam.cohort,
        "items": exam.items.all(),
        "paper": paper,
        "least": policy.value("objective_share_min", on=on) if asks else None,
        "body": examiner_of(exam),
        "paper_chart": structure_chart(rows) if rows else None,
        "judgement": judge_filing(exam, day=filed_on(case, default=on))[0],
        "supervisors": exam.supervisors.select_related("unit").order_by("side", "id"),
        "graders": exam.graders.order_by("name"),
        "sessions": exam.cohort.sessions.select_related("teacher").order_by("starts_at"),
    }
