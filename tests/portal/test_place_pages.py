"""A trainee applies on the phone, the provider decides, a free place is confirmed; names are checked on the roster."""

import pytest
from django.urls import reverse

from peibu.accounts import clock
from peibu.registry.models import IdentityCheck
from peibu.training.actions.applications import fill_places
from peibu.training.models import Cohort, Enrolment, OpenEnrolment, PlaceApplication
from tests.city import at
from tests.training.filing_forms import follow, page
from tests.training.test_applications import NOW, Opened, trainee

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened(city):
    clock.move_to(at(NOW))
    return Opened(city, seats=1)


WORDS = {"trainee_categories": ["employee"], "accepted": "on"}


def test_the_road_of_an_applicant(opened, visit):
    cohort = opened.cohort
    first, second = (trainee(person) for person in opened.people[:2])
    for actor in (first, second):
        client = visit(actor)
        _answer, text = page(client, "trainee-places")
        assert cohort.name in text
        assert "免费" in text
        _answer, text = page(client, "trainee-place-apply", cohort.pk)
        assert "人员类别" in text or "学员类别" in text or "类别" in text
        _answer, text = follow(client, "trainee-place-apply", cohort.pk, data=WORDS)
        assert "已提交报名" in text
    rows = list(PlaceApplication.objects.order_by("applied_at", "id"))
    client = visit(opened.road.by)
    _answer, text = page(client, "class-applications", cohort.pk)
    assert all(person.name in text for person in opened.people[:2])
    for row in rows:
        follow(client, "class-application-decide", cohort.pk, row.pk, data={"decision": "accept"})
    assert [opened.state(row) for row in rows] == ["placed", "waiting"]
    _answer, text = page(visit(second), "trainee-places")
    assert "候补顺位" in text
    _answer, text = page(visit(second), "trainee-home")
    assert "候补中" in text  # the start page leads there
    assert reverse("trainee-places") in text
    place = Enrolment.objects.get(cohort=cohort)
    _answer, text = follow(
        visit(opened.road.by), "class-people-remove", cohort.pk, data={"enrolment": [str(place.pk)]}
    )
    assert "已按顺位通知1名候补学员" in text
    _answer, text = page(visit(second), "trainee-places")
    assert "为您保留到" in text
    _answer, text = follow(visit(second), "trainee-place-confirm", rows[1].pk)
    assert "您已编入班次" in text
    assert Enrolment.objects.get(cohort=cohort, state="active").person == opened.people[1]


def test_the_declaration_is_needed_and_a_strangers_application_is_not_found(opened, visit):
    cohort = opened.cohort
    answer = visit(trainee(opened.people[0])).post(reverse("trainee-place-apply", args=[cohort.pk]), {})
    assert answer.status_code == 422
    assert "请先勾选声明" in answer.content.decode()
    row = opened.apply(0)
    client = visit(trainee(opened.people[1]))
    for name in ("trainee-place-confirm", "trainee-place-withdraw"):
        assert client.post(reverse(name, args=[row.pk])).status_code == 404


def test_declining_without_a_reason_is_refused_on_the_page(opened, visit):
    row = opened.apply(0)
    client = visit(opened.road.by)
    _answer, text = follow(client, "class-application-decide", opened.cohort.pk, row.pk, data={"decision": "decline"})
    assert "没有写明理由" in text
    data = {"decision": "decline", "answer": "已在外地参加同类培训"}
    follow(client, "class-application-decide", opened.cohort.pk, row.pk, data=data)
    _answer, text = page(visit(trainee(opened.people[0])), "trainee-places")
    assert "已在外地参加同类培训" in text


def test_the_provider_opens_a_class_and_sets_another_last_day(opened, visit):
    cohort = opened.cohort
    client = visit(opened.road.by)
    _answer, text = page(client, "class-applications", cohort.pk)
    assert "2020-07-15 截止" in text
    data = {"closes_on": "2020-07-17", "version": "1", "accepted": "on"}
    _answer, text = follow(client, "class-applications", cohort.pk, data=data)
    assert "2020-07-17 截止" in text
    assert OpenEnrolment.objects.get().closes_on == at("2020-07-17 00:00").date()
    answer = client.post(reverse("class-applications", args=[cohort.pk]), data | {"closes_on": "2020-07-01"})
    assert "早于今天" in answer.content.decode()


def test_names_are_checked_and_shown_on_the_roster(opened, visit):
    opened.accept(opened.apply(0))
    client = visit(opened.road.by)
    _answer, text = page(client, "class-people", opened.cohort.pk)
    assert "未核验" in text
    _answer, text = follow(client, "class-people-verify", opened.cohort.pk)
    assert "实名核验：" in text
    assert IdentityCheck.objects.get().verdict in ("match", "mismatch")
    assert IdentityCheck.objects.get().get_verdict_display() in text


def test_the_institutions_own_recruiting_is_on_its_menu(opened, visit):
    client = visit(opened.road.by)
    _answer, text = page(client, "enterprise-signups")
    assert "招生报名" in text


def test_a_place_held_for_somebody_is_not_sold_on_the_people_page(opened, visit):
    rows = [opened.accept(opened.apply(n)) for n in range(2)]
    Cohort.objects.filter(pk=opened.cohort.pk).update(seats=2)
    fill_places(cohort=opened.cohort, at=at(NOW))
    assert opened.state(rows[1]) == "offered"
    _answer, text = page(visit(opened.road.by), "class-applications", opened.cohort.pk)
    assert "保留至" in text
