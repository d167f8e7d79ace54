"""The demo's change after a filing, waiting on the desk, and the names that were checked."""

import dataclasses
import datetime as dt

from peibu.casework.actions import move_case
from peibu.demo.city import NOW
from peibu.demo.loader.players import Players
from peibu.gateways.identity import FakeIdentity
from peibu.registry.identity import check_identities
from peibu.training.actions.changes import as_lesson_key, start_change, write_timetable
from peibu.training.enums import CohortStage, EnrolmentState
from peibu.training.models import Cohort, Session
from peibu.training.queries.changes import notice_days

BEFORE = dt.timedelta(hours=2)
ENOUGH_DAYS = 4


def play_changes(players: Players) -> None:
    """The class that is being taught moves its last lecture by half an hour; nobody has confirmed it yet."""
    for cohort in Cohort.objects.filter(stage=CohortStage.CONFIRMED).order_by("opens_on", "name"):
        sessions = list(cohort.sessions.filter(starts_at__gt=NOW).order_by("starts_at"))
        far = [row for row in sessions if row.kind != "exam" and row.starts_at > NOW + dt.timedelta(days=ENOUGH_DAYS)]
        if far and notice_days(cohort.policy, on=NOW.date()):
            _propose(cohort, sessions, far[-1], players)
            return


def _propose(cohort: Cohort, sessions: list[Session], moved: Session, players: Players) -> None:
    by, at = players.of("provider", cohort.provider), NOW - BEFORE
    change = start_change(cohort=cohort, reason="授课教师上午有公司会议，推迟半小时上课", by=by, at=at)
    late = dt.timedelta(minutes=30)
    rows = [
        (row.pk, dataclasses.replace(as_lesson_key(row), starts_at=row.starts_at + late, ends_at=row.ends_at + late))
        if row.pk == moved.pk
        else (row.pk, as_lesson_key(row))
        for row in sessions
    ]
    write_timetable(change=change, rows=rows, by=by, at=at)
    move_case(case=change.case, move="submit", by=by, at=at)


def check_names(players: Players) -> None:
    """Names of the people in classes under way, asked of the demo's register."""
    register = FakeIdentity(clock=lambda: NOW)
    for cohort in Cohort.objects.filter(stage__in=(CohortStage.FILING, CohortStage.CONFIRMED)):
        rows = cohort.enrolments.filter(state=EnrolmentState.ACTIVE).select_related("person")
        by = players.of("provider", cohort.provider)
        check_identities(people=[row.person for row in rows], by=by, at=NOW - BEFORE, register=register)
