"""A change after the confirmation through the pages: proposed, read by the desk, confirmed, in force (WH63.2.3)."""

import io

import openpyxl
import pytest
from django.urls import reverse

from peibu.accounts import clock
from peibu.training.models import ClassChange
from tests.city import at
from tests.classroom import classroom
from tests.training.filing_forms import follow, page, rows
from tests.training.filing_world import Filing

pytestmark = pytest.mark.django_db


@pytest.fixture
def filing(city):
    clock.move_to(at("2020-10-15 09:00"))
    return Filing(city)


@pytest.fixture
def cohort(filing):
    row = filing.full(people=3)
    filing.submit(row)
    return filing.confirmed(row)


def sent(cohort, lessons, **changes):
    """The form as the page sends it: every row with the session it stands for."""
    keys = {
        f"row-{n}-session": str(key)
        for n, key in enumerate(cohort.sessions.order_by("starts_at").values_list("pk", flat=True))
    }
    return rows(lessons) | keys | {f"row-{name}": value for name, value in changes.items()}


def begun(client, cohort, **data):
    form = {"kind": "amend", "reason": "授课教师出差，换人代课"} | data
    answer, text = follow(client, "class-changes", cohort.pk, data=form)
    return ClassChange.objects.filter(cohort=cohort).first(), answer, text


def test_the_road_of_a_change(filing, cohort, visit):
    client = visit(filing.by)
    change, _answer, text = begun(client, cohort)
    assert "还没有调整" in text
    data = sent(cohort, filing.lessons(), **{"0-starts": "14:00", "0-ends": "17:00"})
    _answer, text = follow(client, "class-change-timetable", change.pk, data=data)
    assert "与现行课程表相比有1处调整" in text
    assert "<b>14:00–17:00</b>" in text  # old and new side by side
    _answer, text = follow(client, "class-change-move", change.pk, data={"move": "submit"})
    assert "已提交，等待审核" in text
    assert cohort.sessions.order_by("starts_at").first().starts_at == at("2020-10-19 09:00")
    desk = visit(filing.reviewer(cohort))
    _answer, text = page(desk, "desk-case", change.case_id)
    for word in ("原安排", "变更后", "授课教师出差，换人代课", "变更后的核对单", "<b>14:00–17:00</b>"):
        assert word in text, word
    follow(desk, "desk-case-move", change.case_id, data={"move": "confirm"})
    assert cohort.sessions.order_by("starts_at").first().starts_at == at("2020-10-19 14:00")
    _answer, text = page(desk, "desk-case", cohort.case_id)
    assert change.case.number in text


def test_wrong_rows_are_told_at_their_place_and_nothing_is_kept(filing, cohort, visit):
    client = visit(filing.by)
    change, _answer, _text = begun(client, cohort)
    data = sent(cohort, filing.lessons(), **{"0-ends": "08:00", "1-subject": ""})
    answer = client.post(reverse("class-change-timetable", args=[change.pk]), data)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "第 1 行" in text
    assert "第 2 行" in text
    assert not change.lessons.exists()


def test_a_copied_row_is_a_new_session(filing, cohort, visit):
    client = visit(filing.by)
    change, _answer, _text = begun(client, cohort)
    lessons = [*filing.lessons(), filing.lesson(filing.lessons()[0].starts_at.date(), hour=14)]
    first = cohort.sessions.order_by("starts_at").first()
    data = sent(cohort, lessons) | {"row-5-session": str(first.pk)}
    follow(client, "class-change-timetable", change.pk, data=data)
    assert [(row.deed, row.session_id) for row in change.lessons.all()] == [("add", None)]


