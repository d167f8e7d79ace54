"""What the population register said is kept; unknown neither passes nor refuses, and hides no earlier answer."""

import pytest
from django.db import DatabaseError, transaction

from peibu.gateways.identity import FakeIdentity
from peibu.registry.identity import check_identities, latest_checks, real_names, service
from peibu.registry.models import IdentityCheck, Person
from peibu.rulebook import load_policy
from peibu.training.facts.members import unverified
from tests.city import at
from tests.training.filing_world import Filing

pytestmark = pytest.mark.django_db
NOW = at("2020-10-12 09:00")


@pytest.fixture
def people(city):
    return list(Person.objects.order_by("id")[:3])


def ask(people, city, when=NOW, **fake):
    register = FakeIdentity(
        {p.id_number: p.name for p in people[:2]} | {people[1].id_number: "别人"}, clock=lambda: when, **fake
    )
    return check_identities(people=people, by=city.actor("provider"), at=when, register=register)


def test_three_answers_are_kept_with_time_source_and_receipt(people, city):
    rows = ask(people, city)
    assert [row.verdict for row in rows] == ["match", "mismatch", "unknown"]
    assert all(row.reference and row.source and row.answered_at for row in rows)
    assert real_names([p.pk for p in people], known_at=NOW) == {people[0].pk: True, people[1].pk: False}
    assert real_names([people[0].pk], known_at=at("2020-10-12 08:59")) == {}  # not known yet


def test_away_is_unknown_for_everybody_and_overwrites_nothing(people, city):
    ask(people, city)
    later = at("2020-10-13 09:00")
    assert {row.verdict for row in ask(people, city, when=later, away=True)} == {"unknown"}
    assert real_names([p.pk for p in people], known_at=later) == {people[0].pk: True, people[1].pk: False}
    assert latest_checks([people[2].pk], known_at=later)[people[2].pk].asked_at == later


def test_no_register_is_unknown_too(people, city, settings):
    settings.IDENTITY, settings.DEMO = {"url": "", "key": ""}, False
    assert service() is None
    rows = check_identities(people=people, by=city.actor("provider"), at=NOW, register=service())
    assert {row.verdict for row in rows} == {"unknown"}
    settings.IDENTITY = {"url": "http://127.0.0.1:9/", "key": "k"}
    assert service().url == "http://127.0.0.1:9/"


def test_what_was_said_is_never_changed(people, city):
    row = ask(people, city)[0]
    with pytest.raises(DatabaseError), transaction.atomic():
        IdentityCheck.objects.filter(pk=row.pk).update(verdict="mismatch")


def test_a_class_counts_those_whose_name_differs_once_all_are_answered(city):
    filing = Filing(city)
    cohort = filing.full(people=3)
    people = [row.person for row in cohort.enrolments.select_related("person")]
    assert unverified(cohort, on=NOW.date()) is None
    register = FakeIdentity({p.id_number: p.name for p in people} | {people[0].id_number: "别人"}, clock=lambda: NOW)
    check_identities(people=people[:2], by=filing.by, at=NOW, register=register)
    assert unverified(cohort, on=NOW.date()) is None  # one is not answered: unknown, not one
    check_identities(people=people[2:], by=filing.by, at=NOW, register=register)
    assert unverified(cohort, on=NOW.date()) == 1


@pytest.mark.parametrize(("said", "status"), [(True, "pass"), (False, "fail"), (None, "unknown")])
def test_a_rule_can_ask_for_it_and_unknown_stays_unknown(said, status):
    policy = load_policy("huangdao/skills_action_2020")
    facts = {} if said is None else {"real_name_verified": said}
    findings = policy.judge("five_groups", facts, on=NOW.date()).findings
    assert next(f.status for f in findings if f.rule == "identity_verified") == status
