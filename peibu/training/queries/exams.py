"""Questions about examinations: the paper's structure, who may supervise and grade, scores."""

import dataclasses
import datetime as dt
import hashlib
import json
from decimal import Decimal

from django.db.models import Avg, Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from peibu.accounts.enums import Role
from peibu.accounts.models import User
from peibu.casework.enums import Purpose
from peibu.casework.models import Document
from peibu.registry.models import Teacher
from peibu.rulebook import load_policy
from peibu.training.enums import OBJECTIVE_ITEMS, EnrolmentState, ItemKind, SessionKind
from peibu.training.models import Cohort, Enrolment, Exam, Score, ScoreCorrection
from peibu.training.queries.effective import effective_points, resit_reading, with_effective_points

TOPICS = ("quality", "teachers", "organisation", "overall")
MARKS = (1, 2, 3, 4, 5)


@dataclasses.dataclass(frozen=True)
class Structure:
    """Items and points of a paper; points are exact decimals."""

    items: int
    points: Decimal
    objective_items: int
    objective_points: Decimal

    @property
    def share_of_items(self) -> Decimal | None:
        """Percent with one decimal, cut off and never rounded up; None for an empty paper."""
        return _percent(Decimal(self.objective_items), Decimal(self.items))

    @property
    def share_of_points(self) -> Decimal | None:
        return _percent(self.objective_points, self.points)


def _percent(part: Decimal, whole: Decimal) -> Decimal | None:
    return Decimal(int(part * 1000 / whole)) / 10 if whole else None


def structure_of(rows: list[tuple[str, int, Decimal]]) -> Structure:
    """Add up (kind, count, points each) rows (QD97.3.6: the first three kinds are objective)."""
    objective = [row for row in rows if row[0] in OBJECTIVE_ITEMS]
    return Structure(
        items=sum(count for _kind, count, _each in rows),
        points=sum((count * each for _kind, count, each in rows), Decimal(0)),
        objective_items=sum(count for _kind, count, _each in objective),
        objective_points=sum((count * each for _kind, count, each in objective), Decimal(0)),
    )


def item_rows(exam: Exam) -> list[tuple[str, int, Decimal]]:
    return [(item.kind, item.count, item.points_each) for item in exam.items.all()]


def structure_chart(rows: list[tuple[str, int, Decimal]]) -> dict:
    """The points of the paper by kind of item, as an ECharts option."""
    labels = dict(ItemKind.choices)
    return {
        "grid": {"left": 90, "right": 30, "top": 10, "bottom": 24},
        "xAxis": {"type": "value", "name": _("分")},
        "yAxis": {"type": "category", "inverse": True, "data": [str(labels[kind]) for kind, _n, _p in rows]},
        "series": [
            {
                "name": "分值",
                "type": "bar",
                "barMaxWidth": 22,
                "data": [
                    {
                        "value": float(count * each),
                        "itemStyle": {"color": "#165dcc" if kind in OBJECTIVE_ITEMS else "#d99a2b"},
                    }
                    for kind, count, each in rows
                ],
                "label": {"show": True, "position": "right"},
            }
        ],
    }


def possible_supervisors(cohort: Cohort, role: str, *, on: dt.date) -> QuerySet[User]:
    """Officers of the district's bureau who may watch the exam (QD97.3.7), without the class's teachers."""
    rows = User.objects.filter(
        is_active=True,
        assignments__role=role,
        assignments__unit__division=cohort.division.desk,
        assignments__valid_from__lte=on,
    )
    rows = rows.exclude(assignments__valid_until__lt=on)
    return rows.exclude(person_key__in=taught_keys(cohort)).distinct().order_by("name", "username")


SIDES = {Role.HRSS_SUPERVISOR: "hrss", Role.INDUSTRY_SUPERVISOR: "industry"}


