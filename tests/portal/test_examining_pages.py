"""Pages of the bank, of drawing, sitting, seats, entry and what follows, over HTTP."""

import io
import re
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from peibu.accounts import clock
from peibu.examining.actions.sittings import count_finished, start_sitting, submit_sitting
from peibu.examining.models import OnlineTest, Paper, Question, ScoreReview, SeatPlan, Sitting
from peibu.examining.queries.sittings import shown_paper
from peibu.training.models import ScoreCorrection
from peibu.training.queries.effective import effective_points
from tests.city import at
from tests.examining.bank_world import account_of, draft, fill_bank, minute, online, right_places
from tests.examining.test_after import sat_again
from tests.examining.test_bank_file import GOOD, workbook
from tests.training.exam_world import AFTER, FILED, _number, account, build

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def _now():
    clock.move_to(FILED)


def text_of(answer) -> str:
    return answer.content.decode()


def stranger(world):
    return build(world.city, nth_provider=1, salt=400).provider


def test_the_bank_is_written_imported_changed_and_retired(city, visit):
    world = build(city)
    client = visit(world.provider)
    assert "没有题目" in text_of(client.get("/provider/questions/"))
    typed = {
        "kind": "single", "topic": "平台", "difficulty": "1", "points": "2", "stem": "哪一项正确？",
        "options": "甲\n乙\n丙", "answer": "c",
    }  # fmt: skip
    assert client.post("/provider/questions/new/", typed | {"answer": "E"}).status_code == 422
    assert client.post("/provider/questions/new/", typed).status_code == 302
    question = Question.objects.get()
    here = f"/provider/questions/{question.pk}/"
    assert "哪一项正确" in text_of(client.get(here))
    assert client.post(here, typed | {"stem": "改过的题干"}).status_code == 302
    assert question.versions.count() == 2
    bad = SimpleUploadedFile("题库.xlsx", workbook([*GOOD, ["单选题", "x", "易", "2", "s", "甲", "乙", "", "", "Z"]]))
    answer = client.post("/provider/questions/import/", {"file": bad})
    assert (answer.status_code, "不在选项之中" in text_of(answer)) == (422, True)
    assert Question.objects.count() == 1
    client.post("/provider/questions/import/", {"file": SimpleUploadedFile("题库.xlsx", workbook(GOOD))})
    assert Question.objects.count() == 6
    page = text_of(client.get("/provider/questions/?kind=single&q=核心层"))
    assert ("平台的核心层" in page, "改过的题干" in page) == (True, False)
    assert openpyxl.load_workbook(io.BytesIO(client.get("/provider/questions/template.xlsx").content))
    client.post(here + "retire/")
    assert "改过的题干" not in text_of(client.get("/provider/questions/"))
    assert visit(stranger(world)).get(here).status_code == 404


def test_a_paper_is_drawn_and_the_exam_set_online(city, visit):
    world = build(city)
    fill_bank(world)
    exam = draft(world)
    client = visit(world.provider)
    here = f"/provider/exams/{exam.pk}/"
    lines = {
        "kind-0": "single", "topic-0": "", "difficulty-0": "0", "count-0": "20", "points-0": "2", "kind-1": "multiple",
        "difficulty-1": "0", "count-1": "10", "points-1": "3", "kind-2": "true_false", "difficulty-2": "0",
        "count-2": "15", "points-2": "2", "seed": "",
    }  # fmt: skip
    half = client.post(here + "draw/", lines | {"points-2": ""})
    assert (half.status_code, "须同时填写题型、题数和每题分值" in text_of(half)) == (422, True)
    assert "总分为98" in text_of(client.post(here + "draw/", lines | {"count-2": "14"}, follow=True))
    assert client.post(here + "draw/", lines).status_code == 302
    page = text_of(client.get(here + "draw/"))
    assert ("与种子一致" in page, page.count('class="options"') >= 45) == (True, True)
    client.post(here + "draw/", lines | {"seed": "我的种子"})
    page = text_of(client.get(here + "draw/"))
    assert (page.count("历次抽取"), page.count("种子由人填写"), "我的种子" in page) == (1, 1, True)
    page = text_of(visit(world.reviewer).get(f"/desk/exams/{exam.pk}/"))
    assert (page.count("历次抽取"), page.count("种子由人填写"), "我的种子" in page) == (1, 1, False)
    client = visit(world.provider)
    client.post(here + "online/", {"minutes": "60"})
    assert OnlineTest.objects.get().minutes == 60
    assert "答题时长须为" in text_of(client.post(here + "online/", {"minutes": "2"}, follow=True))
    client.post(here + "online/", {"cancel": "1"})
    assert not OnlineTest.objects.exists()
    other = visit(stranger(world))
    for page in ("draw/", "online/", "watch/", "seats/", "entry/", "after/"):
        assert other.get(here + page).status_code in (404, 405)
    assert Paper.objects.count() == 1


