"""Call-backs, lesson notes and the evaluation report in the archive of a class (WH63.2.8, WH63.4.1)."""

import datetime as dt
import io
import json

import pytest
from django.urls import reverse
from pypdf import PdfReader

from peibu.accounts import clock
from peibu.demo.city.photos import draw_photo
from peibu.kernel import draw
from peibu.kernel.errors import Refused
from peibu.oversight.actions.archive import archive_class, keep_performance_report, require_archivable
from peibu.oversight.facts import archive_facts, archive_parts
from peibu.oversight.package import collect
from peibu.rulebook.codes import CodeList
from peibu.rulebook.delivery import ARCHIVE
from peibu.training.actions.callbacks import commit_callbacks, draw_callbacks, record_call
from peibu.training.actions.lesson_notes import write_lesson_note
from peibu.training.actions.sheets import keep_sheet
from peibu.training.models import Cohort, TrainingPlan
from peibu.training.queries.callbacks import draw_file
from tests.city import at
from tests.classroom import classroom
from tests.training.story import after, finished_class, scan

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
GOOD = {"attended": "yes", "as_planned": "yes", "signed_self": "yes", "charged": "no", "satisfied": "yes"}
WEIHAI = "weihai/gold_collar_2019"


def test_the_archive_waits_for_the_last_call_and_keeps_the_draw_but_no_answer(city):
    story = finished_class(city, "archivable")
    cohort, now = story.cohort, after(story)
    reviewer = city.actor("agency_reviewer", city.office("agency", cohort.division))
    assert "callbacks" not in [part.code for part in archive_parts(cohort, on=now.date())]
    commit_callbacks(cohort=cohort, by=reviewer, at=now)
    row = draw_callbacks(cohort=cohort, caller=reviewer.user, by=reviewer, at=now + HOUR)
    with pytest.raises(Refused, match="还有3人没有回访"):
        require_archivable(cohort, story.by, on=now.date())
    for task in row.tasks.all():
        remark = "学员说老师常常迟到"
        record_call(
            task=task,
            outcome="reached",
            answers=GOOD | {"charged": "yes"},
            remark=remark,
            by=reviewer,
            at=now + 2 * HOUR,
        )
    assert "callbacks" not in archive_facts(cohort, on=now.date(), kept_until=None)["archive_parts"]
    files = collect(cohort, on=now.date())
    told = json.loads(files["09-电话回访/draw.json"])
    row.refresh_from_db()
    full = draw_file(row)
    assert draw.problems_of(full) == []  # the desk's own file
    assert (told["commitment"], told["pool_sha256"]) == (full["commitment"], full["pool_sha256"])
    assert set(told) == {"commitment", "pool_sha256", "people", "wanted", "drawn", "reached"}
    names = [task.enrolment.person.name for task in row.tasks.select_related("enrolment__person")]
    ours = b"".join(content for path, content in files.items() if path.startswith("09-"))
    # neither who, nor in which order, nor the seed from which whoever knows the roster's keys could compute it
    assert not any(word.encode() in ours for word in (*names, *row.order, row.seed, "迟到", "charged"))
    archive_class(cohort=cohort, by=story.by, at=now + 3 * HOUR)


@pytest.fixture
def gold(city):
    """A Weihai class that has been taught; its certificates are out."""
    room = classroom(city)
    TrainingPlan.objects.filter(pk=room.cohort.plan_id).update(policy=WEIHAI)
    Cohort.objects.filter(pk=room.cohort.pk).update(policy=WEIHAI, stage="certified")
    room.cohort = Cohort.objects.get(pk=room.cohort.pk)
    return room


def state(cohort) -> dict[str, bool]:
    return {part.code: part.complete for part in archive_parts(cohort, on=dt.date(2020, 11, 1))}


