"""Calendar, venues, clashes while editing, feeds and leave through the pages."""

import datetime as dt
import re

import icalendar
import pytest
from django.test import Client
from django.urls import reverse

from peibu.accounts import clock
from peibu.training.actions.venues import add_room, add_venue
from peibu.training.models import CalendarFeed, Leave, Room, Session, Venue
from tests.city import at
from tests.classroom import classroom
from tests.training.filing_forms import follow, page, rows
from tests.training.filing_world import Filing

pytestmark = pytest.mark.django_db


@pytest.fixture
def filing(city):
    clock.move_to(at("2020-09-28 10:00"))
    return Filing(city)


@pytest.fixture
def room(filing):
    venue = add_venue(name="一号楼", address="一号路1号", by=filing.by, at=filing.now)
    return add_room(venue=venue, name="301", seats=40, by=filing.by, at=filing.now)


def test_a_session_is_moved_a_week_copied_and_a_lesson_repeated(filing, visit):
    cohort = filing.cohort()
    client = visit(filing.by)
    _answer, text = page(client, "class-calendar", cohort.pk)
    assert text.count('draggable="true"') == 5
    first = cohort.sessions.order_by("starts_at").first()
    moved = {"session": first.pk, "date": "2020-10-19", "starts": "14:30"}
    _answer, text = follow(client, "class-calendar-move", cohort.pk, data=moved)
    assert "已移动：课程" in text
    assert cohort.sessions.order_by("starts_at").first().starts_at == at("2020-10-19 14:30")
    onto = {"session": cohort.sessions.order_by("starts_at").first().pk, "date": "2020-10-20", "starts": "10:00"}
    _answer, text = follow(client, "class-calendar-move", cohort.pk, data=onto)
    assert "时间重叠" in text
    copied = {"week": "2020-10-19", "to": "2020-10-28", "skip_holidays": "on"}
    _answer, text = follow(client, "class-calendar-copy", cohort.pk, data=copied)
    assert "已增加5节课" in text
    lesson = rows([filing.lesson(dt.date(2020, 11, 2))])
    pattern = {key.replace("row-0-", "pattern-"): value for key, value in lesson.items() if "-0-" in key}
    pattern |= {"pattern-last": "2020-11-10", "pattern-weekdays": ["0", "2"], "pattern-skip_holidays": "on"}
    _answer, text = follow(client, "class-calendar-repeat", cohort.pk, data=pattern)
    assert "已增加3节课" in text
    answer = client.post(reverse("class-calendar-repeat", args=[cohort.pk]), pattern | {"pattern-last": ""})
    assert answer.status_code == 422
    assert cohort.sessions.count() == 13
    _answer, text = page(client, "class-calendar", cohort.pk, view="month", on="2020-10-05")
    assert 'class="cal-month"' in text


def test_clashes_are_told_while_rows_are_typed_and_nothing_is_saved(filing, room, visit, city):
    cohort = filing.cohort()
    other = classroom(city, number=1, opens="2020-10-19", days=1)
    Session.objects.filter(pk=other.sessions[0].pk).update(room=room)
    client = visit(filing.by)
    data = rows(filing.lessons(), **{"0-room": room.pk, "0-place": "", "1-starts": ""})
    answer = client.post(reverse("class-timetable-clashes", args=[cohort.pk]), data)
    text = answer.content.decode()
    assert "第 1 行" in text
    assert "教室“一号楼 301”10月19日 09:00—12:00" in text
    assert not cohort.sessions.filter(room=room).exists()
    quiet = client.post(reverse("class-timetable-clashes", args=[cohort.pk]), rows(filing.lessons()))
    assert "没有冲突" in quiet.content.decode()
    # a clash does not keep a draft from being saved: the place is the room's name
    saved = data | {"row-1-starts": "09:00"}
    _answer, text = follow(client, "class-timetable", cohort.pk, data=saved)
    assert "课程表已保存" in text
    assert cohort.sessions.get(room=room).place == "一号楼 301"
    _answer, text = page(client, "class-calendar", cohort.pk)
    assert "与其他班次冲突" in text