def taught_keys(cohort: Cohort) -> set[str]:
    """The natural persons who taught the class (QD97.3.8)."""
    rows = cohort.sessions.exclude(kind=SessionKind.EXAM).exclude(teacher_key="")
    return set(rows.values_list("teacher_key", flat=True))


def teaching_keys(cohort: Cohort) -> set[str]:
    """The natural persons who taught the class or are registered as teachers of its provider or of a base of its plan."""
    units = [cohort.provider_id, *cohort.plan.bases.values_list("unit_id", flat=True)]
    return taught_keys(cohort) | set(Teacher.objects.filter(unit__in=units).values_list("person_key", flat=True))


@dataclasses.dataclass(frozen=True)
class GraderChoice:
    """A teacher who could grade, and whether it is forbidden because of having taught the class."""

    teacher: Teacher
    taught: bool
    chosen: bool


def grader_choices(exam: Exam) -> list[GraderChoice]:
    """Whoever is registered with the body that examines, or else teachers of the provider and of the plan's bases; and
    whoever is chosen; one line per natural person."""
    cohort = exam.cohort
    units = (
        [exam.body_id] if exam.body_id else [cohort.provider_id, *cohort.plan.bases.values_list("unit_id", flat=True)]
    )
    taught, chosen = taught_keys(cohort), set(exam.graders.values_list("person_key", flat=True))
    rows: dict[str, Teacher] = {}
    listed = Teacher.objects.filter(Q(unit_id__in=units) | Q(person_key__in=chosen)).select_related("unit")
    for teacher in listed.order_by("unit__name", "name"):
        rows.setdefault(teacher.person_key, teacher)
    return [GraderChoice(teacher, key in taught, key in chosen) for key, teacher in rows.items()]


@dataclasses.dataclass(frozen=True)
class Candidate:
    """A person of the class with the number used on score sheets; `score` None = nothing entered yet. `points` are
    those in force: the sealed ones, or what a correction or a re-sit made of them."""

    number: int
    enrolment: Enrolment
    score: Score | None
    points: Decimal | None = None

    @property
    def changed(self) -> bool:
        """Is it another score now than the sealed one?"""
        return self.score is not None and self.points != self.score.points

    @property
    def absent(self) -> bool:
        return self.score is not None and self.points is None


def candidates(exam: Exam) -> list[Candidate]:
    """Active people of the class. Numbers count everybody ever enrolled, so that nobody's number moves."""
    rows = exam.cohort.enrolments.select_related("person", "enterprise").order_by("enrolled_at", "id")
    scores = {score.enrolment_id: score for score in exam.scores.select_related("entered_by")}
    points = effective_points(exam) if exam.sealed_at else {key: score.points for key, score in scores.items()}
    return [
        Candidate(number, row, scores.get(row.pk), points.get(row.pk))
        for number, row in enumerate(rows, start=1)
        if row.state == EnrolmentState.ACTIVE
    ]


def pass_mark(cohort: Cohort, *, on: dt.date) -> int:
    return int(load_policy(cohort.policy).value("pass_mark", on=on))


def exam_day(exam: Exam) -> dt.date | None:
    """The day of law of everything about this exam: the day it is held, in China."""
    return timezone.localdate(exam.held_from) if exam.held_from else None


def passed(exam: Exam) -> QuerySet[Enrolment]:
    """Those who reached the pass mark of the exam's day (QD97.3.5); absent people did not."""
    mark = pass_mark(exam.cohort, on=exam_day(exam))
    return _with_points(exam).filter(effective__gte=mark)


def failed(exam: Exam) -> QuerySet[Enrolment]:
    """Those below the pass mark of the exam's day, and those who were absent."""
    mark = pass_mark(exam.cohort, on=exam_day(exam))
    return _with_points(exam).filter(Q(effective__lt=mark) | Q(effective__isnull=True))


def _with_points(exam: Exam) -> QuerySet[Enrolment]:
    rows = Enrolment.objects.filter(cohort=exam.cohort, state=EnrolmentState.ACTIVE)
    rows = with_effective_points(rows, reading=resit_reading(exam))
    return rows.select_related("person", "enterprise", "score").order_by("enrolled_at", "id")