def test_people_are_changed_with_reasons_and_every_version_of_the_roster_is_a_file(filing, cohort, visit):
    client = visit(filing.by)
    change, _answer, _text = begun(client, cohort)
    gone = cohort.enrolments.select_related("person").first()
    data = {"leave": [str(gone.pk)], f"why-{gone.pk}": "离职"}
    _answer, text = follow(client, "class-change-people", change.pk, data=data)
    assert "共变更1名学员" in text
    follow(client, "class-change-move", change.pk, data={"move": "submit"})
    desk = visit(filing.reviewer(cohort))
    follow(desk, "desk-case-move", change.case_id, data={"move": "confirm"})
    _answer, text = page(visit(filing.by), "class-changes", cohort.pk)
    assert "第 2 版" in text
    assert "第 1 版" in text
    for actor, name in ((filing.by, "class-roster-version"), (filing.reviewer(cohort), "desk-roster-version")):
        visitor, people = visit(actor), []
        for number in (1, 2):
            file = b"".join(visitor.get(reverse(name, args=[cohort.pk, number])).streaming_content)
            sheet = openpyxl.load_workbook(io.BytesIO(file)).active
            people.append({cell.value for row in sheet.iter_rows() for cell in row})
        assert gone.person.name in people[0]
        assert gone.person.name not in people[1]


def test_nobody_else_finds_a_change(filing, cohort, city, visit):
    change, _answer, _text = begun(visit(filing.by), cohort)
    stranger = next(a for a in (city.actor("provider", nth=n) for n in range(9)) if a.unit != filing.unit)
    client = visit(stranger)
    for name, key in (("class-change", change.pk), ("class-changes", cohort.pk)):
        assert client.get(reverse(name, args=[key])).status_code == 404
    assert client.get(reverse("class-roster-version", args=[cohort.pk, 1])).status_code == 404
    other = next(
        a for a in (city.actor("agency_reviewer", nth=n) for n in range(9)) if not a.covers(cohort.case.division_id)
    )
    assert visit(other).get(reverse("desk-roster-version", args=[cohort.pk, 1])).status_code == 404


def test_an_urgent_change_is_told_to_the_agency(filing, cohort, visit):
    clock.move_to(at("2020-10-19 07:30"))
    client = visit(filing.by)
    change, _answer, _text = begun(client, cohort, urgent="on", reason="授课教师突发疾病")
    data = sent(cohort, filing.lessons(), **{"0-teacher": str(filing.teachers[1].pk)})
    follow(client, "class-change-timetable", change.pk, data=data)
    _answer, text = follow(client, "class-change-move", change.pk, data={"move": "submit"})
    assert "紧急变更已经生效" in text
    _answer, text = page(visit(filing.reviewer(cohort)), "desk-case", change.case_id)
    assert "提交时生效" in text
    assert "授课教师突发疾病" in text


def test_a_refused_change_shows_the_limit_with_a_field_for_its_reason_and_the_desk_reads_it(filing, cohort, visit):
    client = visit(filing.by)
    change, _answer, _text = begun(client, cohort)
    data = sent(cohort, filing.lessons(), **{"4-date": "2020-11-27"})
    follow(client, "class-change-timetable", change.pk, data=data)
    answer = client.post(reverse("class-change-move", args=[change.pk]), {"move": "submit"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'name="rule" value="class_span_in_limit"' in text
    follow(client, "class-change-try", change.pk)
    assert not change.soft_reasons  # trying keeps nothing
    why = {"rule": "class_span_in_limit", "reason": "企业停产检修，最后一课只能延后"}
    _answer, text = follow(client, "class-change-reason", change.pk, data=why)
    assert "已记录突破理由" in text
    _answer, text = follow(client, "class-change-move", change.pk, data={"move": "submit"})
    assert "已提交，等待审核" in text
    _answer, text = page(visit(filing.reviewer(cohort)), "desk-case", change.case_id)
    assert "企业停产检修，最后一课只能延后" in text
    assert "突破“原则上”限制的理由" in text


def test_another_providers_change_takes_no_reason_and_no_paper(filing, cohort, visit, city):
    change, _answer, _text = begun(visit(filing.by), cohort)
    other = visit(classroom(city, number=2).provider)
    for name in ("class-change-try", "class-change-reason", "class-change-paper"):
        assert other.post(reverse(name, args=[change.pk])).status_code == 404