def test_a_candidate_sits_the_test_on_two_devices(city, visit):
    world = online(city)
    exam, me = world.exam, account_of(world.people[0])
    here = f"/trainee/exams/{exam.pk}/"
    client = visit(me)
    clock.move_to(minute(-10))
    assert "考试还没有开始" in text_of(client.get(here))
    assert "考试详情、答题和成绩" in text_of(client.get("/trainee/"))
    clock.move_to(minute(1))
    assert "开始答题" in text_of(client.get(here))
    assert client.get(here + "start/").status_code == 405
    assert client.post(here + "start/").url == here + "paper/"
    sitting = Sitting.objects.get()
    paper = shown_paper(sitting)
    page = text_of(client.get(here + "paper/"))
    assert page.count('class="question"') == 45
    assert "正确答案" not in page
    first = paper[0]
    path = f"{here}answer/{first.item.pk}/"
    kept = client.post(path, {"place": right_places(first), "key": "a"}, **HTMX)
    assert (kept.status_code, "已保存" in text_of(kept)) == (200, True)
    client.post(path, {"place": right_places(first), "key": "a"}, **HTMX)
    assert sitting.answers.count() == 1
    client.cookies["pb_device"] = "another-browser"
    assert "另一台设备上答题" in text_of(client.get(here))
    assert client.get(here + "paper/").url == here
    refused = client.post(path, {"place": [1], "key": "b"}, **HTMX)
    assert (refused.status_code, "另一台设备" in text_of(refused)) == (409, True)
    client.post(here + "take-over/")
    assert client.get(here + "paper/").status_code == 200
    clock.move_to(minute(62))
    late = client.post(path, {"place": [1], "key": "c"}, **HTMX)
    assert (late.status_code, "服务器时间10月23日 15:02" in text_of(late)) == (409, True)
    assert "正在自动交卷" in text_of(client.get(here))
    assert client.post(here + "submit/").url == here
    assert "已交卷" in text_of(client.get(here))
    assert Sitting.objects.get().points == Decimal(2)
    outsider = visit(account_of(build(city, nth_provider=1, salt=800).people[0]))
    assert outsider.get(here).status_code == 404
    assert outsider.post(here + "start/").status_code == 404


def test_the_room_is_watched_and_counted(city, visit):
    world = online(city)
    me = account_of(world.people[0])
    start_sitting(exam=world.exam, by=me, at=minute(1), device="x" * 32)
    clock.move_to(minute(3))
    here = f"/provider/exams/{world.exam.pk}/watch/"
    page = text_of(visit(world.provider).get(here))
    assert ("0 / 45" in page, page.count("未开始") >= 5) == (True, True)
    assert "<html" not in text_of(visit(world.provider).get(here, **HTMX))
    desk = f"/desk/exams/{world.exam.pk}/watch/"
    assert "答题中" in text_of(visit(world.hrss).get(desk))
    assert "考场监看" in text_of(visit(world.hrss).get(f"/desk/exams/{world.exam.pk}/"))
    clock.move_to(AFTER)
    client = visit(world.provider)
    assert "已汇总6人" in text_of(client.post(f"/provider/exams/{world.exam.pk}/count/", follow=True))


