"""What a platform's own records say reaches the judge of its claim, with the source; others' records do not (JN6.2, 6.6.2a)."""

import datetime as dt

import pytest

from peibu.accounts.models import Unit
from peibu.claims.about import About, Terms
from peibu.claims.facts.gathering import gather
from peibu.demo.city import NOW
from peibu.demo.loader.learning import JINAN, load_learning
from peibu.demo.loader.online_learning import play_online_learning
from peibu.demo.loader.players import Players
from peibu.kernel.ids import uuid7
from peibu.learning.models import OnlineClass
from peibu.rulebook import load_policy
from peibu.training.facts.known import asked

pytestmark = pytest.mark.django_db
ON = NOW.date()


@pytest.fixture
def world(city):
    load_learning(city.loaded, Players(city.loaded), at=NOW)
    play_online_learning(city.loaded, Players(city.loaded), at=NOW)
    return city


def gathered(world, unit: Unit | None, number: int, *, known_at=NOW + dt.timedelta(minutes=5)):
    about = About(key=uuid7(), person=world.loaded.people[world.city.people[number].no])
    terms = Terms(policy=JINAN, subject="platform_online", claimant=unit)
    found = gather(load_policy(JINAN), terms, [about], on=ON, known_at=known_at, taken_by=known_at)
    return found[about.key]


def platform(world) -> Unit:
    return Unit.objects.get(pk=OnlineClass.objects.get(course__startswith="https").tenant)


def test_a_claim_reads_the_platforms_records(world):
    found = gathered(world, platform(world), 2)
    assert found.facts["online_completed"] is True
    assert found.facts["online_passed"] is True
    assert found.facts["learning_traces"] == ("sign_in", "learning_record", "questions_answered", "test")
    assert str(found.sources["online_passed"]) == "线上学习记录"
    policy = load_policy(JINAN)
    judged = policy.judge("platform_online", asked(policy, found.facts), on=ON)
    status = {one.rule: one.status for one in judged.findings}
    assert (status["learning_traced"], status["platform_course_passed"]) == ("pass", "pass")


def test_who_failed_or_took_no_test_is_told_apart(world):
    assert gathered(world, platform(world), 5).facts["online_passed"] is False
    untested = gathered(world, platform(world), 4).facts
    assert "online_passed" not in untested
    assert "test" not in untested["learning_traces"]


def test_other_units_and_earlier_knowledge_say_nothing(world):
    stranger = next(unit for unit in world.loaded.units.values() if unit.pk != platform(world).pk and unit.name)
    elsewhere = [unit for unit in (stranger,) if not OnlineClass.objects.filter(tenant=unit.pk).exists()]
    for unit in elsewhere:
        assert "online_passed" not in gathered(world, unit, 2).facts
    early = gathered(world, platform(world), 2, known_at=NOW - dt.timedelta(days=300))
    assert "learning_traces" not in early.facts
