"""Admission tickets and door lists as papers."""

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

from peibu.examining.models import Seat, SeatPlan
from peibu.kernel.errors import Refused
from peibu.kernel.identity import mask_id
from peibu.papers.class_papers import RosterColumn, RosterData, roster_pdf
from peibu.papers.errors import PaperError
from peibu.papers.exam_tickets import Ticket, TicketSheet, admission_tickets_pdf
from peibu.training.models import Exam

RULES = (
    "凭本准考证和有效身份证件入场，对号入座。",
    "开考前请关闭手机等通讯设备；在线考试使用指定设备。",
    "遵守考场纪律，服从监考人员管理；违纪的取消本次考试成绩。",
)


def _times(exam: Exam) -> str:
    start, end = timezone.localtime(exam.held_from), timezone.localtime(exam.held_until)
    return f"{start:%Y-%m-%d %H:%M}–{end:%H:%M}"


def tickets_pdf(exam: Exam, seats: Sequence[Seat], *, on: dt.date) -> bytes:
    """Tickets of the given seats in one PDF."""
    fields = [("考试时间", _times(exam)), ("考试地点", exam.place), ("班　　次", exam.cohort.name)]
    tickets = [
        Ticket(
            number=seat.ticket,
            name=seat.enrolment.person.name,
            id_number_masked=mask_id(seat.enrolment.person.id_number),
            room=seat.room,
            seat=str(seat.number),
            fields=fields,
        )
        for seat in seats
    ]
    sheet = TicketSheet(
        title=f"{exam.cohort.name}结业考核",
        tickets=tickets,
        rules=RULES,
        issuer=exam.cohort.provider.name,
        printed_on=on,
    )
    try:
        return admission_tickets_pdf(sheet)
    except PaperError as problem:
        raise Refused(str(problem), "no_tickets", "请按提示更正后重新生成") from problem


def door_list_pdf(plan: SeatPlan, room: str, *, on: dt.date) -> bytes:
    """The seats of one room, for its door: seat, ticket, name, masked number, place to sign."""
    seats = (
        plan.seats.filter(room=room).select_related("enrolment__person", "enrolment__enterprise").order_by("number")
    )
    exam = plan.exam
    roster = RosterData(
        title=f"{room}考场座位表",
        fields=[("考试", f"{exam.cohort.name}结业考核"), ("时间", _times(exam)), ("地点", exam.place)],
        columns=[
            RosterColumn(title="座位号", weight=0.7),
            RosterColumn(title="准考证号", weight=2),
            RosterColumn(title="姓名"),
            RosterColumn(title="身份证号码", weight=1.7),
            RosterColumn(title="所在企业", weight=2.6, align="left"),
            RosterColumn(title="考生签名", weight=1.2),
        ],
        rows=[
            [
                str(seat.number), seat.ticket, seat.enrolment.person.name, mask_id(seat.enrolment.person.id_number),
                seat.enrolment.enterprise.name, "",
            ]
            for seat in seats
        ],
        printed_on=on,
        sign_off=("监考人：", "实到人数：", "缺考人数："),
    )  # fmt: skip
    try:
        return roster_pdf(roster)
    except PaperError as problem:
        raise Refused(str(problem), "no_door_list", "请按提示更正后重新生成") from problem
