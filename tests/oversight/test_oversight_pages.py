"""Archive, findings, credit and audit over HTTP: who sees what, and that readers change nothing."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from peibu.casework.models import Document, Progress
from peibu.demo.city import draw_photo
from peibu.oversight.models import ArchivePackage, Finding
from peibu.oversight.tasks import build_archive
from peibu.training.actions.certificates import report_passed
from peibu.training.actions.photos import keep_photo
from tests.training.story import after, finished_class, scan

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def first_class(worlds):
    return worlds.build(lambda city: finished_class(city, "archived"))


@pytest.fixture
def archived(first_class, handed):
    return handed(first_class)


def seen_again(city, archived):
    second = finished_class(city, "scored", nth=1)
    again = draw_photo(archived.plan.photos[0].drawing, near_duplicate=True)
    keep_photo(cohort=second.cohort, name="合影.jpg", content=again, by=second.by, at=after(second, 1))
    report_passed(cohort=second.cohort, by=second.by, at=after(second, 2))
    return Finding.objects.get()


@pytest.fixture(scope="module")
def found(worlds, first_class):
    return worlds.build(seen_again, first_class)


@pytest.fixture
def finding(found, handed):
    return handed(found)


def own_and_foreign(city, division, role="agency_reviewer", kind="agency"):
    """An officer of the division, and one of another district."""
    own = city.actor(role, city.office(kind, division))
    other = next(d for d in city.loaded.divisions.values() if d.kind == "district" and not own.covers(d.pk))
    return own, city.actor(role, city.office(kind, other))


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def text(answer) -> str:
    return answer.content.decode()


def test_the_provider_walks_from_the_missing_paper_to_the_package(city, visit):
    story = finished_class(city)
    page = reverse("class-archive", args=[story.cohort.pk])
    browser = visit(story.by)
    shown = text(browser.get(page))
    assert "没有上传考核试卷扫描件" in shown
    assert "还缺 1 项" in shown
    refused = browser.post(reverse("class-archive-start", args=[story.cohort.pk]), follow=True, HTTP_REFERER=page)
    assert "档案不完整：考核试卷" in text(refused)
    assert not Progress.objects.filter(title__contains="归档").exists()
    bad = browser.post(
        reverse("class-archive-papers", args=[story.cohort.pk]), {"papers": upload("试卷.pdf", b"MZ..")}
    )
    assert bad.status_code == 422
    assert "没有保存" in text(bad)
    two = [upload("一.pdf", scan("一")), upload("二.pdf", scan("二"))]
    kept = browser.post(reverse("class-archive-papers", args=[story.cohort.pk]), {"papers": two}, follow=True)
    assert "已保存2份" in text(kept)
    started = browser.post(reverse("class-archive-start", args=[story.cohort.pk]), follow=True)
    assert "正在处理" in text(started)
    bar = Progress.objects.get(title__endswith="归档")
    asked = browser.get(reverse("progress", args=[bar.pk]))
    assert asked.status_code == 200
    assert "HX-Redirect" not in asked.headers
    from procrastinate.contrib.django.models import ProcrastinateJob

    build_archive.func(**ProcrastinateJob.objects.get(task_name="oversight.build_archive").args)
    assert browser.get(reverse("progress", args=[bar.pk])).headers["HX-Redirect"] == page
    done = text(browser.get(page))
    package = ArchivePackage.objects.get()
    assert package.root in done
    assert str(package.retained_until) in done
    got = browser.get(reverse("class-archive-package", args=[story.cohort.pk]))
    assert zipfile.ZipFile(io.BytesIO(b"".join(got.streaming_content))).testzip() is None
    assert "已归档" in text(browser.get(reverse("provider-archive")))


def test_a_bar_is_for_whoever_started_the_job(city, visit, archived):
    bar = Progress.objects.create(title="x", total=1, started_by=archived.by.user, started_at=after(archived))
    assert visit(city.actor("agency_reviewer")).get(reverse("progress", args=[bar.pk])).status_code == 404
    assert visit(archived.by).get(reverse("progress", args=[bar.pk])).status_code == 200


def test_another_provider_and_an_officer_do_not_reach_the_archive(city, visit, archived):
    other = next(u for u in (city.unit(r.key) for r in city.city.providers) if u != archived.provider)
    names = ("class-archive", "class-archive-package")
    for name in names:
        assert visit(city.actor("provider", other)).get(reverse(name, args=[archived.cohort.pk])).status_code == 404
        answer = visit(city.actor("agency_reviewer")).get(reverse(name, args=[archived.cohort.pk]))
        assert answer.status_code == 403
    start = reverse("class-archive-start", args=[archived.cohort.pk])
    assert visit(city.actor("provider", other)).post(start).status_code == 404


def test_anybody_checks_a_package_and_nothing_is_kept(client, archived):
    with ArchivePackage.objects.get().document.file.open("rb") as file:
        content = file.read()
    before = Document.objects.count()
    url = reverse("archive-check")
    assert client.get(url).status_code == 200
    good = text(client.post(url, {"package": upload("档案.zip", content)}))
    assert "完整无改动" in good
    assert archived.cohort.name in good
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(sink, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name) + (b"!" if name.startswith("02-") else b""))
    changed = text(client.post(url, {"package": upload("档案.zip", sink.getvalue())}))
    assert "已被改动" in changed
    assert "内容已变：02-花名册/花名册.xlsx" in changed
    other = client.post(url, {"package": upload("x.zip", b"hello")})
    assert other.status_code == 422
    assert "不能接收" in text(other)
    from peibu.kernel.packages import pack

    foreign = text(client.post(url, {"package": upload("x.zip", pack({"a.txt": b"a"})[0])}))
    assert "不是本平台的档案" in foreign
    assert Document.objects.count() == before


PAGES = ("desk-archive", "desk-findings", "desk-credits")
CITY_PAGES = ("desk-audit", "desk-history")


def test_lists_are_scoped_by_district(city, visit, archived):
    own, foreign = own_and_foreign(city, archived.cohort.division)
    name = archived.cohort.name
    assert name in text(visit(own).get(reverse("desk-archive")))
    assert name not in text(visit(foreign).get(reverse("desk-archive")))
    assert name in text(visit(own).get(reverse("desk-archive") + "?state=archived"))
    assert name not in text(visit(own).get(reverse("desk-archive") + "?state=waiting"))
    for url in (reverse("desk-class", args=[archived.cohort.pk]), reverse("desk-credit", args=[archived.provider.pk])):
        assert visit(own).get(url).status_code == 200
        assert visit(foreign).get(url).status_code == 404
        assert visit(archived.by).get(url).status_code == 403
    for page in CITY_PAGES:
        assert visit(own).get(reverse(page)).status_code == 403
    for page in PAGES + CITY_PAGES:
        assert visit(city.actor("auditor")).get(reverse(page)).status_code == 200


def test_the_class_file_shows_all_and_no_identity_number(city, visit, archived):
    own, _foreign = own_and_foreign(city, archived.cohort.division)
    shown = text(visit(own).get(reverse("desk-class", args=[archived.cohort.pk])))
    for words in (
        "课程安排",
        "培训方案",
        "到课率",
        "培训日志",
        "结业考核",
        "结业证书",
        "全部材料",
        "核对并赋予序列号",
    ):
        assert words in shown
    person = archived.cohort.enrolments.first().person
    assert person.name in shown
    assert person.id_number not in shown


def test_a_finding_is_concluded_by_its_district_only(city, visit, finding):
    own, foreign = own_and_foreign(city, finding.division)
    url = reverse("desk-finding", args=[finding.pk])
    assert visit(foreign).get(url).status_code == 404
    photo = reverse("desk-finding-photo", args=[finding.pk, finding.evidence["photos"][1]])
    assert visit(foreign).get(photo).status_code == 404
    answer = visit(own).get(photo)
    assert answer["Content-Type"] == "image/jpeg"
    unrelated = Document.objects.exclude(pk__in=finding.evidence["photos"]).first()
    assert visit(own).get(reverse("desk-finding-photo", args=[finding.pk, unrelated.pk])).status_code == 404
    browser = visit(own)
    assert "照片对比" in text(browser.get(url))
    short = browser.post(url, {"state": "fraud", "conclusion": "假"})
    assert short.status_code == 422
    assert (
        visit(city.actor("city_bureau")).post(url, {"state": "fraud", "conclusion": "同一照片两班使用"}).status_code
        == 422
    )
    done = visit(own).post(url, {"state": "fraud", "conclusion": "同一照片两班使用"}, follow=True)
    assert "认定为弄虚作假" in text(done)
    finding.refresh_from_db()
    assert finding.state == "fraud"
    # the row's history names who did it, and the empty control: before the conclusion nobody stood in it
    history = text(visit(city.actor("auditor")).get(reverse("desk-row-history", args=["finding", finding.pk])))
    assert f"{own.name}</h2>" in history
    assert "认定为弄虚作假" in history


def test_the_auditor_sees_every_district_and_can_send_nothing(city, visit, finding, archived):
    auditor = city.actor("auditor")
    browser = visit(auditor)
    case = archived.cohort.case
    for url in (
        reverse("desk-class", args=[archived.cohort.pk]),
        reverse("desk-finding", args=[finding.pk]),
        reverse("desk-case", args=[case.pk]),
        reverse("desk-row-history", args=["case", case.pk]),
        reverse("desk-row-history", args=["class", archived.cohort.pk]),
        reverse("desk-row-history", args=["exam", archived.cohort.exam.pk]),
        reverse("desk-row-history", args=["plan", archived.cohort.plan_id]),
        reverse("desk-row-history", args=["finding", finding.pk]),
    ):
        answer = browser.get(url)
        assert answer.status_code == 200
        assert " object (" not in text(answer)
        assert 'method="post" action="/desk/' not in text(answer)
    for url in (reverse("desk-finding", args=[finding.pk]), reverse("desk-case-move", args=[case.pk])):
        assert browser.post(url, {"state": "fraud", "conclusion": "审计认定", "move": "return"}).status_code == 403
    finding.refresh_from_db()
    assert finding.state == "open"
    # the negative control: whoever may write gets past the gate; the auditor may sign out
    own, _foreign = own_and_foreign(city, archived.cohort.division)
    assert visit(own).post(reverse("desk-case-move", args=[case.pk]), {"move": "return"}).status_code == 302
    assert visit(auditor).post(reverse("sign-out")).status_code == 302


def test_the_auditor_finds_by_number_and_name_and_reads_what_changed(city, visit, archived):
    browser = visit(city.actor("auditor"))
    number = archived.cohort.case.number
    assert number in text(browser.get(reverse("desk-audit"), {"q": number}))
    name = archived.cohort.enrolments.filter(certificate__isnull=False).first().person.name
    assert name in text(browser.get(reverse("desk-audit"), {"q": name}))
    assert "没有查到" in text(browser.get(reverse("desk-audit"), {"q": "无此编号"}))
    assert number in text(browser.get(reverse("desk-history"), {"q": number}))
    history = text(browser.get(reverse("desk-row-history", args=["class", archived.cohort.pk])))
    assert "已发证" in history
    assert "已归档" in history
    assert browser.get(reverse("desk-row-history", args=["person", archived.cohort.pk])).status_code == 404
    own, _foreign = own_and_foreign(city, archived.cohort.division)
    assert visit(own).get(reverse("desk-row-history", args=["class", archived.cohort.pk])).status_code == 403
