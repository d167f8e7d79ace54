"""Tables of examining, one file per noun."""

from peibu.examining.models.aftermath import ScoreEntry, ScoreHand, ScoreReview
from peibu.examining.models.bank import Question, QuestionVersion
from peibu.examining.models.drawing import Drawing
from peibu.examining.models.guards import OnlineExam, OnlineScore
from peibu.examining.models.paper import Paper, PaperItem
from peibu.examining.models.seating import Seat, SeatPlan
from peibu.examining.models.sitting import OnlineTest, Sitting, SittingAnswer, SittingEvent

__all__ = [
    "Drawing",
    "OnlineExam",
    "OnlineScore",
    "OnlineTest",
    "Paper",
    "PaperItem",
    "Question",
    "QuestionVersion",
    "ScoreEntry",
    "ScoreHand",
    "ScoreReview",
    "Seat",
    "SeatPlan",
    "Sitting",
    "SittingAnswer",
    "SittingEvent",
]
