"""An online objective exam walked whole: drawn, set online, sat on a phone with a break and a change of device, counted,
sealed, reviewed; the bank and the seats."""

from decimal import Decimal

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from peibu.accounts import clock
from peibu.casework.actions import move_case
from peibu.examining.actions.seating import draw_seats, release_tickets
from peibu.examining.actions.sittings import close_expired, count_finished
from peibu.examining.models import Sitting
from peibu.examining.queries.sittings import shown_paper
from peibu.training.actions.exam import file_exam
from peibu.training.actions.resits import agree_resit, enter_resit_scores
from peibu.training.actions.scores import confirm_supervision, seal_scores
from tests.city import at
from tests.examining.bank_world import account_of, draft, fill_bank, minute, right_places
from tests.examining.test_after import DONE, LATER, asked_resit
from tests.training.exam_world import AFTER, FILED, build, photo

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def enter(site):
    """enter(page, actor): the page's visitor is signed in as the actor."""

    def cookie(page, actor):
        client = Client()
        client.force_login(actor.user, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session["assignment"] = str(actor.user.assignments.get(role=actor.role).pk)
        session.save()
        name = django_settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])

    return cookie


def test_an_exam_from_the_bank_to_the_review(city, enter, desktop, open_page, complaints, axe, shot):
    clock.move_to(FILED)
    world = build(city)
    fill_bank(world)
    exam = draft(world)
    _draw(world, exam, enter, desktop, axe, shot)
    case = file_exam(exam=exam, by=world.provider, at=FILED)
    move_case(case=case, move="approve", by=world.reviewer, at=at("2020-10-21 10:00"))
    draw_seats(exam=world.exam, rooms=[("机房一", 4), ("机房二", 4)], by=world.provider, at=at("2020-10-22 09:00"))
    release_tickets(exam=world.exam, by=world.provider, at=at("2020-10-22 09:00"))
    desktop.goto(reverse("provider-exam-seats", args=[exam.pk]))
    axe(desktop)
    shot(desktop, "examining-seats")
    clock.move_to(minute(2))
    me = account_of(world.people[0])
    phone = _sit(world, me, enter, open_page, complaints, axe, shot)
    desktop.goto(reverse("provider-exam-watch", args=[exam.pk]))
    desktop.get_by_text("换设备1次").wait_for()
    axe(desktop)
    shot(desktop, "examining-watch")
    clock.move_to(AFTER)
    close_expired(at=AFTER)
    count_finished(at=AFTER)
    for row, actor in zip(exam.supervisors.order_by("side"), (world.hrss, world.industry), strict=True):
        confirm_supervision(supervisor=row, remark="秩序良好", by=actor, at=AFTER)
    for number in range(2):
        photo(world.cohort, world.provider, number)
    seal_scores(exam=exam, by=world.provider, at=AFTER)
    phone.goto(reverse("trainee-exam", args=[exam.pk]))
    phone.get_by_label("对成绩有疑问的地方").fill("第3题应为正确")
    axe(phone)
    shot(phone, "examining-result")
    phone.get_by_role("button", name="申请复核").click()
    phone.get_by_text("复核申请已提交").wait_for()
    desktop.goto(reverse("provider-exam-after", args=[exam.pk]))
    desktop.get_by_text("第3题应为正确").wait_for()
    axe(desktop)
    shot(desktop, "examining-after")
    _again(world, world.exam, enter, desktop, phone, axe, shot)


def _again(world, exam, enter, page, phone, axe, shot):
    """A re-sit, watched on the desk's page, sealed and corrected on the provider's."""
    resit = asked_resit(world, exam)
    agree_resit(resit=resit, by=world.reviewer, at=LATER)
    given = {row.enrolment_id: Decimal(66) for row in resit.scores.all()}
    enter_resit_scores(resit=resit, marks=given, by=world.provider, at=DONE)
    clock.move_to(DONE)
    enter(page, world.hrss)
    page.goto(reverse("desk-exam", args=[exam.pk]))
    page.get_by_label("监考记录（到考人数、考场纪律、异常情况）").fill("到考6人，秩序良好")
    axe(page)
    shot(page, "examining-resit-desk")
    page.get_by_role("button", name="确认补考监考记录").click()
    page.get_by_text("监考记录：到考6人，秩序良好").wait_for()
    enter(page, world.provider)
    page.goto(reverse("provider-exam-after", args=[exam.pk]))
    page.get_by_role("button", name="封存补考成绩").click()
    page.get_by_text("补考成绩已封存").wait_for()
    axe(page)
    shot(page, "examining-resit")
    enter(phone, world.provider)
    phone.goto(reverse("provider-exam-after", args=[exam.pk]))
    shot(phone, "examining-resit-phone")


