"""Random histories of the book against a plain Python model: every balance, by every dimension, at any day and moment."""

import dataclasses
import datetime as dt
from collections import defaultdict

import pytest
from django.db import transaction
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from peibu.accounts.actor import SYSTEM
from peibu.kernel.errors import Refused
from peibu.kernel.ids import uuid7
from peibu.ledger import actions, queries
from peibu.ledger.models import Account, Commitment, Entry
from tests.city import CHINA
from tests.ledger.book_world import NORTH, POOLED, WEST, Case, division

START = dt.datetime(2020, 11, 20, 9, tzinfo=CHINA)
CODES = ("unemployment_insurance_action_fund", "employment_subsidy_fund", "entrepreneurship_fund")
FEN = st.integers(1, 400)
# what a case must have for each deed that follows its commitment
NEEDS = {
    "pay": lambda plain: plain.committed,
    "release": lambda plain: plain.committed,
    "set_off_paid": lambda plain: plain.committed,
    "take_back": lambda plain: plain.paid,
    "recover": lambda plain: plain.paid - plain.recovered,
    "set_off_back": lambda plain: plain.paid - plain.recovered,
    "refund": lambda plain: plain.recovered,
}
WHERE = st.sampled_from((WEST, NORTH))


@dataclasses.dataclass
class Plain:
    """A case as the model knows it."""

    place: tuple
    committed: int = 0
    paid: int = 0
    recovered: int = 0


