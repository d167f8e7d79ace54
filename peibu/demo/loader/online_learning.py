"""A class on a platform that speaks xAPI: statements arrive as they happen. Two of its learners are worth a look.

The first learned here while the other platform reports a sitting of the same evening; the second ran the film at eight times
the speed. Everybody else learned as people do.
"""

import datetime as dt
import random
from uuid import uuid5

from django.conf import settings
from django.db.models import Max

from peibu.accounts import clock
from peibu.accounts.models import PlatformKey
from peibu.accounts.platforms import Platform
from peibu.demo.city.records import CHINA
from peibu.demo.loader.base import Loaded
from peibu.demo.loader.players import Players
from peibu.learning.actions.statements import store
from peibu.learning.hours.refresh import refresh
from peibu.learning.models import LearningSignal, Statement
from peibu.learning.reports import words
from peibu.learning.signals.find import find_signals
from peibu.learning.signals.reviews import review_signal
from peibu.learning.statement.package import Package

COURSE = "https://learn.example.cn/courses/plc"
TITLE = "可编程控制系统设计线上培训班"
LEARNERS, EVENINGS, BEAT, MINUTES = 6, 3, 120, 42
FIRST = dt.datetime(2020, 11, 9, 19, 30, tzinfo=CHINA)
SAME_EVENING = dt.datetime(2020, 11, 16, 19, 20, tzinfo=CHINA)  # the other platform reports a sitting then
VIDEO = "https://w3id.org/xapi/video"
ADL = "http://adlnet.gov/expapi/verbs/"


def _real() -> dt.datetime:
    """The machine's moment, from which the store's clock is shifted."""
    now, shift = clock.reading()
    return now - shift


class Learner:
    """One learner at the platform; `tell` sends a statement at the moment it happens."""

    def __init__(self, platform: Platform, key: str, number: int):
        self.platform, self.key, self.number = platform, key, number
        self.reg = uuid5(platform.unit, f"plc-{key}")
        self.count = 0

    def tell(
        self, verb: str, when: dt.datetime, *, item: str = "", session: str = "", result: dict | None = None,
        name: str = "", teacher: bool = False,
    ) -> None:  # fmt: skip
        self.count += 1
        about: dict = {"objectType": "Activity", "id": COURSE + item}
        if name:
            about["definition"] = {"name": {"zh-CN": name}}
        extensions = {
            words.extension("device"): f"pc-{self.number}",
            words.extension("ip"): f"198.51.100.{self.number + 10}",
        }
        if session:
            extensions[f"{VIDEO}/extensions/session-id"] = str(uuid5(self.reg, session))
        statement = {
            "id": str(uuid5(self.reg, str(self.count))), "verb": {"id": verb}, "object": about,
            "actor": {"account": {"homePage": "https://learn.example.cn", "name": "teacher" if teacher else self.key}},
            "timestamp": when.isoformat(),
            "context": {
                "registration": str(self.reg), "extensions": extensions,
                "contextActivities": {"parent": [{"id": COURSE}]},
            },
        }  # fmt: skip
        if result:
            statement["result"] = result
        shift = when + dt.timedelta(milliseconds=400) - _real()
        store(Package([statement], {}), by=self.platform, home=settings.BASE_URL, version="2.0.0", shift=shift)

    def watch(self, when: dt.datetime, place: float, *, session: str, minutes: int = MINUTES, speed: int = 1) -> None:
        """An evening with the film: a record every two minutes, one short pause."""
        for beat in range(minutes * 60 // BEAT + 1):
            verb = f"{VIDEO}/verbs/played" if beat == 0 else ADL + "progressed"
            told = {"extensions": {f"{VIDEO}/extensions/time": place + beat * BEAT * speed}}
            self.tell(verb, when + dt.timedelta(seconds=beat * BEAT), item="/video", session=session, result=told)

    def check(self, when: dt.datetime, passed: bool) -> None:
        self.tell(words.CHECKED, when, result={"success": passed, "duration": "PT9S"})


def play_online_learning(loaded: Loaded, players: Players, *, at: dt.datetime) -> None:
    """The class, then hours and signals over everything, and one signal that has been looked at."""
    unit = loaded.units[loaded.city.providers[1].key]
    key = PlatformKey.objects.filter(unit=unit, revoked_at=None).first()
    platform = Platform(key.pk, unit.pk, frozenset(key.scopes))
    chance = random.Random(20201109)
    people = [loaded.people[row.no] for row in loaded.city.people[:LEARNERS]]
    for number, person in enumerate(people):
        _learn(Learner(platform, person.key, number), chance)
    latest = Statement.objects.aggregate(latest=Max("stored"))["latest"]
    refresh(shift=latest + dt.timedelta(seconds=1) - _real())
    find_signals(at=at)
    _look(players, people[1].key, at)


def _learn(one: Learner, chance: random.Random) -> None:
    begun = FIRST + dt.timedelta(minutes=chance.randint(0, 40))
    one.tell(words.REGISTERED, FIRST - dt.timedelta(days=3), name=TITLE)
    fast = one.number == 1
    for evening in range(EVENINGS):
        when = begun + dt.timedelta(days=2 * evening, minutes=chance.randint(0, 9))
        minutes = 16 if fast else MINUTES
        one.watch(when, evening * MINUTES * 60, session=f"s{evening}", minutes=minutes, speed=8 if fast else 1)
        one.check(when + dt.timedelta(minutes=13, seconds=chance.randint(0, 50)), passed=not fast or evening == 0)
    if one.number == 0:
        one.watch(SAME_EVENING, EVENINGS * MINUTES * 60, session="second", minutes=50)
    if one.number in (2, 3):
        asked = begun + dt.timedelta(minutes=25)
        one.tell(words.ASKED, asked, item="/q1", result={"response": "程序下载后不运行，先查什么？"})
        one.tell(
            words.REPLIED,
            asked + dt.timedelta(hours=2),
            item="/q1",
            result={"response": "先看模式开关。"},
            teacher=True,
        )
    if one.number != 4:
        passed = one.number != 5
        test = begun + dt.timedelta(days=7)
        one.tell(words.PASSED if passed else words.FAILED, test, item="/test", result={"success": passed})
        if passed:
            one.tell(ADL + "completed", test + dt.timedelta(minutes=5))


def _look(players: Players, key: str, at: dt.datetime) -> None:
    """Somebody has looked at one of them."""
    signal = LearningSignal.objects.filter(code="speed", learners__contains=[key]).order_by("evidence__from").first()
    lead = players.by_key("o-370200-hrss-city_bureau-1")
    review_signal(
        signal=signal,
        outcome="needs_case",
        reason="本人承认使用倍速插件，已通知平台核查",
        by=lead,
        at=at - dt.timedelta(hours=3),
    )