def _draw(world, exam, enter, page, axe, shot):
    """The provider draws the paper and sets the exam online."""
    enter(page, world.provider)
    page.goto(reverse("provider-questions"))
    axe(page)
    shot(page, "examining-bank", full=False)
    page.goto(reverse("provider-exam-draw", args=[exam.pk]))
    for line, (kind, count, points) in enumerate((("single", 20, 2), ("multiple", 10, 3), ("true_false", 15, 2))):
        page.locator(f"[name=kind-{line}]").select_option(kind)
        page.locator(f"[name=count-{line}]").fill(str(count))
        page.locator(f"[name=points-{line}]").fill(str(points))
    page.get_by_role("button", name="随机组卷").click()
    page.get_by_text("与种子一致").wait_for()
    page.get_by_label("每人答题时长（分钟）").fill("60")
    page.get_by_role("button", name="设为在线考试").click()
    page.get_by_text("每人60分钟").wait_for()
    axe(page)
    shot(page, "examining-draw", full=False)


def _sit(world, me, enter, open_page, complaints, axe, shot):
    """On the phone: begin, answer, lose the connection, go on, change to a computer, hand in."""
    phone = open_page({"width": 390, "height": 844}, touch=True)
    enter(phone, me)
    here = reverse("trainee-exam", args=[world.exam.pk])
    phone.goto(here)
    axe(phone)
    shot(phone, "examining-before")
    phone.get_by_role("button", name="开始答题").click()
    phone.locator("form.question").first.wait_for()
    sitting = Sitting.objects.get()
    paper = shown_paper(sitting)
    for shown in paper[:3]:
        _mark(phone, shown)
        phone.locator(f"#kept{shown.number}").get_by_text("已保存").wait_for()
    axe(phone)
    shot(phone, "examining-paper", full=False)
    # the connection breaks: the page says so, keeps the click and sends it when the line is back
    phone.context.set_offline(True)
    _mark(phone, paper[3])
    phone.get_by_text("连接中断，正在重试").wait_for()
    shot(phone, "examining-lost", full=False)
    assert sitting.answers.count() == 3
    phone.context.set_offline(False)
    phone.locator("#kept4").get_by_text("已保存").wait_for()
    assert phone.get_by_text("连接中断，正在重试").is_hidden()
    assert sitting.answers.count() == 4
    lost = ("INTERNET_DISCONNECTED", "Failed to fetch")  # what the break itself leaves in the console
    complaints[:] = [told for told in complaints if not any(word in told for word in lost)]
    # a reload finds everything as it was
    phone.reload()
    assert phone.locator("form.question input:checked").count() == 4
    # a computer takes over; the phone's next click is refused with the reason
    computer = open_page({"width": 1440, "height": 900})
    enter(computer, me)
    computer.goto(here)
    computer.get_by_role("button", name="在本设备继续答题").click()
    computer.locator("form.question").first.wait_for()
    _mark(phone, paper[4])
    phone.locator("#kept5").get_by_text("另一台设备").wait_for()
    assert [told for told in complaints if "409" in told]
    complaints[:] = [told for told in complaints if "409" not in told]
    for shown in paper[4:30]:
        _mark(computer, shown)
    computer.locator("#kept30").get_by_text("已保存").wait_for()
    axe(computer)
    shot(computer, "examining-computer", full=False)
    computer.get_by_role("button", name="交卷").first.click()
    computer.locator("#submit-dialog").get_by_role("button", name="交卷").click()
    computer.get_by_text("成绩封存后在本页公布").wait_for()
    sitting.refresh_from_db()
    assert sitting.points == 70
    return phone


def _mark(page, shown):
    for place in right_places(shown):
        page.locator(f"#q{shown.number} input[value='{place}']").check()
