"""From statements of any platform to facts of the rulebook, through the store and the intake (JN6.6.2a, JN6.2)."""

import datetime as dt
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from peibu.accounts.secrecy import person_key
from peibu.learning.actions.reports import Sender, receive
from peibu.learning.actions.statements import store
from peibu.learning.hours.facts import learned, learned_facts
from peibu.learning.hours.refresh import read_up_to, rebuild, refresh
from peibu.learning.models import LearningDay, LearningTrace, OnlineClass, OnlinePlace
from peibu.learning.statement.package import Package
from peibu.learning.tables import make_month
from peibu.rulebook import load_policy
from tests.learning.test_reports import CLASS as FULL_CLASS
from tests.learning.test_reports import EXAM, HOURS, ONE, QUESTION, TWO
from tests.learning.world import Caller

pytestmark = pytest.mark.django_db
HOME = "https://peibu.example"
BEGIN = dt.datetime(2020, 5, 6, 1, tzinfo=dt.UTC)
ON = dt.date(2020, 6, 1)
VIDEO = "https://w3id.org/xapi/video"
ZERO = dt.timedelta()


@pytest.fixture
def platform(city) -> Caller:
    make_month(BEGIN)
    return Caller()


class Player:
    """A platform that speaks the Video Profile; its statements arrive when they happen."""

    def __init__(self, caller: Caller, name: str, *, course: str = "https://p.example/c1", reg: str | None = None):
        self.caller, self.name, self.course, self.reg = caller, name, course, reg
        self.session = str(uuid4())

    def tell(self, verb: str, seconds: float, *, late: float = 0, **result) -> dict:
        when = BEGIN + dt.timedelta(seconds=seconds)
        statement = {
            "id": str(uuid4()), "timestamp": when.isoformat(),
            "actor": {"account": {"homePage": "https://p.example", "name": self.name}}, "verb": {"id": verb},
            "object": {"objectType": "Activity", "id": self.course + "/v1"},
            "context": {
                "contextActivities": {"parent": [{"id": self.course}]},
                "extensions": {f"{VIDEO}/extensions/session-id": self.session, "urn:peibu:extension:device": "d1"},
            },
        }  # fmt: skip
        if self.reg:
            statement["context"]["registration"] = self.reg
        if result:
            statement["result"] = {
                "extensions": {f"{VIDEO}/extensions/{k.replace('_', '-')}": v for k, v in result.items()}
            }
        shift = when + dt.timedelta(seconds=late) - timezone.now()
        store(Package([statement], {}), by=self.caller.platform, home=HOME, version="2.0.0", shift=shift)
        return statement

    def watch(self, start: float, length: int, *, position: float = 0) -> None:
        self.tell(f"{VIDEO}/verbs/played", start, time=position)
        for step in range(60, length + 1, 60):
            self.tell("http://adlnet.gov/expapi/verbs/progressed", start + step, time=position + step)


def at_end(days: float = 30):
    """The clock's shift so that `days` have passed since the beginning."""
    return BEGIN + dt.timedelta(days=days) - timezone.now()


def report(caller: Caller, kind: str, item: dict, *, days: int = 20) -> None:
    at = BEGIN + dt.timedelta(days=days)
    sender = Sender(caller.platform, HOME, at - timezone.now())
    outcome = receive(kind, [item], by=sender, at=at, source="JSON")
    assert not outcome.problems, outcome.problems


def everything(caller: Caller, **changes) -> str:
    for kind, item in {"classes": FULL_CLASS | changes, "hours": HOURS, "exams": EXAM, "questions": QUESTION}.items():
        report(caller, kind, item)
    refresh(shift=at_end())
    return OnlineClass.objects.get(tenant=caller.unit.pk, course__endswith="JN-01").course


def ask(caller, course, *keys, known_at=None):
    known_at = known_at or BEGIN + dt.timedelta(days=40)
    policy = load_policy("jinan/internet_plus_2020")
    return learned(keys, tenant=caller.unit.pk, course=course, policy=policy, on=ON, known_at=known_at)


