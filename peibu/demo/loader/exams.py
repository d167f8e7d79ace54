"""The examination and the certificates of a class, as far as it has come."""

import datetime as dt
from decimal import Decimal

from peibu.accounts.models import Unit
from peibu.casework.actions import move_case
from peibu.demo.city.plans import Exam as ExamPlan
from peibu.demo.city.records import CHINA
from peibu.demo.loader.classes import ClassStory
from peibu.demo.loader.online import seat, set_online
from peibu.kernel.errors import Refused
from peibu.papers.plain_papers import Part, plain_pdf
from peibu.training.actions.certificates import report_passed
from peibu.training.actions.exam import (
    draft_exam,
    file_exam,
    keep_sample,
    name_graders,
    name_supervisors,
    name_third_party,
    set_paper,
    set_time,
)
from peibu.training.actions.scores import confirm_supervision, enter_scores, seal_scores
from peibu.training.actions.survey import answer_survey
from peibu.training.models import Exam

ITEM_KINDS = {
    "single": "single",
    "multiple": "multiple",
    "judgement": "true_false",
    "blank": "short",
    "short_answer": "short",
    "case": "case",
}
# A paper below the objective share is refused, as in life; the provider then files this one.
FALLBACK_PAPER = (("single", 30, 2), ("true_false", 10, 2), ("case", 1, 20))
MARKS = {"quality": 0, "teachers": 1, "organisation": 3, "overall": 4}


def examine(story: ClassStory) -> Exam | None:
    """Play filing, approval, supervision, survey, scores and certificates."""
    filed = story.reached("exam_filed")
    if filed is None:
        return None
    exam = _file(story, filed)
    approved = story.reached("exam_approved")
    if approved:
        reviewer = story.players.of("agency_reviewer", exam.case.agency, 1)
        move_case(case=exam.case, move="approve", by=reviewer, at=approved)
        exam.refresh_from_db()
        if _sat_online(story):
            seat(exam, by=story.by, at=approved)
    if story.reached("exam_done"):
        _hold(story, exam)
    if story.reached("scored"):
        _score(story, exam)
    if story.reached("certified"):
        _certify(story)
    return exam


def _file(story: ClassStory, at: dt.datetime) -> Exam:
    plan, by = story.plan.exam, story.by
    exam = draft_exam(cohort=story.cohort, by=by, at=at)
    start = dt.datetime.combine(plan.on, plan.start, tzinfo=CHINA)
    end = dt.datetime.combine(plan.on, plan.end, tzinfo=CHINA)
    set_time(exam=exam, held_from=start, held_until=end, place=plan.place, by=by, at=at)
    items = [(ITEM_KINDS[p.kind], p.items, Decimal(p.points_each)) for p in plan.paper]
    if _sat_online(story):
        set_online(exam, by=by, at=at)
    else:
        set_paper(exam=exam, items=items, by=by, at=at)
        keep_sample(exam=exam, name="考试样卷.pdf", content=_sample(plan), by=by, at=at)
    _supervisors(story, exam, at)
    keys = [story.loaded.teachers[key].person_key for key in plan.graders]
    name_graders(exam=exam, person_keys=keys, by=by, at=at)
    try:
        file_exam(exam=exam, by=by, at=at)
    except Refused:
        set_paper(exam=exam, items=[(k, n, Decimal(p)) for k, n, p in FALLBACK_PAPER], by=by, at=at)
        file_exam(exam=exam, by=by, at=at)
    exam.refresh_from_db()
    return exam


def _sat_online(story: ClassStory) -> bool:
    """The class whose exam lies ahead sits it online: the visitor moves the clock and sits it too."""
    return story.reached("exam_approved") is not None and story.reached("exam_done") is None


def _sample(plan: ExamPlan) -> bytes:
    parts = [Part(heading="样卷", paragraphs=[line for line in plan.sample_text.splitlines() if line.strip()])]
    return plain_pdf(title="结业考核样卷", parts=parts, dated=plan.on)


def _supervisors(story: ClassStory, exam: Exam, at: dt.datetime) -> None:
    plan = story.plan.exam
    if plan.supervisors:
        users = [story.loaded.users[key] for key in plan.supervisors]
        name_supervisors(exam=exam, users=users, by=story.by, at=at)
        return
    outsider = next(t for t in story.loaded.city.teachers if t.provider != story.plan.provider and t.provider)
    unit = story.loaded.units[outsider.provider]
    name_third_party(
        exam=exam, unit_name=unit.name, name=outsider.name, id_number=outsider.id_number, by=story.by, at=at
    )


def _hold(story: ClassStory, exam: Exam) -> None:
    done = story.when["exam_done"]
    for row in exam.supervisors.all():
        registrar = story.players.of("agency_reviewer", exam.case.agency)
        by = story.players.by_user(row.user) if row.user_id else registrar
        confirm_supervision(supervisor=row, remark="全程监考，秩序正常。", by=by, at=done + dt.timedelta(minutes=20))
    for answer in story.plan.answers:
        trainee = story.players.trainee(story.loaded.people[answer.person].key)
        if trainee is None:
            continue
        marks = {topic: answer.marks[index] for topic, index in MARKS.items()}
        answer_survey(exam=exam, marks=marks, comment=answer.remark, by=trainee, at=done)


def _score(story: ClassStory, exam: Exam) -> None:
    at = story.when["scored"]
    rows = {row.person_id: row.pk for row in story.cohort.enrolments.filter(state="active")}
    points = {
        rows[story.loaded.people[s.person].pk]: None if s.points is None else Decimal(s.points)
        for s in story.plan.scores
        if story.loaded.people[s.person].pk in rows
    }
    enter_scores(exam=exam, marks=points, by=story.by, at=at)
    seal_scores(exam=exam, by=story.by, at=at + dt.timedelta(hours=1))
    story.cohort.refresh_from_db()


def _certify(story: ClassStory) -> None:
    at = story.when["certified"]
    batch = report_passed(cohort=story.cohort, by=story.by, at=at - dt.timedelta(hours=3))
    office = Unit.objects.get(kind="hrss", division=story.cohort.division)
    approver = story.players.of("hrss_approver", office)
    move_case(case=batch.case, move="issue", by=approver, at=at)
    story.cohort.refresh_from_db()
