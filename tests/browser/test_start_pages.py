"""Every role signs in through its demo card and meets a start page with work on it, or with a friendly word."""

import pytest
from playwright.sync_api import expect

from peibu.accounts import clock
from peibu.accounts.enums import Role
from peibu.accounts.models import Assignment
from peibu.demo.accounts import demo_accounts
from peibu.theme.menu import START, address
from tests.browser.conftest import DESKTOP, PHONE
from tests.city import at, stage

ROLES = {str(role.label): role for role in Role}


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_card_leads_every_role_to_its_start_page(transactional_db, open_page, axe, shot, size):
    stage()
    clock.move_to(at("2020-11-20 10:00"))
    name = "phone" if size is PHONE else "desktop"
    page = open_page(size, touch=size is PHONE)
    page.goto("/sign-in/")
    cards = demo_accounts()
    expect(page.locator(".demo-cards button")).to_have_count(len(cards))
    assert {ROLES[card.role] for card in cards} == set(Role)
    axe(page)
    shot(page, f"start-cards-{name}")
    for card in cards:
        role = ROLES[card.role]
        page.goto("/sign-in/")
        page.locator(".demo-cards button", has_text=card.username).click()
        page.wait_for_url(f"**{address(START[role])}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        work = page.locator("main").locator(
            ".todo a, tbody td, .lessons li, .class-cards li, .empty-state, .none, form"
        )
        assert work.count() > 0, f"{card.role} finds neither work nor a word"
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"the start page of {card.role} is {wide} pixels too wide for the {name}"
        axe(page)
        shot(page, f"start-{role}-{name}")


def test_a_card_of_somebody_switched_off_is_not_offered(transactional_db, open_page):
    """The negative control: the cards come from the accounts, not from a list."""
    stage()
    rows = Assignment.objects.filter(role=Role.AUDITOR)
    for row in rows.select_related("user"):
        row.user.is_active = False
        row.user.save()
    page = open_page()
    page.goto("/sign-in/")
    expect(page.locator(".demo-cards button", has_text="审计")).to_have_count(0)
    shown = {str(role.label) for role in Role} - {str(Role.AUDITOR.label)}
    assert set(page.locator(".demo-cards button b").all_inner_texts()) == shown
