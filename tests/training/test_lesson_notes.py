"""Lesson notes (WH63.2.8): versions that stay, a late mark that is true, who may hand them in."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from peibu.casework.models import Document
from peibu.kernel.errors import Refused
from peibu.papers.plain_papers import Part, plain_pdf
from peibu.training.actions.lesson_notes import write_lesson_note
from peibu.training.models import Cohort, LessonNote, Session
from peibu.training.queries.lesson_notes import note_files_seen_by, prepared
from tests.city import at
from tests.classroom import classroom

pytestmark = pytest.mark.django_db
BEFORE = at("2020-10-11 20:00")
START = at("2020-10-12 09:00")
PDF = plain_pdf(title="教案", parts=[Part(heading="", paragraphs=["第一讲"])], dated=dt.date(2020, 10, 11))


@pytest.fixture
def room(city):
    return classroom(city)


def write(room, text="讲授60分钟，讨论40分钟", by=None, when=BEFORE, session=0, **file):
    return write_lesson_note(session=room.sessions[session], text=text, by=by or room.teacher, at=when, **file)


def test_each_version_stays_and_the_clock_says_what_is_late(room):
    assert not write(room).late
    assert not write(room, text="第二版", when=START - dt.timedelta(seconds=1)).late
    assert write(room, text="第三版", when=START).late  # the moment it begins is too late
    first = prepared(room.cohort)[0]
    assert [note.version for note in first.notes] == [3, 2, 1]
    assert not first.late  # the first version was there in time
    assert write(room, session=1, when=START + dt.timedelta(days=3)).late
    rows = prepared(room.cohort)
    assert [row.late for row in rows] == [False, True, False, False]
    assert [bool(row.notes) for row in rows] == [True, True, False, False]


def test_a_file_is_kept_and_read_only_by_those_who_run_the_class(city, room):
    note = write(room, text="", name="教案.pdf", content=PDF, by=room.provider)
    assert note.document.kind == "pdf"
    assert note.document in note_files_seen_by(room.teacher)
    assert note.document not in note_files_seen_by(classroom(city, number=1).provider)
    assert note.document not in note_files_seen_by(room.trainees[0])


def test_refusals_save_nothing(city, room):
    stranger = classroom(city, number=1)
    wrong = [
        ("not_your_session", {"by": stranger.teacher}),
        ("not_your_session", {"by": room.trainees[0]}),
        ("a_lesson_note_says_something", {"text": "  "}),
        ("lesson_note_unfit", {"text": "有字", "name": "a.exe", "content": b"MZ" + b"\0" * 64}),
    ]
    for code, change in wrong:
        with pytest.raises(Refused, check=lambda error, code=code: error.code == code):
            write(room, **change)
    Session.objects.filter(pk=room.sessions[1].pk).update(kind="exam")
    room.sessions[1].refresh_from_db()
    with pytest.raises(Refused, match="考核不需要教案"):
        write(room, session=1)
    Cohort.objects.filter(pk=room.cohort.pk).update(stage="archived")
    room.sessions[0].cohort.refresh_from_db()
    with pytest.raises(Refused, match="归档前提交|不能提交教案"):
        write(room)
    assert not LessonNote.objects.exists()
    assert not Document.objects.filter(purpose="lesson_note").exists()


def test_the_database_keeps_versions_marks_and_content(room):
    note = write(room)
    fresh = {
        "session": room.sessions[0], "version": 2, "text": "x", "late": False, "written_by": room.teacher.user,
        "written_at": BEFORE,
    }  # fmt: skip
    for name, change in (
        ("lesson_notes_are_numbered_once", {"version": 1}),
        ("a_lesson_note_says_something", {"text": ""}),
        ("lesson_notes_count_from_one", {"version": 0}),
        ("a_late_lesson_note_is_marked", {"late": True}),
        ("a_late_lesson_note_is_marked", {"written_at": START}),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            LessonNote.objects.create(**fresh | change)
    LessonNote.objects.create(**fresh)  # the control
    for deed in (lambda: LessonNote.objects.filter(pk=note.pk).update(text="改"), note.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            deed()
