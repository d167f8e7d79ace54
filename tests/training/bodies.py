"""The city's appraisal body at work on an exam that a base asked for (WH63.2.6)."""

import datetime as dt
from decimal import Decimal

from peibu.accounts.actor import Actor
from peibu.accounts.models import Assignment
from peibu.registry.models import Teacher
from peibu.training.actions.exam import name_graders, name_supervisors, set_paper, set_time
from peibu.training.actions.scores import confirm_supervision
from peibu.training.models import Exam
from peibu.training.queries.exams import possible_supervisors

PAPER = [("single", 60, Decimal(1)), ("practical", 4, Decimal(10))]
TASKS = ("time", "paper", "examiners", "inspection")


def arrange(exam: Exam, body: Actor, now: dt.datetime, start: dt.datetime, until: dt.datetime, *, without: str = ""):
    """Time, paper, examiners, supervisors, all but `without` (one of TASKS)."""
    deeds = {
        "time": lambda: set_time(exam=exam, held_from=start, held_until=until, place="考场", by=body, at=now),
        "paper": lambda: set_paper(exam=exam, items=PAPER, by=body, at=now),
        "examiners": lambda: name_graders(exam=exam, person_keys=examiners(exam), by=body, at=now),
        "inspection": lambda: name_supervisors(exam=exam, users=supervisors(exam, now.date()), by=body, at=now),
    }
    for task, deed in deeds.items():
        if task != without:
            deed()
    exam.refresh_from_db()


def examiners(exam: Exam) -> list[str]:
    return list(Teacher.objects.filter(unit=exam.body).values_list("person_key", flat=True))


def supervisors(exam: Exam, on: dt.date) -> list:
    return list(possible_supervisors(exam.cohort, "hrss_supervisor", on=on)[:1])


def watched(exam: Exam, at: dt.datetime) -> None:
    """Everybody who supervised says so."""
    for row in exam.supervisors.all():
        post = Assignment.objects.select_related("unit__division").get(user=row.user, role="hrss_supervisor")
        by = Actor(user=row.user, role=post.role, unit=post.unit)
        confirm_supervision(supervisor=row, remark="全程监考，秩序正常。", by=by, at=at)
