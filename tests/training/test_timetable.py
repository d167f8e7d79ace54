"""The timetable: quick changes, clashes told and refused by the database, rooms, calendars (QD97.3.2, 3.3)."""

import dataclasses
import datetime as dt

import icalendar
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from peibu.accounts import clock
from peibu.casework.actions import move_case
from peibu.kernel.errors import Refused
from peibu.training.actions.cohorts import enrol, set_timetable
from peibu.training.actions.feeds import make_feed, revoke_feed
from peibu.training.actions.timetable import Pattern, add_pattern, copy_week, lessons_of, move_session
from peibu.training.actions.venues import add_room, add_venue, remove_room
from peibu.training.calendar_file import calendar_file
from peibu.training.clashes import nothing_clashes
from peibu.training.models import CalendarFeed, Enrolment, Seat, Session, SignUpLine, Venue
from peibu.training.queries.calendar import calendar_page
from peibu.training.queries.clashes import clashes
from peibu.training.queries.feeds import feed_behind, sessions_of_feed
from tests.city import at
from tests.classroom import classroom
from tests.training.filing_world import DAYS, Filing

pytestmark = pytest.mark.django_db
NOW = at("2020-09-28 10:00")


def refused(code: str):
    return pytest.raises(Refused, check=lambda error: error.code == code)


def constraint(name: str):
    return pytest.raises(IntegrityError, match=name)


@pytest.fixture
def filing(city):
    return Filing(city)


@pytest.fixture
def room(filing):
    venue = add_venue(name="一号楼", address="青岛市市南区一号路1号", by=filing.by, at=NOW)
    return add_room(venue=venue, name="301", seats=40, by=filing.by, at=NOW)


def starts(cohort) -> list[str]:
    rows = cohort.sessions.order_by("starts_at").values_list("starts_at", flat=True)
    return [f"{row.astimezone(dt.timezone(dt.timedelta(hours=8))):%m-%d %H:%M}" for row in rows]


# quick changes


def test_a_session_is_moved_and_keeps_its_length(filing):
    cohort = filing.cohort()
    first = cohort.sessions.order_by("starts_at").first()
    move_session(cohort=cohort, session=first, to=at("2020-10-19 14:00"), by=filing.by, at=NOW)
    row = cohort.sessions.order_by("starts_at").first()
    assert (row.starts_at, row.ends_at - row.starts_at) == (at("2020-10-19 14:00"), dt.timedelta(hours=3))
    assert cohort.sessions.count() == 5


def test_a_move_onto_another_session_is_refused_and_changes_nothing(filing):
    cohort = filing.cohort()
    first = cohort.sessions.order_by("starts_at").first()
    before = starts(cohort)
    with refused("timetable"):
        move_session(cohort=cohort, session=first, to=at("2020-10-20 10:00"), by=filing.by, at=NOW)
    assert starts(cohort) == before


def test_a_week_is_copied_without_the_days_off(filing):
    cohort = filing.cohort()
    # 2020-10-01 to 08 were the national holidays; 2020-09-27 and 10-10 were worked
    added = copy_week(cohort=cohort, week=DAYS[0], to=dt.date(2020, 9, 30), by=filing.by, at=NOW)
    assert added == 3
    assert starts(cohort)[:3] == ["09-28 09:00", "09-29 09:00", "09-30 09:00"]
    cohort.refresh_from_db()
    assert cohort.opens_on == dt.date(2020, 9, 28)
    with refused("timetable"):  # the same once more would overlap
        copy_week(cohort=cohort, week=DAYS[0], to=dt.date(2020, 9, 30), by=filing.by, at=NOW)
    with refused("only_holidays"):
        copy_week(cohort=cohort, week=dt.date(2020, 9, 28), to=dt.date(2020, 10, 5), by=filing.by, at=NOW)
    with refused("empty_week"):
        copy_week(cohort=cohort, week=dt.date(2020, 11, 2), to=DAYS[0], by=filing.by, at=NOW)
    with refused("calendar_year_missing"):
        copy_week(cohort=cohort, week=DAYS[0], to=dt.date(2090, 10, 2), by=filing.by, at=NOW)


def test_a_lesson_is_repeated_on_weekdays_and_skips_holidays_only_when_asked(filing):
    cohort = filing.cohort()
    lesson = dataclasses.replace(filing.lesson(DAYS[0], hour=14), subject="平台实操")
    pattern = Pattern(lesson, {0, 2}, dt.date(2020, 9, 28), dt.date(2020, 10, 14))
    assert add_pattern(cohort=cohort, pattern=pattern, by=filing.by, at=NOW) == 4
    made = cohort.sessions.filter(subject="平台实操").order_by("starts_at")
    assert [f"{row.starts_at:%m-%d}" for row in made] == ["09-28", "09-30", "10-12", "10-14"]
    later = Pattern(lesson, {0, 2}, dt.date(2020, 10, 5), dt.date(2020, 10, 7))
    assert add_pattern(cohort=cohort, pattern=later, by=filing.by, at=NOW, skip_holidays=False) == 2
    with refused("no_days"):
        add_pattern(cohort=cohort, pattern=Pattern(lesson, {0}, DAYS[1], DAYS[0]), by=filing.by, at=NOW)


