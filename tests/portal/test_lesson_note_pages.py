"""Lesson notes over HTTP: handed in on the session, seen together, closed to others."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from peibu.accounts import clock
from peibu.papers.plain_papers import Part, plain_pdf
from peibu.training.models import LessonNote
from tests.city import at
from tests.classroom import classroom

pytestmark = pytest.mark.django_db
PDF = plain_pdf(title="教案", parts=[Part(heading="", paragraphs=["第一讲"])], dated=dt.date(2020, 10, 11))


@pytest.fixture
def room(city):
    clock.move_to(at("2020-10-11 20:00"))
    return classroom(city)


def text(answer) -> str:
    return answer.content.decode()


def test_the_teacher_hands_in_a_text_then_a_file_and_the_provider_sees_who_is_late(room, visit):
    teacher, session = visit(room.teacher), room.sessions[0]
    address = reverse("lesson-note-write", args=[session.pk])
    shown = text(teacher.get(reverse("teaching-session", args=[session.pk])))
    assert "提交教案" in shown
    done = text(teacher.post(address, {"text": "讲授60分钟\n讨论40分钟"}, follow=True))
    assert "教案第1版已提交" in done
    assert "讲授60分钟" in done
    clock.move_to(at("2020-10-12 09:30"))
    done = text(teacher.post(address, {"note": SimpleUploadedFile("教案.pdf", PDF)}, follow=True))
    assert "教案第2版已提交，开课后提交的记为补交" in done
    row = LessonNote.objects.get(version=2)
    overview = text(visit(room.provider).get(reverse("lesson-notes", args=[room.cohort.pk])))
    assert "共 4 次课，3 次未提交教案，0 次为开课后补交" in overview
    file = reverse("lesson-note-file", args=[row.document_id])
    assert b"".join(visit(room.provider).get(file).streaming_content) == PDF
    refused = teacher.post(address, {"text": " "}, follow=True)
    assert "教案没有内容" in text(refused)


def test_strangers_and_trainees_find_nothing(city, room, visit):
    stranger = classroom(city, number=1)
    session = room.sessions[0]
    for actor, status in ((stranger.teacher, 404), (stranger.provider, 404), (room.trainees[0], 403)):
        browser = visit(actor)
        assert browser.get(reverse("lesson-notes", args=[room.cohort.pk])).status_code == status
        assert browser.post(reverse("lesson-note-write", args=[session.pk]), {"text": "x"}).status_code == status
    assert not LessonNote.objects.exists()
