"""Pages of examination and certificates over HTTP: who may, what is said, what stays undone."""

import io
import re
from decimal import Decimal

import openpyxl
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from peibu.accounts import clock
from peibu.casework.actions import move_case
from peibu.training.actions.certificates import report_passed
from peibu.training.actions.exam import file_exam
from peibu.training.models import Certificate, Exam
from peibu.training.queries.score_sheets import read_score_sheet, score_template
from peibu.training.queries.sealed_files import judge_file
from tests.city import at
from tests.training.exam_world import AFTER, FILED, build, trainee
from tests.training.sealing import sign_everything

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_cache():
    cache.clear()


@pytest.fixture
def world(city):
    return build(city)


def text_of(answer) -> str:
    return re.sub(r"[A-Za-z0-9]{64}", "token", answer.content.decode())


def stranger(city, role, *, without):
    return next(a for a in (city.actor(role, nth=i) for i in range(20)) if a.unit != without)


def test_the_provider_fills_in_and_files_over_http(world, visit, monkeypatch):
    clock.move_to(FILED)
    client = visit(world.provider)
    assert "建立考试" in text_of(client.get("/provider/exams/"))
    client.post(f"/provider/exams/open/{world.cohort.pk}/")
    here = f"/provider/exams/{world.exam.pk}/"
    times = {"day": "2020-10-23", "starts": "14:00", "ends": "16:00", "place": "一教101"}
    assert client.post(here + "time/", times).status_code == 302
    bad = client.post(here + "time/", times | {"day": "2020-02-30"})
    assert bad.status_code == 422
    paper = {"single-count": 60, "single-points": "1", "short-count": 10, "short-points": "4"}
    assert client.post(here + "paper/", paper).status_code == 302
    half = client.post(here + "paper/", {"single-count": 60})
    assert (half.status_code, "须同时填写题数和每题分值" in text_of(half)) == (422, True)
    client.post(here + "supervisors/", {"user": [str(world.hrss.user.pk), str(world.industry.user.pk), ""]})
    client.post(here + "graders/", {"grader": [str(world.free.pk)]})
    refused = text_of(client.post(here + "file/", follow=True))
    assert "未附考试样卷" in refused
    from peibu.papers.plain_papers import Part, plain_pdf

    pdf = plain_pdf(title="样卷", parts=[Part(heading="一", paragraphs=["题目"])], dated=FILED.date())
    client.post(here + "sample/", {"file": SimpleUploadedFile("样卷.pdf", pdf)})
    fake = client.post(here + "sample/", {"file": SimpleUploadedFile("坏.pdf", b"MZ not a pdf")}, follow=True)
    assert "不能保存" in text_of(fake)
    filed = text_of(client.post(here + "file/", follow=True))
    assert "已提交" in filed or "待审核" in filed or "已申报" in filed
    assert Exam.objects.get().case.state == "submitted"
    assert client.get(f"/exams/documents/{world.exam.sample_id}/").status_code == 200


def test_the_share_is_computed_while_typing_and_saves_nothing(world, visit):
    exam = world.prepare()
    client = visit(world.provider)
    told = text_of(
        client.post(
            f"/provider/exams/{exam.pk}/share/",
            {"single-count": 59, "single-points": 1, "short-count": 41, "short-points": 1},
        )
    )
    assert "59" in told
    assert "不足" in told
    assert exam.items.count() == 3


def test_foreign_exams_do_not_exist(world, visit, city):
    exam = world.approve()
    other = stranger(city, "provider", without=world.provider.unit)
    for path in ("", "scores/", "scores/template.xlsx"):
        assert visit(other).get(f"/provider/exams/{exam.pk}/{path}").status_code == 404
        assert visit(world.provider).get(f"/provider/exams/{exam.pk}/{path}").status_code == 200
    assert visit(other).post(f"/provider/exams/{exam.pk}/seal/").status_code == 404
    assert visit(world.reviewer).get(f"/provider/exams/{exam.pk}/").status_code == 403
    assert visit(other).get(f"/exams/documents/{exam.sample_id}/").status_code == 404
    far = next(a for a in (city.actor("agency_reviewer", nth=i) for i in range(9)) if not a.covers(exam.division_id))
    assert visit(far).get(f"/desk/exams/{exam.pk}/").status_code == 404
    assert visit(world.reviewer).get(f"/desk/exams/{exam.pk}/").status_code == 200


