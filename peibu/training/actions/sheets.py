"""The paper sign-in sheet as fallback: photographed, kept, and copied into the record (QD97.6.2)."""

import datetime as dt
from collections.abc import Iterable

from peibu.accounts.actor import Actor
from peibu.casework.actions import keep_document
from peibu.casework.enums import Purpose
from peibu.casework.models import Document
from peibu.casework.refusals import refusing
from peibu.intake import inspect_upload
from peibu.kernel.errors import Refused
from peibu.training.actions.manual_entries import enter_stay
from peibu.training.models import Cohort, Enrolment, Session
from peibu.training.permissions.attendance import KEEPING, can_run_session
from peibu.training.queries.sheets import sheets_of

KINDS = ("jpg", "png", "pdf")
REASON = "据纸质签到表补录"


def keep_sheet(*, session: Session, name: str, content: bytes, by: Actor, at: dt.datetime) -> Document:
    """Keep a photo or scan of the sheet people signed in a session.

    Refused: not the teacher of the session nor the provider's staff; before the session; class certified or
    archived; not a picture or PDF; the same file again.
    """
    _require(session, by)
    if at < session.starts_at:
        raise Refused("本课次还没有开始，不能上传签到表", "too_early", "请在学员签名后上传")
    upload = inspect_upload(name, content, allow=KINDS)
    if upload.problems:
        told = "；".join(problem.what for problem in upload.problems)
        raise Refused(f"签到表没有保存：{told}", "sheet_unfit", upload.problems[0].todo)
    with refusing():
        # the lock keeps two uploads of the same file at the same moment apart
        cohort = Cohort.objects.select_for_update(of=("self",)).get(pk=session.cohort_id)
        if cohort.stage not in KEEPING:
            label = cohort.get_stage_display()
            raise Refused(f"班次当前为“{label}”，不能再上传签到表", "class_is_closed", "请在班次发证前上传")
        if sheets_of(session).filter(facts__original_sha256=upload.sha256).exists():
            raise Refused("这张签到表已经上传过", "sheet_twice", "请在已上传的签到表中选择")
        return keep_document(
            division=session.division,
            subject_id=session.cohort_id,
            purpose=Purpose.SIGNIN_SHEET,
            name=name,
            kind=upload.kind,
            content=upload.content,
            facts={"original_sha256": upload.sha256, "session": str(session.pk)},
            by=by,
            at=at,
        )


def enter_from_sheet(
    *,
    session: Session,
    sheet: Document,
    enrolments: Iterable[Enrolment],
    by: Actor,
    at: dt.datetime,
    arrived_at: dt.datetime | None = None,
    left_at: dt.datetime | None = None,
) -> int:
    """Enter the people who signed on paper, with the times the paper or the teacher gives for them (see `enter_stay`):
    all or none; returns how many were not entered yet."""
    _require(session, by)
    if not sheets_of(session).filter(pk=sheet.pk).exists():
        raise Refused("所选签到表不是本课次的", "foreign_sheet", "请先上传本课次的签到表")
    people = list(enrolments)
    if not people:
        raise Refused("没有选择学员", "nobody_chosen", "请选择在纸质签到表上签名的学员")
    with refusing():
        done = [
            enter_stay(
                session=session, enrolment=row, arrived_at=arrived_at, left_at=left_at, reason=REASON, by=by, at=at,
                sheet=sheet,
            )
            for row in people
        ]  # fmt: skip
    return sum(not each.already for each in done)


def _require(session: Session, by: Actor) -> None:
    verdict = can_run_session(by, session)
    if not verdict:
        raise Refused(verdict.reason, "not_your_session", "请由本课次教师或承接单位经办人办理")
