"""The satisfaction survey as pages show it (QD97.3.7)."""

from django.utils.translation import gettext as _

from peibu.training.models import Exam
from peibu.training.queries.exams import MARKS, TOPICS, SurveyResult, survey_result


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
