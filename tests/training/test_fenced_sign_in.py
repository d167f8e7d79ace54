"""The location fence at the door: asked only where wanted, never kept, never a refusal by itself."""

import dataclasses
import datetime as dt
from decimal import Decimal

import pgtrigger
import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from peibu.kernel.errors import Refused
from peibu.training.actions.attendance import current_code, open_check_in, sign_in
from peibu.training.actions.venues import add_room, add_venue, move_venue
from peibu.training.fences import Position
from peibu.training.models import Attendance, EntryRequest, Session, Venue, Whereabouts
from peibu.training.presence_terms import Fenced, fence_of, radius_terms
from peibu.training.queries.own_day import fenced_today
from peibu.training.queries.unfenced import unfenced
from tests.city import at
from tests.classroom import as_practice, classroom

pytestmark = pytest.mark.django_db
START = at("2020-10-12 09:00")
NEAR, FAR = Position(36.0671, 120.3831, 25), Position(36.2, 120.5, 25)


@pytest.fixture
def room(city):
    room = classroom(city)
    venue = add_venue(
        name="实训楼", address="一号路1号", longitude=Decimal("120.383"), latitude=Decimal("36.067"), radius_m=150,
        by=room.provider, at=START,
    )  # fmt: skip
    place = add_room(venue=venue, name="301", seats=60, by=room.provider, at=START)
    Session.objects.filter(pk=room.sessions[0].pk).update(room=place)
    room.session = as_practice(room)
    gate = open_check_in(session=room.session, by=room.teacher, at=START)
    room.code = current_code(gate, START).scanned
    return room


def come(room, place, nth=0):
    return sign_in(code=room.code, by=room.trainees[nth], at=START + dt.timedelta(seconds=5), place=place)


def test_inside_signs_in_outside_and_nowhere_ask_the_teacher(room):
    assert come(room, NEAR).attendance is not None
    assert come(room, FAR, 1).request.doubt == "outside"
    assert come(room, None, 2).request.doubt == "no_place"
    assert come(room, Position(36.067, 120.383, 900), 3).request.doubt == "no_place"
    assert (Attendance.objects.count(), EntryRequest.objects.count()) == (1, 3)


def test_what_is_kept_is_a_class_of_distance_and_the_error_only(room):
    come(room, FAR)
    row = Whereabouts.objects.get()
    assert (row.nearness, row.accuracy_m) == ("outside", 25)
    names = {field.name for field in apps.get_model("training", "Whereabouts")._meta.get_fields()}
    assert names == {"id", "session", "enrolment", "direction", "nearness", "accuracy_m", "told_at"}


def test_a_folder_that_refuses_says_what_to_do(room, monkeypatch):
    fenced = fence_of(room.session)
    strict = dataclasses.replace(fenced.terms, outside="refuse", unknown="confirm")
    told = dataclasses.replace(fenced, terms=strict)
    monkeypatch.setattr("peibu.training.actions.doubts.fence_of", lambda session: told)
    with pytest.raises(Refused, check=lambda error: "请进入教室" in error.remedy):
        come(room, FAR)
    assert come(room, None, 1).request is not None
    nothing = Fenced(dataclasses.replace(strict, unknown="refuse"), None, "没有登记签到范围")
    monkeypatch.setattr("peibu.training.actions.doubts.fence_of", lambda session: nothing)
    with pytest.raises(Refused, check=lambda error: error.code == "no_fence"):
        come(room, NEAR, 2)
    assert not Attendance.objects.exists()


def test_the_place_is_asked_for_only_where_the_folder_and_the_venue_want_it(room):
    assert fenced_today(room.trainees[0], on=START.date())
    assert not fenced_today(room.trainees[0], on=START.date() + dt.timedelta(days=1))
    with pgtrigger.ignore("training.Session:a_taught_session_never_changes"):
        Session.objects.filter(pk=room.session.pk).update(kind="lecture", base=None)
        assert not fenced_today(room.trainees[0], on=START.date())
        as_practice(room)
    Venue.objects.update(radius_m=None)
    assert not fenced_today(room.trainees[0], on=START.date())


@pytest.mark.parametrize("change", [{"radius_m": None}, {"radius_m": 19}, {"radius_m": 5001}])
def test_where_the_folder_wants_a_fence_and_the_venue_has_none_every_place_is_unknown(room, change):
    """Also a phone in the middle of the room; a radius that the folder does not allow is no fence either."""
    Venue.objects.update(**change)
    found = come(room, NEAR)
    assert (found.attendance, found.request.doubt) == (None, "no_fence")
    assert (Whereabouts.objects.get().nearness, Whereabouts.objects.get().accuracy_m) == ("unknown", None)
    told = unfenced(room.cohort)
    assert [(row.sessions, "实训楼" in row.why) for row in told] == [([room.session], True)]


def test_a_session_without_a_room_has_no_fence_either_and_a_fenced_one_is_no_news(room):
    assert unfenced(room.cohort) == []
    with pgtrigger.ignore("training.Session:a_taught_session_never_changes"):
        Session.objects.filter(pk=room.session.pk).update(room=None)
    assert come(room, NEAR).request.doubt == "no_fence"
    assert "没有选择已登记的教室" in unfenced(room.cohort)[0].why


def test_the_range_of_a_radius_is_the_folders_and_the_owner_moves_the_venue(room, city):
    venue = Venue.objects.get()
    place = {"longitude": Decimal("120.4"), "latitude": Decimal("36.1")}
    told = radius_terms(on=START.date())
    assert {(row.least, row.most) for row in told} == {(20, 5000)}
    for radius in (19, 5001):
        with pytest.raises(Refused, match="20至5000米"):
            move_venue(venue=venue, **place, radius_m=radius, by=room.provider, at=START)
    other = classroom(city, number=1).provider
    with pytest.raises(Refused, check=lambda error: error.code == "foreign_venue"):
        move_venue(venue=venue, **place, radius_m=100, by=other, at=START)
    move_venue(venue=venue, **place, radius_m=20, by=room.provider, at=START)
    venue.refresh_from_db()
    assert (venue.latitude, venue.radius_m) == (Decimal("36.1"), 20)
    assert set(venue.events.values_list("radius_m", flat=True)) == {150, 20}  # where it was stays known
    assert come(room, NEAR).request.doubt == "outside"


def test_a_fence_without_a_middle_is_refused_by_name(room):
    for change in ({"latitude": None, "longitude": None}, {"radius_m": 0}):
        with pytest.raises(IntegrityError, match="a_fence_has_a_middle_and_a_radius"), transaction.atomic():
            Venue.objects.update(**change)