def test_a_supervisor_sees_only_own_exams_and_confirms(world, visit, city):
    clock.move_to(AFTER)
    exam, other = world.approve(), build(city, salt=500)
    foreign = other.approve()
    client = visit(world.hrss)
    assert client.get(f"/desk/exams/{foreign.pk}/").status_code == 404
    assert other.cohort.name not in text_of(client.get("/desk/exams/"))
    assert "待确认监考记录" in text_of(client.get("/desk/exams/"))
    mine, theirs = exam.supervisors.get(side="hrss"), exam.supervisors.get(side="industry")
    assert "本人" in text_of(client.post(f"/desk/exams/{exam.pk}/confirm/{theirs.pk}/", {"remark": "x"}, follow=True))
    client.post(f"/desk/exams/{exam.pk}/confirm/{mine.pk}/", {"remark": "到考6人，秩序良好"})
    assert "到考6人" in text_of(client.get(f"/desk/exams/{exam.pk}/"))
    theirs.refresh_from_db()
    assert theirs.signed_at is None


def grid(*marks):
    told = {}
    for number, mark in enumerate(marks, start=1):
        if mark == "absent":
            told[f"absent-{number}"] = "1"
        else:
            told[f"points-{number}"] = mark
    return told


def test_scores_are_looked_at_before_they_are_kept(world, visit):
    clock.move_to(AFTER)
    exam = world.approve()
    client, here = visit(world.provider), f"/provider/exams/{exam.pk}/scores/"
    marks = grid("92", "60", "59.5", "75.5", "absent", "88")
    shown = client.post(here, marks)
    assert "尚未保存" in text_of(shown)
    assert exam.scores.count() == 0
    client.post(here, marks | {"step": "save"})
    assert exam.scores.count() == 6
    assert exam.scores.get(enrolment=world.people[2]).points == Decimal("59.5")
    wrong = client.post(here, grid("101", "六十", "59.55", "", "absent", "88") | {"step": "save"})
    assert wrong.status_code == 422
    for words in ("不在0至100分之间", "不是数字", "超过一位小数"):
        assert words in text_of(wrong)
    assert exam.scores.get(enrolment=world.people[0]).points == 92


def filled(exam, change) -> bytes:
    """The template as an office fills it in."""
    book = openpyxl.load_workbook(io.BytesIO(score_template(exam)))
    page = book.active
    head = next(row for row in page.iter_rows() if any(cell.value == "考号" for cell in row))
    columns = {cell.value: cell.column for cell in head}
    for offset in range(1, 7):
        page.cell(head[0].row + offset, columns["成绩"], 80 + offset / 2)
    change(page, head[0].row, columns)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def test_a_filled_template_is_read_and_shown_first(world, visit):
    clock.move_to(AFTER)
    exam = world.approve()

    def absent(page, head, columns):
        page.cell(head + 5, columns["成绩"]).value = None
        page.cell(head + 5, columns["缺考"]).value = "是"

    content = filled(exam, absent)
    read = read_score_sheet(exam, "成绩.xlsx", content, full=100)
    assert read.problems == []
    assert read.marks[1] == Decimal("80.5")
    assert read.marks[5] is None
    answer = visit(world.provider).post(
        f"/provider/exams/{exam.pk}/scores/import/", {"file": SimpleUploadedFile("成绩.xlsx", content)}
    )
    assert "尚未保存" in text_of(answer)
    assert exam.scores.count() == 0


