"""A change after the filing in a real browser, on both sizes: written by the provider, read by the desk."""

import pytest
from django.urls import reverse

from peibu.accounts import clock
from peibu.training.actions.changes import start_change, write_people
from peibu.training.models import ClassChange
from tests.browser.test_provider import PHONE, enter, look  # noqa: F401  fixtures
from tests.city import at
from tests.training.filing_world import Filing
from tests.training.test_changes import later, move, proposed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def filing(city):
    clock.move_to(at("2020-10-15 09:00"))
    return Filing(city)


@pytest.fixture
def cohort(filing):
    row = filing.full(people=6)
    filing.submit(row)
    return filing.confirmed(row)


def test_the_provider_moves_a_session_and_hands_it_in(filing, cohort, enter, desktop, complaints):  # noqa: F811
    page = desktop
    enter(page, filing.by)
    page.goto(reverse("class-changes", args=[cohort.pk]))
    page.get_by_label("变更原因").fill("授课教师出差，推迟半天")
    page.get_by_role("button", name="填写变更").click()
    row = page.locator("[data-lessons] tr").first
    row.locator("[name$=starts]").fill("14:00")
    row.locator("[name$=ends]").fill("17:00")
    page.get_by_role("button", name="保存课程变更").click()
    page.get_by_text("与现行课程表相比有1处调整").wait_for()
    page.get_by_role("button", name="提交变更").click()
    page.locator("dialog[open] button[type=submit]").click()
    page.get_by_text("已办理").wait_for()
    assert ClassChange.objects.get(cohort=cohort).case.state == "submitted"
    assert complaints == []


def test_pages_of_a_change(filing, cohort, look):  # noqa: F811
    filing.sign_ups(4, nth=1)
    look(filing.by, reverse("class-changes", args=[cohort.pk]), "class-changes")
    change = proposed(filing, cohort, n0=later(cohort, 0, 4), n1={"teacher": filing.teachers[1]})
    gone = cohort.enrolments.first()
    write_people(change=change, leaving={gone: "岗位调整，由企业另派"}, joining={}, by=filing.by, at=filing.now)
    look(filing.by, reverse("class-change", args=[change.pk]), "class-change-writing")
    move(change, "submit", filing.by, "2020-10-15 09:00")
    look(filing.reviewer(cohort), reverse("desk-case", args=[change.case_id]), "desk-filing-change")
    move(change, "confirm", filing.reviewer(cohort), "2020-10-15 15:00")
    start_change(cohort=cohort, reason="再调整一次课程", by=filing.by, at=at("2020-10-15 16:00"))
    look(filing.by, reverse("class-changes", args=[cohort.pk]), "class-changes-rosters")
    look(filing.reviewer(cohort), reverse("desk-case", args=[cohort.case_id]), "desk-class-filing-versions")
