"""The archive of a class (QD97.6.2): complete or refused by name, verifiable without us, kept until its date."""

import datetime as dt
import io
import subprocess
import zipfile

import pgtrigger
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from peibu.casework.enums import Purpose
from peibu.casework.models import Determination, Document, Progress
from peibu.casework.queries import documents_of
from peibu.kernel.errors import Refused
from peibu.kernel.packages import check
from peibu.oversight.actions import archive
from peibu.oversight.actions.archive import archive_class, keep_exam_paper, require_archivable, start_archiving
from peibu.oversight.facts import archive_parts, class_documents
from peibu.oversight.models import ArchivePackage
from peibu.oversight.package import collect
from peibu.oversight.tasks import build_archive
from peibu.training.models import Attendance, Cohort, Exam, PhotoPrint, TrainingLog
from tests.training.story import add_paper, after, finished_class, scan

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def finished(worlds):
    return worlds.build(lambda city: finished_class(city, "archivable"))


@pytest.fixture
def story(finished, handed):
    return handed(finished)


def bytes_of(package: ArchivePackage) -> bytes:
    with package.document.file.open("rb") as file:
        return file.read()


def close(story) -> ArchivePackage:
    return archive_class(cohort=story.cohort, by=story.by, at=after(story))


def by_force(sql: str, *values) -> None:
    """Take something away that the database itself would keep; only the test can do this."""
    with pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_a_complete_class_is_archived_and_sha256sum_agrees(story, tmp_path):
    package = close(story)
    story.cohort.refresh_from_db()
    assert story.cohort.stage == "archived"
    assert package.retained_until == story.cohort.ends_on.replace(year=story.cohort.ends_on.year + 5)
    content = bytes_of(package)
    zipfile.ZipFile(io.BytesIO(content)).extractall(tmp_path)
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    names = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*") if path.is_file()}
    assert {
        "01-培训方案",
        "02-花名册",
        "03-签到簿",
        "04-培训日志",
        "05-影像资料",
        "06-考核试卷",
        "07-合格证书",
        "08-办理过程",
    } < names
    found = check(io.BytesIO(content))
    assert found.intact
    assert found.root == package.root
    kept = Determination.objects.get(subject="archive", subject_id=story.cohort.pk)
    assert kept.decision == "pass"
    # the tool notices a change
    victim = next(tmp_path.glob("05-影像资料/*"))
    victim.write_bytes(victim.read_bytes()[:-1] + b"\0")
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1


def take_plan(story):
    by_force(
        "UPDATE training_planbase SET signed_at = NULL, signed_by_id = NULL WHERE plan_id = %s", story.cohort.plan_id
    )


def take_roster(story):
    by_force("UPDATE training_enrolment SET state = 'cancelled' WHERE cohort_id = %s", story.cohort.pk)


def take_sign_in(story):
    session = story.cohort.sessions.exclude(kind="exam").first()
    by_force("DELETE FROM training_attendance WHERE session_id = %s", session.pk)


def take_log(story):
    TrainingLog.objects.filter(session=story.cohort.sessions.exclude(kind="exam").first()).delete()


def take_images(story):
    PhotoPrint.objects.filter(cohort=story.cohort).delete()
    by_force("DELETE FROM casework_document WHERE purpose = 'site_photo' AND subject_id = %s", story.cohort.pk)


def take_papers(story):
    by_force("DELETE FROM casework_document WHERE purpose = 'exam_paper' AND subject_id = %s", story.cohort.pk)


@pytest.mark.parametrize(
    ("take", "words", "parts"),
    [
        (take_plan, "实训基地未会签", ["plan"]),
        (take_roster, "班次没有学员", ["roster", "sign_in"]),
        (take_sign_in, "没有签到的课次", ["sign_in"]),
        (take_log, "没有日志的课次", ["log"]),
        (take_images, "还差2张现场照片", ["images"]),
        (take_papers, "没有上传考核试卷扫描件", ["papers"]),
    ],
)
def test_each_missing_part_is_refused_by_name(story, take, words, parts):
    on = timezone.localdate(after(story))
    assert require_archivable(story.cohort, story.by, on=on).decision == "pass"
    take(story)
    cohort = Cohort.objects.get(pk=story.cohort.pk)
    assert [part.code for part in archive_parts(cohort, on=on) if not part.complete] == parts
    with pytest.raises(Refused, match=words):
        archive_class(cohort=cohort, by=story.by, at=after(story))
    assert not ArchivePackage.objects.filter(cohort=cohort).exists()
    assert not documents_of(cohort.pk, Purpose.ARCHIVE).exists()


def test_only_the_provider_and_only_after_the_certificates(city, story):
    other = next(city.unit(row.key) for row in city.city.providers if city.unit(row.key) != story.provider)
    reviewer = city.actor("agency_reviewer")
    for actor in (city.actor("provider", other), reviewer):
        with pytest.raises(Refused, match="承接单位经办人"):
            archive_class(cohort=story.cohort, by=actor, at=after(story))
    Cohort.objects.filter(pk=story.cohort.pk).update(stage="examined")
    with pytest.raises(Refused, match="证书尚未赋号"):
        close(story)
    Cohort.objects.filter(pk=story.cohort.pk).update(stage="certified")
    close(story)
    with pytest.raises(Refused, match="班次已归档"):
        close(story)
    with pytest.raises(Refused, match="不能再添加试卷"):
        keep_exam_paper(cohort=story.cohort, name="再补.pdf", content=scan("迟到"), by=story.by, at=after(story))


