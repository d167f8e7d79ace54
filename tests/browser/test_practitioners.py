"""The register of teachers and examiners in a real browser: entered by the unit, looked up by the office, both sizes."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from peibu.accounts import clock
from peibu.training.models import Session
from tests.city import at
from tests.registry.practitioner_world import number, of_teacher, paper, place
from tests.training.filing_world import Filing

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}


@pytest.fixture
def filing(city):
    """A provider with a class, one of whose teachers stands in two places, holds an expired paper and one that ends soon."""
    clock.move_to(at("2020-10-08 10:00"))
    filing = Filing(city)
    cohort = filing.cohort(plan=filing.signed())
    first, second = cohort.sessions.order_by("starts_at")[:2]
    Session.objects.filter(pk=second.pk).update(starts_at=first.starts_at, ends_at=first.ends_at)
    person, other = (of_teacher(teacher) for teacher in filing.teachers)
    place(filing.by, person, since="2018-09-01")
    place(filing.by, other, since="2019-01-01", until="2021-08-31", full_time=False)
    now = filing.now
    paper(filing.by, person, no="ZC2016001", since="2016-09-01", at=now)
    paper(
        filing.by,
        person,
        kind="teacher_licence",
        title="",
        no="20163700012",
        since="2015-07-01",
        until="2020-08-31",
        at=now,
    )
    paper(
        filing.by, person, kind="examiner_card", title="", no="KP3702", since="2018-03-01", until="2020-12-31", at=now
    )
    paper(filing.by, other, kind="skill_level", title="senior_technician", no="JN1", since="2019-05-01", until="2020-11-30",
          at=now)  # fmt: skip
    return filing, person


@pytest.fixture
def look(open_page, enter, axe, shot):
    """look(actor, address, name): the page at both sizes, without violations and without sideways scrolling."""

    def both(actor, address, name):
        for size, viewport in (("desktop", DESKTOP), ("phone", PHONE)):
            page = open_page(viewport, touch=size == "phone")
            enter(page, actor)
            page.goto(address)
            page.wait_for_load_state("networkidle")
            shot(page, f"{name}-{size}")
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name

    return both


def test_the_pages_of_the_register(filing, city, look):
    filing, person = filing
    bureau = city.actor("city_bureau")
    look(filing.by, reverse("staff"), "staff")
    look(filing.by, reverse("staff-person", args=[person.pk]), "staff-person")
    look(bureau, reverse("desk-practitioners"), "practitioners")
    look(bureau, reverse("desk-practitioner", args=[person.pk]), "practitioner")


def test_a_unit_enters_a_teacher_with_a_title(filing, open_page, enter):
    filing, _person = filing
    page = open_page(PHONE, touch=True)
    enter(page, filing.by)
    page.goto(reverse("staff"))
    page.get_by_label("姓名").last.fill("王建国")
    page.get_by_label("公民身份号码").fill(number(7))
    page.get_by_label("合同或聘书（名称和编号）").fill("劳动合同15号")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_text("请继续登记资格")).to_be_visible()
    page.get_by_label("资格类别").select_option(label="专业技术职称")
    page.get_by_label("证书编号").fill("ZC9")
    page.get_by_label("发证机构").fill("省厅")
    page.get_by_label("有效期起").fill("2019-01-01")
    page.get_by_label("依据（核对的原件或查询结果）").fill("证书原件")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_text("须选择职称或技能等级").first).to_be_visible()
    page.get_by_label("职称或技能等级").select_option(label="高级职称")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_text("资格已登记")).to_be_visible()
    expect(page.get_by_text("ZC9").first).to_be_visible()