def test_a_reported_class_answers_every_question(platform):
    course = everything(platform, learnHour=2)
    one = ask(platform, course, person_key(ONE))[person_key(ONE)]
    assert one.traces == ("sign_in", "learning_record", "questions_answered", "test")
    assert one.missing == ()
    assert (int(one.seconds), one.hours, one.needed) == (75 * 60, 2, 2), "45 and 30 minutes: rounded once, together"
    assert (one.completed, one.completed_on) == (True, dt.date(2020, 5, 6))
    assert (one.passed, one.passed_on) == (True, dt.date(2020, 5, 20))
    assert set(one.rests_on.values()) <= set(LearningTrace.objects.values_list("id", flat=True))
    policy = load_policy("jinan/internet_plus_2020")
    facts = learned_facts(
        [person_key(ONE)], tenant=platform.unit.pk, course=course, policy=policy, on=ON,
        known_at=BEGIN + dt.timedelta(days=40),
    )[person_key(ONE)]  # fmt: skip
    judged = policy.judge("platform_online", facts, on=ON)
    status = {one.rule: one.status for one in judged.findings}
    assert status["learning_traced"] == "pass"
    assert status["platform_course_passed"] == "pass"


def test_what_is_missing_is_named_and_nothing_known_stays_open(platform):
    report(platform, "classes", FULL_CLASS)
    report(platform, "hours", HOURS)
    refresh(shift=at_end())
    course = OnlineClass.objects.get().course
    found = ask(platform, course, person_key(ONE), person_key(TWO))
    one, two = found[person_key(ONE)], found[person_key(TWO)]
    assert one.missing == ("questions_answered", "test")
    assert one.completed is False, "2 class hours of 40"
    assert one.passed is None
    assert not two.known
    assert two.facts() == {}
    policy = load_policy("jinan/internet_plus_2020")
    judged = policy.judge("platform_online", one.facts(), on=ON)
    finding = next(row for row in judged.findings if row.rule == "learning_traced")
    assert finding.status == "fail"
    assert "答疑" in finding.sentence
    assert "测验" in finding.sentence
    assert "签到" not in finding.sentence
    blank = policy.judge("platform_online", two.facts(), on=ON)
    assert next(row for row in blank.findings if row.rule == "learning_traced").status == "unknown"


def test_only_what_was_known_by_then_counts(platform):
    course = everything(platform)
    before = ask(platform, course, person_key(ONE), known_at=BEGIN + dt.timedelta(days=19))
    assert not before[person_key(ONE)].known


def test_a_failed_test_is_a_no_until_a_pass_comes(platform):
    report(platform, "classes", FULL_CLASS)
    failed = EXAM | {"examCode": "KS00", "startTime": "2020-05-19 09:00:00", "endTime": "2020-05-19 10:00:00",
                     "score": 20, "passed": False}  # fmt: skip
    report(platform, "exams", failed)
    refresh(shift=at_end(20.5))
    course = OnlineClass.objects.get().course
    assert ask(platform, course, person_key(ONE))[person_key(ONE)].passed is False
    report(platform, "exams", EXAM, days=21)
    refresh(shift=at_end())
    one = ask(platform, course, person_key(ONE))[person_key(ONE)]
    assert (one.passed, one.passed_on) == (True, dt.date(2020, 5, 20))


def test_live_records_count_by_the_servers_clock_and_a_strange_name_is_nobody(platform):
    player = Player(platform, "someone-77")
    player.watch(0, 600)
    refresh(shift=at_end())
    (place,) = OnlinePlace.objects.all()
    assert not place.known
    assert (place.course, place.tenant) == ("https://p.example/c1", platform.unit.pk)
    (day,) = LearningDay.objects.all()
    assert round(day.watched) == round(day.credited) == 600
    assert LearningTrace.objects.filter(device="d1", session__regex="^[0-9a-f]{32}$").count() == 11


