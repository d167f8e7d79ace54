"""Sessions as an iCalendar file (RFC 5545). Times in UTC: every programme shows them in its own zone."""

import datetime as dt
from collections.abc import Iterable

from django.utils import translation
from icalendar import Calendar, Event, vGeo

from peibu.training.enums import CohortStage
from peibu.training.models import Session

PRODUCT = "-//Peibu//Timetable//ZH"
REFRESH = dt.timedelta(hours=4)
STATUS = {CohortStage.FILING: "TENTATIVE", CohortStage.CANCELLED: "CANCELLED"}


@translation.override("zh-hans")  # whoever reads it, the calendar is Chinese like the timetable it copies
def calendar_file(sessions: Iterable[Session], *, name: str, at: dt.datetime) -> bytes:
    """The bytes of an .ics file. It names courses, teachers and places, never a trainee."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for row in sessions:
        calendar.add_component(_event(row, at))
    return calendar.to_ical()


def _event(row: Session, at: dt.datetime) -> Event:
    event = Event()
    event.add("uid", f"{row.pk}@peibu")
    event.add("dtstamp", at.astimezone(dt.UTC))
    event.add("dtstart", row.starts_at.astimezone(dt.UTC))
    event.add("dtend", row.ends_at.astimezone(dt.UTC))
    event.add("summary", f"{row.subject}（{row.get_kind_display()}）")
    event.add("location", _location(row))
    event.add("description", _description(row))
    event.add("status", STATUS.get(CohortStage(row.cohort.stage), "CONFIRMED"))
    venue = row.room.venue if row.room else None
    if venue is not None and venue.latitude is not None:
        event.add("geo", vGeo((float(venue.latitude), float(venue.longitude))))
    return event


def _location(row: Session) -> str:
    address = row.room.venue.address if row.room else ""
    return "，".join(part for part in (row.place, address, row.base.name if row.base else "") if part)


def _description(row: Session) -> str:
    teacher = f"教师：{row.teacher.name}" if row.teacher else ""
    lines = (row.cohort.name, f"承接单位：{row.cohort.provider.name}", teacher, f"{row.class_hours}课时")
    return "\n".join(line for line in lines if line)
