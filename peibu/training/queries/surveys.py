"""Questions about the satisfaction survey (QD97.3.7)."""

import dataclasses
from decimal import Decimal

from django.db.models import Avg, Count
from django.utils.translation import gettext as _

from peibu.training.enums import EnrolmentState
from peibu.training.models import Exam

TOPICS = ("quality", "teachers", "organisation", "overall")
MARKS = (1, 2, 3, 4, 5)


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


def survey_chart(result: SurveyResult, labels: dict[str, str]) -> dict:
    """The marks by question, stacked."""
    colours = ("#b42318", "#d98a1f", "#9aa5b6", "#5b8fe0", "#165dcc")
    return {
        "grid": {"left": 90, "right": 16, "top": 34, "bottom": 24},
        "legend": {"top": 0},
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "inverse": True, "data": [labels[topic] for topic in TOPICS]},
        "series": [
            {
                "name": f"{mark}分",
                "type": "bar",
                "stack": "marks",
                "barMaxWidth": 20,
                "itemStyle": {"color": colours[mark - 1]},
                "data": [result.spread[topic][mark - 1] for topic in TOPICS],
            }
            for mark in MARKS
        ],
    }


def survey_panel(exam: Exam) -> dict:
    """Result, averages in words and picture, as pages show them; they hold them back until the scores are sealed."""
    result = survey_result(exam)
    labels = {
        "quality": _("培训质量"),
        "teachers": _("师资水平"),
        "organisation": _("组织管理"),
        "overall": _("总体满意度"),
    }
    averages = [(labels[topic], value) for topic, value in result.averages.items()]
    chart = survey_chart(result, labels) if result.answers else None
    return {"survey": result, "survey_averages": averages, "survey_chart": chart}
