"""An online course in a real browser: begun on a phone, taken over and finished on a desk, with a quiz and a question."""

import pytest
from django.urls import reverse

from peibu.courses.actions.courses import add_chapter, add_file, add_quiz, publish
from peibu.courses.actions.registrations import register
from peibu.courses.actions.uploads import write_captions
from peibu.courses.models import CourseQuestion, ItemProgress, LearningSession, Media, QuizAttempt
from peibu.examining.actions.bank import write_questions
from peibu.examining.queries.bank import current_versions
from peibu.learning.models import Statement
from tests.courses.course_world import CAPTIONS, JINAN, QUESTIONS, CourseWorld, film

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 12


@pytest.fixture
def world(city, tmp_path, settings):
    return CourseWorld(city, tmp_path, settings)


def short_course(world):
    world.listed()
    course = world.course()
    chapter = add_chapter(course=course, title="第一章 用电安全", by=world.by)
    for number in (1, 2):
        media = world.film(film(number, SECONDS, 0.25), name=f"第{number}节.webm")
        write_captions(media=media, language="zh", content=CAPTIONS, by=world.by, at=world.now)
        add_file(course=course, chapter_id=chapter.pk, media=media, title=f"第{number}节", by=world.by)
    write_questions(policy=JINAN, wordings=QUESTIONS, by=world.by, at=world.now)
    versions = list(current_versions(world.by.unit, JINAN).order_by("stem"))
    add_quiz(course=course, chapter_id=chapter.pk, title="结课测验", pass_percent=60, versions=versions, by=world.by)
    publish(course=course, by=world.by, at=world.now)
    return course


def place(page) -> float:
    return page.evaluate("document.querySelector('video').currentTime")


def until(page, told: str, seconds: int = 15) -> None:
    """Wait until an expression holds in the page (its own policy forbids waiting inside it)."""
    for _look in range(seconds * 10):
        if page.evaluate(told):
            return
        page.wait_for_timeout(100)
    raise AssertionError(told)


def fits(page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} scrolls sideways"


def test_a_course_on_two_devices(world, enter, phone, desktop, complaints, axe, shot):
    course = short_course(world)
    enter(phone, world.learner)
    phone.goto(reverse("trainee-courses"))
    axe(phone)
    shot(phone, "courses-open-phone")
    phone.get_by_role("button", name="免费报名").click()
    phone.wait_for_selector("#player")
    axe(phone)
    fits(phone)
    shot(phone, "courses-player-phone")
    phone.get_by_role("button", name="开始学习").click()
    until(phone, "document.querySelector('video').currentTime > 3")
    phone.evaluate("document.querySelector('video').currentTime = 11")  # not seen yet: sent back
    phone.get_by_text("没有看过的内容不能跳过").wait_for()
    phone.evaluate("document.querySelector('video').pause()")
    phone.wait_for_timeout(700)
    seen = ItemProgress.objects.get()
    assert 2500 <= seen.watched <= 6000

    # somebody is asked to confirm: nothing plays until the button is pressed, by keyboard
    LearningSession.objects.update(next_check_at=world.now)
    phone.evaluate("document.querySelector('video').play()")
    phone.wait_for_timeout(600)
    phone.evaluate("document.querySelector('video').pause()")
    phone.get_by_role("dialog").wait_for()
    axe(phone)
    shot(phone, "courses-check-phone", full=False)
    phone.keyboard.press("Enter")
    phone.get_by_role("dialog").wait_for(state="hidden")
    until(phone, "!document.querySelector('video').paused")
    phone.evaluate("document.querySelector('video').pause()")
    phone.wait_for_timeout(700)

    # the desk takes over where the phone was; the phone is told in a sentence
    row = ItemProgress.objects.get().registration
    enter(desktop, world.learner)
    desktop.goto(reverse("trainee-course", args=[row.pk]))
    axe(desktop)
    shot(desktop, "courses-player-desktop")
    resumed = int(desktop.locator("#player").get_attribute("data-position")) / 1000
    assert resumed > 2.5
    desktop.get_by_role("button", name="开始学习").click()
    until(desktop, "!document.querySelector('video').paused")
    assert place(desktop) >= resumed - 0.3
    phone.evaluate("document.querySelector('video').play()")
    phone.wait_for_timeout(300)
    phone.evaluate("document.querySelector('video').pause()")
    phone.get_by_text("另一台设备").wait_for()
    complaints[:] = [one for one in complaints if "409" not in one]
    shot(phone, "courses-taken-over-phone")
    desktop.get_by_text("本节已学完").wait_for(timeout=30_000)
    shot(desktop, "courses-done-desktop")
    assert LearningSession.objects.filter(ended_by="elsewhere").count() == 1

    # the question, the quiz
    desktop.get_by_label("问题").fill("漏电保护器多久检查一次？")
    desktop.get_by_role("button", name="提交问题").click()
    desktop.get_by_text("等待答复").wait_for()
    desktop.get_by_role("link", name="结课测验").click()
    desktop.get_by_role("button", name="开始测验").click()
    axe(desktop)
    desktop.get_by_label("乙", exact=False).first.check()
    for option in ("甲", "丙"):
        desktop.locator(".question").nth(1).get_by_label(option, exact=False).check()
    shot(desktop, "courses-quiz-desktop")
    desktop.get_by_role("button", name="交卷").click()
    desktop.get_by_text("测验合格").wait_for()
    axe(desktop)
    assert QuizAttempt.objects.get().passed
    verbs = set(Statement.objects.values_list("body__verb__id", flat=True))
    for verb in ("registered", "initialized", "terminated", "passed", "asked", "answered", "completed", "progressed"):
        assert f"http://adlnet.gov/expapi/verbs/{verb}" in verbs
    assert "https://w3id.org/xapi/adl/verbs/logged-in" in verbs

    # the teacher answers, the unit sees everybody
    enter(desktop, world.by)
    for name in ("own-courses", "own-course", "own-course-roster", "own-course-questions"):
        desktop.goto(reverse(name, args=[] if name == "own-courses" else [course.pk]))
        desktop.wait_for_timeout(300)
        axe(desktop)
        shot(desktop, f"courses-{name}-desktop")
    desktop.get_by_label("答复内容").fill("按规定每月试验一次。")
    desktop.get_by_role("button", name="提交答复").click()
    desktop.get_by_text("按规定每月试验一次").wait_for()
    assert CourseQuestion.objects.get().answers.count() == 1
    phone.goto(f"{reverse('trainee-course', args=[row.pk])}?item={row.questions.get().item_id}")
    phone.get_by_text("按规定每月试验一次").wait_for()
    axe(phone)
    fits(phone)