@settings(max_examples=30, deadline=None)
@given(
    first=st.dates(dt.date(2020, 1, 1), dt.date(2021, 11, 30)),
    span=st.integers(0, 30),
    weekdays=st.sets(st.integers(0, 6), min_size=1),
)
def test_a_pattern_never_leaves_its_days(first, span, weekdays):
    """Days of a pattern are exactly the matching weekdays between both ends."""
    from peibu.training.actions import timetable

    kept = []
    last = first + dt.timedelta(days=span)
    lesson = timetable.Lesson("lecture", "x", at("2020-10-19 09:00"), at("2020-10-19 12:00"), 4, "x")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timetable, "lessons_of", lambda cohort: [])
        patch.setattr(timetable, "set_timetable", lambda **given: kept.extend(given["lessons"]))
        pattern = Pattern(lesson, weekdays, first, last)
        expected = [d for n in range(span + 1) for d in [first + dt.timedelta(days=n)] if d.weekday() in weekdays]
        if expected:
            assert add_pattern(cohort=None, pattern=pattern, by=None, at=NOW, skip_holidays=False) == len(expected)
        else:
            with refused("only_holidays"):
                add_pattern(cohort=None, pattern=pattern, by=None, at=NOW, skip_holidays=False)
    assert [row.starts_at.date() for row in kept] == expected
    assert {row.ends_at - row.starts_at for row in kept} <= {dt.timedelta(hours=3)}


# clashes


def in_room(filing, room, days=DAYS):
    return [dataclasses.replace(lesson, room=room) for lesson in filing.lessons(days)]


def test_rooms_teachers_and_trainees_taken_elsewhere_are_told_across_providers(filing, room, city):
    cohort = filing.full()
    set_timetable(cohort=cohort, lessons=in_room(filing, room), by=filing.by, at=NOW)
    assert clashes(cohort, lessons_of(cohort)) == []
    other = classroom(city, number=1, opens="2020-10-19", days=1)  # another provider, binding
    Session.objects.filter(cohort=other.cohort).update(room=room, teacher_key=filing.teachers[0].person_key)
    line = filing.sign_ups(1, nth=1)[0]
    line.person = other.enrolments[0].person
    line.save()
    enrol(cohort=cohort, lines=[line], by=filing.by, at=NOW)
    found = clashes(cohort, lessons_of(cohort))
    assert [(p.row, p.column) for p in found] == [(1, "教师"), (1, "教室"), (1, "时间")]
    assert all(other.cohort.provider.name in p.what for p in found)
    assert "1名学员" in found[2].what
    assert other.enrolments[0].person.name not in "".join(p.what for p in found)
    with pytest.raises(Refused, match="教室“一号楼 301”10月19日 09:00—12:00"):
        filing.submit(cohort)


def test_a_room_with_fewer_seats_than_people_is_told_and_keeps_the_class_from_being_filed(filing):
    venue = add_venue(name="二号楼", address="二号路", by=filing.by, at=NOW)
    small = add_room(venue=venue, name="小教室", seats=2, by=filing.by, at=NOW)
    cohort = filing.full(people=3)
    set_timetable(cohort=cohort, lessons=in_room(filing, small), by=filing.by, at=NOW)
    assert "可容纳2人，本班有3人" in clashes(cohort, lessons_of(cohort))[0].what
    with pytest.raises(Refused, match="可容纳2人"):
        filing.submit(cohort)


def test_the_database_keeps_a_room_for_one_class(filing, room, city):
    one, two = classroom(city, number=0), classroom(city, number=1)
    Session.objects.filter(pk=one.sessions[0].pk).update(room=room)
    with constraint("a_room_holds_one_class_at_a_time"), transaction.atomic():
        Session.objects.filter(pk=two.sessions[0].pk).update(room=room)
    Session.objects.filter(pk=two.sessions[1].pk).update(room=room)  # the afternoon is free
    Session.objects.filter(pk=two.sessions[0].pk).update(room=room, active=False)  # a draft binds nothing


def also_in(other, room):
    """A person of one class enrolled in another as well, through a sign-up line of its own."""
    line = SignUpLine.objects.create(
        signup=room.enrolments[0].line.signup, policy=room.cohort.policy, position=90, person=other.person, level="middle"
    )  # fmt: skip
    return Enrolment.objects.create(
        division=room.cohort.division, cohort=room.cohort, person=other.person, enterprise=other.enterprise,
        line=line, enrolled_at=NOW,
    )  # fmt: skip


