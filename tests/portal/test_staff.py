"""The pages of the register: a unit's own people, the desk's look across units, and whom nobody gets to see."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from peibu.accounts import clock
from peibu.casework.actions import keep_document
from peibu.casework.enums import Purpose
from peibu.casework.models import Document
from peibu.papers.plain_papers import Part, plain_pdf
from peibu.registry.models import Engagement, Practitioner, Qualification, Teacher
from peibu.registry.practitioners import Held, qualify, withdraw
from peibu.training.models import Session
from tests.city import at
from tests.registry.practitioner_world import NOW, number, of_teacher, paper, place, providers, somebody
from tests.registry.test_practitioner_file import GOOD, PLACE, book, changed
from tests.training.filing_world import Filing

pytestmark = pytest.mark.django_db
PLACE_FORM = {
    "name": "王建国", "id_number": number(7), "role": "teacher", "full_time": "yes", "valid_from": "2020-01-01",
    "source": "劳动合同1号",
}  # fmt: skip
PAPER_FORM = {
    "kind": "title", "title": "senior_title", "number": "ZC1", "issuer": "省厅", "valid_from": "2018-01-01",
    "valid_until": "2020-08-31", "source": "原件",
}  # fmt: skip


@pytest.fixture
def keeper(city):
    clock.move_to(NOW)
    return providers(city)[0]


def text_of(answer) -> str:
    return answer.content.decode()


def test_a_unit_enters_somebody_and_what_they_hold(keeper, visit):
    client = visit(keeper)
    answer = client.post(reverse("staff-enter"), PLACE_FORM, follow=True)
    assert "请继续登记资格" in text_of(answer)
    person = Practitioner.objects.get(name="王建国", engagements__unit=keeper.unit)
    scan = SimpleUploadedFile(
        "证书.pdf", plain_pdf(title="证", parts=[Part(heading="", paragraphs=["演示"])], dated=NOW.date())
    )
    answer = client.post(reverse("staff-person", args=[person.pk]), PAPER_FORM | {"scan": scan}, follow=True)
    assert "资格已登记" in text_of(answer)
    assert "证书.pdf" in text_of(answer)
    row = Qualification.objects.get(person=person)
    assert Document.objects.filter(subject_id=row.pk).count() == 1
    listed = text_of(client.get(reverse("staff"), {"state": "soon"}))
    assert "王建国" in listed
    assert "90日内到期" in listed
    assert "王建国" not in text_of(client.get(reverse("staff"), {"state": "expired"})).split("<main")[1]
    answer = client.post(reverse("staff-withdraw", args=[row.pk]), {"why": "录错"}, follow=True)
    assert "登记已撤回" in text_of(answer)
    assert "录错" in text_of(answer)


def test_what_is_refused_stays_on_the_form(keeper, visit, city):
    client = visit(keeper)
    for change, says in (
        ({"id_number": "123"}, "身份证"),
        ({"valid_until": "2019-12-31"}, "截止日期早于起始日期"),
        ({"source": ""}, "必填"),
    ):
        answer = client.post(reverse("staff-enter"), PLACE_FORM | change)
        assert answer.status_code == 422
        assert says in text_of(answer) or "这个字段" in text_of(answer)
    assert not Engagement.objects.filter(unit=keeper.unit).exists()
    other = providers(city)[1]
    place(other, somebody(other))
    answer = client.post(reverse("staff-enter"), PLACE_FORM)
    assert answer.status_code == 422
    assert "另一单位的专职人员" in text_of(answer)
    assert other.unit.name not in text_of(answer)


def test_somebody_leaves(keeper, visit):
    row = place(keeper, somebody(keeper))
    client = visit(keeper)
    client.post(reverse("staff-leave", args=[row.pk]), {"on": "2020-06-30"})
    row.refresh_from_db()
    assert str(row.valid_until) == "2020-06-30"
    assert "没有填写离岗日期" in text_of(
        client.post(reverse("staff-leave", args=[row.pk]), {"on": "soon"}, follow=True)
    )
    client.post(reverse("staff-leave", args=[row.pk]), {"why": "不是本单位人员"})
    row.refresh_from_db()
    assert row.withdrawn_why == "不是本单位人员"


def test_other_units_people_are_not_there(keeper, visit, city):
    other = providers(city)[1]
    person = somebody(other)
    row = place(other, person)
    held = paper(other, person)
    client = visit(keeper)
    assert client.get(reverse("staff-person", args=[person.pk])).status_code == 404
    assert client.post(reverse("staff-leave", args=[row.pk]), {"on": "2020-06-30"}).status_code == 404
    assert client.post(reverse("staff-withdraw", args=[held.pk]), {"why": "x"}).status_code == 404
    assert "王建国" not in text_of(client.get(reverse("staff")))


def test_file_template_and_export(keeper, visit):
    client = visit(keeper)
    heads = openpyxl.load_workbook(io.BytesIO(client.get(reverse("staff-template")).content))
    assert "身份证号码" in str([cell.value for row in heads.active.iter_rows() for cell in row])
    file = SimpleUploadedFile("师资.xlsx", book(GOOD, changed(PLACE, contract=" ")))
    answer = client.post(reverse("staff-import"), {"file": file})
    assert answer.status_code == 422
    assert [row.row for row in answer.context["problems_found"]] == [3]
    file = SimpleUploadedFile("师资.xlsx", book(GOOD, PLACE))
    assert "已登记2人" in text_of(client.post(reverse("staff-import"), {"file": file}, follow=True))
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(reverse("staff"), {"as": "xlsx"}).content)).active
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert cells[0] == "师资和考评人员一览表"
    assert "王建国" in cells
    assert "专业技术职称 ZC1" in cells


def test_the_desk_looks_across_units_of_its_district(keeper, visit, city):
    person = somebody(keeper)
    place(keeper, person)
    officer = city.actor("agency_reviewer", city.office("agency", keeper.unit.division))
    client = visit(officer)
    for query in ({"q": "王建"}, {"q": number(7)}, {"unit": keeper.unit.name}):
        assert "王建国" in text_of(client.get(reverse("desk-practitioners"), query))
    assert "王建国" not in text_of(client.get(reverse("desk-practitioners"), {"q": number(9)}))
    answer = client.post(reverse("desk-practitioner", args=[person.pk]), PAPER_FORM, follow=True)
    assert "经办机构登记" in text_of(answer)
    row = Qualification.objects.get(person=person)
    client.post(reverse("desk-practitioner-withdraw", args=[row.pk]), {"why": "查无此证"})
    row.refresh_from_db()
    assert row.withdrawn_at
    assert "离岗或撤回" in text_of(answer)
    stay, wrong = person.engagements.get(), place(keeper, person, role="supervisor")
    client.post(reverse("desk-practitioner-leave", args=[stay.pk]), {"on": "2020-06-30"})
    client.post(reverse("desk-practitioner-leave", args=[wrong.pk]), {"why": "没有聘书"})
    stay.refresh_from_db()
    wrong.refresh_from_db()
    assert (str(stay.valid_until), wrong.withdrawn_why) == ("2020-06-30", "没有聘书")
    right = {"name": "王建过", "source": "身份证原件"}
    answer = client.post(reverse("desk-practitioner-name", args=[person.pk]), right, follow=True)
    assert "王建国 → 王建过" in text_of(answer)
    far = next(
        a for a in (city.actor("agency_reviewer", nth=n) for n in range(9)) if not a.covers(keeper.unit.division_id)
    )
    assert visit(far).get(reverse("desk-practitioner", args=[person.pk])).status_code == 404
    assert visit(far).post(reverse("desk-practitioner-name", args=[person.pk]), right).status_code == 404
    assert visit(far).post(reverse("desk-practitioner-leave", args=[stay.pk]), {"why": "x"}).status_code == 404
    assert visit(city.actor("auditor")).get(reverse("desk-practitioner", args=[person.pk])).status_code == 200


def test_two_places_at_once_are_shown_and_named_to_the_office_only(city, visit):
    clock.move_to(NOW)
    filing = Filing(city)
    own = filing.cohort(plan=filing.signed())
    session = own.sessions.order_by("starts_at").first()
    Session.objects.filter(pk=own.sessions.order_by("starts_at")[1].pk).update(
        starts_at=session.starts_at, ends_at=session.ends_at
    )
    person = of_teacher(Teacher.objects.get(pk=session.teacher_id))
    address = reverse("staff-person", args=[person.pk])
    assert "时间重叠" in text_of(visit(filing.by).get(address))
    desk = visit(city.actor("city_bureau"))
    assert person.name in text_of(desk.get(reverse("desk-practitioners"), {"double": "yes"}))
    assert filing.unit.name in text_of(desk.get(reverse("desk-practitioner", args=[person.pk])))
    elsewhere = next(a for a in providers(city, 9) if a.unit.pk != filing.unit.pk)
    Teacher.objects.create(unit=elsewhere.unit, person_key=person.person_key, name=person.name)
    held = qualify(
        person=person, unit=filing.unit, held=Held("title", "ZC77", "省厅", title="senior_title"),
        valid_from=NOW.date(), source=f"{filing.unit.name}核对原件", by=filing.by, at=NOW,
    )  # fmt: skip
    keep_document(
        division=filing.unit.division, subject_id=held.pk, case=None, purpose=Purpose.EVIDENCE, kind="pdf",
        name=f"{filing.unit.name}.pdf", by=filing.by, at=NOW, content=plain_pdf(title="证", parts=[], dated=NOW.date()),
    )  # fmt: skip
    withdraw(row=held, why=f"已离开{filing.unit.name}", by=filing.by, at=NOW)
    assert f"已离开{filing.unit.name}" in text_of(visit(filing.by).get(address))
    seen = text_of(visit(elsewhere).get(address))
    assert "ZC77" in seen
    assert "其他单位" in seen
    assert own.name not in seen
    assert filing.unit.name not in seen


def test_the_class_page_tells_what_ends_before_its_sessions(city, visit):
    clock.move_to(at("2020-09-28 09:00"))
    filing = Filing(city)
    cohort = filing.cohort(plan=filing.signed())
    person = of_teacher(filing.teachers[0])
    client = visit(filing.by)
    assert "到期" not in text_of(client.get(reverse("class-checks", args=[cohort.pk])))
    paper(filing.by, person, until="2020-10-19")
    assert "2020-10-19 到期" in text_of(client.get(reverse("class-checks", args=[cohort.pk])))