def test_seats_tickets_and_door_list(city, visit):
    world = build(city)
    exam = world.approve()
    clock.move_to(at("2020-10-22 09:00"))
    client, here = visit(world.provider), f"/provider/exams/{exam.pk}/"
    rooms = {"name-0": "一考场", "seats-0": "4", "name-1": "二考场", "seats-1": "4", "seed": ""}
    assert client.get(here + "tickets.pdf").status_code == 404
    assert client.post(here + "seats/", rooms).status_code == 302
    page = text_of(client.get(here + "seats/"))
    assert ("与种子一致" in page, all(row.person.name in page for row in world.people)) == (True, True)
    me = account_of(world.people[0])
    assert visit(me).get(f"/trainee/exams/{exam.pk}/ticket.pdf").status_code == 404  # not handed out yet
    visit(world.provider).post(here + "seats/release/")
    assert visit(me).get(f"/trainee/exams/{exam.pk}/ticket.pdf").content.startswith(b"%PDF")
    assert "下载准考证" in text_of(visit(me).get(f"/trainee/exams/{exam.pk}/"))
    client = visit(world.hrss)
    assert client.get(here + "door-list.pdf?room=1").content.startswith(b"%PDF")
    assert client.get(here + "door-list.pdf?room=2").status_code == 404
    assert "一考场" in text_of(client.get(f"/desk/exams/{exam.pk}/watch/"))
    assert SeatPlan.objects.get().released_at is not None


def test_two_hands_over_http(city, visit):
    world = build(city)
    exam = world.approve()
    clock.move_to(AFTER)
    second = account("provider", world.cohort.provider, "录入乙", _number(77))
    here = f"/provider/exams/{exam.pk}/entry/"
    sheet = {f"points-{n}": "80" for n in range(1, 6)} | {"absent-6": "1"}
    client = visit(world.provider)
    assert client.post(here, sheet | {"points-1": "180"}).status_code == 422
    assert client.post(here, sheet).status_code == 302
    client.post(here + "hand-over/")
    assert "等待另一位工作人员" in text_of(client.get(here))
    client = visit(second)
    assert "80" not in re.findall(r'name="points-1" value="(\d*)"', text_of(client.get(here)))
    client.post(here, sheet | {"points-2": "90"})
    client.post(here + "hand-over/")
    assert "重录不一致的成绩" in text_of(client.get(here))
    client.post(here + "again/")
    for actor in (world.provider, second):
        client = visit(actor)
        client.post(here, {"points-2": "90"})
        client.post(here + "hand-over/")
    assert "两次录入完全一致" in text_of(client.get(here))
    client.post(here + "adopt/")
    assert exam.scores.get(enrolment=world.people[1]).points == 90


