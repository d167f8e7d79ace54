"""Learning sessions: begun with a sign-in, one at a time per person, ended on leaving, elsewhere, by silence."""

import datetime as dt
import secrets
from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.casework.refusals import refusing
from peibu.courses.actions.record import keep, teller
from peibu.courses.enums import CheckOutcome, SessionEnd
from peibu.courses.models import LearningSession, PresenceCheck, Registration
from peibu.courses.permissions import registrations_of
from peibu.courses.statements import LOGGED_IN, TERMINATED, course_activity
from peibu.courses.terms import PlayerTerms, player_terms
from peibu.kernel.errors import Refused
from peibu.learning.reports import words
from peibu.registry.models import Person

SLACK = 2000
"""Milliseconds of video before the first second has passed: the first report comes a moment after the first picture."""
REASONS = {
    SessionEnd.ELSEWHERE: ("您已在另一台设备（或另一个页面）上学习，这里已停止", "要在这里继续，请点“开始学习”"),
    SessionEnd.IDLE: ("长时间没有学习动作，本次学习已自动结束", "请点“开始学习”，从上次位置开始"),
    SessionEnd.MISSED: ("没有按时确认在线，本次学习已结束", "请点“开始学习”，从上次位置开始"),
    SessionEnd.LEFT: ("本次学习已结束", "请点“开始学习”，从上次位置开始"),
}


def terms_of(registration: Registration, at: dt.datetime) -> PlayerTerms:
    return player_terms(registration.course.policy, on=timezone.localdate(at))


def next_check(terms: PlayerTerms, at: dt.datetime) -> dt.datetime:
    """When to ask next: any second between the shortest and the longest time, drawn where no learner can see it."""
    span = 60 * (terms.check_max - terms.check_min)
    return at + dt.timedelta(minutes=terms.check_min, seconds=secrets.randbelow(span + 1))


def start(*, registration: Registration, by: Actor, at: dt.datetime, device: str, address: str) -> LearningSession:
    """Begin here; what ran elsewhere is over. device: mark of the browser; address: where the request came from."""
    with refusing():
        mine = registrations_of(by).filter(pk=registration.pk).first()
        if mine is None:
            raise Refused("您没有报名这门课程", "not_registered", "请先报名")
        Person.objects.select_for_update(of=("self",)).get(
            pk=mine.person_id
        )  # two devices at once: one after the other
        for other in LearningSession.objects.filter(person_key=by.person_key, ended_at__isnull=True):
            end(other, SessionEnd.ELSEWHERE, at=at)
        session = LearningSession.objects.create(
            registration=mine, person_key=by.person_key, device=device, started_at=at, last_at=at, budget=SLACK,
            next_check_at=next_check(terms_of(mine, at), at),
        )  # fmt: skip
        where = {words.extension("ip"): address, words.extension("device"): device}
        told = {name: value for name, value in where.items() if value}
        keep(mine, [
            teller(mine, session).tell(LOGGED_IN, course_activity(mine.course), at, session.pk, extensions=told)
        ])  # fmt: skip
        return session


def end(session: LearningSession, why: SessionEnd, *, at: dt.datetime, before: Sequence[dict] = ()) -> None:
    """Close a session; the caller holds its row. before: what else is told in the same breath."""
    registration = Registration.objects.select_related("course", "person").get(pk=session.registration_id)
    decide_open_check(session, at=at)
    session.ended_at, session.ended_by = max(at, session.started_at), why
    session.save(update_fields=["ended_at", "ended_by"])
    told = teller(registration, session)
    result = {"duration": f"PT{int((session.last_at - session.started_at).total_seconds())}S"}
    reason = {words.extension("ended-by"): str(why)}
    over = told.tell(
        TERMINATED, course_activity(registration.course), at, session.pk, result=result, extensions=reason
    )
    keep(registration, [*before, over])


def decide_open_check(session: LearningSession, *, at: dt.datetime) -> None:
    """A question nobody answered before the session ended counts as missed only when its time was over."""
    for check in session.checks.filter(outcome=""):
        check.outcome = CheckOutcome.MISSED if at > check.due_at else CheckOutcome.DROPPED
        check.save(update_fields=["outcome"])
        if check.outcome == CheckOutcome.MISSED:
            tell_check(session, check, at=check.due_at)


def tell_check(session: LearningSession, check: PresenceCheck, *, at: dt.datetime) -> None:
    registration = Registration.objects.select_related("course", "person").get(pk=session.registration_id)
    result: dict = {"success": check.outcome == CheckOutcome.PASSED}
    if check.answered_at:
        result["duration"] = f"PT{(check.answered_at - check.asked_at).total_seconds():.3f}S"
    target = course_activity(registration.course)
    keep(registration, [teller(registration, session).tell(words.CHECKED, target, at, check.pk, result=result)])


def mine_live(session_id: UUID, by: Actor) -> LearningSession:
    """The learner's own session, its row held. Refused: not theirs, or over, with the reason."""
    rows = LearningSession.objects.select_for_update(of=("self",)).select_related(
        "registration__course", "registration__person"
    )
    session = rows.filter(pk=session_id).first()
    if session is None or not by.person_key or session.person_key != by.person_key:
        raise Refused("这不是您的学习", "not_your_session", "请使用本人账号重新开始学习")
    if session.ended_at is not None:
        raise_ended(SessionEnd(session.ended_by))
    return session


def raise_ended(why: SessionEnd) -> None:
    message, remedy = REASONS[why]
    raise Refused(message, f"session_{why}", remedy)


def leave(*, session_id: UUID, by: Actor, at: dt.datetime) -> None:
    """The learner goes; going twice changes nothing."""
    with refusing():
        rows = LearningSession.objects.select_for_update().filter(pk=session_id, person_key=by.person_key or "-")
        session = rows.filter(ended_at__isnull=True).first()
        if session is not None:
            end(session, SessionEnd.LEFT, at=at)


def close_idle(*, at: dt.datetime) -> int:
    """End every session nothing was heard of for too long; returns how many. Run by the job."""
    done = 0
    live = LearningSession.objects.filter(ended_at__isnull=True).select_related("registration__course")
    for row in live:
        if at - row.last_at > dt.timedelta(minutes=terms_of(row.registration, at).idle):
            with refusing():
                again = LearningSession.objects.select_for_update(skip_locked=True).filter(pk=row.pk)
                session = again.filter(ended_at__isnull=True, last_at=row.last_at).first()
                if session is not None:
                    end(session, SessionEnd.IDLE, at=at)
                    done += 1
    return done