def test_every_error_of_a_sheet_is_told_at_once_and_nothing_kept(world, visit):
    clock.move_to(AFTER)
    exam = world.approve()

    def spoil(page, head, columns):
        page.cell(head + 1, columns["姓名"]).value = "别人"
        page.cell(head + 2, columns["成绩"]).value = 120
        page.cell(head + 3, columns["成绩"]).value = "优秀"
        page.cell(head + 4, columns["缺考"]).value = "是"
        page.cell(head + 5, columns["成绩"]).value = None
        page.cell(head + 6, columns["考号"]).value = "99"

    content = filled(exam, spoil)
    problems = read_score_sheet(exam, "成绩.xlsx", content, full=100).problems
    told = " ".join(f"{p.what} {p.why}" for p in problems)
    for words in (
        "应为王一",
        "不在0至100分之间",
        "不是数字",
        "既填了成绩又填了缺考",
        "没有成绩",
        "没有考号99",
        "缺少考号6",
    ):
        assert words in told, words
    answer = visit(world.provider).post(
        f"/provider/exams/{exam.pk}/scores/import/", {"file": SimpleUploadedFile("成绩.xlsx", content)}
    )
    assert answer.status_code == 422
    assert "没有保存任何内容" in text_of(answer)
    assert exam.scores.count() == 0
    junk = visit(world.provider).post(
        f"/provider/exams/{exam.pk}/scores/import/", {"file": SimpleUploadedFile("成绩.xlsx", b"MZ")}
    )
    assert junk.status_code == 422


def test_the_survey_page_answers_once_and_knows_its_class(world, visit):
    clock.move_to(AFTER)
    exam = world.approve()
    here = f"/survey/{exam.survey_token}/"
    me = trainee(world.people[0])
    client = visit(me)
    assert "提交评价" in text_of(client.get(here))
    assert client.post(here, {"quality": 5}).status_code == 422
    marks = {"quality": 5, "teachers": 4, "organisation": 3, "overall": 4, "comment": "好"}
    client.post(here, marks)
    assert exam.answers.count() == 1
    assert "已经填写过" in text_of(client.post(here, marks, follow=True))
    assert exam.answers.count() == 1
    assert "只有本班学员" in text_of(visit(world.hrss).get(here))
    assert client.get(here + "qr.svg")["Content-Type"] == "image/svg+xml"
    assert client.get("/survey/nonsense/").status_code == 404
    client.logout()
    assert client.get(here).status_code == 302


def issue(world):
    world.seal()
    batch = report_passed(cohort=world.cohort, by=world.provider, at=at("2020-10-26 10:00"))
    move_case(case=batch.case, move="issue", by=world.approver, at=at("2020-10-28 10:00"))
    return batch


def test_the_district_checks_and_gives_numbers_on_the_case_page(world, visit):
    clock.move_to(at("2020-10-28 10:00"))
    world.seal()
    provider = visit(world.provider)
    provider.post(f"/provider/certificates/{world.cohort.pk}/report/")
    case = world.cohort.certificate_batch.case
    client = visit(world.approver)
    page = text_of(client.get(f"/desk/cases/{case.pk}/"))
    for words in ("逐人核对（合格 4 人）", "59.5", "0/2", "培训现场照片 2", "讲解平台架构", "核对并赋予序列号"):
        assert words in page, words
    assert world.people[0].person.id_number not in page
    client.post(f"/desk/cases/{case.pk}/move/", {"move": "issue"})
    assert Certificate.objects.count() == 4
    assert "000004" in text_of(client.get(f"/desk/cases/{case.pk}/"))
    assert "鲁青工培" in text_of(client.get("/desk/certificates/?q=000004"))


def test_a_certificate_is_fetched_by_whom_it_concerns(world, visit, city):
    batch = issue(world)
    first = batch.certificates.first()
    here = f"/certificates/{first.pk}.pdf"
    holder, classmate = trainee(first.enrolment), trainee(world.people[5])
    firm = city.actor("enterprise", first.enrolment.enterprise)
    other = stranger(city, "enterprise", without=first.enrolment.enterprise)
    assert visit(holder).get(here).status_code == 409  # not signed yet
    sign_everything()
    fetched = {visit(actor).get(here).getvalue() for actor in (holder, firm, world.provider, world.approver)}
    assert len(fetched) == 1  # the file as it was signed, never a new one
    assert judge_file(fetched.pop()).state == "genuine"
    for actor in (classmate, other, stranger(city, "provider", without=world.provider.unit)):
        assert visit(actor).get(here).status_code == 404
    assert first.serial in text_of(visit(holder).get("/trainee/certificates/"))
    assert first.serial in text_of(visit(firm).get("/enterprise/certificates/"))
    assert first.serial not in text_of(visit(other).get("/enterprise/certificates/"))


