"""The demo city has an online course with learners at every stage, made through the actions alone."""

import pytest

from peibu.courses.models import Course, CourseQuestion, LearningSession, QuizAttempt
from peibu.courses.queries.progress import roster_of
from peibu.demo.city import NOW
from peibu.demo.loader.courses import load_courses
from peibu.demo.loader.learning import load_learning
from peibu.demo.loader.players import Players
from peibu.learning.models import Statement

pytestmark = pytest.mark.django_db


def test_a_platform_teaches_a_course_online(city):
    players = Players(city.loaded)
    load_learning(city.loaded, players, at=NOW)
    before = Statement.objects.count()
    load_courses(city.loaded, players, at=NOW)
    course = Course.objects.get()
    (edition,) = course.editions.all()
    assert (edition.state, edition.milliseconds) == ("published", (40 + 620 + 560) * 1000)
    lines = sorted(roster_of(course), key=lambda line: -line.percent)
    assert (lines[0].percent, lines[0].registration.completed_at is not None) == (100, True)
    assert QuizAttempt.objects.get().passed
    assert CourseQuestion.objects.exists()
    assert not LearningSession.objects.filter(ended_at__isnull=True).exists()
    assert Statement.objects.count() > before + 20
    assert all(row.stored < NOW for row in Statement.objects.filter(reg=lines[0].registration.pk))