def test_weihai_asks_for_its_own_seven_parts_and_each_is_told(city, gold):
    assert list(state(gold.cohort)) == [
        "plan", "sign_up", "roster", "lesson_notes", "attendance", "images", "performance_report",
    ]  # fmt: skip
    assert not state(gold.cohort)["lesson_notes"]
    for session in gold.sessions[:3]:
        write_lesson_note(session=session, text="教案", by=gold.teacher, at=at("2020-10-11 20:00"))
    assert not state(gold.cohort)["lesson_notes"]
    write_lesson_note(session=gold.sessions[3], text="补写", by=gold.teacher, at=at("2020-10-25 20:00"))
    found = {part.code: part for part in archive_parts(gold.cohort, on=dt.date(2020, 11, 1))}["lesson_notes"]
    assert found.complete
    assert found.found == "4次课有教案（1次为补交）"
    assert not state(gold.cohort)["performance_report"]
    keep_performance_report(
        cohort=gold.cohort, name="绩效评估报告.pdf", content=scan("报告"), by=gold.provider, at=at("2020-11-01 09:00")
    )
    assert state(gold.cohort)["performance_report"]
    files = collect(gold.cohort, on=dt.date(2020, 11, 1))
    assert "04-培训日志/教案.pdf" in files
    assert any(path.startswith("10-绩效评估报告/001-") for path in files)


def test_every_part_a_folder_may_name_is_looked_for(gold, monkeypatch):
    every = CodeList("archive_parts", "", "", "", dict.fromkeys(ARCHIVE, ""), {})
    monkeypatch.setattr("peibu.oversight.facts.archive_list", lambda _cohort: every)
    assert list(state(gold.cohort)) == list(ARCHIVE)


def text_of(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_the_plan_in_the_archive_says_only_what_the_plan_says(gold):
    """Weihai's plan has no class hours, head-count or batches of its own."""
    told = text_of(collect(gold.cohort, on=dt.date(2020, 11, 1))["01-培训方案/培训方案.pdf"])
    assert "None" not in told
    assert "工业互联网管理人员培训" in told
    TrainingPlan.objects.filter(pk=gold.cohort.plan_id).update(class_hours=210)
    cohort = Cohort.objects.get(pk=gold.cohort.pk)
    assert "210" in text_of(collect(cohort, on=dt.date(2020, 11, 1))["01-培训方案/培训方案.pdf"])


def test_the_photographed_sheets_are_in_the_package(gold):
    Cohort.objects.filter(pk=gold.cohort.pk).update(stage="confirmed")
    picture = draw_photo(1)
    first = gold.sessions[0]
    sheet = keep_sheet(session=first, name="签到表.jpg", content=picture, by=gold.teacher, at=first.starts_at)
    with sheet.file.open("rb") as file:
        kept = file.read()
    files = collect(gold.cohort, on=dt.date(2020, 11, 1))
    assert [files[path] for path in files if path.startswith("03-签到簿/纸质签到表/")] == [kept]


def test_the_report_is_only_for_a_policy_that_asks_and_only_from_the_provider(city, gold):
    with pytest.raises(Refused, match="承接单位经办人"):
        keep_performance_report(
            cohort=gold.cohort,
            name="a.pdf",
            content=scan(),
            by=city.actor("agency_reviewer"),
            at=at("2020-11-01 09:00"),
        )
    Cohort.objects.filter(pk=gold.cohort.pk).update(policy="qingdao/industrial_internet_2020")
    with pytest.raises(Refused, match="不需要绩效评估报告"):
        keep_performance_report(
            cohort=Cohort.objects.get(pk=gold.cohort.pk), name="a.pdf", content=scan(), by=gold.provider,
            at=at("2020-11-01 09:00"),
        )  # fmt: skip


def test_the_pages_of_a_weihai_class_name_what_is_missing(city, gold, visit):
    clock.move_to(at("2020-11-01 09:00"))
    page = reverse("class-archive", args=[gold.cohort.pk])
    browser = visit(gold.provider)
    shown = browser.get(page).content.decode()
    assert "档案内容（WH63.2.8）" in shown
    assert "没有教案的课次" in shown
    sent = browser.post(reverse("class-archive-report", args=[gold.cohort.pk]), {}, follow=True)
    assert sent.status_code == 422
    officer = city.actor("agency_reviewer", city.office("agency", gold.cohort.division))
    assert "教师备课本" in visit(officer).get(reverse("desk-class", args=[gold.cohort.pk])).content.decode()


def test_a_policy_without_an_archive_is_said_to_have_none(city, gold, visit):
    Cohort.objects.filter(pk=gold.cohort.pk).update(policy="jinan/internet_plus_2020")
    cohort = Cohort.objects.get(pk=gold.cohort.pk)
    assert archive_parts(cohort, on=dt.date(2020, 11, 1)) == []
    with pytest.raises(Refused, match="没有规定培训档案"):
        require_archivable(cohort, gold.provider, on=dt.date(2020, 11, 1))
    assert visit(gold.provider).get(reverse("class-archive", args=[cohort.pk])).status_code == 200
