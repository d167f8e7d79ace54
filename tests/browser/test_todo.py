"""The to-do list with 5,000 open tasks, worked through with the keyboard at a desk and with a finger on a phone."""

import pytest
from django.urls import reverse

from peibu.accounts import clock
from peibu.casework import hooks
from peibu.casework.actions import move_case
from peibu.casework.models import Case
from peibu.casework.queries import to_do
from tests.casework.many import fill
from tests.city import at, stage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def reviewer(transactional_db, monkeypatch):
    monkeypatch.setattr(hooks, "_guards", {})
    monkeypatch.setattr(hooks, "_effects", {})
    monkeypatch.setattr("peibu.desk.views.case.panel_for", lambda case, actor, **_told: ("", {}))
    city = stage()
    clock.move_to(at("2020-10-14 10:00"))
    actor = fill(city, 4960)
    fill(city, 40, process="exam_filing")
    return actor


def test_the_keyboard_does_it_all(reviewer, enter, desktop, phone, axe, shot):
    for page in (desktop, phone):
        enter(page, reviewer)
        page.goto(reverse("desk-todo"))
        page.get_by_text("共 5000 条").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        axe(page)
    shot(phone, "todo-phone", full=False)
    keys = desktop.keyboard
    keys.press("j")
    first = desktop.evaluate("document.activeElement.textContent")
    keys.press("x")
    keys.press("j")
    keys.press("x")
    desktop.get_by_text("已选 2 件").wait_for()
    keys.press("k")
    assert desktop.evaluate("document.activeElement.textContent") == first
    shot(desktop, "todo", full=False)
    keys.press("x")
    desktop.get_by_text("已选 1 件").wait_for()
    keys.press("x")

    desktop.locator("summary", has_text="键盘操作").click()
    axe(desktop)
    shot(desktop, "todo-keys")
    # single keys can be switched off, and stay off on the next page
    desktop.get_by_label("使用单键快捷键").uncheck()
    desktop.evaluate("document.activeElement.blur()")
    keys.press("/")
    assert desktop.evaluate("document.activeElement.id") != "q"
    desktop.get_by_label("使用单键快捷键").check()
    desktop.evaluate("document.activeElement.blur()")
    keys.press("/")
    assert desktop.evaluate("document.activeElement.id") == "q"
    keys.type("jx第1234期")  # in a field the letters are letters
    assert desktop.locator("#q").input_value() == "jx第1234期"
    desktop.locator("#q").fill("第1234期")
    keys.press("Enter")
    desktop.get_by_text("共 1 条").wait_for()
    keys.press("j")
    keys.press("Enter")
    desktop.wait_for_url("**/cases/**")
    assert "智能制造第1234期" in desktop.locator("h1").inner_text()


def test_a_bulk_from_ticks_to_results(reviewer, enter, desktop, phone, axe, shot):
    for page, name in ((desktop, "todo-bulk"), (phone, "todo-bulk-phone")):
        enter(page, reviewer)
        page.goto(reverse("desk-todo") + "?process=class_filing&due=overdue")
        page.get_by_text("全选本页").click()
        page.get_by_text("已选 50 件").wait_for()
        page.get_by_role("button", name="批量办理").click()
        page.get_by_role("button", name="审核确认 × 50").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        axe(page)
        shot(page, name, full=False)
        # a colleague was faster with one of them
        taken = Case.objects.get(pk=page.locator("form input[name=case]").first.input_value())
        move_case(case=taken, move="confirm", by=reviewer, at=at("2020-10-14 10:01"))
        page.get_by_role("button", name="审核确认 × 50").click()
        page.get_by_text("办成 49 件，未办成 1 件").wait_for()
        axe(page)
        shot(page, f"{name}-result", full=False)
    assert to_do(reviewer).count() == 4900
