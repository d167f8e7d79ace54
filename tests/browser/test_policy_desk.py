"""The bureau's what-if and the comparison of policies in a real browser, at a desk and on a phone; axe finds nothing."""

import pytest
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from peibu.accounts import clock
from peibu.oversight.models import PolicyDraft
from peibu.oversight.tasks import replay_draft
from tests.browser.test_oversight import enter
from tests.city import POLICY, at, stage
from tests.claims.claim_world import build

pytestmark = pytest.mark.django_db(transaction=True)
PLACE = POLICY.split("/")


@pytest.fixture
def world(transactional_db):
    """Claims of two districts: people who pass, lack months, or lack a fact."""
    city = stage()
    first, second = build(city), build(city, firm=4, nth=1)
    for name, wishes in (("赵甲一", {}), ("钱乙五月", {"months": 5}), ("孙丙未知", {"registered": None})):
        first.person(name, **wishes)
    for name, wishes in (("李丁一", {}), ("周戊四月", {"months": 4}), ("吴己三月", {"months": 3})):
        second.person(name, salt=40, **wishes)
    for number, one in enumerate((first, second)):
        one.certify()
        one.submitted(f"0990010{number}")
    clock.move_to(at("2020-11-20 10:00"))
    return city, first, second


def test_from_the_draft_to_who_wins(world, site, desktop, phone, axe, shot):
    city, first, _second = world

    def look(name, address):
        for page, end in ((desktop, ""), (phone, "-phone")):
            page.goto(address)
            page.wait_for_load_state("networkidle")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name}{end} is too wide"
            shot(page, f"policy-{name}{end}")
            axe(page)

    enter(site, city.actor("city_bureau"), desktop, phone)
    page = reverse("desk-policy-replay", args=PLACE)
    look("replay", page)
    desktop.goto(page)
    desktop.get_by_label("方案名称").fill("上限2500元、参保3个月")
    desktop.get_by_label("试算理由").fill("测算明年放宽参保月数、提高上限的预算")
    desktop.get_by_label("每人补贴上限").fill("2500")
    desktop.locator("[name=number_insured_months_min]").fill("3")
    assert desktop.locator(".lever-mark:visible").count() == 2
    shot(desktop, "policy-replay-filled")
    axe(desktop)
    desktop.get_by_role("button", name="保存并试算").click()
    desktop.get_by_text("正在处理").wait_for()
    shot(desktop, "policy-draft-running")
    axe(desktop)
    draft = PolicyDraft.objects.get()
    assert draft.parameters == {"subsidy_cap_fen": 250_000, "insured_months_min": 3}
    replay_draft.func(**ProcrastinateJob.objects.get(task_name="oversight.replay_draft").args)
    # the bar asks, hears that the work is done, and the page opens anew with the result
    desktop.get_by_role("link", name="下载 Excel").wait_for()
    desktop.locator("[data-chart][data-drawn] svg").first.wait_for()
    look("draft", reverse("desk-policy-draft", args=[*PLACE, draft.pk]))
    with desktop.expect_download() as got:
        desktop.get_by_role("link", name="下载 Excel").click()
    assert got.value.suggested_filename.endswith(".xlsx")
    look("diff", reverse("desk-policy-diff", args=PLACE) + "?with=qingdao/knowledge_renewal_2023")
    look("diff-choice", reverse("desk-policy-diff", args=PLACE))
    enter(site, first.reviewer, desktop, phone)
    look("draft-district", reverse("desk-policy-draft", args=[*PLACE, draft.pk]))
    assert desktop.get_by_text(_second_name(world)).count() == 0
    desktop.goto(f"/desk/cases/{first.cohort.claims.get().case_id}/")
    desktop.locator(".claim-summary").first.click()
    desktop.get_by_text("逐条判定").first.click()
    with desktop.expect_download() as got:
        desktop.get_by_role("link", name="下载可复核的认定包").first.click()
    assert got.value.suggested_filename.startswith("determination-")
    shot(desktop, "policy-bundle")
    axe(desktop)


def _second_name(world):
    return world[2].enterprise.name
