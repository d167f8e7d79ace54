"""Pages of providers and bases: who may open them, plans, people of a class (QD97.2.3, 3.3)."""

import uuid

import pytest
from django.urls import reverse

from peibu.accounts import clock
from peibu.registry.models import Teacher
from peibu.training.models import Cohort, TrainingPlan
from tests.city import at
from tests.training.filing_forms import follow, page, plan_data
from tests.training.filing_world import PARTS, Filing

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
