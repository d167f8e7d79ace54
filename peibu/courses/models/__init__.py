"""Tables of this room."""

from peibu.courses.models.course import Chapter, Course, Edition, Item, QuizQuestion
from peibu.courses.models.learner import ItemProgress, NamedLearner, Registration
from peibu.courses.models.media import Caption, Media, Upload
from peibu.courses.models.session import LearningSession, PresenceCheck
from peibu.courses.models.talk import CourseAnswer, CourseQuestion, QuizAttempt

__all__ = [
    "Caption", "Chapter", "Course", "CourseAnswer", "CourseQuestion", "Edition", "Item", "ItemProgress",
    "LearningSession", "Media", "NamedLearner", "PresenceCheck", "QuizAttempt", "QuizQuestion", "Registration", "Upload",
]  # fmt: skip
