"""Pages of providers and bases: from the plan to the confirmed class, by role, scope and form (QD97.2.3, 3.1, 3.2, 3.4)."""

import datetime as dt
import io
import uuid

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from peibu.accounts import clock
from peibu.casework.models import Document
from peibu.registry.models import Teacher
from peibu.training.actions.cohorts import enrol, give_reason, set_timetable
from peibu.training.models import Cohort, TrainingPlan
from peibu.training.queries.filing import filing_time
from tests.city import at
from tests.training.filing_world import DAYS, PARTS, Filing

pytestmark = pytest.mark.django_db


@pytest.fixture
def filing(city):
    clock.move_to(at("2020-09-28 10:00"))
    return Filing(city)


@pytest.fixture
def other(city, filing):
    """The clerk of another provider."""
    rows = (city.actor("provider", nth=n) for n in range(18))
    return next(row for row in rows if row.unit.pk != filing.unit.pk)


def page(client, name, *args, **query):
    answer = client.get(reverse(name, args=args), query)
    return answer, "" if answer.streaming else answer.content.decode()


def follow(client, name, *args, data=None):
    answer = client.post(reverse(name, args=args), data or {}, follow=True)
    return answer, answer.content.decode()


PLAN_DATA = {**{k: v for k, v in PARTS.items() if k != "fee_fen"}, "fee": "1,800.00"}


def plan_data(filing, **changes):
    chosen = {"bases": [b.pk for b in filing.bases], "teachers": [t.pk for t in filing.teachers]}
    return {k: v for k, v in (PLAN_DATA | chosen | changes).items() if v is not None}


def rows(lessons, **changes):
    """A timetable as the form sends it; `changes` by "0-ends"."""
    data = {"row-TOTAL_FORMS": len(lessons), "row-INITIAL_FORMS": 0}
    for number, lesson in enumerate(lessons):
        start, end = timezone.localtime(lesson.starts_at), timezone.localtime(lesson.ends_at)
        values = {
            "date": f"{start:%Y-%m-%d}",
            "starts": f"{start:%H:%M}",
            "ends": f"{end:%H:%M}",
            "kind": lesson.kind,
            "subject": lesson.subject,
            "class_hours": lesson.class_hours,
            "place": lesson.place,
            "teacher": lesson.teacher.pk if lesson.teacher else "",
            "base": lesson.base.pk if lesson.base else "",
        }
        data |= {f"row-{number}-{name}": value for name, value in values.items()}
    return data | {f"row-{key}": value for key, value in changes.items()}


# who may open what


def test_every_page_belongs_to_its_role_and_its_unit(filing, city, other, visit):
    cohort = filing.full()
    plan = cohort.plan
    mine = [
        ("provider-home",), ("provider-plans",), ("plan-page", plan.pk), ("plan-xlsx", plan.pk), ("provider-classes",),
        ("class-new",), ("class-page", cohort.pk), ("class-checks", cohort.pk), ("class-people", cohort.pk),
        ("class-timetable", cohort.pk), ("class-timetable-template", cohort.pk), ("class-timetable-xlsx", cohort.pk),
        ("class-roster-xlsx", cohort.pk),
    ]  # fmt: skip
    client = visit(filing.by)
    assert [page(client, *row)[0].status_code for row in mine] == [200] * len(mine)
    client = visit(other)
    assert {page(client, *row)[0].status_code for row in mine if len(row) > 1} == {404}
    client = visit(city.actor("enterprise"))
    assert {page(client, *row)[0].status_code for row in mine} == {403}


def test_posts_of_another_provider_find_nothing_and_change_nothing(filing, other, visit):
    cohort = filing.full()
    plan = filing.plan()
    client = visit(other)
    posts = [
        ("plan-page", plan.pk), ("plan-sign", plan.pk), ("plan-renew", cohort.plan.pk), ("plan-teacher", plan.pk),
        ("class-move", cohort.pk), ("class-reason", cohort.pk), ("class-people-add", cohort.pk),
        ("class-people-remove", cohort.pk), ("class-timetable", cohort.pk), ("class-timetable-import", cohort.pk),
    ]  # fmt: skip
    assert {client.post(reverse(name, args=[key])).status_code for name, key in posts} == {404}
    plan.refresh_from_db()
    assert plan.signed_at is None
    assert cohort.sessions.count() == 5


def test_a_base_sees_only_signed_plans_that_name_it(filing, city, visit):
    draft, signed = filing.plan(), filing.signed()
    base = city.actor("base", filing.bases[0])
    client = visit(base)
    assert page(client, "base-plan", signed.pk)[0].status_code == 200
    assert page(client, "base-plan", draft.pk)[0].status_code == 404
    stranger = next(a for a in (city.actor("base", nth=n) for n in range(8)) if a.unit not in filing.bases)
    client = visit(stranger)
    assert page(client, "base-plan", signed.pk)[0].status_code == 404
    assert client.post(reverse("base-plan-sign", args=[signed.pk])).status_code == 404


# the plan


def test_form_errors_of_a_plan_are_chinese_and_nothing_is_saved(filing, visit):
    plan = filing.plan()
    client = visit(filing.by)
    data = plan_data(filing, class_hours="许多", fee="12.345", goal="新的目标", topics=["astrology"])
    answer = client.post(reverse("plan-page", args=[plan.pk]), data)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "输入整数" in text
    assert "超过两位小数" in text
    assert "astrology" in text
    plan.refresh_from_db()
    assert plan.goal == PARTS["goal"]
    assert client.post(reverse("plan-page", args=[plan.pk]), plan_data(filing, goal="新的目标")).status_code == 302
    plan.refresh_from_db()
    assert (plan.goal, plan.fee_fen) == ("新的目标", 180_000)


