"""Class plans: people, timetable, exam and events of every class in the cast list."""

import datetime as dt
import random

from peibu.demo.city import script, stages, words
from peibu.demo.city.aftermath import after_teaching
from peibu.demo.city.bodies import divisions, providers
from peibu.demo.city.claims import claim_plans, first_claim_day
from peibu.demo.city.draw import stream
from peibu.demo.city.insurance import is_planted_pensioner
from peibu.demo.city.plans import ClassPlan, Enrolment, Event, Exam, PaperPart, PlanText, Session
from peibu.demo.city.records import Enterprise, Person, PracticeBase, Provider, Teacher

_HALVES = ((dt.time(9), dt.time(12)), (dt.time(14), dt.time(17)))
_HOURS_PER_HALF = 4


class Diary:
    """Which teacher is taken on which half-day, so that nobody is in two places unless the script wants it."""

    def __init__(self, teachers: tuple[Teacher, ...]) -> None:
        self._teachers = teachers
        self._taken: set[tuple[str, dt.date]] = set()

    def team(self, provider: str, days: tuple[dt.date, ...], experts: int) -> tuple[list[str], str]:
        """Return who teaches (two of the house and some experts) and who marks the papers (a third of the house)."""
        house = [t.key for t in self._teachers if t.provider == provider]
        free = [
            t.key for t in self._teachers if t.provider is None and not any((t.key, d) in self._taken for d in days)
        ]
        taught = house[:2] + free[:experts]
        self._taken.update((key, day) for key in taught for day in days)
        return taught, house[2]


