"""Online learning in a real browser, at a desk and on a phone: classes, a class, a learner's days; every page passes axe."""

import pytest
from django.urls import reverse

from peibu.accounts import clock
from peibu.demo.city import NOW
from peibu.demo.loader.learning import load_learning
from peibu.demo.loader.online_learning import play_online_learning
from peibu.demo.loader.players import Players
from peibu.learning.models import OnlineClass, OnlinePlace, SignalReview
from tests.city import stage

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_learners_days_at_a_glance(transactional_db, enter, desktop, phone, axe, shot):
    city = stage()
    load_learning(city.loaded, Players(city.loaded), at=NOW)
    play_online_learning(city.loaded, Players(city.loaded), at=NOW)
    clock.move_to(NOW)
    bureau = city.actor("city_bureau")
    enter(desktop, bureau)
    enter(phone, bureau)

    def look(name, address):
        for page, end in ((desktop, ""), (phone, "-phone")):
            page.goto(address)
            page.wait_for_load_state("networkidle")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name}{end} is too wide"
            shot(page, f"learning-{name}{end}")
            axe(page)

    row = OnlineClass.objects.get(course__startswith="https")
    both, fast = (
        OnlinePlace.objects.get(learner=city.loaded.people[one.no].key, course__startswith="https")
        for one in city.city.people[:2]
    )
    other = OnlinePlace.objects.exclude(course__startswith="https").get(learner=both.learner)
    look("classes", reverse("desk-learning"))
    look("class", reverse("desk-learning-class", args=[row.pk]))
    look("overlap", reverse("desk-learner", args=[other.pk]))
    look("fast", reverse("desk-learner", args=[fast.pk]))
    desktop.goto(reverse("desk-learner", args=[fast.pk]))
    desktop.get_by_text("以文字列出").click()
    desktop.locator(".day-words p").filter(has_text="在线检测：未通过").first.wait_for()
    axe(desktop)
    before = SignalReview.objects.count()
    form = desktop.locator("form.filter-bar").first
    form.get_by_label("查看结果").select_option("explained")
    form.get_by_label("理由").fill("平台确认播放器上报有误")
    form.get_by_role("button", name="记录").click()
    desktop.get_by_text("已记录查看结果").wait_for()
    assert SignalReview.objects.count() == before + 1
