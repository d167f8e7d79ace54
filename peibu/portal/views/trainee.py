"""A trainee's own pages, made for a phone: classes, timetable, attendance."""

import datetime as dt
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.portal import own_exports
from peibu.theme.exports import excel_asked
from peibu.theme.menu import address
from peibu.training.enums import LIVE_LEAVES, OPEN_PLACES, CohortStage
from peibu.training.models import Enrolment, Exam
from peibu.training.permissions.attendance import RUNNING
from peibu.training.queries.applications import open_classes, own_applications
from peibu.training.queries.attendance import OwnSession, own_sessions
from peibu.training.queries.attended import rate_of
from peibu.training.queries.classrooms import enrolments_of
from peibu.training.queries.effective import sealed_points
from peibu.training.queries.leave import own_leave
from peibu.training.queries.own_day import door_state

APPLICATIONS = 5
OVER = (CohortStage.EXAMINED, CohortStage.CERTIFIED, CohortStage.ARCHIVED)


@only(Role.TRAINEE)
def home(request: HttpRequest) -> HttpResponse:
    """My classes; what is on today stands first."""
    classes = [_told(row, request.now) for row in enrolments_of(request.actor)]
    today = [each for told in classes for each in told["sessions"] if _day(each) == request.today]
    context = {"classes": classes, "today_sessions": today, "certificates_url": address("trainee-certificates")}
    context |= {
        "openings": open_classes(on=request.today).count(),
        "applications": [row for row in own_applications(request.actor)[:APPLICATIONS] if row.state in OPEN_PLACES],
    }
    return render(request, "portal/trainee/home.html", context)


@only(Role.TRAINEE)
def attendance(request: HttpRequest) -> HttpResponse:
    """Every session of my classes and what became of it."""
    classes = [_told(row, request.now) for row in enrolments_of(request.actor)]
    if excel_asked(request):
        return own_exports.own_attendance(request, classes)
    return render(request, "portal/trainee/attendance.html", {"classes": classes})


@only(Role.TRAINEE)
def session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """One session of mine: signed in or not, since when."""
    for enrolment in enrolments_of(request.actor).filter(cohort__sessions=session_id):
        own = next(each for each in own_sessions(enrolment, at=request.now) if each.session.pk == session_id)
        leave = own_leave(enrolment, own.session)
        context = {
            "own": own,
            "enrolment": enrolment,
            "leave": leave,
            "door": door_state(own, enrolment.pk),
            "live_leave": leave is not None and leave.state in LIVE_LEAVES,
            "before": request.now < own.session.starts_at and enrolment.cohort.stage in RUNNING,
        }
        return render(request, "portal/trainee/session.html", context)
    raise Http404


def _day(own: OwnSession) -> dt.date:
    return timezone.localdate(own.session.starts_at)


def _told(enrolment: Enrolment, now: dt.datetime) -> dict:
    """What the page says of one class."""
    sessions = own_sessions(enrolment, at=now)
    held = [each for each in sessions if each.session.ends_at <= now]
    return {
        "enrolment": enrolment,
        "cohort": enrolment.cohort,
        "sessions": sessions,
        "next": next((each for each in sessions if each.session.ends_at > now), None),
        "rate": rate_of(enrolment, at=now),
        "absences": sum(each.state == "absent" for each in held),
        "over": enrolment.cohort.stage in OVER,
        **_result(enrolment, now),
    }


def _result(enrolment: Enrolment, now: dt.datetime) -> dict:
    """The exam once its paper is approved, the score once the sheet is sealed, the certificate once it is issued."""
    exam = Exam.objects.filter(cohort=enrolment.cohort, case__state="approved").first()
    scored, points = sealed_points(enrolment, known_at=now)
    return {"exam": exam, "scored": scored, "points": points, "certificate": getattr(enrolment, "certificate", None)}