def test_the_same_content_gives_the_same_bytes(story, monkeypatch):
    on = timezone.localdate(after(story))
    first, second = collect(story.cohort, on=on), collect(story.cohort, on=on)
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []
    # another day is another package
    other = collect(story.cohort, on=on + dt.timedelta(days=1))
    assert any(first[name] != other[name] for name in first)


def test_what_changes_while_the_package_is_built_is_refused(story, monkeypatch):
    real = archive.collect

    def slow(cohort, **rest):
        files = real(cohort, **rest)
        keep_exam_paper(cohort=cohort, name="补.pdf", content=scan("补交"), by=story.by, at=after(story))
        return files

    monkeypatch.setattr(archive, "collect", slow)
    with pytest.raises(Refused, match="归档期间有人补充了资料"):
        close(story)
    monkeypatch.undo()
    assert close(story).root


def test_a_paper_is_kept_once_and_only_as_a_document(story):
    with pytest.raises(Refused, match="已经上传过"):
        add_paper(story)
    with pytest.raises(Refused, match="没有保存"):
        keep_exam_paper(cohort=story.cohort, name="试卷.exe", content=b"MZ" + b"\0" * 90, by=story.by, at=after(story))


def test_a_hostile_file_name_stays_inside_the_package(story, tmp_path):
    keep_exam_paper(
        cohort=story.cohort, name="../../etc/x\\y\n1.pdf", content=scan("另一份"), by=story.by, at=after(story)
    )
    content = bytes_of(close(story))
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert all(".." not in name.split("/") and "\n" not in name and "\\" not in name for name in names)
    assert check(io.BytesIO(content)).intact


def test_the_job_builds_the_package_and_tells_how_far_it_is(story):
    bar = start_archiving(cohort=story.cohort, by=story.by, at=after(story))
    with pytest.raises(Refused, match="正在归档"):
        start_archiving(cohort=story.cohort, by=story.by, at=after(story))
    from procrastinate.contrib.django.models import ProcrastinateJob

    job = ProcrastinateJob.objects.get(task_name="oversight.build_archive")
    seen = []
    real = Progress.objects.filter(pk=bar.pk)
    build = build_archive.func
    original = archive.progress.step
    archive.progress.step = lambda pk, done: (original(pk, done), seen.append(real.get().done))[0]
    try:
        build(**job.args)
    finally:
        archive.progress.step = original
    bar.refresh_from_db()
    assert seen == list(range(1, bar.total + 1))
    assert (bar.finished, bar.problem) == (True, "")
    assert str(story.cohort.pk) in bar.result_url
    assert ArchivePackage.objects.filter(cohort=story.cohort).count() == 1
    # run again, as the queue may after a crash: nothing doubles, the bar says why
    build(**job.args)
    bar.refresh_from_db()
    assert "班次已归档" in bar.problem
    assert ArchivePackage.objects.filter(cohort=story.cohort).count() == 1


def test_documents_and_package_stay_until_their_date(story):
    package = close(story)
    rows = list(class_documents(story.cohort))
    assert {row.purpose for row in rows} >= {"exam_paper", "site_photo", "sample_paper", "archive"}
    assert all(row.retained_until >= package.retained_until for row in rows)
    later = dt.date(2100, 1, 1)
    paper = next(row for row in rows if row.purpose == "exam_paper")
    Document.objects.filter(pk=paper.pk).update(retained_until=later)  # the real clock may be past the demo's date
    with pytest.raises(DatabaseError, match="Cannot delete rows from casework_document"), transaction.atomic():
        Document.objects.get(pk=paper.pk).delete()
    with pytest.raises(DatabaseError, match="Cannot update rows from casework_document"), transaction.atomic():
        Document.objects.filter(pk=paper.pk).update(retained_until=dt.date(2020, 1, 1))
    with pytest.raises(DatabaseError, match="Cannot update rows from casework_document"), transaction.atomic():
        Document.objects.filter(pk=paper.pk).update(retained_until=None)
    with pytest.raises(DatabaseError, match="oversight_archivepackage"), transaction.atomic():
        ArchivePackage.objects.filter(pk=package.pk).update(retained_until=dt.date(2020, 1, 1))
    by_force("UPDATE oversight_archivepackage SET retained_until = %s WHERE id = %s", later, package.pk)
    with pytest.raises(DatabaseError, match="Cannot delete rows from oversight_archivepackage"), transaction.atomic():
        package.delete()
    # after the date both may go
    past = dt.date(2020, 1, 1)
    by_force("UPDATE oversight_archivepackage SET retained_until = %s WHERE id = %s", past, package.pk)
    by_force("UPDATE casework_document SET retained_until = %s WHERE id = %s", past, paper.pk)
    ArchivePackage.objects.get(pk=package.pk).delete()
    Document.objects.get(pk=paper.pk).delete()
    assert not Document.objects.filter(pk=paper.pk).exists()


def test_a_document_without_a_date_is_never_deleted(city, story):
    photo = documents_of(story.cohort.pk, Purpose.SITE_PHOTO).first()
    assert photo.retained_until is None
    with pytest.raises(DatabaseError, match="Cannot delete rows"), transaction.atomic():
        photo.delete()


def test_the_story_is_what_it_says(story):
    assert Exam.objects.get(cohort=story.cohort).sealed_at
    assert Attendance.objects.filter(session__cohort=story.cohort).exists()
