"""Archive, findings, credit and audit in a real browser, at a desk and on a phone; every page passes axe."""

import datetime as dt

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from peibu.accounts import clock
from peibu.casework.models import Progress
from peibu.demo.city import draw_photo
from peibu.oversight.models import ArchivePackage, Finding
from peibu.oversight.tasks import build_archive
from peibu.training.actions.certificates import report_passed
from peibu.training.actions.photos import keep_photo
from tests.city import stage
from tests.training.story import after, finished_class, scan

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db):
    """A certified class without its scanned papers, and one that handed in a photo of it again."""
    city = stage()
    first, second = finished_class(city), finished_class(city, "scored", nth=1)
    again = draw_photo(first.plan.photos[0].drawing, near_duplicate=True)
    keep_photo(cohort=second.cohort, name="合影.jpg", content=again, by=second.by, at=after(second, 1))
    report_passed(cohort=second.cohort, by=second.by, at=after(second, 2))
    clock.move_to(max(after(first), after(second)) + dt.timedelta(days=40))
    return city, first, second


def enter(site, actor, *pages):
    client = Client()
    client.force_login(actor.user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["assignment"] = str(actor.user.assignments.get(role=actor.role, unit=actor.unit).pk)
    session.save()
    for page in pages:
        page.context.clear_cookies()
        page.context.add_cookies(
            [{"name": django_settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": site}]
        )


def test_from_the_missing_paper_to_the_auditor(world, site, desktop, phone, axe, shot, tmp_path):
    city, first, second = world

    def look(name, address):
        for page, end in ((desktop, ""), (phone, "-phone")):
            page.goto(address)
            page.wait_for_load_state("networkidle")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name}{end} is too wide"
            shot(page, f"oversight-{name}{end}")
            axe(page)

    enter(site, first.by, desktop, phone)
    archive = reverse("class-archive", args=[first.cohort.pk])
    look("class-archive-missing", archive)
    desktop.goto(archive)
    desktop.set_input_files("input[type=file]", {"name": "试卷.pdf", "mimeType": "application/pdf", "buffer": scan()})
    desktop.get_by_role("button", name="上传").click()
    desktop.get_by_text("已保存1份").wait_for()
    desktop.locator("main").get_by_role("button", name="归档").click()
    desktop.get_by_text("正在处理").wait_for()
    shot(desktop, "oversight-class-archive-running")
    axe(desktop)
    assert Progress.objects.filter(finished=False, title__endswith="归档").exists()
    build_archive.func(**ProcrastinateJob.objects.get(task_name="oversight.build_archive").args)
    # the bar asks, hears that the work is done, and the page with the package opens
    desktop.get_by_role("link", name="下载档案包").wait_for()
    look("class-archive-done", archive)
    look("provider-archive", reverse("provider-archive"))
    with desktop.expect_download() as got:
        desktop.goto(archive)
        desktop.get_by_role("link", name="下载档案包").click()
    kept = tmp_path / "档案.zip"
    got.value.save_as(kept)
    look("archive-check", reverse("archive-check"))
    desktop.set_input_files("input[type=file]", kept)
    desktop.get_by_role("button", name="核对").click()
    desktop.get_by_text("完整无改动").wait_for()
    axe(desktop)
    shot(desktop, "oversight-archive-check-good")
    kept.write_bytes(kept.read_bytes().replace(b"%PDF-1.7", b"%PDF-1.6", 1))
    desktop.set_input_files("input[type=file]", kept)
    desktop.get_by_role("button", name="核对").click()
    desktop.get_by_text("内容已变：00-档案说明.pdf").wait_for()
    shot(desktop, "oversight-archive-check-bad")

    reviewer = city.actor("agency_reviewer", city.office("agency", second.cohort.division))
    enter(site, reviewer, desktop, phone)
    finding = Finding.objects.get()
    look("findings", reverse("desk-findings"))
    look("finding", reverse("desk-finding", args=[finding.pk]))
    desktop.get_by_label("认定为差错").check()
    desktop.get_by_label("核查情况和理由").fill("工作人员误传了往期照片，已补交本班照片。")
    desktop.get_by_role("button", name="记录结论").click()
    desktop.get_by_text("已记录结论").wait_for()
    axe(desktop)

    enter(site, city.actor("auditor"), desktop, phone)
    look("archive", reverse("desk-archive"))
    look("class", reverse("desk-class", args=[first.cohort.pk]))
    look("credits", reverse("desk-credits"))
    look("credit", reverse("desk-credit", args=[first.provider.pk]))
    look("audit", reverse("desk-audit") + f"?q={first.cohort.case.number}")
    look("history", reverse("desk-history"))
    look("row-history", reverse("desk-row-history", args=["finding", finding.pk]))
    look("row-history-class", reverse("desk-row-history", args=["class", first.cohort.pk]))
    assert ArchivePackage.objects.count() == 1
