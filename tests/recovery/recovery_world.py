"""A claim paid by the bank whose first person later turns out not to have been insured long enough."""

import dataclasses
import datetime as dt

from peibu.accounts.actor import SYSTEM, Actor
from peibu.casework.actions import move_case
from peibu.casework.models import Case
from peibu.casework.notices import close_due_notices
from peibu.claims.actions.rechecks import recheck_lines, settle_recheck
from peibu.claims.models import Claim, Recheck
from peibu.claims.rechecks import lines_with_an_answer, with_later_evidence
from peibu.gateways.bank.fake import FakeBank
from peibu.payments.actions import import_reply, mark_sent, prepare_batch_of_cases, release_batch
from peibu.recovery.actions.opening import open_from_rechecks
from peibu.recovery.models import Recovery
from tests.city import at
from tests.claims.claim_world import World, account, build
from tests.claims.test_rechecks import CORRECTED, take_back

PAID_ON = at("2020-11-25 15:00")
FOUND = at("2020-12-16 10:00")
OPENED, TOLD, RECEIVED = at("2020-12-16 11:00"), at("2020-12-16 14:00"), at("2020-12-17 09:00")
HEARD, DECIDED = at("2020-12-18 10:00"), at("2020-12-21 10:00")
AFTER_APPEAL = at("2021-01-11 10:00")  # ten working days after the 21st end on 5 January
BOTH = ("恰六月", "另六月")


@dataclasses.dataclass
class Owing:
    """The people who act, and what they do in order."""

    world: World
    claim: Claim
    payer: Actor
    releaser: Actor
    bureau: Actor
    serial: int = 0

    @property
    def reviewer(self) -> Actor:
        return self.world.second_reviewer

    def pay(self, claim: Claim, now: dt.datetime = PAID_ON) -> None:
        """From the end of the notice to the bank's reply."""
        close_due_notices(at=now)
        claim.case.refresh_from_db()
        batch = prepare_batch_of_cases(cases=[claim.case], by=self.payer, at=now)
        self.to_bank(batch, now)

    def to_bank(self, batch, now: dt.datetime) -> None:
        batch = release_batch(batch=batch, by=self.releaser, at=now)
        batch = mark_sent(batch=batch, by=self.payer, at=now)
        with batch.file.file.open("rb") as file:
            content = FakeBank().answer(batch.format, file.read(), on=now.date())
        import_reply(batch=batch, name="回盘.txt", content=content, by=self.payer, at=now)

    def rechecks(self, *names: str, settlement: str = "recover", found: dt.datetime = FOUND) -> list[Recheck]:
        """Later evidence about these people, settled as to be recovered."""
        for name in names:
            take_back(name, known=CORRECTED)
        rows = recheck_lines(with_later_evidence(lines_with_an_answer(), at=found), by=SYSTEM, at=found)
        told = {"settlement": settlement, "reason": "缴费已冲销，应退回", "by": self.reviewer, "at": found}
        return [settle_recheck(recheck=row, **told) for row in rows]

    def opened(self, *names: str) -> Recovery:
        rows = self.rechecks(*(names or BOTH[:1]))
        told = {"nature": "party_error", "nature_reason": "企业误报缴费月份，没有故意"}
        return open_from_rechecks(claim=self.claim, rechecks=rows, by=self.reviewer, at=OPENED, **told)

    def told(self, *names: str) -> Recovery:
        return self.move(self.opened(*names), "notify", self.reviewer, TOLD, "请核对后陈述意见。")

    def answered(self, *names: str, move: str = "answer") -> Recovery:
        row = self.move(self.told(*names), "receive", self.world.hr, RECEIVED)
        return self.move(row, move, self.world.hr, HEARD, "缴费当时已经办理，请再核对")

    def decided(self, *names: str) -> Recovery:
        return self.move(self.answered(*names), "decide", self.world.approver, DECIDED, "陈述不影响事实认定")

    def appealed(self, *names: str) -> Recovery:
        return self.move(self.decided(*names), "appeal", self.world.hr, at("2020-12-22 10:00"), "社保局正在更正")

    def move(self, row: Recovery, code: str, by: Actor, now: dt.datetime, reason: str = "") -> Recovery:
        move_case(case=Case.objects.get(pk=row.case_id), move=code, by=by, at=now, reason=reason)
        return Recovery.objects.select_related("case", "claim__case").get(pk=row.pk)

    def number(self) -> str:
        self.serial += 1
        return f"TK{self.serial:06d}"


def owing(city) -> Owing:
    world = build(city)
    for name in (*BOTH, "赵志远"):
        world.person(name, months=6 if name in BOTH else 12)
    world.certify()
    agency = city.office("agency", world.enterprise.division)
    payers = [account("finance", agency, f"出纳{n}", f"37029900{n}") for n in (1, 2)]
    bureau = account("city_bureau", city.actor("city_bureau").unit, "市局复核", "370299009")
    made = Owing(world, world.on_notice(), *payers, bureau)
    made.pay(made.claim)
    made.claim = Claim.objects.select_related("case", "enterprise").get(pk=made.claim.pk)
    return made