def test_a_unit_makes_a_course_and_uploads_in_pieces(world, enter, desktop, phone, axe, shot, monkeypatch):
    monkeypatch.setattr("peibu.portal.views.own_courses.PIECE", 4000)  # so that a small film comes in several pieces
    world.listed()
    enter(desktop, world.by)
    desktop.goto(reverse("own-course-new"))
    axe(desktop)
    desktop.get_by_label("课程名称").fill("触电急救线上课程")
    desktop.get_by_label("课程类型").select_option("skill")
    desktop.get_by_label("申报的线上课时").fill("0")
    desktop.get_by_role("button", name="建立课程").click()
    desktop.get_by_label("章节名称").fill("第一章")
    desktop.get_by_role("button", name="添加章节").click()
    desktop.get_by_role("heading", name="第一章").wait_for()
    content = film(5, SECONDS, 0.25)
    assert len(content) > 8000
    desktop.set_input_files("input[name=file]", {"name": "急救.webm", "mimeType": "video/webm", "buffer": content})
    desktop.get_by_role("button", name="上传", exact=True).click()
    desktop.get_by_text("已上传并核验").wait_for()
    assert Media.objects.get().milliseconds == SECONDS * 1000
    axe(desktop)
    shot(desktop, "courses-made-desktop")
    desktop.get_by_role("button", name="发布课程").click()
    desktop.locator("#publish button[type=submit]").click()
    desktop.get_by_text("没有字幕").first.wait_for()
    enter(phone, world.by)
    phone.goto(desktop.url)
    axe(phone)
    fits(phone)
    shot(phone, "courses-made-phone")


def test_reports_wait_for_the_network(world, enter, phone, complaints):
    row = register(course=short_course(world), by=world.learner, at=world.now)
    enter(phone, world.learner)
    phone.goto(reverse("trainee-course", args=[row.pk]))
    phone.get_by_role("button", name="开始学习").click()
    until(phone, "document.querySelector('video').currentTime > 1")
    phone.context.set_offline(True)
    phone.wait_for_timeout(1500)
    phone.evaluate("document.querySelector('video').pause()")
    phone.get_by_text("没有网络").wait_for()
    before = sum(ItemProgress.objects.values_list("watched", flat=True))
    phone.context.set_offline(False)
    phone.get_by_text("网络已恢复").wait_for(timeout=20_000)
    assert sum(ItemProgress.objects.values_list("watched", flat=True)) > before
    complaints[:] = [one for one in complaints if "ERR_INTERNET_DISCONNECTED" not in one]
