"""The paper sheet as fallback: kept once, of its session, and every copied entry names it (QD97.6.2)."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from peibu.accounts import clock
from peibu.demo.city.photos import draw_photo
from peibu.kernel.errors import Refused
from peibu.training.actions.sheets import enter_from_sheet, keep_sheet
from peibu.training.models import Attendance
from tests.city import at
from tests.classroom import START_OF_TEACHING as START
from tests.classroom import classroom

pytestmark = pytest.mark.django_db


def refused(code: str):
    return pytest.raises(Refused, check=lambda error: error.code == code)


@pytest.fixture
def room(city):
    return classroom(city)


def kept(room, session=0, drawing=1, by=None, now=START):
    row = room.sessions[session]
    return keep_sheet(session=row, name="签到表.jpg", content=draw_photo(drawing), by=by or room.teacher, at=now)


def test_people_are_entered_from_a_sheet_and_their_entries_name_it(room):
    sheet = kept(room)
    entered = enter_from_sheet(
        session=room.sessions[0], sheet=sheet, enrolments=room.enrolments[:3], by=room.teacher, at=START
    )
    assert entered == 3
    rows = Attendance.objects.filter(session=room.sessions[0])
    assert {(row.sheet_id, row.method, row.reason) for row in rows} == {(sheet.pk, "manual", "据纸质签到表补录")}
    again = enter_from_sheet(
        session=room.sessions[0], sheet=sheet, enrolments=room.enrolments, by=room.provider, at=START
    )
    assert again == 1  # the others were there already


def test_sheets_of_others_of_other_sessions_twice_or_unfit_are_refused(room, city):
    with refused("not_your_session"):
        kept(room, by=classroom(city, number=1).teacher)
    with refused("too_early"):
        kept(room, now=START - dt.timedelta(minutes=1))
    with refused("sheet_unfit"):
        keep_sheet(session=room.sessions[0], name="x.jpg", content=b"<html>", by=room.teacher, at=START)
    sheet = kept(room)
    with refused("sheet_twice"):
        kept(room)
    afternoon = room.sessions[1]
    with refused("foreign_sheet"):
        enter_from_sheet(
            session=afternoon, sheet=sheet, enrolments=room.enrolments, by=room.teacher, at=afternoon.starts_at
        )
    with refused("nobody_chosen"):
        enter_from_sheet(session=room.sessions[0], sheet=sheet, enrolments=[], by=room.teacher, at=START)


def test_all_or_none_are_entered(room, city):
    sheet = kept(room)
    strangers = classroom(city, number=1).enrolments[:1]
    with refused("not_in_this_class"):
        enter_from_sheet(
            session=room.sessions[0], sheet=sheet, enrolments=[room.enrolments[0], *strangers], by=room.teacher, at=START
        )  # fmt: skip
    assert not Attendance.objects.exists()


def test_the_database_lets_no_scanned_sign_in_name_a_sheet(room):
    sheet = kept(room)
    with pytest.raises(IntegrityError, match="only_a_manual_sign_in_is_from_a_sheet"), transaction.atomic():
        Attendance.objects.create(
            session=room.sessions[0], enrolment=room.enrolments[0], method="qr", signed_at=START,
            entered_by=room.trainees[0].user, sheet=sheet,
        )  # fmt: skip


def test_the_pages_keep_a_sheet_enter_people_and_show_it_to_nobody_else(room, city, visit):
    clock.move_to(at("2020-10-12 09:30"))
    teacher = visit(room.teacher)
    keep_url = reverse("teaching-sheet-keep", args=[room.sessions[0].pk])
    from django.core.files.uploadedfile import SimpleUploadedFile

    photo = SimpleUploadedFile("签到表.jpg", draw_photo(3), content_type="image/jpeg")
    text = teacher.post(keep_url, {"sheet": photo}, follow=True).content.decode()
    assert "签到表已保存" in text
    sheet = kept_one(room)
    data = {"sheet": sheet.pk, "enrolment": [row.pk for row in room.enrolments[:2]], "arrived_at": "09:00"}
    text = teacher.post(reverse("teaching-from-sheet", args=[room.sessions[0].pk]), data, follow=True).content.decode()
    assert "已补录2人" in text
    file_url = reverse("teaching-sheet-file", args=[sheet.pk])
    assert teacher.get(file_url)["Content-Type"] == "image/jpeg"
    assert visit(room.trainees[0]).get(file_url).status_code in (403, 404)
    assert visit(classroom(city, number=1).teacher).get(file_url).status_code == 404


def kept_one(room):
    from peibu.training.queries.sheets import sheets_of

    return sheets_of(room.sessions[0]).get()


@pytest.mark.parametrize("stage", ["certified", "archived"])
def test_a_closed_class_takes_no_sheet_any_more(room, stage):
    type(room.cohort).objects.filter(pk=room.cohort.pk).update(stage=stage)
    with refused("class_is_closed"):
        kept(room)