def test_a_name_made_up_to_look_like_a_key_is_nobody_too(platform):
    Player(platform, "a" * 64).watch(0, 120)
    refresh(shift=at_end())
    assert not OnlinePlace.objects.get().known


def test_a_registration_says_who_it_is_even_when_the_class_comes_later(platform):
    reg = str(UUID(int=5))
    report(platform, "classes", FULL_CLASS, days=-1)
    refresh(shift=at_end(-0.5))
    real = str(OnlinePlace.objects.get().reg)
    Player(platform, "u-1", reg=real).watch(0, 300)
    Player(platform, "u-2", reg=reg).watch(0, 300)
    refresh(shift=at_end())
    keys = dict(OnlinePlace.objects.values_list("known", "learner"))
    assert keys[True] == person_key(ONE)
    assert sum(int(round(row.credited)) for row in LearningDay.objects.filter(learner=person_key(ONE))) == 300


def test_records_before_the_report_of_the_class_find_their_person(platform):
    report(platform, "classes", FULL_CLASS)  # only to learn which registration it will be
    refresh(shift=at_end())
    reg = OnlinePlace.objects.get().reg
    OnlinePlace.objects.all().delete()
    other = Caller()
    Player(platform, "u-1", reg=str(reg)).watch(0, 300)
    Player(other, "u-1", reg=str(reg)).watch(0, 300)
    rebuild(shift=at_end())
    known = LearningTrace.objects.filter(tenant=platform.unit.pk)
    assert set(known.values_list("learner", flat=True)) == {person_key(ONE)}
    foreign = LearningTrace.objects.filter(tenant=other.unit.pk)
    assert not foreign.filter(known=True).exists(), "another platform's registration says nothing"


def test_what_is_taken_back_counts_no_longer(platform):
    player = Player(platform, "u-1")
    first = player.tell(f"{VIDEO}/verbs/played", 0, time=0)
    player.tell("http://adlnet.gov/expapi/verbs/progressed", 100, time=100)
    refresh(shift=at_end())
    assert LearningDay.objects.get().credited > 0
    player.tell("http://adlnet.gov/expapi/verbs/voided", 200)
    voiding = {
        "id": str(uuid4()), "actor": {"mbox": "mailto:a@p.example"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
        "object": {"objectType": "StatementRef", "id": first["id"]},
    }  # fmt: skip
    store(Package([voiding], {}), by=platform.platform, home=HOME, version="2.0.0", shift=at_end(31))
    make_month(BEGIN + dt.timedelta(days=31))
    refresh(shift=at_end(40))
    assert not LearningDay.objects.exists()


def test_segments_and_numbers_that_are_no_numbers_do_no_harm(platform):
    player = Player(platform, "u-1")
    verb = "http://adlnet.gov/expapi/verbs/progressed"
    player.tell(verb, 0, time=0, played_segments="0[.]20[,]50[.]30.5")
    player.tell(verb, 50, time="soon", played_segments="0[.]'); DROP TABLE x; --")
    player.tell(verb, 100, time=1e300, played_segments="[.]")
    refresh(shift=at_end())
    rows = list(LearningTrace.objects.order_by("ts"))
    assert rows[0].played == "{[0,20),[30.5,50)}"
    assert [row.played for row in rows[1:]] == ["", ""]
    assert [row.place for row in rows[1:]] == [None, None]
    assert round(LearningDay.objects.get().credited, 3) == dt.timedelta(seconds=39.5).total_seconds()


def test_built_anew_gives_the_same_number(platform):
    Player(platform, "u-1").watch(0, 900)
    Player(platform, person_key(ONE), course="https://p.example/c2").watch(0, 900)
    everything(platform)
    fields = ("learner", "tenant", "course", "day", "watched", "live", "reported", "credited")
    kept = set(LearningDay.objects.values_list(*fields))
    assert len(kept) == 3
    assert rebuild(shift=at_end()) == 2
    assert set(LearningDay.objects.values_list(*fields)) == kept
    assert refresh(shift=at_end()) == 0, "nothing new"
    assert read_up_to() is not None
