"""Objections to a public notice: anybody raises one, officers settle it, meanwhile what it concerns is not paid (QD97.5.3, I6).

A room whose cases can wait line by line says so by an effect of HOLD_LINE; elsewhere the whole case waits.
"""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from peibu.accounts.actor import SYSTEM, Actor
from peibu.accounts.secrecy import secret_index
from peibu.casework.actions import move_case, open_case
from peibu.casework.enums import Holds, ObjectionState
from peibu.casework.hooks import effect, effects_of
from peibu.casework.models import Case, NoticeLine, Objection, PublicNotice
from peibu.casework.notices import is_open
from peibu.kernel.errors import Refused

PROCESS = "objection"
HOLD_MOVE = "object"
HOLD_LINE = "hold_line"
PER_HOUR = 5  # objections from one address; offices and homes share addresses, so it is not one
SHORTEST = 10


@transaction.atomic
def raise_objection(
    *,
    notice: PublicNotice,
    text: str,
    at: dt.datetime,
    line: NoticeLine | None = None,
    name: str = "",
    contact: str = "",
    address: str = "",
    by: Actor = SYSTEM,
) -> Objection:
    """Keep an objection, open its case with a deadline, and hold the published cases it concerns.

    Refused: notice over, text too short, line of another notice, too many from one address in an hour.
    """
    text = text.strip()
    if not is_open(notice, on=timezone.localdate(at)):
        todo = "如发现违规情况，请向公示单位举报"
        raise Refused(f"公示{notice.number}已于{notice.ends_on:%Y-%m-%d}结束，不能再提交异议", "notice_is_over", todo)
    if len(text) < SHORTEST:
        raise Refused(f"异议内容不足{SHORTEST}个字", "objection_too_short", "请写明针对谁、什么情况、有何依据")
    if line is not None and line.notice_id != notice.pk:
        raise Refused("所选人员不在本公示名单中", "foreign_line", "请在本公示页面选择")
    index = secret_index(address) if address else ""
    PublicNotice.objects.select_for_update().get(pk=notice.pk)  # the count below is then exact
    if index and _recent(index, at).count() >= PER_HOUR:
        raise Refused(
            "同一网络地址一小时内提交的异议过多", "too_many_objections", "请稍后再提交，或到公示单位窗口提出"
        )
    case = open_case(
        policy=notice.policy,
        process=PROCESS,
        subject=f"对公示{notice.number}的异议",
        applicant=None,
        agency=notice.agency,
        by=by,
        at=at,
    )
    objection = Objection.objects.create(
        division=notice.division,
        notice=notice,
        line=line,
        case=case,
        number=case.number,
        name=name.strip()[:60],
        contact=contact.strip()[:120],
        text=text,
        raised_at=at,
        address_index=index,
    )
    for held in _concerned(objection):
        _hold(held, objection, at)
    return objection


def _hold(case: Case, objection: Objection, at: dt.datetime) -> None:
    reason = f"收到公示异议{objection.number}"
    line_by_line = effects_of(case.process, HOLD_LINE) if objection.line_id else []
    if line_by_line:
        objection.holds = Holds.LINE
        objection.save(update_fields=["holds"])
        for deed in line_by_line:
            deed(case=case, by=SYSTEM, at=at, reason=reason)
    elif case.state == "notice":
        move_case(case=case, move=HOLD_MOVE, by=SYSTEM, at=at, reason=reason)


def _recent(index: str, at: dt.datetime) -> QuerySet[Objection]:
    return Objection.objects.filter(address_index=index, raised_at__gt=at - dt.timedelta(hours=1), raised_at__lte=at)


def _concerned(objection: Objection) -> list[Case]:
    """The cases on notice that this objection holds: that of its line, or all of the notice."""
    if objection.line_id:
        rows = Case.objects.filter(pk=objection.line.case_id)
    else:
        rows = Case.objects.filter(notice_lines__notice=objection.notice)
    return list(rows.filter(state__in=["notice", "objection"]).distinct())


@effect(PROCESS, "uphold", "dismiss")
def settle(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    """The decision of the objection's case becomes the objection's answer."""
    upheld = case.state == ObjectionState.UPHELD
    Objection.objects.filter(case=case).update(
        state=ObjectionState.UPHELD if upheld else ObjectionState.DISMISSED,
        answer=reason,
        decided_at=at,
        decided_by=by.user,
    )


def objections_for(actor: Actor) -> QuerySet[Objection]:
    """Objections of the officer's district, open ones first, oldest first."""
    rows = Objection.objects.select_related("notice", "line__case", "case", "decided_by")
    if not actor.whole_city:
        rows = rows.filter(division_id__in=actor.division_ids())
    return rows.order_by("decided_at", "raised_at")
