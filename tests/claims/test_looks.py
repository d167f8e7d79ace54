"""Line by line: clean lines are marked together, the others are opened, and no review passes before (ADR 0033)."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from peibu.casework.actions import move_case
from peibu.casework.todo import move_many
from peibu.claims.actions.lines import judge_anew
from peibu.claims.actions.looks import look_at_clean, look_at_line
from peibu.claims.looks import looks_at, to_look_at, why_to_open
from peibu.claims.models import Look
from peibu.claims.queries import lines_of
from peibu.kernel.errors import Refused
from peibu.registry.models import EarlierGrant, Employment
from tests.city import at
from tests.claims.claim_world import build

pytestmark = pytest.mark.django_db
NOW = at("2020-11-12 09:00")


@pytest.fixture
def world(city):
    world = build(city)
    for name, wishes in (("甲一", {}), ("甲二", {}), ("甲三", {"months": 3}), ("甲四", {})):
        world.person(name, **wishes)
    world.certify()
    return world


@pytest.fixture
def claim(world):
    return world.accepted()


def review(claim, world):
    return move_case(case=claim.case, move="review", by=world.reviewer, at=NOW)


def names(claim) -> list[str]:
    return [line.name for line in to_look_at(claim).select_related("person")]


def learned(person, claim):
    """Something the office learns after the claim was handed in."""
    EarlierGrant.objects.create(
        person=person, policy=claim.policy, paid_by="某机构", employer_name="他企业", paid_on=dt.date(2020, 10, 1),
        amount_fen=1, source="测试", known_at=at("2020-11-11 12:00"),
    )  # fmt: skip


def test_no_review_before_every_line_was_looked_at(claim, world):
    with pytest.raises(Refused, match="还有4人（项）没有核对（甲一、甲二、甲三、甲四）"):
        review(claim, world)
    assert len(look_at_clean(claim=claim, by=world.reviewer, at=NOW)) == 3
    assert names(claim) == ["甲三"]  # who is refused is opened, never marked in passing
    with pytest.raises(Refused, match="甲三"):
        review(claim, world)
    look_at_line(line=claim.lines.get(person__name="甲三"), by=world.reviewer, at=NOW)
    assert review(claim, world).state == "reviewed"
    rows = looks_at(list(lines_of(claim)))
    assert {(row.looked_by, row.looked_at) for row in rows.values()} == {(world.reviewer.user, NOW)}
    assert sorted(row.in_bulk for row in rows.values()) == [False, True, True, True]


def test_what_makes_a_line_not_clean(claim, world, city):
    learned(claim.lines.get(person__name="甲一").person, claim)
    other = build(city, firm=4, nth=1)
    other.enrol(claim.lines.get(person__name="甲二").person, other.enterprise)
    other.certify()
    other.draft()
    told = why_to_open(claim, list(lines_of(claim)), at=NOW)
    said = {line.name: told.get(line.pk, []) for line in lines_of(claim)}
    assert "资料有变化" in said["甲一"]
    assert said["甲三"] == ["不符合条件"]
    assert said["甲四"] == []
    assert said["甲二"] == ["同一人在其他申领中"]
    assert [row.line.name for row in look_at_clean(claim=claim, by=world.reviewer, at=NOW)] == ["甲四"]


def test_another_determination_is_looked_at_again(claim, world):
    look_at_clean(claim=claim, by=world.reviewer, at=NOW)
    line = claim.lines.get(person__name="甲一")
    judge_anew(line=line, by=world.reviewer, at=NOW)
    assert "甲一" not in names(claim)  # the judge said the same of the same facts
    Employment.objects.create(
        person=line.person, unit=world.enterprise, contract_from=dt.date(2019, 1, 1), contract_until=dt.date(2023, 6, 30),
        registered_on=dt.date(2019, 1, 5), registration_known=True, post="生产部主管", level="middle",
        level_evidence="任职文件", source="测试", known_at=at("2020-11-11 12:00"),
    )  # fmt: skip
    line = judge_anew(line=claim.lines.get(pk=line.pk), by=world.reviewer, at=NOW)
    assert line.state == "included"
    assert "甲一" in names(claim)


def test_a_look_is_kept_once_and_never_changes(claim, world):
    line = claim.lines.get(person__name="甲一")
    first = look_at_line(line=line, by=world.reviewer, at=NOW)
    assert look_at_line(line=line, by=world.second_reviewer, at=NOW) == first
    with pytest.raises(IntegrityError, match="looked_at_once"), transaction.atomic():
        Look.objects.create(
            line=line, determination=line.determination, looked_by=world.reviewer.user, looked_key="k", looked_at=NOW
        )
    for deed in (lambda: Look.objects.update(looked_key="x"), lambda: Look.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            deed()


def test_only_at_the_desk_and_only_its_officers(claim, world, city):
    with pytest.raises(Refused, match="审核岗"):
        look_at_clean(claim=claim, by=world.hr, at=NOW)
    look_at_clean(claim=claim, by=world.reviewer, at=NOW)
    look_at_line(line=claim.lines.get(person__name="甲三"), by=world.reviewer, at=NOW)
    with pytest.raises(Refused, match="审核岗"):
        look_at_line(line=claim.lines.get(person__name="甲一"), by=world.approver, at=at("2020-11-12 08:00"))


def test_pages_mark_and_come_back_to_the_next_line(claim, world, visit, monkeypatch):
    monkeypatch.setattr("peibu.accounts.clock.now", lambda: NOW)
    officer = visit(world.reviewer)
    page = officer.get(reverse("desk-case", args=[claim.case_id])).content.decode()
    assert "已核对 0 / 4" in page
    answer = officer.post(
        reverse("desk-claim-line-look", args=[claim.lines.get(position=1).pk]), {"show": "pass", "page": "1"}
    )
    assert answer.url.endswith("?show=pass&page=1#line-2")
    answer = officer.post(reverse("desk-claim-look-clean", args=[claim.pk]), follow=True)
    assert "已标记2人" in answer.content.decode()
    assert "已核对 3 / 4" in officer.get(reverse("desk-case", args=[claim.case_id])).content.decode()
    assert officer.get(reverse("desk-claim-look-clean", args=[claim.pk])).status_code == 405


def test_claims_are_moved_at_once_and_the_doubtful_one_says_why(claim, world):
    look_at_clean(claim=claim, by=world.reviewer, at=NOW)
    (moved,) = move_many(case_ids=[str(claim.case_id)], move="review", by=world.reviewer, at=NOW)
    assert "甲三" in moved.refusal
    look_at_line(line=claim.lines.get(person__name="甲三"), by=world.reviewer, at=NOW)
    (moved,) = move_many(case_ids=[str(claim.case_id)], move="review", by=world.reviewer, at=NOW)
    assert not moved.refusal
