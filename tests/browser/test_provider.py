"""The provider's, the base's and the officer's pages around a class in a real browser, on both sizes."""

import datetime as dt

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from peibu.accounts import clock
from peibu.casework.actions import move_case
from peibu.training.actions.cohorts import draft_cohort, enrol, give_reason, set_timetable
from peibu.training.actions.plans import sign_plan
from tests.city import at
from tests.training.filing_world import DAYS, Filing

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def filing(city):
    clock.move_to(at("2020-10-08 10:00"))
    return Filing(city)


@pytest.fixture
def enter(site):
    """enter(page, actor): the page's visitor is signed in as the actor."""

    def cookie(page, actor):
        client = Client()
        client.force_login(actor.user, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session["assignment"] = str(actor.user.assignments.filter(role=actor.role).first().pk)
        session.save()
        name = django_settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])

    return cookie


@pytest.fixture
def look(open_page, enter, axe, shot):
    """look(actor, address, name): the page at both sizes, without violations and without sideways scrolling."""

    def both(actor, address, name):
        for size, viewport in (("desktop", {"width": 1440, "height": 900}), ("phone", PHONE)):
            page = open_page(viewport, touch=size == "phone")
            if actor:
                enter(page, actor)
            page.goto(address)
            page.wait_for_load_state("networkidle")
            shot(page, f"{name}-{size}")
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name

    return both


def test_pages_of_the_provider(filing, look):
    draft = filing.plan(evaluation="", topics=[])
    cohort = filing.full(people=9)
    enrol(cohort=cohort, lines=filing.sign_ups(7, nth=1), by=filing.by, at=filing.now)
    filing.sign_ups(6, nth=2)
    filing.sign_ups(4, nth=3)
    late = filing.full(people=5, nth=4, days=[*DAYS[:4], dt.date(2020, 11, 3)], plan=cohort.plan)
    give_reason(cohort=late, rule="class_span_in_limit", reason="企业排产，分两段授课", by=filing.by, at=filing.now)
    filing.submit(late)
    filing.sent_back(late, reason="第二段授课的教师与另一班次冲突，请调整后重新提交。")
    for name, address in {
        "provider-home": reverse("provider-home"),
        "provider-plans": reverse("provider-plans"),
        "provider-plan-edit": reverse("plan-page", args=[draft.pk]),
        "provider-plan": reverse("plan-page", args=[cohort.plan.pk]),
        "provider-classes": reverse("provider-classes"),
        "provider-class-new": reverse("class-new"),
        "provider-class": reverse("class-page", args=[cohort.pk]),
        "provider-class-returned": reverse("class-page", args=[late.pk]),
        "provider-people": reverse("class-people", args=[cohort.pk]),
        "provider-timetable": reverse("class-timetable", args=[cohort.pk]),
    }.items():
        look(filing.by, address, name)


def test_pages_of_the_base_the_officer_and_the_public(filing, city, look):
    filing.plan()
    waiting = filing.plan(project_name="数据安全管理")

    sign_plan(plan=waiting, by=filing.by, at=filing.now)
    cohort = filing.full(people=8, days=[*DAYS[:4], dt.date(2020, 11, 3)])
    give_reason(cohort=cohort, rule="class_span_in_limit", reason="企业排产，分两段授课", by=filing.by, at=filing.now)
    filing.submit(cohort)
    filing.sent_back(cohort)
    lessons = filing.lessons([*DAYS[:4], dt.date(2020, 11, 3)])
    lessons[2] = filing.lesson(DAYS[2], teacher=1)
    set_timetable(cohort=cohort, lessons=lessons, by=filing.by, at=filing.now)

    move_case(case=cohort.case, move="resubmit", by=filing.by, at=at("2020-10-10 12:00"))
    listing = filing.unit.listings.get()
    listing.valid_until = dt.date(2020, 10, 9)
    listing.save()
    base = city.actor("base", filing.bases[0])
    look(base, reverse("base-home"), "base-home")
    look(base, reverse("base-plan", args=[waiting.pk]), "base-plan")
    look(filing.reviewer(cohort), reverse("desk-case", args=[cohort.case.pk]), "desk-class-filing")
    listing.valid_until = None
    listing.save()
    look(None, reverse("offers"), "offers")