def test_a_filed_class_is_read_only_and_a_foreign_one_does_not_exist(filing, visit, city):
    cohort = filing.full()
    filing.submit(cohort)
    client = visit(filing.by)
    _answer, text = page(client, "class-calendar", cohort.pk)
    assert "draggable" not in text
    session = cohort.sessions.first()
    moved = {"session": session.pk, "date": "2020-10-19", "starts": "14:30"}
    _answer, text = follow(client, "class-calendar-move", cohort.pk, data=moved)
    assert "班次已提交备案" in text
    stranger = visit(classroom(city, number=1).provider)
    for name in ("class-calendar", "class-calendar-move", "class-calendar-copy", "class-calendar-address"):
        send = stranger.get if name == "class-calendar" else stranger.post
        assert send(reverse(name, args=[cohort.pk])).status_code == 404


def test_venues_and_rooms_are_registered_and_belong_to_their_unit(filing, visit):
    client = visit(filing.by)
    venue = {"name": "实训楼", "address": "二号路2号", "longitude": "120.382631", "latitude": "36.067082"}
    _answer, text = follow(client, "venues", data=venue)
    assert "请继续登记教室" in text
    answer = client.post(reverse("venues"), venue)
    assert (answer.status_code, "已有同名的培训场所" in answer.content.decode()) == (422, True)
    half = client.post(reverse("venues"), {"name": "半", "address": "x", "longitude": "120"})
    assert "经度和纬度须同时填写" in half.content.decode()
    row = Venue.objects.get()
    _answer, text = follow(client, "venue-room-add", row.pk, data={"name": "101", "seats": "60"})
    assert "教室已登记" in text
    _answer, text = follow(client, "venue-room-add", row.pk, data={"name": "102", "seats": "0"})
    assert "教室没有登记" in text
    stranger = visit(filing.city.actor("base", filing.bases[0]))
    assert stranger.post(reverse("room-remove", args=[Room.objects.get().pk])).status_code == 404
    follow(visit(filing.by), "room-remove", Room.objects.get().pk)
    assert not Room.objects.exists()


def test_an_address_is_shown_once_opens_without_an_account_and_is_revoked(city, visit):
    clock.move_to(at("2020-10-12 08:00"))
    one = classroom(city)
    client = visit(one.teacher)
    text = client.post(reverse("calendar-address")).content.decode()
    address = re.search(r'value="http://[^/]+(/calendar/[^"]+\.ics)"', text)[1]
    anybody = Client()
    answer = anybody.get(address)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert len(icalendar.Calendar.from_ical(answer.content).walk("VEVENT")) == 4
    _answer, text = page(client, "calendar")
    assert address not in text
    assert "工业互联网平台架构" in text
    client.post(reverse("calendar-address"), {"revoke": "1"})
    assert anybody.get(address).status_code == 404
    assert anybody.get("/calendar/x.ics").status_code == 404
    visit(one.provider).post(reverse("class-calendar-address", args=[one.cohort.pk]))
    assert CalendarFeed.objects.filter(audience="class", revoked_at=None).count() == 1


def test_leave_is_asked_on_the_phone_and_answered_on_the_sessions_page(city, visit):
    clock.move_to(at("2020-10-11 09:00"))
    one = classroom(city)
    session = one.sessions[0]
    _answer, text = follow(visit(one.trainees[0]), "leave-ask", session.pk, data={"reason": "参加招标会"})
    assert "请等待教师审批" in text
    leave = Leave.objects.get()
    assert visit(one.trainees[1]).post(reverse("leave-withdraw", args=[leave.pk])).status_code == 404
    stranger = visit(classroom(city, number=1).teacher)
    assert stranger.post(reverse("leave-decide", args=[leave.pk]), {"decision": "grant"}).status_code == 404
    teacher = visit(one.teacher)
    _answer, text = page(teacher, "teaching-session", session.pk)
    assert "参加招标会" in text
    _answer, text = follow(teacher, "leave-decide", leave.pk, data={"decision": "grant", "answer": "同意"})
    assert "已准假" in text
    trainee = visit(one.trainees[0])
    _answer, text = page(trainee, "trainee-session", session.pk)
    assert "已准假" in text
    _answer, text = follow(trainee, "leave-withdraw", leave.pk)
    assert "请假已撤回" in text
