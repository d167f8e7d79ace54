"""What the player reports: where, what was played, what was pressed. The server's clock decides what is believed.

A report is numbered within its session; one that comes twice is answered and changes nothing. More video than the time
that passed allows is left out, however the report came about.
"""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from peibu.accounts.actor import Actor
from peibu.casework.refusals import refusing
from peibu.courses.actions.record import keep, teller
from peibu.courses.actions.sessions import end, mine_live, next_check, raise_ended, tell_check, terms_of
from peibu.courses.enums import CheckOutcome, ItemKind, SessionEnd
from peibu.courses.models import Item, ItemProgress, LearningSession, PresenceCheck, Registration
from peibu.courses.queries.progress import all_done
from peibu.courses.segments import accept, frontier, length, merged
from peibu.courses.statements import COMPLETED, EVENTS, PROGRESSED, course_activity
from peibu.courses.terms import PlayerTerms
from peibu.kernel.errors import Refused

MOST_SEGMENTS = 200
MOST_EVENTS = 50
GRACE = dt.timedelta(seconds=3)
"""Between the question on the server and the pause on the page; what plays meanwhile is honest."""


@dataclasses.dataclass(frozen=True)
class Event:
    """A press of a button: one of `statements.EVENTS`. Positions in milliseconds; `ago`: milliseconds before sending."""

    verb: str
    position: int
    came_from: int | None
    ago: int


@dataclasses.dataclass(frozen=True)
class Report:
    """One report. segments: stretches played since the last one, [from, to] in milliseconds; speed in percent; `ago`:
    milliseconds between making and sending it, as the device says."""

    number: int
    item: UUID
    position: int
    segments: Sequence[Sequence[int]]
    events: Sequence[Event]
    speed: int
    ago: int


@dataclasses.dataclass(frozen=True)
class State:
    """What the player is told: how far (milliseconds), done or not, and whether somebody is asked to confirm."""

    reached: int
    watched: int
    completed: bool
    course_completed: bool
    check: UUID | None
    check_seconds: int


def report(*, session_id: UUID, told: Report, by: Actor, at: dt.datetime) -> State:
    """Take a report. Refused: not the learner's session, over, no such video. The refusal of an ended session is told
    after the ending is kept."""
    ended = None
    with refusing():
        session = mine_live(session_id, by)
        terms = terms_of(session.registration, at)
        item = _item(session.registration, told.item)
        progress = _progress(session.registration, item, at)
        if told.number > session.beats:
            ended = _over(session, terms, at)
            if ended is None:
                _take(session, terms, item, progress, told, at)
        check = session.checks.filter(outcome="").first()
    if ended is not None:
        raise_ended(ended)
    return State(
        frontier(progress.segments), progress.watched, progress.completed_at is not None,
        session.registration.completed_at is not None, check.pk if check else None,
        max(0, int((check.due_at - at).total_seconds())) if check else 0,
    )  # fmt: skip


def _item(registration: Registration, item_id: UUID) -> Item:
    item = Item.objects.select_related("media").filter(
        pk=item_id, kind=ItemKind.VIDEO, chapter__edition=registration.edition_id
    )
    found = item.first()
    if found is None:
        raise Refused("课程里没有这个视频", "no_such_video", "请刷新页面后重试")
    return found


def _progress(registration: Registration, item: Item, at: dt.datetime) -> ItemProgress:
    made, _new = ItemProgress.objects.get_or_create(registration=registration, item=item, defaults={"updated_at": at})
    return made


def _over(session: LearningSession, terms: PlayerTerms, at: dt.datetime) -> SessionEnd | None:
    """End the session when it should have ended: silent for too long, or a question was left unanswered."""
    check = session.checks.filter(outcome="").first()
    why = None
    if check is not None and at > check.due_at:
        why = SessionEnd.MISSED
    elif at - session.last_at > dt.timedelta(minutes=terms.idle):
        why = SessionEnd.IDLE
    if why is not None:
        end(session, why, at=at)
    return why


def _take(
    session: LearningSession, terms: PlayerTerms, item: Item, progress: ItemProgress, told: Report, at: dt.datetime
) -> None:
    _accrue(session, terms, at)
    taken, session.budget = accept(
        told.segments[:MOST_SEGMENTS], known=progress.segments, whole=item.media.milliseconds, budget=session.budget,
        ahead=1000 * terms.ahead,
    )  # fmt: skip
    session.beats, session.last_at = told.number, at
    progress.segments = merged([*progress.segments, *taken])
    progress.watched = length(progress.segments)
    progress.position = min(max(0, told.position), frontier(progress.segments) + 1000 * terms.ahead)
    progress.updated_at = at
    first = progress.completed_at is None and 100 * progress.watched >= terms.watched * item.media.milliseconds
    progress.completed_at = at if first else progress.completed_at
    progress.save()
    statements = _statements(session, terms, item, progress, told, at)
    if first:
        statements += _completed(session, item, progress, told, at)
    _ask(session, terms, playing=bool(taken), at=at)
    session.save(update_fields=["beats", "last_at", "budget", "next_check_at"])
    keep(session.registration, statements)