def test_a_timetable_is_typed_by_duplicating_a_day_and_the_check_sheet_follows(filing, enter, desktop, complaints):
    plan = filing.signed()
    cohort = draft_cohort(plan=plan, name="第一期", venue="报告厅", by=filing.by, at=filing.now)
    enrol(cohort=cohort, lines=filing.sign_ups(3), by=filing.by, at=filing.now)
    page = desktop
    enter(page, filing.by)
    page.goto(reverse("class-timetable", args=[cohort.pk]))
    row = page.locator("[data-lessons] tr").first
    row.locator("[name$=date]").fill("2020-10-19")
    row.locator("[name$=starts]").fill("09:00")
    row.locator("[name$=ends]").fill("12:00")
    row.locator("[name$=class_hours]").fill("4")
    row.locator("[name$=subject]").fill("平台应用")
    row.locator("[name$=place]").fill("报告厅")
    page.get_by_role("button", name="保存课程表").click()
    page.get_by_text("第 1 行").wait_for()  # no teacher: told at the row, nothing saved
    assert cohort.sessions.count() == 0
    page.locator("[data-lessons] tr").first.locator("[name$=teacher]").select_option(index=1)
    for _day in range(4):
        page.locator("[data-copy-day]").first.click()
    dates = page.locator("[data-lessons] [name$=date]").evaluate_all("all => all.map(one => one.value)")
    assert dates == [f"2020-10-{day}" for day in range(19, 24)]
    for number, index in ((3, 1), (4, 2)):
        at_row = page.locator("[data-lessons] tr:not(.why)").nth(number)
        at_row.locator("[name$=kind]").select_option("practice")
        at_row.locator("[name$=base]").select_option(index=index)
    page.locator("[data-copy-row]").first.click()
    page.locator("[data-remove-row]").nth(1).click()
    page.get_by_role("button", name="保存课程表").click()
    page.get_by_text("课程表已保存，共5节").wait_for()
    assert cohort.sessions.count() == 5
    assert page.locator("#strip-box .block").count() == 5
    assert page.locator("#checks .verdict.tone-green").count() == 1
    complaints[:] = [entry for entry in complaints if "422" not in entry]
    page.goto(reverse("class-page", args=[cohort.pk]))
    page.get_by_role("button", name="提交备案").click()
    page.get_by_role("dialog").get_by_role("button", name="提交备案").click()
    page.get_by_text("已提交，等待审核").first.wait_for()


def test_the_list_of_parts_follows_the_typing_and_people_are_found_and_chosen(filing, enter, desktop):
    plan = filing.plan(goal="")
    page = desktop
    enter(page, filing.by)
    page.goto(reverse("plan-page", args=[plan.pk]))
    part = page.locator("#plan-parts li", has_text="培训目标")
    assert "缺少" in part.inner_text()
    page.get_by_label("培训目标").fill("会用平台")
    page.get_by_text("按当前填写的内容显示").wait_for()
    assert "缺少" not in page.locator("#plan-parts li", has_text="培训目标").inner_text()
    plan.refresh_from_db()
    assert plan.goal == ""

    cohort = filing.cohort()
    first, second = filing.sign_ups(3), filing.sign_ups(2, nth=1)
    page.goto(reverse("class-people", args=[cohort.pk]))
    page.get_by_label("查找姓名或企业").fill(second[0].signup.enterprise.name)
    page.get_by_label("全选（所见人员）").check()
    assert page.locator("#waiting-form [data-count]").inner_text() == "2"
    page.get_by_role("button", name="编入本班").click()
    page.get_by_text("已编入2人").wait_for()
    assert set(cohort.enrolments.values_list("line_id", flat=True)) == {row.pk for row in second}
    assert page.locator("#waiting-form li").count() == len(first)
