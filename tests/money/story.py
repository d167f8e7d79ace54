"""Any story of claims, notices, payments and the book: random deeds of random people through the real actions.

A deed may be refused, never crash. `Oracle` (oracle.py) looks at the database after every step, whatever happened.
"""

import dataclasses
import datetime as dt
import random
from collections.abc import Callable

from peibu.accounts.actor import SYSTEM, Actor
from peibu.casework.actions import keep_document, move_case
from peibu.casework.models import Case, Objection
from peibu.casework.notices import close_due_notices, notice_of
from peibu.casework.objections import raise_objection
from peibu.claims.actions.drafts import draft_claim
from peibu.claims.actions.evidence import enter_invoice
from peibu.claims.actions.lines import judge_anew, remove_line
from peibu.claims.actions.notices import publish_claims
from peibu.claims.models import Claim
from peibu.gateways.bank.fake import FakeBank
from peibu.kernel.errors import Refused
from peibu.kernel.ids import uuid7
from peibu.ledger.actions import appropriate
from peibu.payments.actions import (
    approve_account,
    bring_into_force,
    cancel_batch,
    correct_account,
    import_reply,
    mark_sent,
    prepare_batch_of_cases,
    reissue,
    release_batch,
)
from peibu.payments.models import Payment, PaymentBatch
from peibu.registry.models import EarlierGrant
from tests.claims.claim_world import CLAIM_DAY, FEE, look_at_all
from tests.money.town import Town

DAY = dt.timedelta(days=1)
LIVE = 8  # claims on the way at the same time
OLD = 6  # finished ones that are still tried
REASON = "随机情节的理由"
STRAIGHT = (
    ("submit", "enterprise"),
    ("accept", "agency_reviewer"),
    ("review", "agency_reviewer"),
    ("approve", "hrss_approver"),
)


@dataclasses.dataclass
class Told:
    """One step: what was tried, by whom, and the code of the refusal ('' when it was done)."""

    deed: str
    case: str
    role: str
    refused: str


