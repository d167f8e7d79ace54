"""Platforms and their keys in a real browser, at a desk and on a phone: issue, read once, revoke; every page passes axe."""

import pytest
from django.urls import reverse

from peibu.accounts import clock
from peibu.accounts.models import PlatformKey
from peibu.demo.city import NOW
from peibu.demo.loader.learning import load_learning
from peibu.demo.loader.players import Players
from tests.city import stage

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_key_is_given_and_taken_back(transactional_db, enter, desktop, phone, axe, shot):
    city = stage()
    load_learning(city.loaded, Players(city.loaded), at=NOW)
    clock.move_to(NOW)
    bureau = city.actor("city_bureau")
    enter(desktop, bureau)
    enter(phone, bureau)
    page = reverse("desk-platforms")
    for window, end in ((desktop, ""), (phone, "-phone")):
        window.goto(page)
        window.wait_for_load_state("networkidle")
        assert window.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{end} is too wide"
        shot(window, f"platforms{end}")
        axe(window)
    desktop.get_by_label("用途").fill("联调环境")
    desktop.locator("select[name=unit]").select_option(index=1)
    desktop.get_by_role("button", name="签发", exact=True).click()
    secret = desktop.locator("#secret").inner_text()
    assert len(secret) > 40
    shot(desktop, "platforms-new-key")
    axe(desktop)
    key = PlatformKey.objects.get(label="联调环境")
    desktop.goto(page)
    assert secret not in desktop.content()
    row = desktop.get_by_role("row").filter(has_text="联调环境")
    row.get_by_role("button", name="吊销").first.click()
    dialog = desktop.get_by_role("dialog")
    dialog.get_by_label("吊销原因").fill("联调结束")
    axe(desktop)
    dialog.get_by_role("button", name="吊销").click()
    desktop.get_by_text("密钥已吊销").wait_for()
    key.refresh_from_db()
    assert key.revoked_why == "联调结束"
