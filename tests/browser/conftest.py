"""A live site and a real Chromium. Any console error or failed request fails the test that caused it.

Fixtures: `site` (address), `desktop` and `phone` (pages), `page` (= desktop), `open_page(viewport)` for more visitors
at once, `axe(page)` (no accessibility violation), `shot(page, name)` (picture in var/screenshots).
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "var" / "screenshots"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
FONTS = ROOT / "node_modules" / "@expo-google-fonts"
PICTURES = {"public-home-desktop": "home", "road-09-review": "claim", "road-05-trainee": "phone"}
QUIET_SECONDS = 0.5
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]

# playwright's synchronous API runs an event loop in this thread; the database calls of fixtures are still safe in it
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser(tmp_path_factory) -> Iterator[Browser]:
    """Chromium, seeing the Chinese fonts of package-lock.json so that pictures look the same on every machine."""
    folder = tmp_path_factory.mktemp("chromium")
    config = folder / "fonts.conf"
    system = '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>'
    config.write_text(f"<fontconfig>{system}<dir>{FONTS}</dir><cachedir>{folder}</cachedir></fontconfig>")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("PEIBU_CHROMIUM", "/usr/bin/chromium"),
            args=FLAGS,
            env=os.environ | {"FONTCONFIG_FILE": str(config), "HOME": str(folder)},
        )
        yield browser
        browser.close()


@pytest.fixture
def site(live_server, settings) -> str:
    """The address of the site, served by Django's threaded test server on a migrated database of its own."""
    settings.BASE_URL = live_server.url
    return live_server.url


@pytest.fixture
def enter(site):
    """enter(page, actor): the page's visitor is signed in as the actor."""

    def cookie(page, actor):
        client = Client()
        client.force_login(actor.user, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        row = actor.user.assignments.get(role=actor.role)
        session["assignment"] = str(row.pk)
        session.save()
        name = django_settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])

    return cookie


@pytest.fixture
def complaints() -> list[str]:
    """What went wrong in any page of this test. A test that provokes an error takes its own entries out."""
    return []


@pytest.fixture
def open_page(browser, site, complaints) -> Iterator[Callable[..., Page]]:
    """Makes a page for one more visitor, with cookies of its own."""
    contexts = []

    def make(viewport: dict = DESKTOP, *, touch: bool = False) -> Page:
        context = browser.new_context(
            base_url=site,
            viewport=viewport,
            has_touch=touch,
            is_mobile=touch,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            permissions=["camera"],
            accept_downloads=True,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda entry: _said(entry, complaints))
        page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
        page.on("requestfailed", lambda request: _failed(request, complaints))
        page.on("response", lambda answer: _answered(answer, complaints))
        return page

    yield make
    for context in contexts:
        context.close()
    # a page that polls may have asked just now: the answer must be out before the tables are emptied
    time.sleep(QUIET_SECONDS)
    assert complaints == []


@pytest.fixture
def desktop(open_page) -> Page:
    return open_page(DESKTOP)


@pytest.fixture
def phone(open_page) -> Page:
    return open_page(PHONE, touch=True)


@pytest.fixture
def page(desktop) -> Page:
    return desktop


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """axe(page): asserts that axe-core finds no accessibility violation (WCAG 2.2 A and AA, best practices)."""

    def check(page: Page) -> None:
        # a script tag would be refused by the content security policy; evaluating is not
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")["violations"]
        told = [f"{each['id']}: {each['help']} {json.dumps([n['target'] for n in each['nodes']])}" for each in found]
        assert told == [], f"{page.url}\n" + "\n".join(told)

    return check


@pytest.fixture
def shot() -> Callable[..., Path]:
    """shot(page, name): the whole page as var/screenshots/<name>.png, for the eye.

    With PEIBU_PICTURES=1 in the environment the README's pictures are taken anew as well (docs/pictures).
    """

    def take(page: Page, name: str, *, full: bool = True) -> Path:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        target = SCREENSHOTS / f"{name}.png"
        page.screenshot(path=target, full_page=full)
        if name in PICTURES and os.environ.get("PEIBU_PICTURES"):
            page.screenshot(path=ROOT / "docs" / "pictures" / f"{PICTURES[name]}.png")
        return target

    return take


def _said(entry, complaints: list[str]) -> None:
    # Chromium repeats every answer from 400 on in the console; _answered judges those
    if entry.type == "error" and not entry.text.startswith("Failed to load resource"):
        complaints.append(f"console: {entry.text}")


def _failed(request, complaints: list[str]) -> None:
    # leaving a page aborts what it was still loading, and a download replaces its navigation
    if request.failure != "net::ERR_ABORTED":
        complaints.append(f"request: {request.method} {request.url} {request.failure}")


def _answered(answer, complaints: list[str]) -> None:
    # 422 is the ordinary answer to a form with mistakes; 403 and 404 belong to tests that ask for them
    if answer.status >= 400 and answer.status != 422:
        complaints.append(f"response: {answer.status} {answer.request.method} {answer.url}")
