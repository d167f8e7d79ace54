"""The demo's call-backs run through the real actions: two answer, one call stays open."""

import pytest

from peibu.demo.loader.callbacks import phone
from peibu.training.models import CallbackResult, CallbackRound, LessonNote
from tests.training.story import finished_class

pytestmark = pytest.mark.django_db


def test_a_taught_class_has_its_calls(city):
    story = finished_class(city, "taught")
    phone(story)
    row = CallbackRound.objects.get()
    assert row.tasks.filter(closed_at=None).count() == 1
    assert list(CallbackResult.objects.order_by("task__position").values_list("outcome", flat=True)) == [
        "reached", "reached", "not_reached",
    ]  # fmt: skip


def test_a_running_class_has_lesson_notes_one_of_them_late(city):
    finished_class(city, "running")
    assert LessonNote.objects.filter(late=True).count() == 1
    assert LessonNote.objects.filter(late=False).exists()
