"""From the sealed marks to a certificate that a stranger verifies."""

import re

from playwright.sync_api import expect

from tests.browser.delivery.base import LEARNERS, PEOPLE, Walk
from tests.browser.road.base import HR, PHONE, PROVIDER, file_at, run_jobs, says


def certified(walk: Walk, reported: str, issued: str, issuer: str, button: str, series: str) -> None:
    """Report, numbers, files, the person's phone, the employer's list, public verification."""
    walk.clock(reported)
    page = walk.as_(PROVIDER)
    page.goto("/provider/certificates/")
    page.get_by_role("link", name=f"办理 {walk.memory['name']}").click()
    says(page, f"合格 {len(PEOPLE)} 人")
    walk.look(page, "report")
    page.get_by_role("button", name="上报合格名单").click()
    says(page, "已上报，等待核对")
    walk.clock(issued)
    desk = walk.as_(issuer)
    desk.goto("/desk/")
    desk.get_by_role("link", name=re.compile(walk.memory["name"])).first.click()
    says(desk, *PEOPLE)
    walk.look(desk, "batch-desk")
    desk.get_by_role("button", name=button).click()
    says(desk, "000001", f"00000{len(PEOPLE)}")
    page.reload()
    page.get_by_role("button", name="生成本批证书 PDF").click()
    run_jobs()
    page.reload()
    assert file_at(page, page.get_by_role("link", name="下载本批证书").first).startswith(b"%PDF-")
    walk.look(page, "issued")
    walk.also_on_phone(PROVIDER, page.url, "issued")
    hr = walk.as_(HR)
    hr.goto("/enterprise/certificates/")
    says(hr, *PEOPLE)
    _verified(walk, series)


def _verified(walk: Walk, series: str) -> None:
    name, account = next(iter(LEARNERS.items()))
    phone = walk.as_(account, PHONE)
    phone.goto("/trainee/certificates/")
    says(phone, series)
    walk.look(phone, "certificate-phone")
    serial, code = (phone.locator("dl.pairs dd").nth(n).inner_text() for n in (0, 1))
    assert file_at(phone, phone.get_by_role("link", name="下载证书")).startswith(b"%PDF-")
    for size, tail in ((None, ""), (PHONE, "-phone")):
        public = walk.visitor(size) if size else walk.visitor()
        public.goto("/verify/")
        public.get_by_label("证书编号").fill(serial)
        public.get_by_label("核验码", exact=True).fill(code)
        public.get_by_role("button", name="查验证书").click()
        says(public, "证书有效", walk.memory["unit"])
        expect(public.locator("main")).not_to_contain_text(name)
        walk.look(public, f"verified{tail}")