def test_the_database_keeps_a_trainee_in_one_class_when_the_enrolment_comes_last(city):
    one, two = classroom(city, number=0), classroom(city, number=1)
    with constraint("a_trainee_is_in_one_class_at_a_time"), transaction.atomic():
        also_in(two.enrolments[0], one)
    Enrolment.objects.filter(pk=two.enrolments[0].pk).update(state="cancelled")
    assert Seat.objects.filter(enrolment=also_in(two.enrolments[0], one)).count() == 4  # who left is nowhere


def test_the_database_keeps_a_trainee_in_one_class_when_the_session_comes_last(city):
    one, two = classroom(city, number=0), classroom(city, number=1)
    Session.objects.filter(cohort=two.cohort).update(active=False)
    also_in(two.enrolments[0], one)
    with constraint("a_trainee_is_in_one_class_at_a_time"), transaction.atomic():
        Session.objects.filter(pk=two.sessions[0].pk).update(active=True)
    later = two.sessions[0]
    later.starts_at, later.ends_at, later.active = at("2020-10-20 09:00"), at("2020-10-20 12:00"), True
    later.save()
    assert Seat.objects.filter(session=later).count() == 4


def test_seats_follow_filing_return_and_withdrawal(filing):
    cohort = filing.full(people=3)
    assert Seat.objects.count() == 0
    filing.submit(cohort)
    assert Seat.objects.count() == 15
    filing.sent_back(cohort)
    assert Seat.objects.count() == 0
    move_case(case=cohort.case, move="resubmit", by=filing.by, at=at("2020-10-10 11:00"))
    move_case(case=cohort.case, move="withdraw", by=filing.by, at=at("2020-10-10 12:00"), reason="改期再办")
    assert Seat.objects.count() == 0


# venues


def test_venues_and_rooms_are_of_their_unit(filing, room, city):
    with refused("a_venue_has_its_own_name"):
        add_venue(name="一号楼", address="别处", by=filing.by, at=NOW)
    with refused("a_room_has_its_own_name"):
        add_room(venue=room.venue, name="301", seats=3, by=filing.by, at=NOW)
    with refused("a_room_has_seats"):
        add_room(venue=room.venue, name="302", seats=0, by=filing.by, at=NOW)
    with refused("a_venue_lies_on_the_map_or_nowhere"):
        add_venue(name="三号楼", address="三号路", longitude=120, by=filing.by, at=NOW)
    stranger = city.actor("base", filing.bases[0])
    with refused("foreign_venue"):
        add_room(venue=room.venue, name="303", seats=3, by=stranger, at=NOW)
    cohort = filing.cohort()
    set_timetable(cohort=cohort, lessons=in_room(filing, room), by=filing.by, at=NOW)
    with refused("room_in_use"):
        remove_room(room=room, by=filing.by, at=NOW)
    set_timetable(cohort=cohort, lessons=filing.lessons(), by=filing.by, at=NOW)
    remove_room(room=room, by=filing.by, at=NOW)
    assert not Venue.objects.get().rooms.exists()


# calendar


def test_a_week_and_a_month_show_their_sessions_and_days_off(filing):
    cohort = filing.cohort()
    week = calendar_page(cohort.sessions.all(), on=dt.date(2020, 10, 21), view="week")
    assert (week.first, week.before, week.after) == (DAYS[0], dt.date(2020, 10, 12), dt.date(2020, 10, 26))
    assert [len(day.sessions) for day in week.weeks[0]] == [1, 1, 1, 1, 1, 0, 0]
    month = calendar_page(cohort.sessions.all(), on=dt.date(2020, 10, 21), view="month")
    assert len(month.days) == 5
    by_day = {day.on: day for row in month.weeks for day in row}
    assert (by_day[dt.date(2020, 10, 5)].off, by_day[dt.date(2020, 10, 10)].off) == (True, False)
    assert calendar_page([], on=dt.date(2090, 1, 2), view="week").weeks[0][0].off is None


def test_the_calendar_file_is_read_by_another_programme_and_names_no_trainee(city):
    one = classroom(city)
    text = calendar_file(one.cohort.sessions.all(), name="班次", at=NOW)
    read = icalendar.Calendar.from_ical(text)
    events = list(read.walk("VEVENT"))
    assert [event.decoded("dtstart") for event in events] == [row.starts_at for row in one.sessions]
    assert read["VERSION"] == "2.0"
    assert read["PRODID"]
    for event in events:
        assert event.errors == []
        assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "LOCATION"} <= set(event)
    assert len({str(event["UID"]) for event in events}) == 4
    lines = text.decode().split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert lines[-1] == ""
    unfolded = text.decode().replace("\r\n ", "")
    assert not [row for row in one.enrolments if row.person.name in unfolded]


