"""The enterprise's pages over HTTP: who gets in, what a refusal says, that looking changes nothing."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from peibu.accounts import clock
from peibu.programmes.models import Quota
from peibu.registry.models import Person
from peibu.training.models import SignUp, SignUpLine, SignUpStep
from tests.training.hr import NOW, Hr
from tests.training.rosters import row_of, rows_of, xlsx

pytestmark = pytest.mark.django_db
PAGES = ("", "-roster", "-check", "-provider", "-commitment")


@pytest.fixture
def hr(city):
    clock.move_to(NOW)
    return Hr(city)


def url(name, signup=None, *more):
    args = ([signup.pk] if signup else []) + [thing.pk for thing in more]
    return reverse(f"enterprise-{name}", args=args)


def step(part, signup):
    return reverse(f"enterprise-signup{part}", args=[signup.pk])


def upload(client, signup, content, name="名册.xlsx"):
    return client.post(step("-roster", signup), {"roster": SimpleUploadedFile(name, content)})


def sheet(content, name):
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def text(answer):
    return re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())


def test_home_says_whether_we_are_on_the_list_and_what_is_left(hr, visit):
    page = text(visit(hr.by).get(url("home")))
    assert "本企业在补贴对象名单内" in page
    assert "互联网工业“555”项目名单（演示）" in page
    for quota in Quota.objects.all():
        assert quota.label in page
        assert f"{quota.limit:,}" in page
    assert re.search(r"不超过\s+80\s+人", page)
    hr.unit.register_entries.update(valid_until="2020-10-01")
    page = text(visit(hr.by).get(url("home")))
    assert "不在补贴对象名单内，不能报名" in page
    assert "新建报名" not in page


def test_home_before_the_policy_begins(hr, visit):
    clock.move_to(NOW.replace(month=9, day=1))
    assert "政策尚未开始执行" in text(visit(hr.by).get(url("home")))


def test_the_whole_way_by_forms(hr, visit):
    client = visit(hr.by)
    answer = client.post(reverse("enterprise-signup-start"), {"policy": hr.city.policy}, follow=True)
    signup = SignUp.objects.get()
    assert answer.redirect_chain[-1][0] == step("-roster", signup)
    answer = upload(client, signup, xlsx(rows_of(hr.people)))
    assert answer.url == step("-check", signup)
    page = text(client.get(answer.url))
    assert f"预审结果（{len(hr.people)}人）" in page
    assert "QD97.1.2" in page
    answer = client.post(step("-provider", signup), {"provider": str(hr.provider.pk)})
    assert answer.url == step("-commitment", signup)
    page = client.get(answer.url)
    assert "三、配合培训承接单位" in page.content.decode()
    answer = client.post(step("-commitment", signup), {"version": "1"})
    assert answer.status_code == 422
    assert "请先勾选承诺" in text(answer)
    form = {"version": "1", "accepted": "on"}
    for _time in range(2):  # the same form twice
        answer = client.post(step("-commitment", signup), form)
        assert answer.url == step("", signup)
    signup.refresh_from_db()
    assert signup.state == "committed"
    page = text(client.get(answer.url))
    assert f"已为 {signup.lines.filter(active=True).count()} 人报名" in page
    for name, start in (
        ("enterprise-signup-commitment-pdf", b"%PDF"),
        ("enterprise-roster-pdf", b"%PDF"),
        ("enterprise-roster-xlsx", b"PK"),
    ):
        answer = client.get(reverse(name, args=[signup.pk]))
        assert answer.status_code == 200
        assert answer.content.startswith(start)
    for part in PAGES[1:]:
        assert client.get(step(part, signup)).url == step("", signup), "a committed sign-up has no steps"
    client.post(step("-withdraw", signup), {"reason": "计划有变"})
    signup.refresh_from_db()
    assert signup.state == "withdrawn"
    assert "计划有变" in text(client.get(step("", signup)))


def test_a_bad_roster_shows_every_problem_and_a_workbook_of_them(hr, visit):
    client, signup = visit(hr.by), hr.draft()
    rows = [
        row_of(hr.people[0], name="张不对"),
        row_of(hr.people[1], number="370202198503041230"),
        row_of(hr.people[2]),
    ]
    before = (SignUpLine.objects.count(), Person.objects.count(), SignUpStep.objects.count())
    answer = client.post(step("-roster", signup), {"roster": SimpleUploadedFile("名册.xlsx", xlsx(rows))}, follow=True)
    assert (SignUpLine.objects.count(), Person.objects.count(), SignUpStep.objects.count()) == before
    page = text(answer)
    assert "文件有 2 处问题" in page
    assert "姓名与该身份证号码登记的姓名不一致" in page
    assert "校验码" in page
    answer = client.get(reverse("enterprise-signup-problems", args=[signup.pk]))
    head, *found = sheet(answer.content, "错误清单")
    assert [row[head.index("行")] for row in found] == ["3", "4"]
    assert len(sheet(answer.content, "出错的行")) == 3


def test_what_is_no_file_at_all_is_said_at_the_field(hr, visit):
    client, signup = visit(hr.by), hr.draft()
    answer = client.post(step("-roster", signup), {})
    assert answer.status_code == 422
    answer = upload(client, signup, b"x" * (21 << 20))
    assert answer.status_code == 422
    assert "文件超过20MB" in text(answer)
    answer = client.post(step("-roster", signup), {"roster": SimpleUploadedFile("名册.xlsx", b"")}, follow=True)
    assert "文件有 1 处问题" in text(answer)


def test_a_person_by_form_and_its_errors(hr, visit):
    client, signup, person = visit(hr.by), hr.draft(), hr.people[0]
    form = {"name": person.name, "id_number": person.id_number, "post": "经理", "level": "middle"}
    answer = client.post(step("-add", signup), form | {"id_number": "123"})
    assert answer.status_code == 422
    assert "应为 18 位" in text(answer)
    assert client.post(step("-add", signup), form).status_code == 302
    line = signup.lines.get()
    remove = reverse("enterprise-signup-remove", args=[signup.pk, line.pk])
    assert client.post(remove).status_code == 302
    assert client.post(remove).status_code == 302
    assert not signup.lines.exists()


def test_refusals_come_back_as_sentences(hr, visit):
    client, signup = visit(hr.by), hr.draft()
    answer = client.post(
        step("-commitment", signup),
        {"version": "1", "accepted": "on"},
        HTTP_REFERER=step("-roster", signup),
        follow=True,
    )
    assert "还没有选择培训承接单位" in " ".join(said(answer))
    answer = client.post(
        step("-provider", signup), {"provider": ""}, HTTP_REFERER=step("-provider", signup), follow=True
    )
    assert "没有选择承接单位" in " ".join(said(answer))
    answer = client.post(
        step("-provider", signup), {"provider": str(hr.unit.pk)}, HTTP_REFERER=step("-provider", signup), follow=True
    )
    assert "不在培训承接单位推荐名单内" in " ".join(said(answer))


def test_a_foreign_signup_does_not_exist(hr, visit):
    signup = hr.ready()
    client = visit(Hr(hr.city, 1).by)
    names = ["", "-roster", "-check", "-provider", "-commitment", "-job", "-problems", "-commitment-pdf"]
    for part in names:
        assert client.get(step(part, signup)).status_code == 404, part
    for name in ("roster-pdf", "roster-xlsx"):
        assert client.get(url(name, signup)).status_code == 404
    for part in ("-roster", "-check", "-provider", "-commitment", "-add", "-withdraw"):
        assert client.post(step(part, signup), {}).status_code == 404, part
    assert (
        client.post(reverse("enterprise-signup-remove", args=[signup.pk, signup.lines.first().pk])).status_code == 404
    )
    assert SignUp.objects.get().state == "draft"
    assert visit(hr.by).get(step("", signup)).status_code == 200  # negative control


@pytest.mark.parametrize("role", ["provider", "agency_reviewer", "city_bureau", "trainee", "teacher", "auditor"])
def test_other_roles_are_kept_out(hr, visit, role):
    signup = hr.draft()
    try:
        actor = hr.city.actor(role)
    except IndexError:
        pytest.skip("the small city has no such account")
    client = visit(actor)
    for part in PAGES:
        # an institution enrols people of its own; somebody else's sign-up is not there for it
        assert client.get(step(part, signup)).status_code == (404 if role == "provider" else 403)
    assert client.get(url("home")).status_code == 403


def test_visitors_are_sent_to_sign_in(hr, client):
    assert "/sign-in/" in client.get(url("home")).url or "next=" in client.get(url("home")).url


def test_looking_changes_nothing(hr, visit):
    client, signup = visit(hr.by), hr.ready()
    for part in PAGES:
        assert client.get(step(part, signup)).status_code == 200
    for part in ("-add", "-withdraw"):
        assert client.get(step(part, signup)).status_code == 302
    client.get(reverse("enterprise-signup-start"))
    assert SignUp.objects.get().state == "draft"


def test_the_template_comes_back_as_a_roster(hr, visit):
    client = visit(hr.by)
    content = client.get(reverse("enterprise-roster-template")).content
    assert "身份证号码*" in sheet(content, "填写")[2]
    assert "没有数据" in text(
        client.post(step("-roster", hr.draft()), {"roster": SimpleUploadedFile("模板.xlsx", content)}, follow=True)
    )


def test_filter_by_result(hr, visit):
    client, signup = visit(hr.by), hr.ready()
    failing = signup.lines.filter(precheck__decision="fail").first()
    passing = signup.lines.filter(precheck__decision="pass").first()
    page = text(client.get(step("-check", signup) + "?show=fail"))
    assert failing.person.name in page
    assert passing.person.name not in page


def test_a_long_roster_shows_its_bar(hr, visit):
    client, signup = visit(hr.by), hr.draft()
    people = list(Person.objects.order_by("name")[:201])
    answer = client.post(
        step("-roster", signup), {"roster": SimpleUploadedFile("大名册.xlsx", xlsx(rows_of(people)))}, follow=True
    )
    assert "共 201 人" in text(answer)
    assert "导入名册“大名册.xlsx”" in text(client.get(step("-job", signup)))
    from peibu.training.roster_tasks import read_roster

    read_roster(upload=str(signup.uploads.get().pk))
    assert client.get(step("-job", signup))["HX-Refresh"] == "true"
    assert signup.lines.count() == 201