def _accrue(session: LearningSession, terms: PlayerTerms, at: dt.datetime) -> None:
    """Time that passed becomes video that may be reported: at the highest speed, no more than the longest break of the
    network, and not while somebody is asked to confirm."""
    check = session.checks.filter(outcome="").first()
    until = min(at, check.asked_at + GRACE) if check else at
    longest = dt.timedelta(minutes=terms.offline)
    passed = min(max(dt.timedelta(), until - session.last_at), longest)
    most = int(longest.total_seconds() * 10 * terms.speed)
    session.budget = min(most, session.budget + int(passed.total_seconds() * 10 * terms.speed))


def _statements(
    session: LearningSession, terms: PlayerTerms, item: Item, progress: ItemProgress, told: Report, at: dt.datetime
) -> list[dict]:
    tell = teller(session.registration, session)
    late = told.ago > 2000 * terms.report
    speed = min(max(told.speed, 1), terms.speed)
    about = {"played": progress.segments, "speed": speed, "late": late}
    found = [
        tell.video(
            EVENTS[event.verb], item, _when(session, event.ago, at), session.pk, told.number, place,
            position=event.position, came_from=event.came_from, **about,
        )
        for place, event in enumerate(told.events[:MOST_EVENTS])
        if event.verb in EVENTS
    ]  # fmt: skip
    if told.segments:
        when = _when(session, told.ago, at)
        found.append(
            tell.video(
                PROGRESSED, item, when, session.pk, told.number, position=told.position, came_from=None, **about
            )
        )
    return found


def _when(session: LearningSession, ago: int, at: dt.datetime) -> dt.datetime:
    """When the device says it was: never before the session, never after now. Only `stored` is proof."""
    return min(at, max(session.started_at, at - dt.timedelta(milliseconds=max(0, ago))))


def _completed(
    session: LearningSession, item: Item, progress: ItemProgress, told: Report, at: dt.datetime
) -> list[dict]:
    tell = teller(session.registration, session)
    found = [
        tell.video(
            COMPLETED, item, at, item.pk, played=progress.segments, position=told.position, came_from=None,
            speed=told.speed, late=False,
        )
    ]  # fmt: skip
    return found + complete_course(session.registration, at=at, session=session)


def complete_course(
    registration: Registration, *, at: dt.datetime, session: LearningSession | None = None
) -> list[dict]:
    """Mark a course as done once everything in it is; returns what is to be told of it."""
    locked = Registration.objects.select_for_update(of=("self",)).get(pk=registration.pk)
    if locked.completed_at is not None or not all_done(registration):
        return []
    locked.completed_at = registration.completed_at = at
    locked.save(update_fields=["completed_at"])
    target = course_activity(registration.course)
    return [teller(registration, session).tell(COMPLETED, target, at, "course", result={"completion": True})]


def _ask(session: LearningSession, terms: PlayerTerms, *, playing: bool, at: dt.datetime) -> None:
    """Ask whether somebody is there, when it is time and something is playing."""
    if playing and at >= session.next_check_at and not session.checks.filter(outcome="").exists():
        due = at + dt.timedelta(seconds=terms.check)
        PresenceCheck.objects.create(session=session, asked_at=at, due_at=due)


def confirm_presence(*, session_id: UUID, check_id: UUID, by: Actor, at: dt.datetime) -> None:
    """Somebody is there. Refused when the time is over; then the session has ended. Twice it changes nothing."""
    late = False
    with refusing():
        session = mine_live(session_id, by)
        check = session.checks.filter(pk=check_id).first()
        if check is None:
            raise Refused("没有这次在线确认", "no_such_check", "请刷新页面后重试")
        if check.outcome == CheckOutcome.PASSED:
            return
        late = at > check.due_at
        if late:
            end(session, SessionEnd.MISSED, at=at)
        else:
            check.outcome, check.answered_at = CheckOutcome.PASSED, at
            check.save(update_fields=["outcome", "answered_at"])
            tell_check(session, check, at=at)
            session.last_at = max(session.last_at, at)
            session.next_check_at = next_check(terms_of(session.registration, at), at)
            session.save(update_fields=["last_at", "next_check_at"])
    if late:
        raise_ended(SessionEnd.MISSED)
