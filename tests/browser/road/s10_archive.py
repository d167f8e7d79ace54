"""Stop 10: what the archive still lacks is named and brought; one package with checksums, and it is intact."""

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.road.base import (
    PDF,
    PROVIDER,
    Road,
    file_at,
    paper,
    run_jobs,
    says,
    upload,
)


def walk(road: Road) -> None:
    road.clock("2020-11-25 09:00")
    page = road.as_(PROVIDER)
    page.goto("/provider/archive/")
    road.look(page)
    page.get_by_role("link", name="整理归档").first.click()
    says(page, "还缺 2 项", "没有日志的课次：10-30 09:00", "没有上传考核试卷扫描件")
    expect(page.get_by_role("button", name="归档", exact=True)).to_be_disabled()
    road.look(page, "10-missing")
    archive = page.url
    _bring(road, page, archive)
    page.goto(archive)
    says(page, "资料齐全", "2025-10-30")
    page.get_by_role("button", name="归档", exact=True).click()
    run_jobs()
    page.goto(archive)
    says(page, "已归档", "档案指纹", "2025-10-30")
    road.look(page, "10-archived")
    _intact(road, page)


def _bring(road: Road, page: Page, archive: str) -> None:
    papers = page.locator("form[action$='papers/']")
    papers.locator("input[type=file]").set_input_files(upload("考核试卷扫描件.pdf", paper("结业考核试卷"), PDF))
    papers.get_by_role("button", name="上传").click()
    says(page, "考核试卷扫描件.pdf", "还缺 1 项")
    page.get_by_role("link", name="去补充").click()
    page.get_by_role("link", name="数字孪生建模实操").click()
    page.locator("#log-text").fill("实操数字孪生建模，分组汇报。")
    page.get_by_role("button", name="保存日志").click()
    says(page, "11-25")  # the log tells when it was written


def _intact(road: Road, page: Page) -> None:
    content = file_at(page, page.get_by_role("link", name="下载档案包"))
    changed = bytearray(content)
    changed[len(changed) // 2] ^= 1
    visitor = road.visitor()
    visitor.goto("/archive-check/")
    road.look(visitor)
    for name, body, told in (("培训档案.zip", content, "完整无改动"), ("改过.zip", bytes(changed), "已被改动")):
        visitor.locator("main input[type=file]").set_input_files(upload(name, body, "application/zip"))
        visitor.get_by_role("button", name="核对", exact=True).click()
        says(visitor, told)
        answer = _command(name, body)
        assert told in answer.stdout
        assert (answer.returncode == 0) == (body == content)
    road.look(visitor, "10-check")


def _command(name: str, content: bytes) -> subprocess.CompletedProcess[str]:
    """The same question asked of the command, which needs neither server nor database."""
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / name
        package.write_bytes(content)
        command = [sys.executable, "-m", "peibu", "archive-check", str(package)]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[3])
