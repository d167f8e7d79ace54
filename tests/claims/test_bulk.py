"""A claim read in bulk says of each person exactly what reading him alone says, and asks no more for more people."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from peibu.claims.about import Terms, about_enrolment
from peibu.claims.facts import judge_lines
from peibu.claims.models import Claim
from tests.city import at
from tests.claims import one_by_one
from tests.claims.claim_world import CLAIM_DAY, FEE, build

pytestmark = pytest.mark.django_db
MANY = (
    ("甲一", {}), ("甲二", {"months": 11}), ("甲三", {"arrears": 2}), ("甲四", {"registered": None}),
    ("甲五", {"registered": False}), ("甲六", {"earlier": True}), ("甲七", {"unknown": True, "months": 3}),
    ("甲八", {"score": "55"}), ("甲九", {"months": 30}),
)  # fmt: skip


@pytest.fixture
def world(city):
    world = build(city)
    for name, wishes in MANY:
        world.person(name, **wishes)
    world.certify()
    return world


def alone(row, **asked):
    return one_by_one.judge_person(row, fee_fen=FEE, claim=None, known_at=CLAIM_DAY, on=CLAIM_DAY.date(), **asked)


def in_bulk(world, rows, paid=True):
    terms = Terms(world.cohort.policy, "claim", world.enterprise, world.cohort, fee_fen=FEE, fee_paid=paid)
    return judge_lines(terms, [about_enrolment(row) for row in rows], on=CLAIM_DAY.date(), known_at=CLAIM_DAY)


@pytest.mark.parametrize("paid", [True, False])
def test_everybody_cell_by_cell(world, paid):
    rows = list(world.cohort.enrolments.select_related("person", "enterprise", "line", "cohort"))
    found = in_bulk(world, rows, paid)
    decisions = set()
    for row in rows:
        one, many = alone(row, fee_paid=paid), found[row.pk]
        assert many.facts == one.facts, row.person.name
        assert many.judgement == one.judgement
        assert many.run == one.run
        assert (many.employment, many.certificate) == (one.employment, one.certificate)
        decisions.add(str(many.judgement.decision))
    assert decisions == ({"pass", "fail", "unknown"} if paid else {"fail", "unknown"})


def test_the_comparison_can_fail(world):
    rows = list(world.cohort.enrolments.select_related("person", "enterprise", "line", "cohort"))
    assert in_bulk(world, rows)[rows[0].pk].facts != alone(rows[0], fee_paid=False).facts


def test_what_was_claimed_elsewhere_since_is_known_to_both(world, city):
    claim = world.submitted()
    other = build(city, firm=4, nth=1)
    first = claim.lines.filter(state="included").order_by("position").first()
    row = other.enrol(first.person, other.enterprise)
    later = at("2020-11-12 09:00")
    terms = Terms(other.cohort.policy, "claim", other.enterprise, other.cohort, fee_fen=FEE, fee_paid=True)
    many = judge_lines(terms, [about_enrolment(row)], on=later.date(), known_at=later)[row.pk]
    one = one_by_one.judge_person(row, fee_fen=FEE, fee_paid=True, claim=None, on=later.date(), known_at=later)
    assert (many.facts, many.judgement) == (one.facts, one.judgement)
    assert many.facts["earlier_subsidies"] == 1


def test_more_people_ask_no_more_questions(world):
    rows = list(world.cohort.enrolments.select_related("person", "enterprise__division", "line", "cohort__plan"))
    counts = []
    for some in (rows[:2], rows):
        with CaptureQueriesContext(connection) as asked:
            in_bulk(world, some)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 40, counts


def test_a_draft_of_many_is_written_in_bulk(world):
    with CaptureQueriesContext(connection) as asked:
        claim = world.draft()
    assert Claim.objects.get(pk=claim.pk).lines.count() == len(MANY)
    assert len(asked) <= 120, len(asked)
