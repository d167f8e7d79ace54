"""A call of the city for the second batch, applicants, experts: what tests of accreditation begin with."""

import datetime as dt
from functools import lru_cache

from peibu.accounts.models import Unit
from peibu.accreditation.actions.applications import (
    add_holding,
    hand_in,
    start_application,
    write_answers,
)
from peibu.accreditation.actions.calls import publish_call
from peibu.accreditation.actions.decisions import assent, publish_listing, publish_notice
from peibu.accreditation.actions.panels import commit_panel, draw_panel, freeze_pool
from peibu.accreditation.actions.scores import submit_score
from peibu.accreditation.facts import terms_for
from peibu.accreditation.models import Application, Evidence, Panel
from peibu.casework.actions import keep_document, move_case
from peibu.casework.enums import Purpose
from peibu.casework.notices import close_due_notices
from peibu.papers.plain_papers import Part, plain_pdf
from tests.city import POLICY, at

OPENED, CLOSED = at("2020-10-12 09:00"), at("2020-10-31 09:00")
PARTS = [
    "project_name", "goal", "mode", "places", "content", "class_hours", "headcount_and_batches", "teachers",
    "evaluation_standard",
]  # fmt: skip


@lru_cache(maxsize=4)
def paper(text: str = "演示用扫描件") -> bytes:
    return plain_pdf(title=text, parts=[Part(heading="", paragraphs=[text])], dated=dt.date(2020, 10, 1))


def papers(row: Application, by, when) -> None:
    """Every document asked for, as if it had passed the inspection of uploads (which test_pages goes through)."""
    for asked in terms_for(row, on=when.date()).documents:
        kept = keep_document(
            division=row.division, subject_id=row.pk, case=row.case, purpose=Purpose.EVIDENCE, name="扫描件.pdf",
            kind="pdf", content=paper(), by=by, at=when,
        )  # fmt: skip
        Evidence.objects.create(application=row, item=asked["code"], document=kept)


class Calling:
    """The actors and the way through an evaluation, one deed each."""

    def __init__(self, city):
        self.city = city
        self.bureaus = {
            kind: city.actor("city_bureau", Unit.objects.get(kind=kind, division__kind="city"))
            for kind in ("hrss", "education", "industry", "finance")
        }
        self.hrss = self.bureaus["hrss"]
        self.hrss_second = city.actor("city_bureau", self.hrss.unit, nth=1)
        self.applicant = city.actor("provider", city.unit("z02"))
        self.conflicted = city.actor("provider", city.unit("z01"))

    def call(self, subject: str = "provider", **changes):
        told = {
            "policy": POLICY, "subject": subject, "title": "第二批培训承接单位征集", "about": "面向在青高等院校",
            "fields": [], "opens_on": dt.date(2020, 10, 12), "closes_on": dt.date(2020, 10, 30), "by": self.hrss,
            "at": OPENED,
        }  # fmt: skip
        return publish_call(**(told | changes))

    def filled(self, call, by=None, *, parts=PARTS) -> Application:
        by = by or self.applicant
        row = start_application(call=call, by=by, at=at("2020-10-13 09:00"))
        answers = {"plan_parts": parts, "plan_cosigned_by_bases": True}
        write_answers(application=row, facts=answers, reasons={}, by=by, at=at("2020-10-13 10:00"))
        add_holding(
            application=row, kind="licence", name="事业单位法人证书", qualification="职业教育",
            valid_from=dt.date(2018, 1, 1), by=by, at=OPENED,
        )  # fmt: skip
        papers(row, by, OPENED)
        return row

    def submitted(self, call, by=None) -> Application:
        row = self.filled(call, by)
        hand_in(application=row, by=by or self.applicant, at=at("2020-10-14 09:00"))
        row.refresh_from_db()
        return row

    def drawn(self, call) -> Panel:
        panel = commit_panel(call=call, by=self.hrss, at=at("2020-10-20 09:00"))
        panel = freeze_pool(panel=panel, by=self.hrss, at=CLOSED)
        return draw_panel(panel=panel, by=self.hrss, at=at("2020-10-31 10:00"))

    def expert(self, seat):
        row = seat.entry.expert.user.assignments.select_related("user", "unit__division").get(role="expert")
        from peibu.accounts.actor import Actor

        return Actor(user=row.user, role=row.role, unit=row.unit)

    def score(self, seat, application, mark: int, *, round: int = 1):
        terms = terms_for(application, on=dt.date(2020, 11, 2))
        return submit_score(
            seat=seat, application=application, marks=dict.fromkeys(terms.criteria, mark), comment="评审意见",
            round=round, by=self.expert(seat), at=at("2020-11-02 09:00"),
        )  # fmt: skip

    def scored(self, panel, application, marks=(8, 8, 7, 9, 8)) -> None:
        for seat, mark in zip(panel.places.filter(state="seated"), marks, strict=True):
            self.score(seat, application, mark)

    def evaluated(self, application) -> None:
        move_case(
            case=application.case, move="evaluate", by=self.hrss, at=at("2020-11-03 09:00"), reason="专家评估合格"
        )
        application.case.refresh_from_db()

    def agreed(self, application) -> None:
        for kind, actor in self.bureaus.items():
            by = self.hrss_second if kind == "hrss" else actor
            assent(application=application, agrees=True, by=by, at=at("2020-11-04 09:00"))

    def on_notice(self, call, *rows):
        return publish_notice(call=call, applications=list(rows), by=self.hrss_second, at=at("2020-11-05 09:00"))

    def listed(self, call, *rows):
        close_due_notices(at=at("2020-11-13 09:00"))
        for row in rows:
            row.case.refresh_from_db()
        return publish_listing(
            call=call, applications=list(rows), title="第二批培训承接单位名单", by=self.hrss_second,
            at=at("2020-11-13 10:00"),
        )  # fmt: skip

    def whole_way(self):
        call = self.call()
        row = self.submitted(call)
        panel = self.drawn(call)
        self.scored(panel, row)
        self.evaluated(row)
        self.agreed(row)
        self.on_notice(call, row)
        return call, row, self.listed(call, row)
