"""What happened in the classroom: sign-ins, photos, the log, the end of teaching."""

import datetime as dt
import secrets

from peibu.demo.city import NOW, draw_photo
from peibu.demo.city.records import CHINA
from peibu.demo.loader.classes import ClassStory
from peibu.demo.loader.leaving import late_scan_for_the_teacher, sign_out_everybody
from peibu.training.actions.finish import finish_teaching
from peibu.training.actions.leave import ask_leave
from peibu.training.actions.lesson_notes import write_lesson_note
from peibu.training.actions.logs import write_log
from peibu.training.actions.photos import keep_photo
from peibu.training.enums import AttendanceMethod
from peibu.training.models import Attendance, CheckIn

NOTES = """教学目标：掌握{}的主要内容，能结合本企业提出应用设想。
重点难点：概念与本企业业务的对应。
步骤：导入10分钟，讲授60分钟，案例讨论40分钟，小结10分钟。"""
LEFT_OPEN = "个别学员忘记签退，基地考勤机没有记录，无法核实离开时间"
ASKED_BEFORE = dt.timedelta(hours=3)


def teach(story: ClassStory) -> None:
    """Play the teaching of a class as far as it has come."""
    if story.reached("opened") is None:
        return
    cohort = story.cohort
    sessions = list(cohort.sessions.exclude(kind="exam").order_by("position"))
    enrolments = {row.person_id: row for row in cohort.enrolments.all()}
    _check_ins(story, sessions)
    _sign_ins(story, sessions, enrolments)
    sign_out_everybody(story, sessions)
    _photos(story, sessions)
    _leave(story, sessions, list(enrolments.values()))
    if story.reached("taught") is None:
        _lesson_notes(story, sessions)
        late_scan_for_the_teacher(sessions)
    for session, text in zip(sessions, story.plan.log, strict=False):
        write_log(session=session, text=text, by=story.by, at=session.ends_at + dt.timedelta(minutes=30))
    if story.reached("taught"):
        finish_teaching(cohort=cohort, by=story.by, at=story.when["taught"], reason=LEFT_OPEN)
        cohort.refresh_from_db()


def _check_ins(story: ClassStory, sessions: list) -> None:
    held = {row.session for row in story.plan.sign_ins}
    CheckIn.objects.bulk_create(
        CheckIn(
            session=sessions[index],
            secret=secrets.token_hex(32),
            opened_at=sessions[index].starts_at - dt.timedelta(minutes=30),
            opened_by=story.by.user,
        )
        for index in sorted(held)
    )


def _sign_ins(story: ClassStory, sessions: list, enrolments: dict) -> None:
    """Thousands of past sign-ins are written in one go; the constraints are the same as for a single one."""
    rows = []
    for row in story.plan.sign_ins:
        enrolment = enrolments.get(story.loaded.people[row.person].pk)
        if row.at is None or enrolment is None:
            continue
        trainee = story.players.trainee(enrolment.person.key)
        if trainee is not None and sessions[row.session].ends_at > NOW:
            continue  # the visitor who takes this account signs in himself
        rows.append(
            Attendance(
                session=sessions[row.session],
                enrolment=enrolment,
                method=AttendanceMethod.MANUAL if row.manual_reason else AttendanceMethod.QR,
                signed_at=row.at,
                entered_at=row.at if row.manual_reason else None,
                entered_by=(trainee or story.by).user if not row.manual_reason else story.by.user,
                reason=row.manual_reason,
            )
        )
    Attendance.objects.bulk_create(rows, batch_size=2000)


def _photos(story: ClassStory, sessions: list) -> None:
    for row in story.plan.photos:
        keep_photo(
            cohort=story.cohort,
            session=sessions[row.session],
            name=f"{row.key}.jpg",
            content=draw_photo(row.drawing, near_duplicate=row.near_duplicate),
            by=story.by,
            at=row.taken_at.astimezone(CHINA),
        )


def _leave(story: ClassStory, sessions: list, enrolments: list) -> None:
    """The first trainee with an account asks for leave from the last session to come; nobody has answered yet."""
    coming = [row for row in sessions if row.starts_at > NOW]
    for enrolment in enrolments if coming else []:
        trainee = story.players.trainee(enrolment.person.key)
        if trainee is not None:
            reason = "当天参加公司招标会，申请请假"
            ask_leave(session=coming[-1], enrolment=enrolment, reason=reason, by=trainee, at=NOW - ASKED_BEFORE)
            return


def _lesson_notes(story: ClassStory, sessions: list) -> None:
    """In a class that is being taught: notes of what has been taught and of the next session but one, one of them late."""
    held = [row for row in sessions if row.starts_at <= NOW]
    for n, session in enumerate(sessions[: len(held) + 1]):
        at = session.starts_at + (dt.timedelta(minutes=50) if n == 1 else -dt.timedelta(days=1))
        if at <= NOW:
            write_lesson_note(session=session, text=NOTES.format(session.subject), by=story.by, at=at)
