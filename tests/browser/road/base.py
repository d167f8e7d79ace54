"""Who walks the road: one page per account, the demo clock, and a careful look at every page that is reached."""

import datetime as dt
import gc
import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import xlsxwriter
from playwright.sync_api import Locator, Page, expect

from peibu.demo.loader.base import PASSWORD
from peibu.papers.plain_papers import Part, plain_pdf

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CLASS = "工业互联网平台应用第一期"
PLAN = "工业互联网平台应用（管理人员）"

# Keys of the generator: everybody works in Shinan except the two practice bases.
HR = "o-e003-enterprise-1"
PROVIDER = "o-p04-provider-1"
BASES = ("o-b04-base-1", "o-b08-base-1")
TEACHERS = {"叶雅琴": "o-t10", "赵宁": "o-t11"}
GRADER = "王云"
REVIEWER = "o-370202-agency-agency_reviewer-1"
APPROVER = "o-370202-hrss-hrss_approver-1"
SUPERVISORS = ("o-370202-hrss-hrss_supervisor-1", "o-370202-industry-industry_supervisor-1")
PAYERS = ("o-370202-agency-finance-1", "o-370202-agency-finance-2")
TREASURY = "o-370200-finance-city_bureau-1"
# Managers of the enterprise: three with accounts of their own, one without; one whose employment register is silent
# (sent at the enterprise's own risk), and one who is insured too shortly and stays at home.
TRAINEES = {"卢嘉豪": "o-c13-trainee", "李素华": "o-c17-trainee", "董子轩": "o-c05-trainee", "刘鹏": "o-c25-trainee"}
WITHOUT_ACCOUNT = "金学文"
NOT_INSURED, UNSURE = "康修远", "刘鹏"


class Road:
    """What the stops share. `memory` holds what one stop tells the next: numbers as seen on pages."""

    def __init__(self, open_page: Callable[..., Page], *, axe, shot, city):
        self.open_page, self.axe, self.shot, self.city = open_page, axe, shot, city
        self.memory: dict[str, str] = {}
        self._pages: dict[tuple[str, str], Page] = {}

    def visitor(self, size: dict = DESKTOP) -> Page:
        """A page of somebody without an account."""
        return self._page("", size)

    def as_(self, account: str, size: dict = DESKTOP) -> Page:
        """The page of an account; the first time it signs in with name and password."""
        known = (account, str(size)) in self._pages
        page = self._page(account, size)
        if not known:
            page.goto("/sign-in/")
            page.get_by_label("账号", exact=True).fill(account)
            page.get_by_label("密码", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="登录", exact=True).click()
            page.wait_for_url(lambda url: "/sign-in/" not in url)
        return page

    def _page(self, account: str, size: dict) -> Page:
        key = (account, str(size))
        if key not in self._pages:
            self._pages[key] = self.open_page(size, touch=size is PHONE)
        return self._pages[key]

    def clock(self, moment: str) -> None:
        """Set the demo clock with its visible control; '2020-10-12 09:00' in China."""
        page = self.visitor()
        if not page.url.endswith("/about/"):
            page.goto("/about/")
        page.locator(".demo-clock summary").click()
        page.get_by_label("演示时间", exact=True).and_(page.locator("input")).fill(moment.replace(" ", "T"))
        page.get_by_role("button", name="设定", exact=True).click()
        expect(page.get_by_text(f"演示时间已调到 {moment}")).to_be_visible()

    def look(self, page: Page, name: str = "") -> None:
        """No accessibility violation, nothing wider than the screen; with a name also a picture."""
        self.axe(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{page.url} is {wide} pixels too wide"
        if name:
            self.shot(page, f"road-{name}")

    def person(self, name: str):
        """The register's record of a manager of the enterprise, for the files the test writes."""
        firm = next(row for row in self.city.city.enterprises if HR.startswith(f"o-{row.key}-"))
        return next(row for row in self.city.city.people if row.employer == firm.no and row.name == name)


def run_jobs() -> None:
    """Do what the pages have put into the job queue, as the worker beside the server would."""
    from procrastinate.contrib.django import app

    def work() -> None:
        worker = app.with_connector(app.connector.get_worker_connector())
        worker.run_worker(wait=False, concurrency=1, listen_notify=False, install_signal_handlers=False)

    # Playwright runs an event loop in this thread; the worker brings its own.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(work).result()
    gc.collect()  # the worker's threads are gone; so shall be their database connections


def paper(heading: str) -> bytes:
    """A small PDF, for everything that people scan."""
    return plain_pdf(
        title=heading, parts=[Part(heading="", paragraphs=["演示用扫描件。"])], dated=dt.date(2020, 11, 1)
    )


def file_at(page: Page, link: Locator) -> bytes:
    """What a link hands out, fetched with the visitor's cookies: Chromium would show a PDF instead of saving it."""
    answer = page.request.get(link.get_attribute("href"))
    assert answer.ok, answer.status
    return answer.body()


def says(place: Page | Locator, *texts: str) -> None:
    """Every text is to be read in the main part of the page."""
    main = place.locator("main") if isinstance(place, Page) else place
    for text in texts:
        expect(main).to_contain_text(text)


def confirm(page: Page, button: str, sure: str) -> None:
    """Press a button that asks back, and say yes in its dialog."""
    page.get_by_role("button", name=button, exact=True).first.click()
    page.locator("dialog[open]").get_by_role("button", name=sure, exact=True).click()


def fill(place: Page | Locator, label: str, text: str) -> None:
    """Fill the field with a label; a panel of the same name is not meant."""
    fields = place.locator("input:not([type=hidden]), textarea, select")
    field = place.get_by_label(label).and_(fields).first
    if field.evaluate("field => field.tagName") == "SELECT":
        field.select_option(label=text)
    else:
        field.fill(text)


def path_of(page: Page) -> str:
    """The address of the page within the site, without anchor."""
    return re.sub(r"^https?://[^/]+", "", page.url).split("#")[0]


def workbook(rows: list[list], *, title: str = "", numbers: tuple[tuple[int, int], ...] = ()) -> bytes:
    """An Excel file as offices make them: merged title row, text cells; `numbers`: (row, column) typed as numbers."""
    sink = io.BytesIO()
    book = xlsxwriter.Workbook(sink, {"in_memory": True, "strings_to_numbers": False})
    sheet = book.add_worksheet("名册")
    top = 1 if title else 0
    if title:
        sheet.merge_range(0, 0, 0, len(rows[0]) - 1, title)
    for line, values in enumerate(rows):
        for place, value in enumerate(values):
            if (line, place) in numbers:
                sheet.write_number(line + top, place, int(value))
            else:
                sheet.write_string(line + top, place, str(value))
    book.close()
    return sink.getvalue()


def upload(name: str, content: bytes, kind: str = XLSX) -> dict:
    """A file as Playwright hands it to a file field."""
    return {"name": name, "mimeType": kind, "buffer": content}
