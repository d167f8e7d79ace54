"""The claims of a class and what became of them: determination, review, approval, notice, objection, payment."""

import datetime as dt

from peibu.casework.actions import move_case
from peibu.casework.models import PublicNotice
from peibu.casework.notices import close_due_notices
from peibu.casework.objections import raise_objection
from peibu.claims.actions.drafts import draft_claim, rejudge
from peibu.claims.actions.evidence import enter_invoice, make_roster
from peibu.claims.actions.lines import judge_anew
from peibu.claims.actions.looks import look_at_clean, look_at_line
from peibu.claims.looks import to_look_at
from peibu.claims.models import Claim
from peibu.claims.queries import drifts
from peibu.demo.city.plans import ClaimPlan
from peibu.demo.loader.classes import ClassStory
from peibu.gateways.bank.fake import FakeBank
from peibu.kernel.errors import Refused
from peibu.papers.plain_papers import Part, plain_pdf
from peibu.payments.actions.batches import mark_sent, prepare_batch_of_cases, release_batch
from peibu.payments.actions.replies import import_reply

INVOICE_KINDS = {"administrative": "fiscal", "tax": "tax"}
HOUR = dt.timedelta(hours=1)


def play_claims(story: ClassStory) -> None:
    """Every claim of a class, each as far as the plan says; a refusal ends it where it stands, as in life."""
    if story.cohort.stage != "certified":
        return
    for plan in story.plan.claims:
        if story.cohort.enrolments.filter(enterprise=story.loaded.firms[plan.enterprise]).exists():
            ClaimStory(story, plan).play()


class ClaimStory:
    """One claim of the cast."""

    def __init__(self, story: ClassStory, plan: ClaimPlan):
        self.story, self.plan, self.players = story, plan, story.players
        self.firm = story.loaded.firms[plan.enterprise]
        self.by = self.players.of("enterprise", self.firm)
        self.when = {event.name: event.at for event in plan.events}
        self.claim: Claim | None = None

    def play(self) -> None:
        for name in self.when:
            try:
                getattr(self, f"_{name}")(self.when[name])
            except Refused as refusal:
                # Planted: an invoice used before, somebody subsidised elsewhere, nobody left to pay for.
                self.stopped = refusal
                return

    def _move(self, move: str, by, at: dt.datetime, reason: str = "") -> None:
        self.claim.case = move_case(case=self.claim.case, move=move, by=by, at=at, reason=reason)
        self.claim.refresh_from_db()

    def _draft(self, at: dt.datetime) -> None:
        self.claim = draft_claim(cohort=self.story.cohort, enterprise=self.firm, by=self.by, at=at)
        invoice = self.plan.invoice
        scan = plain_pdf(
            title="培训费票据（演示）",
            subtitle=f"票据号码 {invoice.number}",
            parts=[Part(heading="付款单位", paragraphs=[self.firm.name]), Part(heading="项目", paragraphs=["培训费"])],
            dated=invoice.issued_on,
        )
        enter_invoice(
            claim=self.claim,
            kind=INVOICE_KINDS[invoice.kind],
            code="037002000111",
            number=invoice.number,
            amount_fen=invoice.amount_fen,
            on=invoice.issued_on,
            by=self.by,
            at=at + HOUR / 2,
            name="培训费票据.pdf",
            content=scan,
        )

    def _submitted(self, at: dt.datetime) -> None:
        rejudge(claim=self.claim, by=self.by, at=at)
        make_roster(claim=self.claim, by=self.by, at=at)
        self._move("submit", self.by, at)

    @property
    def reviewer(self):
        return self.players.of("agency_reviewer", self.claim.case.agency)

    def _accepted(self, at: dt.datetime) -> None:
        self._move("accept", self.reviewer, at)

    def _returned(self, at: dt.datetime) -> None:
        self._move("return", self.reviewer, at, self.plan.return_reason)

    def _reviewed(self, at: dt.datetime) -> None:
        self._settle_drifts(self.reviewer, at)
        self._look(at)
        self._move("review", self.reviewer, at)

    def _look(self, at: dt.datetime) -> None:
        """The clean lines together, the others one by one."""
        look_at_clean(claim=self.claim, by=self.reviewer, at=at)
        for line in to_look_at(self.claim):
            look_at_line(line=line, by=self.reviewer, at=at)

    def _settle_drifts(self, by, at: dt.datetime) -> None:
        for drift in drifts(self.claim, at=at):
            judge_anew(line=drift.line, by=by, at=at)

    def _approved(self, at: dt.datetime) -> None:
        office = self.claim.case.agency.division.units.get(kind="hrss")
        approver = self.players.of("hrss_approver", office)
        if drifts(self.claim, at=at):
            self._move("send_back", approver, at - 2 * HOUR, "提交后有资料变化，请重新核对")
            self._settle_drifts(self.reviewer, at - HOUR)
            self._look(at - HOUR)
            self._move("review", self.reviewer, at - HOUR)
        self._move("approve", approver, at)

    def _notice(self, at: dt.datetime) -> None:
        self._move("publish", self.reviewer, at)

    @property
    def notice(self) -> PublicNotice:
        return PublicNotice.objects.get(lines__case=self.claim.case, lines__position=1)

    def _objected(self, at: dt.datetime) -> None:
        line = self.notice.lines.order_by("position").first()
        raise_objection(notice=self.notice, line=line, text=self.plan.objection, at=at)

    def _ready(self, at: dt.datetime) -> None:
        close_due_notices(at=at, only=self.notice)
        self.claim.case.refresh_from_db()

    def _paid(self, at: dt.datetime) -> None:
        agency = self.claim.case.agency
        first, second = (self.players.of("finance", agency, nth) for nth in (0, 1))
        batch = prepare_batch_of_cases(cases=[self.claim.case], by=first, at=at - 3 * HOUR)
        batch = release_batch(batch=batch, by=second, at=at - 2 * HOUR)
        batch = mark_sent(batch=batch, by=first, at=at - HOUR)
        with batch.file.file.open("rb") as file:
            reply = FakeBank().answer(batch.format, file.read(), on=at.date())
        import_reply(batch=batch, name=f"{batch.number}回盘.txt", content=reply, by=first, at=at)
