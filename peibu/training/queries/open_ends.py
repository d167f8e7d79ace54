"""What of a class's attendance is not settled yet when its teaching is to end: scans nobody decided, people whose leaving
nobody knows, a sign-out that still runs."""

import dataclasses
import datetime as dt

from django.utils import timezone

from peibu.training.enums import EntryRequestState, SessionKind
from peibu.training.models import Attendance, Cohort, EntryRequest, Session
from peibu.training.presence_terms import sign_out_window, terms_of_policy
from peibu.training.queries.attendance import active_people
from peibu.training.queries.leave import guests_of


@dataclasses.dataclass(frozen=True)
class OpenEnd:
    """One session's unsettled matter. `part`: `entry_requests`, `sign_outs` or `check_outs`; `names`: whose; `refuses`:
    the teaching does not end before it is settled, else it ends with a reason."""

    part: str
    session: Session
    names: tuple[str, ...]
    refuses: bool

    @property
    def sentence(self) -> str:
        """The matter in one Chinese sentence, as the archive keeps it."""
        told = f"{timezone.localtime(self.session.starts_at):%m-%d %H:%M}“{self.session.subject}”"
        who = "、".join(self.names)
        return {
            "entry_requests": f"{told}有{len(self.names)}次扫码待教师确认：{who}",
            "sign_outs": f"{told}有{len(self.names)}人没有签退记录：{who}",
            "check_outs": f"{told}的签退还在进行",
        }[self.part]


def open_ends(cohort: Cohort, *, at: dt.datetime) -> list[OpenEnd]:
    """Everything unsettled of the taught sessions that have begun, in order of time."""
    finish = terms_of_policy(cohort.policy).finish
    sessions = cohort.sessions.exclude(kind=SessionKind.EXAM).filter(starts_at__lte=at)
    sessions = sessions.select_related("check_out").order_by("starts_at", "id")
    asked, stayed = _undecided(cohort), _not_gone(cohort)
    found = []
    for session in sessions:
        window = sign_out_window(session)
        runs = window is not None and at <= window.closes and _is_open(session)
        parts = {
            "entry_requests": asked.get(session.pk, ()),
            "sign_outs": stayed.get(session.pk, ()) if window else (),
            "check_outs": ("",) if runs else (),
        }
        found += [
            OpenEnd(part, session, tuple(names), refuses=getattr(finish, part) == "refuse")
            for part, names in parts.items()
            if names
        ]
    return found


def _is_open(session: Session) -> bool:
    gate = getattr(session, "check_out", None)
    return gate is not None and gate.closed_at is None


def _undecided(cohort: Cohort) -> dict:
    rows = EntryRequest.objects.filter(session__cohort=cohort, state=EntryRequestState.ASKED)
    return _by_session(rows.values_list("session_id", "enrolment__person__name").order_by("received_at", "id"))


def _not_gone(cohort: Cohort) -> dict:
    """People who count in a session, signed in and did not sign out."""
    here = {row.pk for row in active_people(cohort)}
    here |= {row.pk for session in cohort.sessions.filter(made_up_for__isnull=False) for row in guests_of(session)}
    rows = Attendance.objects.filter(session__cohort=cohort, departure__isnull=True, enrolment__in=here)
    return _by_session(rows.values_list("session_id", "enrolment__person__name").order_by("signed_at", "id"))


def _by_session(rows) -> dict:
    found: dict = {}
    for key, name in rows:
        found.setdefault(key, []).append(name)
    return found
