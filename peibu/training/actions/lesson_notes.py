"""Hand in the lesson notes of a session (WH63.2.8)."""

import datetime as dt

from peibu.accounts.actor import Actor
from peibu.casework.actions import keep_document
from peibu.casework.enums import Purpose
from peibu.casework.models import Document
from peibu.casework.refusals import refusing
from peibu.intake import inspect_upload
from peibu.kernel.errors import Refused
from peibu.training.enums import SessionKind
from peibu.training.models import LessonNote, Session
from peibu.training.permissions.attendance import LOGGING, can_run_session

KINDS = ("pdf", "docx", "pptx", "jpg", "png")


def write_lesson_note(
    *, session: Session, text: str, by: Actor, at: dt.datetime, name: str = "", content: bytes = b""
) -> LessonNote:
    """Keep the next version of a session's notes: a text, a file, or both; what is handed in after the session began
    carries a mark.

    Refused: not the teacher of the session nor the provider's staff; an exam; class not confirmed or archived; nothing
    in it; a file that is none of the kinds.
    """
    verdict = can_run_session(by, session)
    if not verdict:
        told = "只有本课次的授课教师或承接单位经办人可以提交教案"
        raise Refused(told, "not_your_session", "请由本课次教师或承接单位经办人提交")
    if session.kind == SessionKind.EXAM:
        raise Refused("考核不需要教案", "exam_has_no_notes", "请在授课课次中提交")
    if session.cohort.stage not in LOGGING:
        label = session.cohort.get_stage_display()
        raise Refused(f"班次当前为“{label}”，不能提交教案", "class_is_closed", "请在开班确认后、归档前提交")
    if not text.strip() and not content:
        raise Refused("教案没有内容", "a_lesson_note_says_something", "请填写教案，或选择教案文件")
    upload = _inspected(name, content) if content else None
    with refusing():
        locked = Session.objects.select_for_update(of=("self",)).select_related("cohort__division").get(pk=session.pk)
        return LessonNote.objects.create(
            session=locked,
            version=locked.lesson_notes.count() + 1,
            text=text.strip(),
            document=_kept(locked, name, upload, by, at) if upload else None,
            late=at >= locked.starts_at,
            written_by=by.user,
            written_at=at,
        )


def _inspected(name: str, content: bytes):
    upload = inspect_upload(name, content, allow=KINDS)
    if upload.problems:
        told = upload.problems[0].what.removeprefix(f"“{name[:80]}”不能接收：")
        raise Refused(f"教案“{name[:60]}”没有保存：{told}", "lesson_note_unfit", upload.problems[0].todo)
    return upload


def _kept(session: Session, name: str, upload, by: Actor, at: dt.datetime) -> Document:
    return keep_document(
        division=session.cohort.division,
        subject_id=session.cohort_id,
        purpose=Purpose.LESSON_NOTE,
        name=name,
        kind=upload.kind,
        content=upload.content,
        facts={"session": str(session.pk)},
        by=by,
        at=at,
    )
