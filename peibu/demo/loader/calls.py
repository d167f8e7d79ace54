"""The city's calls: one with a joint decision under way, one under blind review, one that is open."""

import datetime as dt

from peibu.accounts.actor import Actor
from peibu.accounts.models import Unit
from peibu.accreditation.actions.applications import (
    add_holding,
    hand_in,
    keep_evidence,
    start_application,
    write_answers,
)
from peibu.accreditation.actions.calls import publish_call
from peibu.accreditation.actions.decisions import assent
from peibu.accreditation.actions.panels import commit_panel, draw_panel, freeze_pool
from peibu.accreditation.actions.scores import submit_score
from peibu.accreditation.facts import terms_for
from peibu.accreditation.models import Application, Call, Panel, Seat
from peibu.casework.actions import move_case
from peibu.demo.city.records import CHINA
from peibu.demo.loader.base import Loaded
from peibu.demo.loader.players import Players
from peibu.papers.plain_papers import Part, plain_pdf
from peibu.rulebook import load_policy

COMMENTS = (
    "方案内容完整，实训安排与目标一致。",
    "师资结构合理，建议补充企业兼职教师。",
    "场所设备满足需要，管理制度齐全。",
    "考核评价标准清楚，可操作。",
    "课程与产业结合较紧，质量保障措施到位。",
)
MARKS = (8, 9, 8, 7, 9)
STILL_TO_SCORE = 2  # of the second call's panel: somebody has to have work


def at(month: int, day: int, hour: int = 9) -> dt.datetime:
    return dt.datetime(2020, month, day, hour, tzinfo=CHINA)


def play_calls(loaded: Loaded, players: Players) -> None:
    """Three calls of the city bureau, every row by its own action."""
    lead = players.by_key("o-370200-hrss-city_bureau-1")
    _decided(loaded, players, lead)
    _under_review(loaded, players, lead)
    _call(lead, "provider", "第三批工业互联网培训承接单位征集", at(12, 1), dt.date(2020, 12, 1), dt.date(2020, 12, 25))


def _call(lead: Actor, subject: str, title: str, when: dt.datetime, first: dt.date, last: dt.date, fields=()) -> Call:
    return publish_call(
        policy="qingdao/industrial_internet_2020",
        subject=subject,
        title=title,
        about="申请单位对填报内容和材料的真实性负责；上传的材料请遮去单位名称和人员姓名，供专家盲评。",
        fields=list(fields),
        opens_on=first,
        closes_on=last,
        by=lead,
        at=when,
    )


def _apply(call: Call, by: Actor, when: dt.datetime) -> Application:
    row = start_application(call=call, by=by, at=when)
    parts = list(load_policy(call.policy).codes["plan_parts"].items)
    write_answers(
        application=row,
        facts={"plan_parts": parts, "plan_cosigned_by_bases": True},
        reasons={},
        by=by,
        at=when,
    )
    for kind, name, about, quantity in (
        ("licence", "法人登记证书", "职业教育和培训", 1),
        ("theory_teacher", "教师甲（演示）", "senior_title", 1),
        ("practice_teacher", "教师乙（演示）", "senior_technician", 1),
        ("premises", "工业互联网实训室", "320平方米", 2),
    ):
        since = dt.date(2018, 3, 1) if kind == "licence" else None
        add_holding(
            application=row, kind=kind, name=name, qualification=about, quantity=quantity, valid_from=since,
            by=by, at=when,
        )  # fmt: skip
    for document in terms_for(row, on=call.opens_on).documents:
        content = plain_pdf(
            title=document["label"], parts=[Part(heading="", paragraphs=["演示用扫描件。"])], dated=call.opens_on
        )
        keep_evidence(
            application=row, item=document["code"], name=f"{document['label']}.pdf", content=content, by=by, at=when
        )
    hand_in(application=row, by=by, at=when)
    return row


def _drawn(call: Call, lead: Actor, commit: dt.datetime, draw: dt.datetime) -> Panel:
    panel = commit_panel(call=call, by=lead, at=commit)
    panel = freeze_pool(panel=panel, by=lead, at=draw)
    return draw_panel(panel=panel, by=lead, at=draw)


def _score(players: Players, seat: Seat, row: Application, n: int, when: dt.datetime) -> None:
    criteria = terms_for(row, on=when.date()).criteria
    marks = {code: max(0, MARKS[n] - (place % 2)) for place, code in enumerate(criteria)}
    submit_score(
        seat=seat,
        application=row,
        marks=marks,
        comment=COMMENTS[n],
        round=1,
        by=players.by_user(seat.entry.expert.user),
        at=when,
    )


def _decided(loaded: Loaded, players: Players, lead: Actor) -> None:
    """Second batch of providers: evaluated, three bureaus have agreed, the finance bureau has not spoken yet."""
    title = "第二批工业互联网培训承接单位征集"
    call = _call(lead, "provider", title, at(11, 2), dt.date(2020, 11, 2), dt.date(2020, 11, 20))
    row = _apply(call, players.by_key("o-z02-provider-1"), at(11, 9))
    panel = _drawn(call, lead, at(11, 16), at(11, 23))
    for n, seat in enumerate(panel.places.select_related("entry__expert__user")):
        _score(players, seat, row, n, at(11, 25 + n % 3))
    move_case(case=row.case, move="evaluate", by=lead, at=at(12, 1), reason="五位专家评估合格，提请四部门会商")
    second = players.by_key("o-370200-hrss-city_bureau-2")
    for by in (second, *(_bureau(players, kind) for kind in ("education", "industry"))):
        assent(application=row, agrees=True, by=by, at=at(12, 3))


def _bureau(players: Players, kind: str) -> Actor:
    return players.of("city_bureau", Unit.objects.get(kind=kind, division__kind="city"))


def _under_review(loaded: Loaded, players: Players, lead: Actor) -> None:
    """Second batch of practice bases: an enterprise applied; one expert works for it and is excluded."""
    title = "第二批工业互联网实训基地征集"
    fields = ("digital", "equipment")
    call = _call(lead, "base", title, at(11, 9), dt.date(2020, 11, 9), dt.date(2020, 11, 30), fields)
    firm = next(row for row in loaded.city.enterprises if row.key == "e002")
    row = _apply(call, players.of("enterprise", loaded.firms[firm.no]), at(11, 18))
    panel = _drawn(call, lead, at(11, 20), at(12, 1, 10))
    # whoever the draw seats: the first two by user name have not scored, so that the demo's expert has something to do
    seats = sorted(panel.places.select_related("entry__expert__user"), key=lambda s: s.entry.expert.user.username)
    for n, seat in enumerate(seats[STILL_TO_SCORE:]):
        _score(players, seat, row, n, at(12, 3 + n))
