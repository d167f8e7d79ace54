"""From the plan to the confirmed class through the pages: timetable, check sheet, filing, offers (QD97.3.1, 3.2, 3.4)."""

import datetime as dt
import io
import uuid

import openpyxl
import pytest
from django.urls import reverse
from django.utils import translation

from peibu.accounts import clock
from peibu.casework.models import Document
from peibu.training.actions.cohorts import enrol, give_reason, set_timetable
from peibu.training.models import Cohort, TrainingPlan
from peibu.training.queries.filing import filing_time, timetable_versions
from tests.city import at
from tests.training.filing_forms import follow, page, plan_data, rows
from tests.training.filing_world import DAYS, Filing

pytestmark = pytest.mark.django_db


@pytest.fixture
def filing(city):
    clock.move_to(at("2020-09-28 10:00"))
    return Filing(city)


def test_the_timetable_is_saved_whole_or_not_at_all_with_every_fault_at_its_row(filing, visit):
    cohort = filing.cohort()
    before = set(cohort.sessions.values_list("pk", flat=True))
    client = visit(filing.by)
    bad = rows(filing.lessons(), **{"0-ends": "08:00", "1-subject": "", "3-base": "", "4-class_hours": "x"})
    answer = client.post(reverse("class-timetable", args=[cohort.pk]), bad)
    text = answer.content.decode()
    assert answer.status_code == 422
    for sentence in ("第 1 行", "结束时间不晚于开始时间", "第 2 行", "第 4 行", "没有实训基地", "第 5 行", "输入整数"):
        assert sentence in text, sentence
    assert set(cohort.sessions.values_list("pk", flat=True)) == before
    good = rows(filing.lessons()) | {"row-TOTAL_FORMS": 7, "row-6-kind": "lecture"}  # two rows left empty
    _answer, text = follow(client, "class-timetable", cohort.pk, data=good)
    assert "课程表已保存，共5节" in text
    assert not set(cohort.sessions.values_list("pk", flat=True)) & before


def test_saving_with_htmx_answers_with_the_new_check_sheet(filing, visit):
    cohort = filing.cohort()
    client = visit(filing.by)
    address = reverse("class-timetable", args=[cohort.pk])
    answer = client.post(address, rows(filing.lessons()[1:]), headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert 'id="checks" hx-swap-oob="true"' in text
    assert "共4节" in text
    assert "不符合" in text


def workbook(client, cohort, lines):
    """The template filled in."""
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(
        reverse("class-timetable-template", args=[cohort.pk])).streaming_content)))  # fmt: skip
    sheet = book["填写"]
    for number, line in enumerate(lines, start=5):
        for place, value in enumerate(line, start=2):
            sheet.cell(number, place).value = value
    sink = io.BytesIO()
    book.save(sink)
    sink.seek(0)
    sink.name = "课程表.xlsx"
    return sink


def test_excel_faults_are_told_all_at_once_and_a_good_file_is_a_preview_first(filing, visit):
    cohort = filing.cohort()
    before = set(cohort.sessions.values_list("pk", flat=True))
    client = visit(filing.by)
    teacher, base = filing.teachers[0].name, filing.bases[0].name
    bad = [
        ["2020-10-19", "9点", "12:00", "专题讲座", "平台", "4", "报告厅", teacher, ""],
        ["2020-10-20", "09:00", "12:00", "讲座", "平台", "4", "报告厅", teacher, ""],
        ["2020-10-21", "09:00", "12:00", "专题讲座", "平台", "4", "报告厅", "查无此人", ""],
        ["2020-10-22", "09:00", "12:00", "基地实训", "平台", "4", "车间", teacher, ""],
        ["2020-10-22", "11:00", "13:00", "专题讲座", "平台", "4", "报告厅", teacher, ""],
    ]
    address = reverse("class-timetable-import", args=[cohort.pk])
    answer = client.post(address, {"file": workbook(client, cohort, bad)})
    text = answer.content.decode()
    assert answer.status_code == 422
    for sentence in (
        "“9点”不是有效的时间",
        "“讲座”不在可选范围内",
        "“查无此人”不在可选范围内",
        "没有实训基地",
        "与第8行时间重叠",
    ):
        assert sentence in text, sentence
    good = [[*bad[1][:3], "专题讲座", *bad[1][4:]], [*bad[3][:8], base]]
    answer = client.post(address, {"file": workbook(client, cohort, good)})
    assert answer.status_code == 200
    assert "已从文件读入 2 节课" in answer.content.decode()
    assert set(cohort.sessions.values_list("pk", flat=True)) == before
    answer = client.post(address, {"file": io.BytesIO(b"not a table \x00\x01")})
    assert answer.status_code == 422


# filing