def photos_of_class(cohort: Cohort) -> QuerySet[Document]:
    rows = Document.objects.filter(subject_id=cohort.pk, purpose=Purpose.SITE_PHOTO)
    return rows.order_by("uploaded_at", "id")


def fingerprint(exam: Exam) -> str:
    """SHA-256 over the whole sheet in a fixed order: every candidate with points, the exam's time, who watched it.

    A sealed sheet whose present fingerprint differs from `exam.seal` was changed behind the application's back.
    """
    sheet = {
        "exam": str(exam.pk),
        "held": [exam.held_from.astimezone(dt.UTC).isoformat(), exam.held_until.astimezone(dt.UTC).isoformat()],
        "supervisors": sorted(exam.supervisors.values_list("person_key", flat=True)),
        "scores": [
            [str(enrolment), key, None if points is None else f"{points:.1f}"]
            for enrolment, key, points in exam.scores.order_by("enrolment_id").values_list(
                "enrolment_id", "enrolment__person__key", "points"
            )
        ],
    }
    return hashlib.sha256(json.dumps(sheet, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def exam_corrections(exam: Exam) -> QuerySet[ScoreCorrection]:
    """Every correction of the exam's sealed scores, the newest first."""
    rows = ScoreCorrection.objects.filter(score__exam=exam).order_by("-proposed_at", "-id")
    return rows.select_related("score__enrolment__person", "resit_score__resit", "proposed_by", "decided_by")


def is_intact(exam: Exam) -> bool:
    """Is the sealed sheet what was sealed?"""
    return bool(exam.sealed_at) and fingerprint(exam) == exam.seal


def score_chart(points: list[Decimal | None], mark: int) -> dict:
    """How many candidates lie in which ten points; the tens below the pass mark in amber."""
    tens = [0] * 10
    for value in points:
        if value is not None:
            tens[min(int(value) // 10, 9)] += 1
    names = [f"{low}–{low + 9}" if low < 90 else "90–100" for low in range(0, 100, 10)]
    data = [
        {"value": n, "itemStyle": {"color": "#165dcc" if at * 10 >= mark else "#d99a2b"}} for at, n in enumerate(tens)
    ]
    return {
        "grid": {"left": 40, "right": 16, "top": 28, "bottom": 28},
        "xAxis": {"type": "category", "name": _("分"), "data": names},
        "yAxis": {"type": "value", "name": _("人"), "minInterval": 1},
        "series": [{"name": "人数", "type": "bar", "barMaxWidth": 30, "data": data}],
    }


@dataclasses.dataclass(frozen=True)
class SurveyResult:
    """What the class thought (QD97.3.7): how many of how many answered, averages 1 to 5, spread, comments."""

    answers: int
    people: int
    averages: dict[str, Decimal]
    spread: dict[str, list[int]]
    comments: list[str]

    @property
    def overall(self) -> Decimal | None:
        return self.averages.get("overall")


def survey_result(exam: Exam) -> SurveyResult:
    """The oversight room reads this for the provider's credit record. Comments come in no order of time."""
    rows = exam.answers.all()
    told = rows.aggregate(n=Count("id"), **{topic: Avg(topic) for topic in TOPICS})
    spread = {topic: [0] * len(MARKS) for topic in TOPICS}
    for topic in TOPICS:
        for mark, n in rows.values_list(topic).annotate(n=Count("id")).order_by():
            spread[topic][mark - 1] = n
    averages = {topic: Decimal(str(round(told[topic], 2))) for topic in TOPICS if told["n"]}
    people = exam.cohort.enrolments.filter(state=EnrolmentState.ACTIVE).count()
    comments = sorted(rows.exclude(comment="").values_list("comment", flat=True))
    return SurveyResult(told["n"], people, averages, spread, comments)
