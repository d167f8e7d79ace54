"""The funds of the demo city: the city's special account, and what one district keeps of its own."""

import dataclasses
import datetime as dt
from uuid import NAMESPACE_URL, UUID, uuid5

from peibu.accounts.actor import Actor
from peibu.demo.city.records import CHINA
from peibu.demo.loader.base import Loaded
from peibu.demo.loader.players import Players
from peibu.ledger.actions import appropriate, carry_over, correct, open_funds
from peibu.ledger.models import Fund

WEST_COAST = "370211"
DISTRICT = "huangdao/skills_action_2020"
POOLED = "weihai/gold_collar_2019"
TYPED_FEN, MEANT_FEN = 320_000_000, 300_000_000


@dataclasses.dataclass(frozen=True)
class Paper:
    """A document by which money comes, synthetic like everything here."""

    number: str
    memo: str
    fen: int
    at: dt.datetime

    @property
    def source(self) -> UUID:
        return uuid5(NAMESPACE_URL, f"{self.number}/{self.at.year}")


def _day(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=CHINA)


CITY_PAPERS = (
    Paper("演示财社〔2020〕41号", "2020年度职业技能提升行动专账资金", TYPED_FEN, _day("2020-09-16T09:00")),
    Paper("演示财社〔2020〕58号", "职业技能提升行动专账资金（第二批）", 120_000_000, _day("2020-11-02T10:00")),
)
DISTRICT_PAPER = Paper("演示西财〔2020〕7号", "技能强区提升行动专账资金", 150_000_000, _day("2020-02-10T09:30"))
LAST_YEAR = Paper("演示西财〔2019〕96号", "失业保险基金支持职业技能提升行动资金", 80_000_000, _day("2019-11-04T09:30"))
EMPLOYMENT = Paper("演示西财〔2020〕15号", "2020年就业补助资金", 60_000_000, _day("2020-03-05T14:00"))


def fill_funds(loaded: Loaded, players: Players) -> None:
    """The year's money (QD97.4.3, HD2.5.16a, WH63.3), a slip corrected by an entry, and what a year left behind."""
    bureau = players.by_key("o-370200-finance-city_bureau-1")
    west = loaded.divisions[WEST_COAST]
    district = players.of("finance", west.units.get(kind="agency"))
    (special,) = open_funds(policy=loaded.policy, on=CITY_PAPERS[0].at.date())
    typed, _second = (_receive(special, paper, bureau) for paper in CITY_PAPERS)
    correct(
        entry=typed,
        amount_fen=MEANT_FEN - TYPED_FEN,
        reason="金额录入有误，文件为3,000,000.00元",
        source_id=uuid5(NAMESPACE_URL, f"{CITY_PAPERS[0].number}/correction"),
        by=bureau,
        at=_day("2020-09-16T15:20"),
    )
    (own,) = open_funds(policy=DISTRICT, on=DISTRICT_PAPER.at.date())
    _receive(own, DISTRICT_PAPER, district)
    insurance, employment, _ventures = open_funds(policy=POOLED, on=LAST_YEAR.at.date(), division=west)
    _receive(insurance, LAST_YEAR, district)
    carry_over(
        fund=insurance,
        year=2019,
        amount_fen=LAST_YEAR.fen,
        memo="2019年度结余结转",
        source_id=uuid5(NAMESPACE_URL, f"{LAST_YEAR.number}/carried"),
        by=district,
        at=_day("2020-01-06T09:00"),
    )
    _receive(employment, EMPLOYMENT, district)


def _receive(fund: Fund, paper: Paper, by: Actor):
    told = {"document_number": paper.number, "memo": paper.memo, "source_id": paper.source}
    return appropriate(fund=fund, amount_fen=paper.fen, by=by, at=paper.at, **told)