def test_the_last_day_to_file_counts_back_over_holidays_and_weekends(filing):
    cohort = filing.cohort()
    on = dt.date(2020, 9, 28)
    for opens, last in [
        (dt.date(2020, 10, 19), dt.date(2020, 10, 12)),
        (dt.date(2020, 10, 9), dt.date(2020, 9, 25)),  # 27 September (Sunday) was a working day
        (dt.date(2020, 10, 24), dt.date(2020, 10, 16)),  # a Saturday is itself no working day
    ]:
        cohort.opens_on = opens
        assert filing_time(cohort, on=on).last == last
    cohort.opens_on = dt.date(2031, 1, 6)
    assert "尚未载入" in filing_time(cohort, on=on).problem
    cohort.opens_on = None
    assert filing_time(cohort, on=on).last is None


def test_a_refused_filing_names_what_is_wrong_and_stays_a_draft(filing, visit):
    cohort = filing.full(days=DAYS[1:])
    client = visit(filing.by)
    _answer, text = page(client, "class-page", cohort.pk)
    assert "改好后才能提交" in text
    _answer, text = follow(client, "class-move", cohort.pk, data={"move": "submit"})
    assert "4" in text
    assert "未办成" in text
    cohort.case.refresh_from_db()
    assert cohort.case.state == "draft"


def test_a_class_in_a_year_without_a_calendar_opens_its_page(filing, visit):
    cohort = filing.full(days=[dt.date(2031, 1, 6) + dt.timedelta(days=n) for n in range(5)])
    answer, text = page(visit(filing.by), "class-page", cohort.pk)
    assert answer.status_code == 200
    assert "尚未载入" in text
    assert "提交后名单和课程表不能再改" not in text


def test_the_road_from_the_plan_to_the_confirmed_class(filing, city, visit):
    client = visit(filing.by)
    follow(client, "plan-new", data={"policy": city.policy, "key": uuid.uuid4()})
    plan = TrainingPlan.objects.filter(provider=filing.unit).latest("created_at")
    follow(client, "plan-page", plan.pk, data=plan_data(filing))
    _answer, text = follow(client, "plan-sign", plan.pk)
    assert "培训方案已签署" in text

    for base in filing.bases:
        client = visit(city.actor("base", base))
        assert plan.project_name in page(client, "base-home")[1]
        for _twice in range(2):
            _answer, text = follow(client, "base-plan-sign", plan.pk)
        assert "已会签" in text
        assert "没有等待会签的方案" in page(client, "base-home")[1]

    lines = filing.sign_ups(3)
    client = visit(filing.by)
    assert lines[0].signup.enterprise.name in page(client, "provider-home")[1]
    follow(client, "class-new", data={"plan": plan.pk, "name": "第一期", "venue": "报告厅", "key": uuid.uuid4()})
    cohort = Cohort.objects.get(plan=plan)
    follow(client, "class-people-add", cohort.pk, data={"line": [row.pk for row in lines]})
    follow(client, "class-timetable", cohort.pk, data=rows(filing.lessons()))
    _answer, text = page(client, "class-page", cohort.pk)
    assert cohort.case.agency.name in text
    assert "2020年10月12日" in text
    for _twice in range(2):
        _answer, text = follow(client, "class-move", cohort.pk, data={"move": "submit"})
    cohort.case.refresh_from_db()
    assert cohort.case.state == "submitted"
    assert cohort.case.steps.filter(move="submit").count() == 1
    assert set(Document.objects.filter(case=cohort.case).values_list("purpose", flat=True)) == {"plan", "timetable"}

    reviewer = filing.reviewer(cohort)
    client = visit(reviewer)
    _answer, text = page(client, "desk-case", cohort.case.pk)
    assert "按现有数据重新核对，与提交时一致" in text
    move = {"move": "return", "reason": "第三天请换教师"}
    client.post(reverse("desk-case-move", args=[cohort.case.pk]), move)

    client = visit(filing.by)
    _answer, text = page(client, "class-page", cohort.pk)
    assert "第三天请换教师" in text
    lessons = filing.lessons()
    lessons[2] = filing.lesson(DAYS[2], teacher=1)
    follow(client, "class-timetable", cohort.pk, data=rows(lessons))
    follow(client, "class-move", cohort.pk, data={"move": "resubmit"})

    client = visit(reviewer)
    _answer, text = page(client, "desk-case", cohort.case.pk)
    assert "此前提交的课程表" in text
    assert text.count("已删改") == 1
    assert filing.teachers[1].name in text
    client.post(reverse("desk-case-move", args=[cohort.case.pk]), {"move": "confirm"})
    cohort.refresh_from_db()
    assert cohort.stage == "confirmed"

    client = visit(filing.by)
    _answer, text = page(client, "class-page", cohort.pk)
    assert "已确认开班" in text
    for later in (
        reverse("teaching-class", args=[cohort.pk]),
        reverse("provider-exams"),
        reverse("provider-certificates"),
    ):
        assert f'href="{later}"' in text
        assert client.get(later).status_code == 200
    assert page(client, "class-timetable", cohort.pk)[0].status_code == 302
    _answer, text = follow(client, "class-timetable", cohort.pk, data=rows(filing.lessons()))
    assert "不能直接修改" in text