class Recruiting:
    """Hands out employees: each enterprise's people go to one class after another, nobody to two."""

    def __init__(self, seed: int, enterprises: tuple[Enterprise, ...], people: tuple[Person, ...]) -> None:
        self._left: dict[int, list[Person]] = {e.no: [] for e in enterprises}
        for person in people:
            if person.level != "other" and (
                not person.pension_from or is_planted_pensioner(person.no, len(enterprises))
            ):
                self._left[person.employer].append(person)
        for no, group in self._left.items():
            stream(seed, "recruiting", no).shuffle(group)
            group.sort(key=_interest)
        self._listed = [e.no for e in enterprises if e.listed_from and not e.listed_until]
        self._unlisted = [e.no for e in enterprises if not e.listed_from or e.listed_until]
        self._workers = {e.no: [p for p in people if p.employer == e.no and p.level == "other"] for e in enterprises}
        stock = sum(len(self._left[no]) for no in self._listed)
        self._scale = min(1.0, 0.97 * stock / sum(spec.size for spec in script.CAST))
        self._next = 0

    def take(self, size: int, with_unlisted: bool) -> list[Person]:
        """Return about ``size`` managers of listed enterprises, by enterprise, and a few who are ineligible."""
        want, taken = max(2, round(size * self._scale)), []
        for turn in range(len(self._listed)):
            group = self._left[self._listed[(self._next + turn) % len(self._listed)]]
            share = min(len(group), (want + 1) // 2, want - len(taken))
            taken += [group.pop() for _ in range(share)]
            if len(taken) >= want:
                break
        self._next += 2
        if taken:
            taken += [worker for worker in self._workers[taken[0].employer][:1] if worker not in taken]
            del self._workers[taken[0].employer][:1]
        if with_unlisted and self._unlisted:
            outsider = self._left[self._unlisted[self._next % len(self._unlisted)]]
            taken += [outsider.pop() for _ in range(min(2, len(outsider)))]
        return taken


def _interest(person: Person) -> int:
    """Odd cases last, because people are taken from the end: they shall be seen in the classes."""
    return 2 if person.truth.insurance == "retired" else int(person.truth.insurance in ("unknown_recent", "arrears_3"))


def class_plans(
    seed: int,
    enterprises: tuple[Enterprise, ...],
    people: tuple[Person, ...],
    teachers: tuple[Teacher, ...],
    bases: tuple[PracticeBase, ...],
) -> tuple[ClassPlan, ...]:
    """Make every class of the cast list."""
    recruiting, diary = Recruiting(seed, enterprises, people), Diary(teachers)
    homes = {provider.key: provider for provider in providers()}
    routes = {division.key: division.routes_to for division in divisions()}
    found = []
    # From the last stage back: the claims get the full enterprises, the drafts what is left.
    for index, spec in reversed(tuple(enumerate(script.CAST))):
        rng = stream(seed, "class", index)
        group = recruiting.take(spec.size, with_unlisted=index % 4 == 2)
        maker = _Maker(index, spec, rng, homes[spec.provider], bases)
        found.append(maker.make(group, diary, routes[homes[spec.provider].division]))
    return tuple(reversed(found))


def _pattern(spec: script.Spec) -> tuple[int, ...]:
    special = {"too_short": stages.TOO_SHORT, "long_span": stages.SPAN_TOO_LONG}
    return special.get(spec.trait) or stages.PATTERNS[spec.pattern]


def _opening(spec: script.Spec) -> dt.date:
    pattern = _pattern(spec)
    if spec.first_open:
        return stages.EARLIEST
    if spec.claims:
        return stages.class_opening("certified", pattern, stages.moment(first_claim_day(spec.claims), 0))
    state = "drafted" if spec.state == "draft" else spec.state
    return stages.class_opening(state, pattern)


class _Maker:
    """Builds one class step by step."""

    def __init__(
        self, index: int, spec: script.Spec, rng: random.Random, home: Provider, bases: tuple[PracticeBase, ...]
    ) -> None:
        self.key, self.spec, self.rng, self.home = f"c{index + 1:02d}", spec, rng, home
        count = 1 if spec.trait == "too_short" else 2 + (index % 5 == 0)
        self.bases = tuple(bases[(index * 3 + step) % len(bases)] for step in range(count))
        self.room = words.ROOMS[index % len(words.ROOMS)]
        self.index = index

    def make(self, group: list[Person], diary: Diary, agency_seat: str) -> ClassPlan:
        opens = _opening(self.spec)
        plan = stages.schedule(opens, _pattern(self.spec))
        taught, grader = diary.team(self.home.key, plan.days, experts=1)
        sessions = self._sessions(plan.days, taught)
        state = {"draft": "drafted", "archived": "certified"}.get(self.spec.state, self.spec.state)
        events = stages.class_until(opens, plan, state)
        result = ClassPlan(
            key=self.key,
            stage=self.spec.stage,
            state=self.spec.state,
            provider=self.home.key,
            bases=tuple(base.key for base in self.bases),
            enterprises=tuple(dict.fromkeys(person.employer for person in group)),
            fee_fen=self.spec.fee_fen,
            topics=self.spec.topics,
            plan=self._text(sessions, len(group)),
            sessions=sessions,
            enrolments=self._enrolments(group, events),
            exam=self._exam(plan.exam, agency_seat, grader),
            events=events,
            return_reason=script.RETURN_REASONS[0] if self.spec.state == "returned" else "",
            exception_reason=script.LONG_SPAN_REASON if self.spec.trait == "long_span" else "",
            remark=self.spec.trait,
        )
        result = after_teaching(result, self.rng)
        return claim_plans(result, self.spec.claims)

    def _sessions(self, days: tuple[dt.date, ...], taught: list[str]) -> tuple[Session, ...]:
        practice = (
            {days[-2]: self.bases[:1], days[-1]: self.bases[1:]} if len(self.bases) > 1 else {days[-1]: self.bases}
        )
        subjects = {topic: list(words.TOPICS[topic][1]) for topic in self.spec.topics}
        found = []
        for number, day in enumerate(days):
            hosts = practice.get(day)
            for half, (start, end) in enumerate(_HALVES):
                topic = self.spec.topics[(number * 2 + half) % len(self.spec.topics)]
                subject = subjects[topic][(number + half * 2 + self.index) % len(subjects[topic])]
                base = hosts[half % len(hosts)] if hosts else None
                kind, place = ("practice", base.name) if base else ("lecture", f"{self.home.name}{self.room}")
                teacher = taught[(number * 2 + half) % len(taught)]
                key = base.key if base else None
                found.append(Session(day, start, end, kind, place, teacher, key, topic, subject, _HOURS_PER_HALF))
        return tuple(found)

    def _text(self, sessions: tuple[Session, ...], count: int) -> PlanText:
        titles = "、".join(words.TOPICS[topic][0] for topic in self.spec.topics)
        opens = sessions[0].on
        return PlanText(
            name=f"{self.home.name}工业互联网职业技能提升培训班（{opens.year}年{opens.month}月{opens.day}日开班）",
            goal=words.GOALS[self.index % len(words.GOALS)],
            mode=words.MODES[self.index % len(words.MODES)],
            places=tuple(dict.fromkeys(session.place for session in sessions)),
            content=(titles, *dict.fromkeys(session.subject for session in sessions)),
            class_hours=sum(session.class_hours for session in sessions),
            head_count=count,
            batches=1,
            evaluation=words.EVALUATIONS[self.index % len(words.EVALUATIONS)],
        )

    def _enrolments(self, group: list[Person], events: tuple[Event, ...]) -> tuple[Enrolment, ...]:
        filed = events[0].at
        return tuple(
            Enrolment(person.no, person.employer, filed - dt.timedelta(minutes=7 * (len(group) - order) + 30))
            for order, person in enumerate(group)
        )

    def _exam(self, day: dt.date, seat: str, grader: str) -> Exam:
        paper = script.PAPERS[self.index % len(script.PAPERS)]
        if self.spec.trait == "low_objective":
            paper = script.LOW_OBJECTIVE_PAPER
        items = sum(part[1] for part in paper)
        third = "演示第三方评价中心" if self.index % 6 == 4 else None
        officers = (f"o-{seat}-hrss-hrss_supervisor-1", f"o-{seat}-industry-industry_supervisor-1")
        return Exam(
            on=day,
            start=dt.time(9),
            end=dt.time(11),
            place=f"{self.home.name}{self.room}",
            paper=tuple(PaperPart(*part) for part in paper),
            sample_text=words.SAMPLES[self.index % len(words.SAMPLES)].format(items),
            supervisors=() if third else officers,
            third_party=third,
            graders=(grader,),
        )
