"""The public side in Chromium: live self-check, keyboard, no script, no accessibility violation, nothing overflows."""

import re

import pytest
from playwright.sync_api import expect

from peibu.programmes.models import PublishedList
from tests.city import POLICY, at

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = ["/", "/policies/", f"/policies/{POLICY}/", "/self-check/", f"/self-check/{POLICY}/?exam_score=x&company=湛海", "/lists/",
         "/about/", "/how-decisions-are-made/", "/site-map/"]  # fmt: skip
OTHERS = ["huangdao/skills_action_2020", "jinan/internet_plus_2020", "qingdao/knowledge_renewal_2023",
          "weihai/gold_collar_2019"]  # fmt: skip
PAGES += [address for path in OTHERS for address in (f"/policies/{path}/", f"/self-check/{path}/?x=1")]


@pytest.fixture(autouse=True)
def _demo_day(monkeypatch, city):
    monkeypatch.setattr("peibu.accounts.clock.now", lambda: at("2020-10-12 09:00"))


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_pages_are_accessible_and_fit(request, width, axe, shot):
    page = request.getfixturevalue(width)
    for address in PAGES:
        page.goto(address)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        shot(page, f"public-{re.sub('[^a-z]+', '-', address.split('?')[0].strip('/')) or 'home'}-{width}")


def test_the_result_follows_the_answers_and_lives_in_the_address(desktop):
    page = desktop
    page.goto(f"/self-check/{POLICY}/?stage=claim")
    result = page.locator("#result")
    expect(result).to_contain_text("要同时满足这些条件")
    word = result.locator(".outcome .word")
    page.get_by_label("考试成绩").fill("59")
    page.get_by_label("考试成绩").blur()
    expect(word).to_contain_text("暂不符合条件")
    expect(page).to_have_url(re.compile("exam_score=59"))
    page.get_by_label("考试成绩").fill("60")
    page.get_by_label("考试成绩").blur()
    expect(word).to_contain_text("待核实")
    expect(page).to_have_url(re.compile("exam_score=60"))
    expect(result).not_to_contain_text("预计补贴")
    page.reload()
    expect(result).to_contain_text("考试成绩60分")


def test_the_self_check_works_with_the_keyboard_alone(desktop):
    page = desktop
    page.goto(f"/self-check/{POLICY}/?stage=claim")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    page.get_by_role("radio", name="是", exact=True).first.focus()
    page.keyboard.press("Space")
    expect(page.locator("#result .findings")).to_contain_text("企业在“555”项目名单内")
    missing = page.locator("#result .left-out a", has_text="考试成绩")
    missing.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#a-exam_score$"))
    page.locator("#a-exam_score").focus()
    page.keyboard.type("70")
    page.keyboard.press("Enter")  # sends the form as a page of its own
    expect(page.locator("#result")).to_contain_text("考试成绩70分")


def test_without_scripts_everything_still_answers(browser, site):
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/self-check/{POLICY}/?stage=claim")
    page.fill("#a-exam_score", "59")
    page.get_by_role("button", name="看结果").click()
    assert "不符合" in page.inner_text("#result")
    page.goto("/lists/")
    page.select_option("#district", "青岛市崂山区")
    page.get_by_role("button", name="筛选").click()
    assert "中国海洋大学" in page.inner_text("main")
    context.close()


def test_a_clause_chip_leads_to_its_clause(desktop):
    page = desktop
    page.goto("/")
    page.locator(".road .clause-link", has_text="QD97.5.3").click()
    expect(page.locator("[id='QD97.5.3']")).to_be_in_viewport()
    assert PublishedList.objects.count() == 2
