"""What benchmarks/claim_of_thousand.py measures, with the fixtures of the tests."""

import os

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks.claim_of_thousand import PEOPLE, SIZE, persons, timed
from peibu.accounts import clock
from peibu.accounts.models import Assignment
from peibu.claims.about import Terms, about_enrolment
from peibu.claims.claimable import people_of
from peibu.claims.facts import judge_lines
from tests.claims import one_by_one
from tests.claims.claim_world import CLAIM_DAY, FEE, build
from tests.conftest import *  # noqa: F403 - the database of the worktree

LIMIT_SECONDS = 2.0


@pytest.mark.django_db
def test_a_claim_of_many(city):
    count = int(os.environ.get(SIZE, PEOPLE))
    world = build(city)
    persons(world, count)
    world.certify()
    clock.move_to(CLAIM_DAY)
    rows = list(people_of(world.cohort, world.enterprise))
    terms = Terms(world.cohort.policy, "claim", world.enterprise, world.cohort, fee_fen=FEE, fee_paid=True)
    abouts = [about_enrolment(row) for row in rows]
    asked = {"on": CLAIM_DAY.date(), "known_at": CLAIM_DAY}
    many, bulk = timed(lambda: judge_lines(terms, abouts, **asked))
    alone, single = timed(
        lambda: {row.pk: one_by_one.judge_person(row, fee_fen=FEE, fee_paid=True, claim=None, **asked) for row in rows}
    )
    assert all(many[key].facts == alone[key].facts for key in alone)
    assert all(many[key].judgement == alone[key].judgement for key in alone)
    with CaptureQueriesContext(connection) as queries:
        claim, drafted = timed(world.draft)
    client = Client()
    client.force_login(world.hr.user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["assignment"] = str(Assignment.objects.get(user=world.hr.user, role=world.hr.role).pk)
    session.save()
    page, shown = timed(lambda: client.get(reverse("enterprise-claim", args=[claim.pk])))
    assert page.status_code == 200
    print(f"\n{count} people, equal cell by cell")
    print(f"  judged in bulk              {bulk:7.2f} s")
    print(f"  judged one after the other  {single:7.2f} s   {single / bulk:5.1f} times as long")
    print(f"  draft made and kept         {drafted:7.2f} s   {len(queries)} queries")
    print(f"  its first page              {shown:7.2f} s")
    print(f"  drafted and shown           {drafted + shown:7.2f} s   target {LIMIT_SECONDS} s")