def test_the_live_list_names_what_is_missing_and_saves_nothing(filing, visit):
    plan = filing.plan()
    client = visit(filing.by)
    address = reverse("plan-missing", args=[plan.pk])
    text = client.post(address, plan_data(filing, evaluation="", teachers=[], bases=[], fee="")).content.decode()
    assert [label for label in ("结业评价标准", "培训师资", "实训基地", "收费标准", "培训目标") if _open(text, label)] == [
        "结业评价标准", "培训师资", "实训基地", "收费标准",
    ]  # fmt: skip
    assert "缺少" not in client.post(address, plan_data(filing)).content.decode()
    plan.refresh_from_db()
    assert plan.evaluation == PARTS["evaluation"]


def _open(text, label):
    return f'{label}<span class="muted small">' in text


def test_an_incomplete_plan_is_not_signed_and_the_missing_part_is_told(filing, visit):
    plan = filing.plan(goal="", fee_fen=180_000)
    client = visit(filing.by)
    _answer, text = follow(client, "plan-sign", plan.pk)
    assert "培训方案缺少：培训目标" in text
    plan.refresh_from_db()
    assert plan.signed_at is None
    _answer, text = follow(client, "plan-sign", filing.plan(topics=[]).pk)
    assert "没有选择内容类别" in text


def test_a_teacher_is_added_once_and_a_wrong_number_is_explained(filing, city, visit):
    plan = filing.plan()
    client = visit(filing.by)
    before = Teacher.objects.filter(unit=filing.unit).count()
    number = city.city.people[5].id_number
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    data = {"name": "外聘专家", "id_number": wrong, "title": "教授", "full_time": "no"}
    answer = client.post(reverse("plan-teacher", args=[plan.pk]), data)
    assert (answer.status_code, "身份证号码有误" in answer.content.decode()) == (422, True)
    data["id_number"] = number
    for _twice in range(2):
        _answer, text = follow(client, "plan-teacher", plan.pk, data=data)
        assert "已添加教师外聘专家" in text
    assert Teacher.objects.filter(unit=filing.unit).count() == before + 1
    row = Teacher.objects.get(unit=filing.unit, name="外聘专家")
    assert (row.full_time, row.title) == (False, "教授")
    answer = client.post(reverse("plan-teacher", args=[plan.pk]), data | {"name": "另一人名"})
    assert "不一致" in answer.content.decode()


def test_a_page_sent_twice_makes_one_plan_and_one_class(filing, visit):
    signed = filing.signed()
    client = visit(filing.by)
    key = uuid.uuid4()
    for _twice in range(2):
        follow(client, "plan-new", data={"policy": filing.city.policy, "key": key})
        follow(client, "plan-renew", signed.pk, data={"key": uuid.UUID(int=7)})
        data = {"plan": signed.pk, "name": "双击班", "venue": "一号楼", "key": uuid.UUID(int=9)}
        follow(client, "class-new", data=data)
    assert TrainingPlan.objects.filter(pk=key).count() == 1
    assert signed.replaced_by.count() == 1
    assert Cohort.objects.filter(name="双击班").count() == 1
    follow(client, "class-new", data=data | {"key": uuid.uuid4()})
    assert Cohort.objects.filter(name="双击班").count() == 2


# people


def test_people_are_chosen_from_received_sign_ups_and_can_leave_again(filing, visit):
    cohort = filing.cohort()
    lines = filing.sign_ups(3) + filing.sign_ups(2, nth=1)
    client = visit(filing.by)
    _answer, text = page(client, "class-people", cohort.pk)
    assert "待编班人员（5 人）" in text
    chosen = {"line": [lines[0].pk, lines[3].pk]}
    for _twice in range(2):
        answer, text = follow(client, "class-people-add", cohort.pk, data=chosen)
        assert answer.status_code == 200
    cohort.refresh_from_db()
    assert cohort.seats_taken == 2
    assert "待编班人员（3 人）" in text
    gone = {"enrolment": [cohort.enrolments.get(line=lines[0]).pk]}
    for _twice in range(2):
        _answer, text = follow(client, "class-people-remove", cohort.pk, data=gone)
    cohort.refresh_from_db()
    assert cohort.seats_taken == 1
    assert "待编班人员（4 人）" in text


def test_lines_of_another_provider_cannot_be_chosen(filing, other, visit):
    cohort = filing.cohort()
    lines = filing.sign_ups(2)
    type(lines[0].signup).objects.filter(pk=lines[0].signup_id).update(provider=other.unit)
    client = visit(filing.by)
    _answer, text = follow(client, "class-people-add", cohort.pk, data={"line": [lines[0].pk]})
    cohort.refresh_from_db()
    assert cohort.seats_taken == 0
    assert lines[0].person.name not in text


def test_the_class_is_never_overfull_without_a_reason(filing, visit):
    cohort = filing.cohort()
    Cohort.objects.filter(pk=cohort.pk).update(seats=2)
    lines = filing.sign_ups(3)
    client = visit(filing.by)
    _answer, text = follow(client, "class-people-add", cohort.pk, data={"line": [row.pk for row in lines]})
    assert "班次人数已达上限" in text
    cohort.refresh_from_db()
    assert cohort.seats_taken == 0
    data = {"rule": "class_size_in_limit", "reason": "同一集团职工统一培训"}
    follow(client, "class-reason", cohort.pk, data=data)
    follow(client, "class-people-add", cohort.pk, data={"line": [row.pk for row in lines]})
    cohort.refresh_from_db()
    assert cohort.seats_taken == 3


# timetable


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
