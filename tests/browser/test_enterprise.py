"""An enterprise's HR walks the sign-up in a real browser, at a desk and on a phone; every page passes axe."""

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from peibu.accounts import clock
from tests.city import stage
from tests.training.hr import NOW, Hr
from tests.training.rosters import row_of, rows_of, xlsx


def sign_in(page, actor, site):
    session = SessionStore()
    session[SESSION_KEY] = str(actor.user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = actor.user.get_session_auth_hash()
    session.save()
    page.context.add_cookies([{"name": "sessionid", "value": session.session_key, "url": site}])


@pytest.fixture
def hr(transactional_db):
    city = stage()
    clock.move_to(NOW)
    return Hr(city)


def roster(content):
    return {"name": "报名名册.xlsx", "mimeType": "application/octet-stream", "buffer": content}


def test_from_the_roster_to_the_commitment(hr, site, desktop, phone, axe, shot):
    sign_in(desktop, hr.by, site)
    sign_in(phone, hr.by, site)

    def look(name):
        axe(desktop)
        shot(desktop, f"enterprise-{name}")
        phone.goto(desktop.url)
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide for a phone"
        axe(phone)
        shot(phone, f"enterprise-{name}-phone")

    desktop.goto("/enterprise/")
    look("home")
    desktop.get_by_role("button", name="新建报名").click()
    bad = [row_of(hr.people[0], name="张不对"), row_of(hr.people[1], number="370202198503041230")]
    desktop.set_input_files("input[type=file]", roster(xlsx([*bad, *rows_of(hr.people[2:6])])))
    desktop.get_by_role("button", name="上传并预审").click()
    desktop.get_by_text("文件有 2 处问题").wait_for()
    look("problems")
    desktop.set_input_files("input[type=file]", roster(xlsx(rows_of(hr.people))))
    desktop.get_by_role("button", name="上传并预审").click()
    desktop.get_by_text("预审结果").wait_for()
    desktop.get_by_role("link", name="不符合").click()
    desktop.locator(".people summary").first.click()
    look("check")
    desktop.get_by_role("link", name="上一步").click()
    look("roster")
    desktop.goto(desktop.url.replace("roster", "check"))
    desktop.get_by_role("link", name="下一步：选择承接单位").click()
    look("provider")
    desktop.get_by_text(hr.provider.name, exact=True).click()
    desktop.get_by_role("button", name="下一步：确认承诺").click()
    look("commitment")
    desktop.get_by_label("本人已代表企业逐条阅读").check()
    desktop.get_by_role("button", name="承诺并报名").click()
    desktop.get_by_text("报名已提交").wait_for()
    look("done")
    desktop.goto("/enterprise/signups/")
    look("list")
    desktop.goto("/enterprise/")
    desktop.get_by_text("编班和开班备案").wait_for()
