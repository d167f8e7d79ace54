"""A class of honest learners in difficult circumstances, and learners who cheat in published and in adapted ways. By seed.

Cheaters and signals have the same author here: this measures that the questions see what they say and whom they hit
wrongly, not how good they are against people. Positions move with the clock unless somebody cheats.
"""

import random
from collections.abc import Callable

from tests.learning.traces import Traces

MINUTE, HOUR, DAY = 60, 3600, 86400
ITEMS = 20
EVENING = 10 * HOUR  # BEGIN is nine o'clock
HONEST_EACH, CHEATERS_EACH = 12, 6
MAIN, BATCH, SKEWED = ("c-main", 0), ("c-batch", 1), ("c-skewed", 2)


class Scene:
    """Writes logs; `who` maps a learner to the kind of behaviour."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.traces = Traces()
        self.who: dict[str, str] = {}

    def name(self, kind: str, number: int) -> str:
        name = f"{kind}-{number}"
        self.who[name] = kind
        return name

    def record(self, learner: str, at: float, place: float | None, *, session: str, late: float | None = None, **more):
        course, tenant = more.pop("where", MAIN)
        delay = self.random.lognormvariate(-1.5, 0.6) if late is None else late
        told = {"device": f"d-{learner}", "ip": f"ip-{learner}", "item": "v1"} | more
        place = None if place is None else round(place, 3)
        self.traces.add(learner, at, late=delay, course=course, tenant=tenant, session=session, place=place, **told)

    def watch(
        self, learner: str, start: float, minutes: int, *, session: str, every: float = 60, jitter: float = 0.02,
        speed: float = 1.0, pause: float = 0.06, seek: float = 0.0, begin: float = 0.0, **more,
    ) -> None:  # fmt: skip
        """A session with a heartbeat, pauses and seeks."""
        at, place, end = start, begin, start + minutes * MINUTE
        self.record(learner, at, place, session=session, verb="played", **more)
        while at < end:
            gap = every + self.random.gauss(0, jitter)
            at, place = at + gap, place + gap * speed
            self.record(learner, at, place, session=session, **more)
            if self.random.random() < pause:
                cut = self.random.uniform(3, 50)
                at, place = at + cut, place + cut * speed
                self.record(learner, at, place, session=session, verb="paused", halts=True, **more)
                at += self.random.lognormvariate(3.5, 1)
                self.record(learner, at, place, session=session, verb="played", **more)
            if self.random.random() < seek:
                cut = self.random.uniform(3, 50)
                at, gone = at + cut, place + cut * speed
                place = gone + self.random.uniform(60, 600)
                self.record(learner, at, place, session=session, verb="seeked", came_from=round(gone, 3), **more)

    def evenings(self, learner: str, *, days: int = 3, minutes: int = 45, hour: float = EVENING, **more) -> None:
        first = self.random.randint(0, 20)
        for number in range(days):
            start = (first + number) * DAY + hour + self.random.uniform(0, HOUR)
            self.watch(learner, start, minutes, session=f"s{number}", begin=number * minutes * MINUTE, **more)

    def answers(
        self,
        learner: str,
        *,
        right: float = 0.8,
        quick: float = 1.0,
        at: float | None = None,
        ip: str = "",
        wrong=None,
    ) -> None:
        """A test of all items; a wrong answer is mostly the popular one of the item."""
        when = self.random.randint(0, 25) * DAY + EVENING if at is None else at
        for item in range(ITEMS):
            spent = quick * self.random.lognormvariate(3 + item % 5 / 5, 0.5)
            when += spent
            good = self.random.random() < right
            response = "R" if good else self.random.choices(["P", "Q", "S"], [5, 3, 2])[0]
            if wrong is not None and item in wrong:
                good, response = False, wrong[item]
            self.answer(learner, item, when, spent, good, response, ip)

    def answer(self, learner, item, when, spent, good, response, ip="") -> None:
        self.record(
            learner, when, None, session="test", late=1, kind="answer", item=f"i{item}", spent=round(spent, 3),
            success=good, response=response, verb="answered", ip=ip or f"ip-{learner}",
        )  # fmt: skip

    def checks(self, learner: str, *, count: int = 10, passed: float = 0.96, spent: Callable[[], float] | None = None):
        for number in range(count):
            took = self.random.lognormvariate(2, 0.6) if spent is None else spent()
            self.record(
                learner, number * DAY + EVENING, None, session="check", kind="check", verb="presence-checked",
                success=self.random.random() < passed, spent=round(took, 3),
            )  # fmt: skip


def _plain(s: Scene, kind: str, number: int) -> str:
    learner = s.name(kind, number)
    s.answers(learner)
    s.checks(learner)
    return learner


def honest(s: Scene) -> None:
    """Twelve learners of every kind."""
    for n in range(HONEST_EACH):
        s.evenings(_plain(s, "plain", n))
        s.evenings(_plain(s, "office, one address", n), ip="ip-office")
        room = _plain(s, "training room", n)
        first = s.random.randint(0, 9)
        for number in range(3):
            seat = f"d-room-{s.random.randint(1, 6)}"
            start = (first + number) * DAY + s.random.uniform(0, HOUR)
            s.watch(room, start, 45, session=f"s{number}", device=seat, ip="ip-room", begin=number * 2700)
        s.evenings(_plain(s, "family computer", n), device=f"d-home-{n // 2}", ip=f"ip-home-{n // 2}")
        net = _plain(s, "bad network", n)
        for number in range(3):
            start = (number + n) * DAY + EVENING
            for beat in range(45):
                if s.random.random() > 0.12:
                    late = s.random.choices([0.3, s.random.uniform(1, 100)], [3, 1])[0]
                    s.record(net, start + beat * 60, beat * 60 + number * 2700, session=f"s{number}", late=late)
        s.evenings(_plain(s, "many pauses", n), pause=0.4)
        s.evenings(_plain(s, "seeks", n), seek=0.25)
        s.evenings(_plain(s, "1.5 to 2 times speed", n), speed=s.random.uniform(1.5, 2))
        s.evenings(_plain(s, "night shift", n), hour=16.5 * HOUR, days=5)
        s.evenings(_plain(s, "timer, nobody touches it", n), pause=0, minutes=70)
        batch = _plain(s, "platform sends in the evening", n)
        for number in range(3):
            start = (number + n) * DAY
            for beat in range(45):
                late = start + 12 * HOUR - (start + beat * 60) + beat / 1000
                s.record(batch, start + beat * 60, beat * 60.0, session=f"s{number}", late=late, where=BATCH)
        skew = _plain(s, "platform's clock is a day slow", n)
        for number in range(3):
            start = (number + n) * DAY + EVENING
            for beat in range(45):
                at = start + beat * 60 + s.random.gauss(0, 0.5)
                s.record(skew, at - 26 * HOUR, beat * 60.0, session=f"s{number}", late=26 * HOUR + 0.3, where=SKEWED)


def cheaters(s: Scene) -> None:
    """Six of every kind; the kinds of pairs and rings are that many people too."""
    for n in range(CHEATERS_EACH):
        two = _plain(s, "two courses at once", n)
        s.evenings(two)
        for number in range(3):
            rows = [row for row in s.traces.rows if row.learner == two and row.session.endswith(f"s{number}")]
            start = (rows[0].ts.timestamp() - 1588726800) + 120
            s.watch(two, start, 40, session=f"x{number}", where=("c-other", 3), item="o1")
        s.watch(_plain(s, "metronome", n), n * DAY + EVENING, 65, session="s1", every=30, jitter=0.004, pause=0)
        jittered = _plain(s, "metronome with jitter (adapted)", n)
        at, place = n * DAY + EVENING, 0.0
        for _beat in range(130):
            gap = s.random.uniform(25, 35)
            at, place = at + gap, place + gap
            s.record(jittered, at, place, session="s1")
        s.evenings(_plain(s, "8 times speed", n), speed=8, minutes=10)
        s.evenings(_plain(s, "1.9 times speed (adapted)", n), speed=1.9)
        forged = _plain(s, "forged progress", n)
        for beat in range(10):
            s.record(forged, n * DAY + EVENING + beat * 30, min(beat, 1) * 2400.0 + beat, session="s1")
        idle = _plain(s, "tab open all day", n)
        for day in range(3):
            for beat in range(11 * 60):
                s.record(idle, day * DAY - 2 * HOUR + beat * 60, min(beat * 60, 960), session=f"s{day}")
        back = _plain(s, "filled in afterwards", n)
        for number in range(3):
            for beat in range(45):
                at = number * DAY + EVENING + beat * 60 + s.random.gauss(0, 0.3)
                s.record(back, at, beat * 60.0, session=f"s{number}", late=9 * DAY - at + EVENING + beat / 1000)
        s.evenings(_plain(s, "one device for a ring", n), device=f"d-ring-{n // 3}", ip=f"ip-ring-{n // 3}")
        long = _plain(s, "20 hours a day", n)
        for part in range(4):
            s.watch(long, n * DAY - 8 * HOUR + part * 5 * HOUR, 295, session=f"s{part}", every=90, begin=part * 18000)
        quick = s.name("bought answers", n)
        s.evenings(quick)
        s.answers(quick, right=0.98, quick=0.07)
        auto = s.name("checks clicked by a script", n)
        s.evenings(auto)
        s.answers(auto)
        s.checks(auto, spent=lambda: s.random.uniform(2, 4), passed=1)
        s.evenings(_absent(s, n))
        _copies(s, n)
        _pairs(s, n)


def _absent(s: Scene, n: int) -> str:
    learner = s.name("not there (checks fail)", n)
    s.answers(learner)
    s.checks(learner, passed=0.3)
    return learner


def _copies(s: Scene, n: int) -> None:
    """Logs of an honest learner, sent again under other names: as they are, and shifted with the beginning cut off."""
    model = f"many pauses-{n}"
    rows = [row for row in s.traces.rows if row.learner == model and row.kind == "record"]
    s.who[model] = "whose log was copied"
    for kind, cut, shift in (
        ("copied log", 0, 3 * DAY),
        ("copied log, shifted and cut (adapted)", 7, 2 * DAY + 4321.7),
    ):
        learner = _plain(s, kind, n)
        for row in rows[cut:]:
            at = row.ts.timestamp() - 1588726800 + shift
            session = row.session.rsplit("-", 1)[1]
            s.record(learner, at, row.place and float(row.place), session=session, halts=row.halts, verb=row.verb)


def _pairs(s: Scene, n: int) -> None:
    taker = s.name("harvested answers", n)
    giver = f"harvester-{n}"
    s.evenings(taker)
    start = n * DAY + EVENING
    for item in range(ITEMS):
        at = start + item * 90
        s.answer(giver, item, at, 5, False, "P", ip=f"ip-harvest-{n}")
        s.answer(taker, item, at + 20, 15, True, "R", ip=f"ip-harvest-{n}")
    if n % 2 == 0:
        wrong = {item: s.random.choice(["S", "T"]) for item in s.random.sample(range(ITEMS), 8)}
        for number in (n, n + 1):
            copier = s.name("copied the neighbour's paper", number)
            s.evenings(copier)
            s.answers(copier, right=0.97, wrong=wrong)


def play(seed: int) -> Scene:
    """The whole scene."""
    scene = Scene(seed)
    honest(scene)
    cheaters(scene)
    return scene