class Histories(RuleBasedStateMachine):
    """Funds of two districts over two years. The model is a list of (day, moment, place, role, fen)."""

    def __init__(self):
        super().__init__()
        self.history = transaction.atomic()  # each history begins with the same book and leaves nothing
        self.history.__enter__()
        self.now = START
        self.lines: list[tuple] = []
        self.cases: list[tuple[Case, Plain]] = []
        self.received: list[tuple[Entry, list[int], tuple]] = []

    @initialize()
    def open(self):
        self.funds = {
            (where, fund.code): fund
            for where in (WEST, NORTH)
            for fund in actions.open_funds(policy=POOLED, on=START.date(), division=division(where))
        }

    def free(self, where, code, year) -> int:
        return sum(
            fen for _on, _at, place, role, fen in self.lines if (place, role) == ((where, code, year), "available")
        )

    def note(self, place, role, fen, on=None):
        self.lines.append((on or self.now.date(), self.now, place, role, fen))

    @rule(hours=st.sampled_from((1, 26, 24 * 20)))
    def time_passes(self, hours):
        self.now += dt.timedelta(hours=hours)

    @rule(where=WHERE, code=st.sampled_from(CODES), fen=FEN, back=st.integers(0, 3))
    def receive(self, where, code, fen, back):
        on = self.now.date() - dt.timedelta(days=back)
        told = {"document_number": "文", "memo": "下达", "source_id": uuid7(), "by": SYSTEM, "at": self.now, "on": on}
        entry = actions.appropriate(fund=self.funds[where, code], amount_fen=fen, **told)
        place = (where, code, on.year)
        self.received.append((entry, [fen], place))
        self.note(place, "source", -fen, on)
        self.note(place, "available", fen, on)

    @precondition(lambda self: self.received)
    @rule(data=st.data(), fen=st.integers(-400, 400).filter(bool))
    def correct(self, data, fen):
        entry, stands, place = data.draw(st.sampled_from(self.received))
        right = sum(stands) + fen >= 0 and self.free(*place) + min(fen, 0) >= 0
        told = {"reason": "更正", "source_id": uuid7(), "by": SYSTEM, "at": self.now}
        if self.refused(right, lambda: actions.correct(entry=entry, amount_fen=fen, **told)):
            return
        stands.append(fen)
        self.note(place, "source", -fen)
        self.note(place, "available", fen)

    @rule(where=WHERE, fen=FEN, again=st.booleans())
    def commit(self, where, fen, again):
        year, source = self.now.year, uuid7()
        code = next((code for code in CODES if self.free(where, code, year) >= fen), None)
        told = {"policy": POOLED, "subject": "claim", "division": division(where), "memo": "审批", "by": SYSTEM}
        found = []

        def deed():
            found.append(actions.commit(amount_fen=fen, source_id=source, at=self.now, **told))

        if self.refused(code is not None, deed):
            return
        if again:
            deed()
            assert found[0] == found[1]
        place = (where, code, year)
        assert (found[0].fund, found[0].year) == (self.funds[where, code], year)
        assert [one["code"] for one in found[0].passed_over] == list(CODES[: CODES.index(code)])
        self.cases.append((Case(found[0], source), Plain(place, committed=fen)))
        self.note(place, "available", -fen)
        self.note(place, "committed", fen)

    @precondition(lambda self: self.cases)
    @rule(
        data=st.data(),
        deed=st.sampled_from(tuple(NEEDS)),
        fen=FEN,
        back=st.integers(0, 3),
    )
    def follow(self, data, deed, fen, back):
        case, plain = data.draw(st.sampled_from(self.cases))
        right = fen <= NEEDS[deed](plain) and (deed != "refund" or self.free(*plain.place) >= fen)
        more = {} if deed == "release" else {"on": self.now.date() - dt.timedelta(days=back)}
        made = []
        if self.refused(right, lambda: made.append(case.book(deed, fen, self.now, **more))):
            return
        on = made[0].on
        assert on <= self.now.date()
        assert on == max(case.commitment.entries.values_list("on", flat=True)), "never before what it rests on"
        origin, target, changes = {
            "pay": ("committed", "paid", (-1, 1, 0)),
            "take_back": ("paid", "committed", (1, -1, 0)),
            "release": ("committed", "available", (-1, 0, 0)),
            "recover": ("recovered", "available", (0, 0, 1)),
            "refund": ("available", "recovered", (0, 0, -1)),
            "set_off_paid": ("committed", "paid", (-1, 1, 0)),
            "set_off_back": ("recovered", "available", (0, 0, 1)),
        }[deed]
        plain.committed += changes[0] * fen
        plain.paid += changes[1] * fen
        plain.recovered += changes[2] * fen
        self.note(plain.place, origin, -fen, on)
        self.note(plain.place, target, fen, on)

    @rule(where=WHERE, code=st.sampled_from(CODES), fen=FEN, carry=st.booleans())
    def end_of_year(self, where, code, fen, carry):
        year = 2020
        right = self.now.date() >= dt.date(2020, 12, 31) and self.free(where, code, year) >= fen
        told = {"fund": self.funds[where, code], "year": year, "amount_fen": fen, "memo": "年终", "source_id": uuid7()}
        deed = actions.carry_over if carry else actions.lapse
        if self.refused(right, lambda: deed(by=SYSTEM, at=self.now, **told)):
            return
        self.note((where, code, year), "available", -fen)
        self.note((where, code, year), "carried" if carry else "lapsed", fen)
        if carry:
            self.note((where, code, year + 1), "carried", -fen)
            self.note((where, code, year + 1), "available", fen)

    def refused(self, right: bool, deed) -> bool:
        """Did the book refuse, exactly when the model says so?"""
        try:
            deed()
        except Refused:
            assert not right
            return True
        assert right
        return False

    @invariant()
    def every_case_is_as_the_model_knows_it(self):
        for case, plain in self.cases[-3:]:
            row = Commitment.objects.get(pk=case.commitment.pk)
            assert (row.committed_fen, row.paid_fen, row.recovered_fen) == (
                plain.committed,
                plain.paid,
                plain.recovered,
            )

    def teardown(self):
        try:
            self.compare_all()
        finally:
            transaction.set_rollback(True)
            self.history.__exit__(None, None, None)

    def compare_all(self):
        days = sorted({line[0] for line in self.lines})
        moments = sorted({line[1] for line in self.lines})
        for on in [None, START.date() - dt.timedelta(days=9), *days]:
            self.compare(on, None)
        for known_at in moments:
            self.compare(None, known_at)
            self.compare(known_at.date() - dt.timedelta(days=1), known_at)

    def compare(self, on, known_at):
        """The same balances by fund, year, role and district; zero in all; nothing below zero on any day."""
        wanted: dict = defaultdict(int)
        for day, moment, place, role, fen in self.lines:
            if (on is None or day <= on) and (known_at is None or moment <= known_at):
                wanted[place, role] += fen
        found: dict = defaultdict(int)
        by_fund: dict = defaultdict(int)
        for account, fen in queries.trial_balance(on=on, known_at=known_at).items():
            where, code = account.fund.division.code, account.fund.code
            found[(where, code, account.year), account.role] += fen
            by_fund[account.fund_id, account.year] += fen
            if account.division_id is not None:
                assert account.division.code == where
        assert {k: v for k, v in found.items() if v} == {k: v for k, v in wanted.items() if v}
        assert not any(by_fund.values()), "each fund's year adds up to zero (I1)"
        for (_place, role), fen in found.items():
            if role in ("available", "committed", "paid", "lapsed"):
                assert fen >= 0, "no place is below zero on any day (I2)"
        if on is None and known_at is None:
            assert all(a.balance_fen == f for a, f in queries.trial_balance().items())
            assert Account.objects.filter(role="paid", balance_fen__lt=0).count() == 0


@pytest.mark.django_db
def test_random_histories_agree_with_a_plain_model_on_every_day_and_at_every_moment():
    run_state_machine_as_test(Histories, settings=settings(max_examples=12, stateful_step_count=25))


@pytest.mark.django_db
def test_a_model_that_forgets_a_release_is_found_out(monkeypatch):
    """Negative control: the comparison tells a wrong book from a right one."""
    monkeypatch.setattr(Histories, "note", forgetful(Histories.note))
    with pytest.raises(BaseException, match="assert|AssertionError|distinct failures"):
        run_state_machine_as_test(
            Histories, settings=settings(max_examples=12, stateful_step_count=25, phases=[Phase.generate])
        )


def forgetful(note):
    def wrong(self, place, role, fen, on=None):
        if role != "available" or fen > 0:
            note(self, place, role, fen, on)

    return wrong
