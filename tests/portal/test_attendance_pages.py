"""The pages of attendance over HTTP: who gets in, what a refusal says, that looking changes nothing."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from peibu.accounts import clock
from peibu.casework.models import Document
from peibu.demo.city.photos import draw_photo
from peibu.portal.views.check_in import said_of
from peibu.training.actions.attendance import current_code, open_check_in, sign_in
from peibu.training.actions.doubts import ask_teacher
from peibu.training.actions.entry_requests import decide_entry_request
from peibu.training.actions.scans import Taken
from peibu.training.models import Attendance, CheckIn, TrainingLog
from peibu.training.queries.codes import meant_by
from tests.city import at
from tests.classroom import as_practice, classroom, without_fence

pytestmark = pytest.mark.django_db
START = at("2020-10-12 09:00")


@pytest.fixture
def room(city):
    clock.move_to(START)
    return classroom(city)


@pytest.fixture
def stranger(city, room):
    return classroom(city, number=1)


@pytest.fixture
def code(room):
    # the demo clock runs on: a code of "now" is good for at least a slot
    return current_code(open_check_in(session=room.sessions[0], by=room.teacher, at=START), clock.now())


def page(name: str, *args) -> str:
    return reverse(name, args=[getattr(arg, "pk", arg) for arg in args])


TEACHING = ("teaching-session", "teaching-live", "check-in-wall", "check-in-wall-code")
POSTS = ("teaching-open", "teaching-close", "teaching-by-hand", "teaching-log")


def test_every_page_is_closed_without_an_account_and_to_other_roles(client, visit, room, city):
    session, cohort = room.sessions[0], room.cohort
    urls = [page(name, session) for name in (*TEACHING, *POSTS)]
    urls += [page("teacher-home"), page("teaching-class", cohort), page("teaching-sheet", cohort)]
    mine = [page("trainee-home"), page("trainee-scan"), page("trainee-attendance"), page("trainee-session", session)]
    for url in (*urls, *mine):
        assert client.get(url).url.startswith("/sign-in/")
    trainee = visit(room.trainees[0])
    assert {trainee.get(url).status_code for url in urls} == {403}
    assert {trainee.get(url).status_code for url in mine} == {200}
    officer = visit(city.actor("agency_reviewer"))
    assert {officer.get(url).status_code for url in (*urls, *mine)} == {403}


def test_foreign_sessions_classes_and_photos_do_not_exist(visit, room, stranger):
    session, cohort = room.sessions[0], room.cohort
    for actor in (stranger.teacher, stranger.provider):
        client = visit(actor)
        assert {client.get(page(name, session)).status_code for name in TEACHING} == {404}
        assert {client.post(page(name, session)).status_code for name in POSTS} == {404}
        for name in ("teaching-class", "teaching-sheet"):
            assert client.get(page(name, cohort)).status_code == 404
        assert client.post(page("teaching-finish", cohort)).status_code == 404
        assert client.post(page("teaching-photos", cohort)).status_code == 404
    assert visit(stranger.trainees[0]).get(page("trainee-session", session)).status_code == 404
    own = visit(room.teacher)
    assert {own.get(page(name, session)).status_code for name in TEACHING} == {200}
    assert not CheckIn.objects.exists()


def test_get_of_a_writing_address_changes_nothing(visit, room):
    client = visit(room.teacher)
    for name in POSTS:
        assert client.get(page(name, room.sessions[0])).status_code == 302
    assert client.get(page("teaching-finish", room.cohort)).status_code == 302
    assert not CheckIn.objects.exists()
    assert not TrainingLog.objects.exists()


def test_the_code_leads_through_sign_in_to_a_confirmation_and_only_post_signs_in(client, visit, room, code):
    url = page("check-in", code.scanned)
    assert client.get(url).url == f"/sign-in/?next={url}"
    trainee = visit(room.trainees[0])
    shown = trainee.get(url)
    assert shown.status_code == 200
    assert "确认签到" in shown.content.decode()
    assert room.sessions[0].subject in shown.content.decode()
    assert not Attendance.objects.exists()
    done = trainee.post(url)
    assert done.url == page("trainee-session", room.sessions[0])
    assert "签到成功" in trainee.get(done.url).content.decode()
    assert Attendance.objects.get().device  # the phone got its mark with the page before
    again = trainee.post(url, follow=True).content.decode()
    assert "您已签到，无需重复签到" in again
    assert trainee.get(url).url == done.url
    assert Attendance.objects.count() == 1


def test_an_old_code_says_so_and_what_to_do(visit, room, code):
    trainee = visit(room.trainees[0])
    clock.move_to(START + dt.timedelta(minutes=2))
    assert "签到码已过期" in trainee.get(page("check-in", code.scanned)).content.decode()
    answer = trainee.post(page("check-in", code.scanned))
    assert answer.status_code == 422
    assert "请重新扫描教师屏幕上的二维码" in answer.content.decode()
    assert not Attendance.objects.exists()


def test_a_trainee_of_another_class_is_refused_with_the_name_of_the_class(visit, room, stranger, code):
    client = visit(stranger.trainees[0])
    for answer in (client.get(page("check-in", code.scanned)), client.post(page("check-in", code.scanned))):
        assert answer.status_code == 422
        assert "您不在“工业互联网第1期”的学员名单中" in answer.content.decode()
    assert client.post(page("check-in", "A" * 48)).status_code == 422
    assert not Attendance.objects.exists()


def test_the_typed_code_signs_in_and_a_wrong_one_is_told(visit, room, code):
    trainee = visit(room.trainees[1])
    wrong = trainee.post(page("trainee-scan"), {"code": "ZZZZZZ"})
    assert "签到口令不正确" in wrong.content.decode()
    assert trainee.post(page("trainee-scan"), {"code": code.typed.lower()}).status_code == 302
    assert Attendance.objects.get().method == "qr"


def test_the_wall_shows_a_code_that_works_and_none_after_closing(visit, room):
    teacher = visit(room.teacher)
    assert teacher.post(page("teaching-open", room.sessions[0])).url == page("check-in-wall", room.sessions[0])
    told = teacher.get(page("check-in-wall-code", room.sessions[0]))
    assert told["Cache-Control"] == "no-store"
    typed = re.search(r'data-code="(\w{6})"', told.content.decode())[1]
    assert "<svg" in told.content.decode()
    assert visit(room.trainees[0]).post(page("trainee-scan"), {"code": typed}).status_code == 302
    teacher = visit(room.teacher)
    assert room.trainees[0].name in teacher.get(page("teaching-live", room.sessions[0])).content.decode()
    teacher.post(page("teaching-close", room.sessions[0]))
    told = teacher.get(page("check-in-wall-code", room.sessions[0])).content.decode()
    assert "签到已结束" in told
    assert "<svg" not in told


def test_by_hand_says_what_is_missing_and_keeps_the_reason(visit, room):
    client = visit(room.provider)
    url = page("teaching-by-hand", room.sessions[0])
    person = room.enrolments[0]
    for data, told in (
        ({"enrolment": "", "reason": "在场"}, "没有选择要补签的学员"),
        ({"enrolment": "not a key", "reason": "在场"}, "没有选择要补签的学员"),
        ({"enrolment": person.pk, "reason": "在场"}, "没有填写到达时间"),
        ({"enrolment": person.pk, "reason": "在场", "arrived_at": "07:00"}, "到达时间应在"),
        ({"enrolment": person.pk, "reason": " ", "arrived_at": "09:00"}, "人工补签没有写明理由"),
    ):
        back = client.post(url, data, headers={"referer": page("teaching-session", room.sessions[0])}, follow=True)
        assert told in back.content.decode()
    assert not Attendance.objects.exists()
    back = client.post(
        url, {"enrolment": person.pk, "reason": "手机没电", "arrived_at": "09:00"}, follow=True
    ).content.decode()
    assert f"已为 {person.person.name} 补签" in back
    assert "手机没电" in back
    assert "登记" in back  # the time of the entry stands beside the time of coming


def test_what_is_open_stands_on_the_class_page_and_the_finish_asks_for_a_reason(visit, room, monkeypatch):
    without_fence(monkeypatch)
    session = as_practice(room, 3)
    gate = open_check_in(session=session, by=room.teacher, at=session.starts_at)
    sign_in(code=current_code(gate, session.starts_at).scanned, by=room.trainees[0], at=session.starts_at)
    meant = meant_by(current_code(gate, session.starts_at).scanned, by=room.trainees[1], at=session.starts_at)
    request = ask_teacher(meant, doubt="not_proven", at=session.starts_at, device="")
    clock.move_to(session.ends_at + dt.timedelta(hours=5))
    client = visit(room.provider)
    text = client.get(page("teaching-class", room.cohort)).content.decode()
    assert "结课前须先办结" in text
    assert "次扫码待教师确认" in text
    assert 'name="reason"' not in text  # there is no button before it is settled
    client.post(
        page("entry-requests-decide", session), {"request": [request.pk], "answer": "不在场", "decision": "no"}
    )
    text = client.get(page("teaching-class", room.cohort)).content.decode()
    assert "人没有签退记录" in text
    assert 'name="reason"' in text
    client.post(page("teaching-finish", room.cohort), {"reason": "提前离厂，无法核实离开时间"})
    text = client.get(page("teaching-class", room.cohort)).content.decode()
    assert "提前离厂，无法核实离开时间" in text


def test_a_declined_scan_is_told_to_the_trainee_with_the_reason(visit, room):
    gate = open_check_in(session=room.sessions[0], by=room.teacher, at=START)
    code = current_code(gate, START).scanned
    meant = meant_by(code, by=room.trainees[0], at=START)
    request = ask_teacher(meant, doubt="not_proven", at=START, device="")
    decide_entry_request(request=request, confirm=False, answer="点名时不在教室", by=room.teacher, at=START)
    taken = Taken("in", room.sessions[0].pk, False, ask_teacher(meant, doubt="not_proven", at=START, device=""))
    assert "教师没有确认" in said_of(taken)
    assert "点名时不在教室" in said_of(taken)
    assert "已转教师确认" not in said_of(taken)
    text = visit(room.trainees[0]).get(page("trainee-session", room.sessions[0])).content.decode()
    assert "教师没有确认" in text
    assert "点名时不在教室" in text


def test_where_there_is_no_fence_teacher_and_provider_are_told(visit, room):
    session = as_practice(room)
    text = visit(room.teacher).get(page("teaching-session", session)).content.decode()
    assert "本课次须核对位置，但课程表没有选择已登记的教室" in text
    assert (
        "本课次须核对位置" not in visit(room.teacher).get(page("teaching-session", room.sessions[1])).content.decode()
    )


def test_the_log_and_the_finish_from_the_page(visit, room):
    client = visit(room.provider)
    client.post(page("teaching-log", room.sessions[0]), {"text": "讲了平台架构"})
    assert TrainingLog.objects.get().text == "讲了平台架构"
    back = client.post(page("teaching-finish", room.cohort), headers={"referer": page("teacher-home")}, follow=True)
    assert "不能提前结课" in back.content.decode()
    clock.move_to(room.sessions[-1].ends_at)
    assert "本班已结课" in client.post(page("teaching-finish", room.cohort), follow=True).content.decode()


def test_the_sign_in_sheet_is_a_pdf_with_everybody_on_it(visit, room):
    answer = visit(room.teacher).get(page("teaching-sheet", room.cohort))
    content = b"".join(answer.streaming_content)
    assert answer["Content-Type"] == "application/pdf"
    assert content.startswith(b"%PDF")
    room.cohort.enrolments.update(state="cancelled")
    back = visit(room.teacher).get(page("teaching-sheet", room.cohort))
    assert back.status_code == 409  # nobody to sign: told, not drawn
    assert "缺少学员或课次" in back.content.decode()


def test_home_pages_show_today_first_and_only_mine(visit, room, stranger):
    told = visit(room.trainees[0]).get(page("trainee-home")).content.decode()
    assert told.index("今天的课") < told.index("课程表")
    assert room.cohort.name in told
    assert stranger.cohort.name not in told
    told = visit(room.teacher).get(page("teacher-home")).content.decode()
    assert room.cohort.name in told
    assert stranger.cohort.name not in told
    assert "还差 2 张照片" in told


def test_a_class_not_yet_confirmed_is_shown_to_nobody(visit, room):
    room.cohort.stage = "filing"
    room.cohort.save()
    assert room.cohort.name not in visit(room.trainees[0]).get(page("trainee-home")).content.decode()
    assert visit(room.teacher).get(page("teaching-session", room.sessions[0])).status_code == 404


def file(content: bytes, name: str = "课堂.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def test_good_photos_are_kept_and_each_bad_one_is_told(visit, room):
    client = visit(room.teacher)
    data = {"photo": [file(draw_photo(1)), file(b"<html>", "坏.jpg"), file(draw_photo(2)), file(draw_photo(1))]}
    data["session"] = room.sessions[0].pk
    told = client.post(page("teaching-photos", room.cohort), data, follow=True).content.decode()
    assert "已上传2张照片" in told
    assert "照片“坏.jpg”没有保存" in told
    assert "已经上传过" in told
    assert "张数已够" in told
    assert Document.objects.filter(purpose="site_photo").count() == 2


def test_no_file_and_too_many_files_are_told(visit, room):
    client = visit(room.provider)
    assert "没有选择照片" in client.post(page("teaching-photos", room.cohort), follow=True).content.decode()
    data = {"photo": [file(b"x") for _ in range(10)]}
    assert "一次最多上传9张" in client.post(page("teaching-photos", room.cohort), data, follow=True).content.decode()
    assert not Document.objects.filter(purpose="site_photo").exists()


def test_a_photo_is_served_to_its_class_only_and_always_as_a_picture(visit, room, stranger, city):
    visit(room.teacher).post(page("teaching-photos", room.cohort), {"photo": file(draw_photo(1), "页面.html")})
    url = page("class-photo", Document.objects.get(purpose="site_photo"))
    for actor in (room.teacher, room.provider, room.trainees[0]):
        for address in (url, f"{url}?small"):
            answer = visit(actor).get(address)
            assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
            assert answer["X-Content-Type-Options"] == "nosniff"
    for actor in (stranger.teacher, stranger.provider, stranger.trainees[0]):
        assert visit(actor).get(url).status_code == 404
    assert visit(city.actor("enterprise")).get(url).status_code == 403
