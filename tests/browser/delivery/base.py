"""What both walks share: the accounts, entering a register, teaching in bulk, and a look at both widths."""

import datetime as dt
import re

from playwright.sync_api import Page, expect

from peibu.programmes.models import ListedUnit, PublishedList
from tests.browser.road.base import PHONE, PROVIDER, SUPERVISORS, TEACHERS, TRAINEES, Road, says

BUREAU = "o-370200-hrss-city_bureau-1"
BUREAU_SECOND = "o-370200-hrss-city_bureau-2"
EXAMINER = "o-appraisal-examiner-1"
HRSS_SUPERVISOR = SUPERVISORS[0]
PEOPLE = ("卢嘉豪", "李素华", "金学文")
WITHOUT_ACCOUNT = PEOPLE[2]
LEARNERS = {name: TRAINEES[name] for name in PEOPLE if name in TRAINEES}
REASON = "没有智能手机，教师核对了身份证"
PATIENCE_MS = 60_000  # a page drawn for the first time compiles its templates, beside other tests on the same cores
FOUND = 302
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Walk(Road):
    """A road under another policy; `stem` begins the names of its pictures."""

    stem = ""
    teachers: dict[str, str] = TEACHERS

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        expect.set_options(timeout=PATIENCE_MS)

    def _page(self, account: str, size: dict) -> Page:
        page = super()._page(account, size)
        page.set_default_timeout(PATIENCE_MS)
        return page

    def look(self, page: Page, name: str = "") -> None:
        super().look(page, "")
        if name:
            self.shot(page, f"{self.stem}-{name}")

    def also_on_phone(self, account: str, path: str, name: str) -> Page:
        """The same page as the account's phone shows it."""
        page = self.as_(account, PHONE)
        page.goto(path)
        self.look(page, f"{name}-phone")
        return page

    def listed(self, policy: str, role: str, since: str) -> None:
        """The provider stands on the published list: how it came there is walked in test_accreditation."""
        day = dt.date.fromisoformat(since)
        published = PublishedList.objects.create(
            policy=policy, role=role, batch=1, title="名单", published_on=day, issuers=["市局"], source="测试"
        )
        unit = self.city.unit(PROVIDER.split("-")[1])
        ListedUnit.objects.create(published=published, unit=unit, position=1, valid_from=day)
        self.memory["unit"] = unit.name

    def send(self, page: Page, path: str, **form: str) -> None:
        """Send a form as the page's own browser would; it was taken when the answer leads on to another page (a refusal
        is an answer of its own). That page is not fetched."""
        token = self.memory.get(f"token-{id(page)}")
        if token is None:
            token = self.memory[f"token-{id(page)}"] = TOKEN.search(page.request.get("/about/").text())[1]
        answer = page.request.post(path, form=form | {"csrfmiddlewaretoken": token}, max_redirects=0)
        told = re.sub("<[^>]+>|\\s+", " ", answer.text())[:2000]
        assert answer.status == FOUND, f"{path}: {answer.status} {told}"

    def clock_at_once(self, moment: dt.datetime) -> None:
        """The demo clock by its form, without drawing the page."""
        self.send(self.visitor(), "/demo/clock/", moment=moment.isoformat(timespec="minutes"))


def enter_record(page: Page, *, kind: str, about: str, name: str, value: str, since: str, source: str) -> None:
    """One fact on record, as an officer enters it."""
    form = page.locator("form", has=page.get_by_role("button", name="登记", exact=True))
    form.get_by_label("对象").select_option(label=kind)
    form.get_by_label("身份证号码、单位全称或职业编码").fill(about)
    form.get_by_label("事项").select_option(label=name)
    form.get_by_label("内容", exact=True).fill(value)
    form.get_by_label("起", exact=True).fill(since)
    form.get_by_label("依据").fill(source)
    form.get_by_role("button", name="登记").click()
    says(page, "已登记。")