class Story:
    """A seeded teller: the same seed on the same town tells the same story."""

    def __init__(self, town: Town, seed: int):
        self.town, self.dice, self.bank = town, random.Random(seed), FakeBank()
        self.clock: dict = {}  # case -> its own time: cases do not wait for each other
        self.live: list[Case] = []
        self.done: list[Case] = []
        self.unread: list[tuple[PaymentBatch, bytes]] = []
        self.told: list[Told] = []
        self.deck: list[Callable[[], None]] = []
        self.drawer: list[Callable[[], None]] = [
            *[self.right_move] * 30, *[self.any_move] * 8, *[self.line_deed] * 3, self.late_evidence,
            *[self.publish] * 2, *[self.object] * 2, *[self.objection_move] * 8, *[self.wait] * 6, *[self.notices_end] * 2,
            *[self.batch] * 4, *[self.release] * 5, *[self.send] * 2, self.cancel, *[self.bank_answers] * 5,
            *[self.bank_sends_back] * 1, *[self.read_reply] * 6, *[self.account] * 2, *[self.accept_account] * 3, self.cooled,
            *[self.pay_again] * 4, *[self.money] * 1,
        ]  # fmt: skip

    def step(self) -> Told:
        """One deed by somebody; a refusal is part of the story, everything else that is raised is a defect."""
        self.now = ("", "", "")
        deed = self.begin if len(self.live) < LIVE and self.dice.random() < 0.3 else self._dealt()
        refused = ""
        try:
            deed()
        except Refused as refusal:
            if not refusal.message or not refusal.remedy:
                raise AssertionError(f"a refusal says why and what to do: {refusal!r}") from refusal
            refused = refusal.code
        self.told.append(Told(self.now[0] or deed.__name__, self.now[1], self.now[2], refused))
        self._retire()
        return self.told[-1]

    def _dealt(self) -> Callable[[], None]:
        """The next of a shuffled drawer: none waits for luck, a short story has tried every deed."""
        if not self.deck:
            self.deck = self.dice.sample(self.drawer, len(self.drawer))
        return self.deck.pop()

    def _retire(self) -> None:
        states = dict(Case.objects.filter(pk__in=[c.pk for c in self.live]).values_list("pk", "state"))
        gone = [case for case in self.live if states[case.pk] in ("paid", "refused", "withdrawn")]
        self.live = [case for case in self.live if case not in gone]
        self.done = [*self.done, *gone][-OLD:]

    # who and when

    def at(self, case: Case) -> dt.datetime:
        """The case's own time, some minutes later each time it is asked."""
        self.clock[case.pk] = self.clock.get(case.pk, CLAIM_DAY) + dt.timedelta(minutes=self.dice.randint(1, 40))
        return self.clock[case.pk]

    def latest(self, cases) -> dt.datetime:
        now = max([self.at(case) for case in cases], default=CLAIM_DAY)
        self.clock.update({case.pk: now for case in cases})
        return now

    def case(self) -> Case:
        """A live case, now and then a finished one."""
        pool = self.live if self.live and self.dice.random() < 0.93 else self.done or self.live
        if not pool:
            raise Refused("没有业务", "nobody_here", "先建立业务")
        return Case.objects.get(pk=self.dice.choice(pool).pk)

    def actor(self, *roles: str, case: Case | None = None) -> Actor:
        """Somebody with one of the roles; mostly of the case's place, sometimes of another, or a second account."""
        able = [one for role in roles for one in self.town.people[role]]
        near = [one for one in able if case and (one.covers(case.division_id) or one.unit == case.applicant)]
        return self.dice.choice(near if near and self.dice.random() < 0.9 else able)

    def say(self, deed: str, case: Case | None, by: Actor | None) -> None:
        self.now = (deed, str(case.pk) if case else "", str(by.role) if by else "")

    # deeds of the claim

    def begin(self, *, clean: bool = False) -> None:
        cohort, enterprise, hr = self.town.next_class(self.dice, clean=clean)
        self.say("begin", None, hr)
        claim = draft_claim(cohort=cohort, enterprise=enterprise, by=hr, at=CLAIM_DAY)
        self.live.append(claim.case)
        few, many = (1, 400), (500, 10**8 - 1)  # now and then the number of another invoice
        number = f"{self.dice.randint(*few if self.dice.random() < 0.1 else many):08d}"
        paper = {"division": claim.division, "subject_id": claim.pk, "case": claim.case, "kind": "pdf", "by": hr}
        # papers are read in a child process: not this story's matter
        paper |= {"content": b"%PDF-1.4", "at": CLAIM_DAY}
        claim.invoice = keep_document(purpose="invoice", name="发票.pdf", **paper)
        claim.roster = keep_document(purpose="claim_roster", name="花名册.pdf", **paper)
        claim.save(update_fields=["invoice", "roster"])
        enter_invoice(
            claim=claim, kind="tax", code="3702201130", number=number, amount_fen=20 * FEE, on=dt.date(2020, 11, 2),
            by=hr, at=CLAIM_DAY,
        )  # fmt: skip

    def right_move(self) -> None:
        """A move that the state offers, by somebody of a role that makes it."""
        case = self.case()
        offered = [move for move in self.town.moves.values() if case.state in move.sources]
        if not offered:
            raise Refused("已办结", "finished", "无")
        wished = [m for m in offered if m.code not in ("withdraw", "refuse", "return", "send_back")] or offered
        move = self.dice.choice(wished if self.dice.random() < 0.85 else offered)
        roles = [role for role in move.roles if role != "system"]
        self._move(case, move.code, self.actor(*roles or ["enterprise"], case=case))

    def any_move(self) -> None:
        """Any move by anybody."""
        self._move(self.case(), self.dice.choice(sorted(self.town.moves)), self.actor(*self.town.people))

    def _move(self, case: Case, move: str, by: Actor) -> None:
        self.say(f"move:{move}", case, by)
        if move == "review":
            look_at_all(case.claim, by, self.at(case))
        move_case(case=case, move=move, by=by, at=self.at(case), reason=REASON if self.dice.random() < 0.9 else "")

    def line_deed(self) -> None:
        case = self.case()
        by = self.actor("agency_reviewer", "hrss_approver", case=case)
        self.say("line", case, by)
        line = self.dice.choice(list(case.claim.lines.order_by("position")))
        if self.dice.random() < 0.4:
            remove_line(line=line, reason=REASON, by=by, at=self.at(case))
        else:
            judge_anew(line=line, by=by, at=self.at(case))

    def late_evidence(self) -> None:
        """Another city turns out to have paid somebody of the claim already."""
        case = self.case()
        line = self.dice.choice(list(case.claim.lines.order_by("position")))
        now = self.at(case)
        EarlierGrant.objects.create(
            person=line.person, policy=case.policy, paid_by="外地机构", employer_name="另一家企业",
            paid_on=dt.date(2020, 10, 20), amount_fen=200_000, source="随机情节", known_at=now,
        )  # fmt: skip

    # notices and objections

    def publish(self) -> None:
        ready = [c for c in self.live if self.dice.random() < 0.6 and Case.objects.get(pk=c.pk).state == "approved"]
        by = self.actor("agency_reviewer")
        self.say("publish", None, by)
        claims = list(Claim.objects.filter(case__in=ready).select_related("case__agency"))
        publish_claims(claims=claims, by=by, at=self.latest(ready))

    def object(self) -> None:
        case = self.case()
        self.say("object", case, None)
        notice = notice_of(case)
        if notice is None:
            raise Refused("没有公示", "no_notice", "无")
        own = list(notice.lines.filter(case=case).order_by("position"))
        line = None if self.dice.random() < 0.2 else self.dice.choice(own)
        objection = raise_objection(notice=notice, line=line, text="该人员并非本企业职工，有据可查", at=self.at(case))
        self.clock[objection.case_id] = self.clock[case.pk]

    def objection_move(self) -> None:
        rows = Objection.objects.filter(state="open").select_related("case").order_by("number")
        open_now = [one for one in rows if one.case_id in self.clock]
        if not open_now:
            raise Refused("没有异议", "no_objection", "无")
        case = self.dice.choice(open_now).case
        by = self.actor("agency_reviewer", "hrss_approver", case=case)
        self._move(case, self.dice.choice(["investigate", "uphold", "dismiss", "dismiss"]), by)

    def wait(self) -> None:
        case = self.case()
        self.clock[case.pk] = self.at(case) + self.dice.randint(1, 9) * DAY

    def notices_end(self) -> None:
        """The nightly job, at the time of one case."""
        case = self.case()
        notice = notice_of(case)
        self.say("notices_end", case, SYSTEM)
        if notice is not None:
            close_due_notices(at=self.at(case), only=notice)

    # money

    def money(self, most: int = 8) -> None:
        by = self.actor("city_bureau")
        self.say("money", None, by)
        told = {"document_number": "随机情节〔2020〕1号", "memo": "下达", "source_id": uuid7()}
        appropriate(fund=self.town.fund, amount_fen=self.dice.randint(1, most) * 100_000, by=by, at=CLAIM_DAY, **told)

    def batch(self) -> None:
        chosen = [case for case in self.live if self.dice.random() < 0.6]
        ready = list(Case.objects.filter(pk__in=[c.pk for c in chosen]).order_by("number"))
        if self.dice.random() < 0.85:
            ready = [case for case in ready if case.state == "ready_to_pay"]
        if ready and self.dice.random() < 0.85:
            ready = [case for case in ready if case.agency_id == ready[0].agency_id]
        by = self.actor("finance", case=ready[0] if ready else None)
        self.say("batch", None, by)
        if not ready:
            raise Refused("没有待拨付业务", "nothing_ready", "无")
        prepare_batch_of_cases(cases=ready, by=by, at=self.latest(ready))

    def _batch(self, *states: str) -> tuple[PaymentBatch, dt.datetime]:
        rows = list(PaymentBatch.objects.filter(state__in=states).order_by("number"))
        rows = rows[-8:]
        if not rows:
            raise Refused("没有批次", "no_batch", "无")
        batch = self.dice.choice(rows)
        return batch, self.latest(_cases(batch))

    def release(self) -> None:
        batch, now = self._batch("prepared", "prepared", "released")
        by = self.actor("finance", case=next(iter(_cases(batch)), None))
        self.say("release", None, by)
        release_batch(batch=batch, by=by, at=now)

    def send(self) -> None:
        batch, now = self._batch("prepared", "released", "sent", "cancelled")
        mark_sent(batch=batch, by=self.actor("finance"), at=now)

    def cancel(self) -> None:
        batch, now = self._batch("prepared", "released", "sent", "cancelled")
        cancel_batch(batch=batch, reason=REASON, by=self.actor("finance"), at=now)

    def bank_answers(self) -> None:
        """The bank pays what it was sent; its reply may lose, repeat and mix lines, and arrive much later."""
        batch, now = self._batch("released", "sent")
        keys = list(batch.payments.order_by("position").values_list("key", flat=True))
        some = lambda share: {key for key in keys if self.dice.random() < share}  # noqa: E731
        reply = self.bank.answer(
            batch.format, _content(batch), on=(now + DAY).date(), returns=dict.fromkeys(some(0.2), "1003"),
            pending=some(0.15), lose=some(0.1), repeat=some(0.1), shuffle=self.dice.randint(0, 9),
        )  # fmt: skip
        self.unread.append((batch, reply))

    def bank_sends_back(self) -> None:
        batch, now = self._batch("sent", "reconciled")
        rows = batch.payments.order_by("position")
        keys = {p.key for p in rows if p.key in self.bank.paid and self.dice.random() < 0.5}
        settled = [p.settled_on for p in batch.payments.filter(key__in=keys) if p.settled_on]
        on = max([*settled, (now + 2 * DAY).date()])
        self.unread.append(
            (batch, self.bank.send_back(batch.format, _content(batch), keys=keys, status="1004", on=on))
        )

    def read_reply(self) -> None:
        if not self.unread:
            raise Refused("没有回盘", "no_reply", "无")
        place = self.dice.randrange(len(self.unread))
        batch, reply = self.unread.pop(place) if self.dice.random() < 0.8 else self.unread[place]
        self.read(batch, reply, self.actor("finance", case=_cases(batch)[0]))

    def read(self, batch: PaymentBatch, reply: bytes, by: Actor) -> None:
        self.say("read_reply", None, by)
        now = self.latest(_cases(batch)) + 12 * DAY
        try:
            import_reply(batch=batch, name="回盘", content=reply, by=by, at=now)
        except Refused:
            if (batch, reply) not in self.unread:
                self.unread.append((batch, reply))  # somebody else will read it
            raise

    def _returned(self) -> Payment:
        rows = Payment.objects.filter(state="returned", case__in=[c.pk for c in self.live])
        if not rows:
            raise Refused("没有退回", "no_return", "无")
        return self.dice.choice(list(rows.select_related("case").order_by("case__number", "attempt")))

    def account(self) -> None:
        payment = self._returned()
        number = f"6228{self.dice.randint(0, 10**12):013d}"
        by = self.actor("finance")
        correct_account(payment=payment, bank_name="演示银行", number=number, by=by, at=self.at(payment.case))

    def accept_account(self) -> None:
        """Somebody accepts what was proposed; its cooling-off ends when the nightly job runs after it."""
        payment, by = self._returned(), self.actor("hrss_approver", "finance")
        self.say("accept_account", payment.case, by)
        approve_account(payment=payment, reason=REASON, by=by, at=self.at(payment.case))

    def cooled(self) -> None:
        payment = self._returned()
        self.say("cooled", payment.case, SYSTEM)
        bring_into_force(at=self.at(payment.case) + self.dice.randint(0, 9) * DAY)

    def pay_again(self) -> None:
        payment, by = self._returned(), self.actor("finance")
        account = payment.payee.bank_accounts.filter(kind="basic", valid_until__isnull=True).order_by("-id").first()
        reissue(payment=payment, account=account, by=by, at=self.at(payment.case))

    def straight(self, *, to: str) -> None:
        """One clean claim on the straight road, as far as its `notice`, the end of it (`ready`), the bank's unread answer
        (`answered`) or the book (`paid`)."""
        self.money(100)
        self.begin(clean=True)
        case = self.live[-1]
        for move, role in STRAIGHT:
            self._move(case, move, self._near(role, case))
        claims = list(Claim.objects.filter(case=case).select_related("case__agency"))
        publish_claims(claims=claims, by=self._near("agency_reviewer", case), at=self.at(case))
        if to == "notice":
            return
        self.clock[case.pk] += 20 * DAY
        close_due_notices(at=self.at(case), only=notice_of(case))
        if to == "ready":
            return
        preparer, releaser = self._near("finance", case), self._near("finance", case, nth=1)
        batch = prepare_batch_of_cases(cases=[Case.objects.get(pk=case.pk)], by=preparer, at=self.at(case))
        release_batch(batch=batch, by=releaser, at=self.at(case))
        batch.refresh_from_db()
        mark_sent(batch=batch, by=releaser, at=self.at(case))
        reply = self.bank.answer(batch.format, _content(batch), on=self.at(case).date())
        if to == "answered":
            self.unread.append((batch, reply))
        else:
            self.read(batch, reply, releaser)

    def _near(self, role: str, case: Case, nth: int = 0) -> Actor:
        able = [one for one in self.town.people[role] if one.covers(case.division_id) or one.unit == case.applicant]
        return able[nth]

    def everything_read(self) -> None:
        """The bank's last word about every batch that left, read by a payer of its agency."""
        for batch in PaymentBatch.objects.exclude(state__in=["prepared", "cancelled"]).order_by("number"):
            by = next(one for one in self.town.people["finance"] if one.covers(batch.division_id))
            kept = [reply for other, reply in self.unread if other.pk == batch.pk]
            on = (self.latest(_cases(batch)) + DAY).date()
            for reply in [*kept, self.bank.answer(batch.format, _content(batch), on=on)]:
                self.read(batch, reply, by)


def _cases(batch: PaymentBatch) -> list[Case]:
    """In the order of the file: the same at every telling, whatever the ids and the heap."""
    return [payment.case for payment in batch.payments.select_related("case").order_by("position")]


def _content(batch: PaymentBatch) -> bytes:
    with batch.file.file.open("rb") as file:
        return file.read()
