"""A certificate's file dropped on the public page: verdict, accessibility and width, on a desk and a phone."""

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from peibu.training.queries.sealed_files import files_of
from tests.portal.test_exam_pages import issue
from tests.training.exam_world import build
from tests.training.sealing import sign_everything

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def genuine(city, settings, tmp_path) -> bytes:
    cache.clear()
    settings.SEAL = {**settings.SEAL, "kind": "test", "folder": tmp_path / "seal", "password": "geheim"}
    batch = issue(build(city))
    sign_everything()
    with files_of(batch)[0].document.file.open("rb") as file:
        return file.read()


def test_a_stranger_checks_a_file(genuine, desktop, phone, axe, shot):
    for page, width in ((desktop, "desktop"), (phone, "phone")):
        page.goto("/verify/")
        for content, word in ((genuine, "文件是原件"), (genuine + b"\n%", "文件被改动过"), (b"%PDF-1.4", "不能确认")):
            page.locator("input[type=file]").set_input_files(
                {"name": "证书.pdf", "mimeType": "application/pdf", "buffer": content}
            )
            page.get_by_role("button", name="查验文件").click()
            expect(page.locator(".verdict .word")).to_have_text(word)
            shot(page, f"verify-file-{width}-{'genuine' if content == genuine else len(content)}")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        axe(page)
