"""Single people enrol on a phone and the provider decides at a desk, in a real browser."""

import pytest
from django.urls import reverse

from peibu.accounts import clock
from peibu.registry.identity import check_identities, service
from peibu.training.actions.applications import fill_places
from peibu.training.models import Cohort, PlaceApplication
from tests.browser.test_provider import enter, look  # noqa: F401  fixtures
from tests.city import at, stage
from tests.training.test_applications import NOW, Opened, trainee

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def opened():
    clock.move_to(at(NOW))
    return Opened(stage(), seats=2, people=6)


def test_a_trainee_applies_on_the_phone(opened, enter, phone, complaints):  # noqa: F811
    page = phone
    enter(page, trainee(opened.people[0]))
    page.goto(reverse("trainee-places"))
    page.get_by_role("link", name="报名", exact=False).filter(has_text=opened.cohort.name).click()
    page.locator("input[name=trainee_categories]").first.check()
    page.locator("input[name=accepted]").check()
    page.get_by_role("button", name="提交报名").click()
    page.get_by_text("承接单位正在审核").wait_for()
    assert PlaceApplication.objects.get().state == "applied"
    assert complaints == []


def test_pages_of_places(opened, look):  # noqa: F811
    rows = [opened.apply(n, f"2020-07-06 08:0{n}") for n in range(6)]
    for row in rows[:4]:
        opened.accept(row)
    look(trainee(rows[3].person), reverse("trainee-places"), "trainee-places-waiting")
    Cohort.objects.filter(pk=opened.cohort.pk).update(seats=3)
    fill_places(cohort=opened.cohort, at=at(NOW))
    look(trainee(rows[2].person), reverse("trainee-places"), "trainee-places-offered")
    look(opened.road.by, reverse("class-applications", args=[opened.cohort.pk]), "class-applications")
    people = [row.person for row in opened.cohort.enrolments.select_related("person")]
    check_identities(people=people, by=opened.road.by, at=at(NOW), register=service())
    look(opened.road.by, reverse("class-people", args=[opened.cohort.pk]), "class-people-identity")
    look(trainee(rows[5].person), reverse("trainee-places"), "trainee-places-applied")


def test_the_form_of_an_applicant(opened, look):  # noqa: F811
    address = reverse("trainee-place-apply", args=[opened.cohort.pk])
    look(trainee(opened.people[0]), address, "trainee-place-apply")