def test_review_correction_and_resit_over_http(city, visit):
    world = build(city)
    exam = world.seal()
    clock.move_to(at("2020-10-26 09:00"))
    me = account_of(world.people[2])
    mine = f"/trainee/exams/{exam.pk}/"
    assert "59.5 分" in text_of(visit(me).get(mine))
    visit(me).post(mine + "review/", {"reason": "第三题少加了分"})
    here = f"/provider/exams/{exam.pk}/after/"
    client = visit(world.provider)
    assert "第三题少加了分" in text_of(client.get(here))
    score = exam.scores.get(enrolment=world.people[2])
    wrong = client.post(f"{here}correct/{score.pk}/", {"points": "六十", "reason": "漏加"}, follow=True)
    assert "不是数字" in text_of(wrong)
    client.post(f"{here}correct/{score.pk}/", {"points": "60", "reason": "漏加0.5分"})
    row = ScoreCorrection.objects.get()
    decide = f"/desk/exams/{exam.pk}/corrections/{row.pk}/"
    assert visit(world.hrss).post(decide, {"opinion": "x", "accept": "1"}).status_code == 403
    client = visit(world.reviewer)
    assert "同意更正" in text_of(client.get(f"/desk/exams/{exam.pk}/"))
    client.post(decide, {"opinion": "核对无误", "accept": "1"})
    assert effective_points(exam)[world.people[2].pk] == 60
    assert ScoreReview.objects.get().state == "corrected"
    page = text_of(visit(me).get(mine))
    assert ("60 分" in page, "首次封存成绩 59.5" in page) == (True, True)
    when = {"day": "2020-10-28", "starts": "09:00", "ends": "10:00", "place": "一教"}
    visit(world.provider).post(here + "resit/", when)
    resit = exam.resits.get()
    visit(world.reviewer).post(f"/desk/exams/{exam.pk}/resits/{resit.pk}/")
    clock.move_to(at("2020-10-28 12:00"))
    client, again = visit(world.provider), resit.scores.get()
    client.post(f"{here}resit/{resit.pk}/", {f"points-{again.pk}": "66"})
    told = client.post(f"{here}resit/{resit.pk}/", {"seal": "1"}, follow=True)
    assert "监考人还没有确认补考的监考记录" in text_of(told)
    room = f"/desk/exams/{exam.pk}/"
    assert "确认补考监考记录" not in text_of(visit(world.reviewer).get(room))
    watching = visit(world.hrss)
    assert "确认补考监考记录" in text_of(watching.get(room))
    watching.post(f"{room}resits/{resit.pk}/watched/", {"remark": "到考1人，秩序良好"})
    assert "到考1人，秩序良好" in text_of(watching.get(room))
    client = visit(world.provider)
    client.post(f"{here}resit/{resit.pk}/", {"seal": "1"})
    assert effective_points(exam)[world.people[4].pk] == 66


def test_a_resit_is_corrected_on_its_own_and_the_page_tells_what_counts(city, visit):
    world = build(city)
    exam = world.seal()
    clock.move_to(at("2020-10-28 12:00"))
    resit = sat_again(world, exam, {2: "58", 4: "71"})
    here, room = f"/provider/exams/{exam.pk}/after/", f"/desk/exams/{exam.pk}/"
    score, again = exam.scores.get(enrolment=world.people[2]), resit.scores.get(enrolment=world.people[2])
    client = visit(world.provider)
    assert "第1次补考成绩" in text_of(client.get(here))
    for strange in ("NaN", "1E30", "Infinity", "101"):
        told = client.post(f"{here}correct/{score.pk}/", {"points": strange, "reason": "x"}, follow=True)
        assert (told.status_code, f"成绩“{strange}”不能使用" in text_of(told)) == (200, True)
        told = client.post(f"{here}resit/{resit.pk}/", {f"points-{again.pk}": strange}, follow=True)
        assert f"成绩“{strange}”不能使用" in text_of(told)
    other = resit.scores.get(enrolment=world.people[4])
    foreign = {"points": "70", "reason": "x", "resit_score": str(other.pk)}
    assert client.post(f"{here}correct/{score.pk}/", foreign).status_code == 404
    client.post(f"{here}correct/{score.pk}/", {"points": "50", "reason": "误加", "resit_score": str(again.pk)})
    row = ScoreCorrection.objects.get()
    assert (row.resit_score, row.before) == (again, 58)
    assert "第1次补考" in text_of(client.get(here))
    decide = {"opinion": "同意", "accept": "1"}
    told = visit(world.reviewer).post(f"{room}corrections/{row.pk}/", decide, follow=True)
    assert "有效成绩为59.5" in text_of(told)  # the better of 59.5 and 50


def test_an_online_result_reaches_the_sheet(city, visit):
    world = online(city)
    for n, person in enumerate(world.people[:2]):
        me = account_of(person)
        sitting = start_sitting(exam=world.exam, by=me, at=minute(1), device="x" * 32)
        submit_sitting(sitting=sitting, by=me, at=minute(2 + n))
    count_finished(at=AFTER)
    clock.move_to(AFTER)
    page = text_of(visit(world.provider).get(f"/provider/exams/{world.exam.pk}/scores/"))
    assert page.count(" checked") == 4  # four did not come