def test_a_withdrawn_class_needs_a_reason_and_frees_its_people(filing, visit):
    cohort = filing.full()
    client = visit(filing.by)
    _answer, text = follow(client, "class-move", cohort.pk, data={"move": "withdraw"})
    assert "须写明理由" in text
    _answer, text = follow(client, "class-move", cohort.pk, data={"move": "withdraw", "reason": "场地变更"})
    assert "已撤回" in text
    assert "3" in page(client, "provider-home")[1]
    cohort.refresh_from_db()
    assert (cohort.stage, cohort.seats_taken) == ("cancelled", 0)


def test_an_exceeded_soft_limit_asks_for_a_reason_and_the_officer_sees_it(filing, visit):
    cohort = filing.full(days=[*DAYS[:4], dt.date(2020, 11, 3)])
    client = visit(filing.by)
    _answer, text = page(client, "class-page", cohort.pk)
    assert 'name="rule" value="class_span_in_limit"' in text
    _answer, text = follow(client, "class-reason", cohort.pk, data={"rule": "class_span_in_limit", "reason": "忙"})
    assert "理由过短" in text
    reason = {"rule": "class_span_in_limit", "reason": "企业排产，分两段授课"}
    answer = client.post(reverse("class-reason", args=[cohort.pk]), reason, headers={"HX-Request": "true"})
    assert "企业排产，分两段授课" in answer.content.decode()
    follow(client, "class-reason", cohort.pk, data={"rule": "class_long_enough", "reason": "不想上五天课"})
    cohort.refresh_from_db()
    assert set(cohort.soft_reasons) == {"class_span_in_limit"}
    follow(client, "class-move", cohort.pk, data={"move": "submit"})
    client = visit(filing.reviewer(cohort))
    _answer, text = page(client, "desk-case", cohort.case.pk)
    assert "请重点审核" in text
    assert "企业排产，分两段授课" in text


def test_the_officer_sees_what_changed_since_the_class_was_handed_in(filing, visit):
    cohort = filing.full()
    filing.submit(cohort)
    client = visit(filing.reviewer(cohort))
    assert "与提交时一致" in page(client, "desk-case", cohort.case.pk)[1]
    listing = filing.unit.listings.get()
    listing.valid_until = dt.date(2020, 10, 9)
    listing.save()
    text = page(client, "desk-case", cohort.case.pk)[1]
    assert "提交后有变化的事项" in text


def test_offers_are_public_and_show_signed_plans_and_coming_classes(filing, client):
    filing.plan(project_name="未签方案")
    assert "未签方案" not in page(client, "offers")[1]
    cohort = filing.cohort()
    enrol(cohort=cohort, lines=filing.sign_ups(3), by=filing.by, at=filing.now)
    answer, text = page(client, "offers")
    assert answer.status_code == 200
    assert cohort.name in text
    assert '<b class="num">77</b>' in text
    assert cohort.name not in page(client, "offers", topic="区块链")[1]
    assert cohort.name in page(client, "offers", topic="大数据")[1]
    clock.move_to(at("2020-10-19 08:00"))
    assert cohort.name not in page(client, "offers")[1]  # begun


def test_what_is_typed_is_shown_as_text(filing, visit):
    cohort = filing.cohort()
    lesson = filing.lesson(DAYS[0])
    nasty = "<script>alert(1)</script>"
    set_timetable(
        cohort=cohort, lessons=[type(lesson)(**{**lesson.__dict__, "subject": nasty})], by=filing.by, at=filing.now
    )
    give_reason(cohort=cohort, rule="class_span_in_limit", reason=nasty, by=filing.by, at=filing.now)
    _answer, text = page(visit(filing.by), "class-page", cohort.pk)
    assert nasty not in text
    assert "&lt;script&gt;alert(1)" in text


def test_papers_of_the_class_open_and_an_empty_roster_says_why(filing, visit):
    cohort = filing.full()
    client = visit(filing.by)
    pdf = b"".join(page(client, "class-roster-pdf", cohort.pk)[0].streaming_content)
    assert pdf.startswith(b"%PDF")
    roster = b"".join(page(client, "class-roster-xlsx", cohort.pk)[0].streaming_content)
    cells = [str(c.value) for row in openpyxl.load_workbook(io.BytesIO(roster)).active for c in row]
    person = cohort.enrolments.first().person
    assert person.name in cells
    assert person.id_number not in cells
    answer, text = page(client, "class-roster-pdf", filing.cohort(plan=cohort.plan).pk)
    assert answer.status_code == 409
    assert "花名册没有人员" in text


def test_timetables_handed_in_compare_the_same_in_every_language(filing, visit):
    cohort = filing.full()
    with translation.override("en"):
        filing.submit(cohort)
    with translation.override("zh-hans"):
        assert timetable_versions(cohort) == []
        filing.sent_back(cohort)
        set_timetable(cohort=cohort, lessons=filing.lessons()[1:], by=filing.by, at=filing.now)
        (version,) = timetable_versions(cohort)
    assert [gone for _row, gone in version.rows] == [True, False, False, False, False]
