"""The pages of call-backs over HTTP: from the fingerprint to the result, and who sees which number."""

import pytest
from django.urls import reverse

from peibu.accounts import clock
from peibu.registry.models import Person
from peibu.training.models import CallbackResult, CallbackRound, CallbackTask
from tests.city import at
from tests.classroom import classroom

pytestmark = pytest.mark.django_db
NUMBER = "13900001234"
ANSWERS = {"q-attended": "yes", "q-as_planned": "yes", "q-signed_self": "yes", "q-charged": "yes", "q-satisfied": "no"}


@pytest.fixture
def room(city):
    clock.move_to(at("2020-10-20 09:00"))
    made = classroom(city, people=8, stage="taught")
    Person.objects.filter(enrolments__cohort=made.cohort).update(mobile=NUMBER)
    return made


@pytest.fixture
def reviewer(city, room):
    return city.actor("agency_reviewer", city.office("agency", room.cohort.division))


def text(answer) -> str:
    return answer.content.decode()


def page(name, row=None):
    return reverse(name, args=[row.pk] if row else [])


@pytest.fixture
def drawn(visit, room, reviewer):
    browser = visit(reviewer)
    shown = text(browser.get(page("desk-callbacks", room.cohort)))
    assert "按全班 10% 抽取，至少 3 人" in shown
    done = browser.post(page("desk-callbacks-draw", room.cohort), {"step": "commit"}, follow=True)
    row = CallbackRound.objects.get()
    shown = " ".join(row.commitment[n : n + 16] for n in range(0, 64, 16))
    assert shown in text(done)
    assert row.secret not in text(done)
    assert browser.get(page("desk-callbacks-file", room.cohort)).status_code == 404
    browser.post(page("desk-callbacks-draw", room.cohort), {"step": "draw", "caller": reviewer.user.pk})
    row.refresh_from_db()
    return row


def test_from_the_fingerprint_to_the_figures(visit, room, reviewer, drawn):
    browser = visit(reviewer)
    file = browser.get(page("desk-callbacks-file", room.cohort)).json()
    assert file["seed"] == drawn.seed
    start = text(browser.get(page("desk-supervision")))
    assert start.count(NUMBER) == 3
    task = drawn.tasks.first()
    form = browser.get(page("desk-callback", task))
    assert NUMBER in text(form)
    assert form["Cache-Control"] == "private, no-store"
    assert "大约需要两分钟" in text(form)
    short = browser.post(page("desk-callback", task), {"outcome": "reached", "q-attended": "yes", "remark": "忙"})
    assert short.status_code == 422
    assert "还有问题没有填写回答" in text(short)
    assert ">忙</textarea>" in text(short)  # nothing typed is lost
    done = browser.post(page("desk-callback", task), {"outcome": "reached", **ANSWERS}, follow=True)
    assert "通话结果已登记" in text(done)
    assert text(done).count(f"tel:{NUMBER}") == 2
    assert "139******34" in text(done)
    assert "需了解" in text(done)
    assert CallbackResult.objects.get().called_by == reviewer.user
    # closed: the page of the call is gone
    assert browser.get(page("desk-callback", task)).status_code == 302
    whole = text(browser.get(page("desk-class", room.cohort)))
    assert "2 条回答需要了解情况" in whole
    sheet = browser.get(page("desk-supervision") + "?as=xlsx")
    assert sheet.status_code == 200


def test_another_officer_sees_masks_and_after_the_hand_over_the_number(city, visit, room, reviewer, drawn):
    approver = city.actor("hrss_approver", city.office("hrss", room.cohort.division))
    task = drawn.tasks.first()
    for actor in (approver, city.actor("auditor"), city.actor("city_bureau")):
        browser = visit(actor)
        for address in (page("desk-supervision"), page("desk-callbacks", room.cohort)):
            shown = browser.get(address)
            assert shown.status_code == 200
            assert NUMBER not in text(shown)
    assert visit(approver).get(page("desk-callback", task)).status_code == 302
    visit(reviewer).post(page("desk-callback-hand-over", task), {"caller": approver.user.pk})
    assert NUMBER in text(visit(approver).get(page("desk-callback", task)))
    assert visit(reviewer).get(page("desk-callback", task)).status_code == 302
    refused = visit(reviewer).post(page("desk-callback-hand-over", task), {"caller": "x"}, follow=True)
    assert "没有选择回访人员" in text(refused)


def test_a_foreign_district_finds_nothing_and_readers_change_nothing(city, visit, room, reviewer, drawn):
    other = next(d for d in city.loaded.divisions.values() if d.kind == "district" and not reviewer.covers(d.pk))
    stranger = visit(city.actor("agency_reviewer", city.office("agency", other)))
    task = drawn.tasks.first()
    assert room.cohort.name not in text(stranger.get(page("desk-supervision")))
    for name, row in (
        ("desk-callbacks", room.cohort), ("desk-callbacks-file", room.cohort), ("desk-callback", task),
    ):  # fmt: skip
        assert stranger.get(page(name, row)).status_code == 404
    for actor in (city.actor("auditor"), room.provider, room.teacher):
        browser = visit(actor)
        for name, row in (("desk-callbacks-draw", room.cohort), ("desk-callback", task)):
            assert browser.post(page(name, row), {"outcome": "reached", **ANSWERS}).status_code in (403, 404)
    assert not CallbackResult.objects.exists()
    assert CallbackTask.objects.count() == 3