def test_anybody_verifies_with_number_and_code(world, client):
    first = issue(world).certificates.first()
    told = text_of(client.get(f"/verify/{first.serial}/", {"c": first.check_code}))
    assert "证书有效" in told
    assert "王*" in told
    assert "王一" not in told
    assert first.enrolment.person.id_number[-4:] not in told
    typed = text_of(client.get("/verify/", {"serial": first.serial, "c": first.check_code.upper()}))
    assert "证书有效" in typed


def test_a_guess_learns_nothing_and_has_to_wait(world, client):
    first = issue(world).certificates.first()
    wrong = text_of(client.get("/verify/", {"serial": first.serial, "c": "0" * 12}))
    unknown = text_of(client.get("/verify/", {"serial": first.serial[:-1] + "9", "c": "0" * 12}))
    assert "没有查到" in wrong
    wrong, unknown = (re.sub("-00000[19]", "-N", page) for page in (wrong, unknown))  # the number asked for
    assert wrong == unknown
    for _attempt in range(8):
        assert client.get("/verify/", {"serial": first.serial, "c": "1" * 12}).status_code == 200
    assert client.get("/verify/", {"serial": first.serial, "c": "1" * 12}).status_code == 429
    locked = client.get("/verify/", {"serial": first.serial, "c": first.check_code})
    assert (locked.status_code, "证书有效" in text_of(locked)) == (429, False)
    elsewhere = client.get("/verify/", {"serial": first.serial, "c": first.check_code}, REMOTE_ADDR="10.1.1.1")
    assert "证书有效" in text_of(elsewhere)


def test_a_revoked_certificate_says_so(world, visit, client):
    first = issue(world).certificates.first()
    visit(world.approver).post(f"/desk/certificates/{first.pk}/revoke/", {"reason": "替考"})
    assert "证书已作废" in text_of(client.get(f"/verify/{first.serial}/", {"c": first.check_code}))
    assert visit(world.reviewer).post(f"/desk/certificates/{first.pk}/revoke/", {"reason": "x"}).status_code == 403


def test_the_agency_sees_the_paper_and_approves_on_the_case_page(world, visit):
    clock.move_to(at("2020-10-21 10:00"))
    case = file_exam(exam=world.prepare(), by=world.provider, at=FILED)
    client = visit(world.reviewer)
    page = text_of(client.get(f"/desk/cases/{case.pk}/"))
    for words in ("85.7%", "监考一", "阅卷乙", "样卷.pdf", "申报距考试3个工作日"):
        assert words in page, words
    client.post(f"/desk/cases/{case.pk}/move/", {"move": "approve"})
    assert world.exam.case.state == "approved"


def test_the_survey_is_shown_when_the_scores_are_sealed(world, visit):
    clock.move_to(AFTER)
    exam = world.hold()
    visit(trainee(world.people[0])).post(
        f"/survey/{exam.survey_token}/",
        {"quality": 5, "teachers": 4, "organisation": 3, "overall": 2, "comment": "教室太小"},
    )
    places = [
        (world.provider, f"/provider/exams/{exam.pk}/scores/"),
        (world.hrss, f"/desk/exams/{exam.pk}/"),
        (world.reviewer, f"/desk/exams/{exam.pk}/"),
    ]
    for actor, path in places:
        assert "教室太小" not in text_of(visit(actor).get(path))
    visit(world.provider).post(f"/provider/exams/{exam.pk}/seal/")
    for actor, path in places:
        assert "教室太小" in text_of(visit(actor).get(path)), path
