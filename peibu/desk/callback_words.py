"""The answers of a class's call-backs in the reader's language: rows and picture."""

from django.utils.translation import gettext as _

from peibu.theme.policy_words import said
from peibu.training.enums import CallbackAnswer
from peibu.training.queries.callbacks import Callbacks, callback_chart


def answer_rows(figures: Callbacks) -> list[tuple[str, int, int, int, int]]:
    """Question, yes, no, unsure, answers that give a reason to look."""
    return [
        (said(each.question), *(each.counts[answer] for answer in CallbackAnswer.values), each.concerns)
        for each in figures.asked
    ]


def chart_of(figures: Callbacks) -> dict:
    """The answers stacked by question; the axis names the questions by number, the table beside it has the words."""
    words = {str(code): str(label) for code, label in CallbackAnswer.choices}
    words |= {each.question.code: _("问题%(n)d") % {"n": n} for n, each in enumerate(figures.asked, start=1)}
    return callback_chart(figures, words)
