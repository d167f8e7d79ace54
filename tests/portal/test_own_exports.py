"""What a provider, a base and a trainee have on the way, as a file: its rows, in full and their own."""

import pytest
from django.urls import reverse

from tests.city import at
from tests.theme.test_exports import body, sheet
from tests.training.exam_world import build, trainee

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(city, monkeypatch):
    monkeypatch.setattr("peibu.accounts.clock.now", lambda: at("2020-10-24 10:00"))
    return build(city)


def rows(client, name: str) -> list[list]:
    return body(sheet(client.get(reverse(name), {"as": "xlsx"})))


def test_a_trainee_takes_the_own_attendance_along_and_nobody_else_s(world, visit):
    came, absent = world.people[0], world.people[5]
    found = rows(visit(trainee(came)), "trainee-attendance")
    assert [(row[1], row[4], row[9]) for row in found] == [(world.cohort.name, "工业互联网平台", "已签到")] * 2
    assert {row[9] for row in rows(visit(trainee(absent)), "trainee-attendance")} == {"未签到"}


def test_plans_with_their_figures_and_signatures(world, visit):
    [row] = rows(visit(world.provider), "provider-plans")
    assert row[1:4] == ["工业互联网职业技能提升（智能制造方向）", 1, 40]
    assert row[5] == 1800  # fee in yuan
    assert not row[8]  # not signed


def test_exams_and_certificates_of_a_provider(world, visit):
    world.seal()
    assert [row[1] for row in rows(visit(world.provider), "provider-exams")] == [world.cohort.name]
    assert rows(visit(world.provider), "provider-exams")[0][6] == "成绩已封存"
    assert rows(visit(world.provider), "provider-certificates")[0][6] == "待上报"
