"""A fund with money and cases of two districts, for the tests of the book."""

import dataclasses
import datetime as dt
from uuid import UUID

from peibu.accounts.actor import SYSTEM
from peibu.accounts.models import Division
from peibu.kernel.ids import uuid7
from peibu.ledger import actions
from peibu.ledger.models import Commitment, Entry, Fund
from tests.city import POLICY, at

NOON = at("2020-11-24 12:00")
INDUSTRIAL, POOLED = POLICY, "weihai/gold_collar_2019"
CITY, WEST, NORTH = "370200", "370211", "370213"


def division(code: str = WEST) -> Division:
    return Division.objects.get(code=code)


def fund(policy: str = INDUSTRIAL) -> Fund:
    """The fund that comes first for a policy, with its items."""
    return actions.open_funds(policy=policy, on=NOON.date(), division=division())[0]


def receive(where: Fund, fen: int, when: dt.datetime = NOON, **more) -> Entry:
    told = {"source_id": uuid7(), "memo": "年度资金", "document_number": "青财社〔2020〕1号"} | more
    return actions.appropriate(fund=where, amount_fen=fen, by=SYSTEM, at=when, **told)


@dataclasses.dataclass
class Case:
    """A case by its id; what is booked for it."""

    commitment: Commitment
    source: UUID

    def book(self, deed: str, fen: int, when: dt.datetime = NOON, **more) -> Entry:
        told = {"source_id": uuid7(), "memo": "摘要"} | more
        return getattr(actions, deed)(commitment=self.commitment, amount_fen=fen, by=SYSTEM, at=when, **told)


def commit(
    fen: int, when: dt.datetime = NOON, *, policy: str = INDUSTRIAL, where: str = WEST, source: UUID | None = None
) -> Case:
    source = source or uuid7()
    told = {"policy": policy, "subject": "claim", "division": division(where), "source_id": source, "memo": "审批通过"}
    return Case(actions.commit(amount_fen=fen, by=SYSTEM, at=when, **told), source)