def test_an_address_opens_its_calendar_until_it_is_revoked_or_the_person_leaves(city):
    one, two = classroom(city, number=0), classroom(city, number=1)
    of_class = make_feed(cohort=one.cohort, by=one.provider, at=NOW)
    of_teacher = make_feed(by=one.teacher, at=NOW)
    of_trainee = make_feed(by=two.trainees[0], at=NOW)
    held = {s: set(sessions_of_feed(feed_behind(s))) for s in (of_class, of_teacher, of_trainee)}
    assert held == {of_class: set(one.sessions), of_teacher: set(one.sessions), of_trainee: set(two.sessions)}
    assert of_class not in str(list(CalendarFeed.objects.values()))
    Enrolment.objects.filter(pk=two.enrolments[0].pk).update(state="cancelled")
    assert list(sessions_of_feed(feed_behind(of_trainee))) == []
    newer = make_feed(by=one.teacher, at=NOW)
    assert feed_behind(of_teacher) is None
    assert feed_behind(newer) is not None
    revoke_feed(by=one.teacher, at=NOW)
    revoke_feed(by=one.teacher, at=NOW)
    assert feed_behind(newer) is None
    assert feed_behind("") is None
    with refused("foreign_class"):
        make_feed(cohort=one.cohort, by=two.provider, at=NOW)
    with refused("no_own_sessions"):
        make_feed(by=one.provider, at=NOW)


def statuses(cohort) -> set[str]:
    rows = calendar_file(cohort.sessions.select_related("cohort"), name="班次", at=NOW)
    return {str(event["STATUS"]) for event in icalendar.Calendar.from_ical(rows).walk("VEVENT")}


@pytest.mark.parametrize(
    ("stage", "status"), [("filing", "TENTATIVE"), ("confirmed", "CONFIRMED"), ("cancelled", "CANCELLED")]
)
def test_whoever_subscribed_to_a_class_is_told_that_it_is_cancelled(city, stage, status):
    one = classroom(city, stage=stage)
    feed = feed_behind(make_feed(cohort=one.cohort, by=one.provider, at=NOW))
    assert set(sessions_of_feed(feed)) == set(one.sessions)
    assert statuses(one.cohort) == {status}


def test_the_address_of_a_closed_account_opens_nothing(city, client):
    one = classroom(city)
    secret = make_feed(cohort=one.cohort, by=one.provider, at=NOW)
    page = reverse("calendar-file", args=[secret])
    assert client.get(page).status_code == 200
    type(one.provider.user).objects.filter(pk=one.provider.user.pk).update(is_active=False)
    assert client.get(page).status_code == 404


@pytest.mark.parametrize("view", ["week", "month"])
@pytest.mark.parametrize("on", ["9999-12-31", "0001-01-01", "2100-01-01", "1999-12-31", "2099-12-31", "2000-01-01"])
def test_a_day_at_the_end_of_the_calendar_still_shows_a_page(city, visit, on, view):
    one = classroom(city)
    clock.move_to(NOW)
    pages = ((one.trainees[0], reverse("calendar")), (one.provider, reverse("class-calendar", args=[one.cohort.pk])))
    for actor, page in pages:
        assert visit(actor).get(f"{page}?on={on}&view={view}").status_code == 200


@pytest.mark.parametrize(("policy", "told"), [("weihai/gold_collar_2019", True), (None, False)])
def test_a_teacher_taken_elsewhere_is_named_where_the_policy_has_no_rule_for_it(city, policy, told):
    """Where the folder has the rule the check sheet says it; elsewhere nobody would before the constraint."""
    one, two = classroom(city, number=0), classroom(city, number=1)
    Session.objects.filter(cohort=two.cohort).update(
        active=False, teacher=one.sessions[0].teacher, teacher_key=one.sessions[0].teacher_key
    )
    case = two.cohort.case
    case.policy = policy or case.policy
    verdict = nothing_clashes(case=case, by=two.provider, at=NOW)
    assert bool(verdict) is not told
    assert (f"教师{one.sessions[0].teacher.name}" in verdict.reason) is told


def test_two_live_addresses_of_one_calendar_cannot_be_kept(city):
    one = classroom(city)
    make_feed(cohort=one.cohort, by=one.provider, at=NOW)
    row = CalendarFeed.objects.get()
    with constraint("one_live_feed_each"), transaction.atomic():
        CalendarFeed.objects.create(
            audience="class", cohort=one.cohort, secret_sha256="0" * 64, made_by=one.provider.user, made_at=NOW
        )
    with constraint("a_feed_is_of_a_class_or_a_person"), transaction.atomic():
        CalendarFeed.objects.filter(pk=row.pk).update(person_key="x")
