"""The demo's online course: a listed platform's, with films drawn by seed, captions, a document, a quiz, learners at work."""

import datetime as dt
from decimal import Decimal

from peibu.accounts import clock
from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.courses.actions.beats import Event, Report, report
from peibu.courses.actions.courses import add_chapter, add_file, add_quiz, create_course, publish
from peibu.courses.actions.registrations import register
from peibu.courses.actions.sessions import leave, start
from peibu.courses.actions.talk import (
    answer_learner,
    ask_teacher,
    mark_read,
    order_of,
    start_quiz,
    submit_quiz,
)
from peibu.courses.actions.uploads import receive_file, write_captions
from peibu.courses.models import Item, Media, Registration
from peibu.demo.city.films import draw_film
from peibu.demo.loader.base import Loaded
from peibu.demo.loader.players import Players
from peibu.examining.actions.bank import TRUE_FALSE, Wording, write_questions
from peibu.examining.queries.bank import current_versions
from peibu.papers.plain_papers import Part, plain_pdf

JINAN = "jinan/internet_plus_2020"
TITLE = "安全用电线上课程"
TOPIC = "安全用电"
# title, seconds, seconds between pictures, captions: 20 minutes and a little: a remainder that counts as one class hour
FILMS = (
    ("课程介绍", 40, 2.0, "本课程讲安全用电的基本要求。"),
    ("触电与急救", 620, 10.0, "发现有人触电，先切断电源。"),
    ("接地与漏电保护", 560, 10.0, "漏电保护器应定期试验。"),
)
QUESTIONS = (
    Wording(kind="single", topic=TOPIC, difficulty=1, points=Decimal(5), stem="发现有人触电，首先应做什么？",
            options=("切断电源", "直接用手拉开", "泼水降温"), answer=[0]),
    Wording(kind="multiple", topic=TOPIC, difficulty=2, points=Decimal(5), stem="下列哪些属于安全用电的要求？",
            options=("设备可靠接地", "装漏电保护器", "带电更换灯座"), answer=[0, 1]),
    Wording(kind="true_false", topic=TOPIC, difficulty=1, points=Decimal(5), stem="漏电保护器装好后不必再试验。",
            options=TRUE_FALSE, answer=[1]),
)  # fmt: skip
BEFORE = dt.timedelta(days=20)
# how far each learner goes: films watched, whether the quiz is taken, which address
GOING = ((3, True), (1, False), (2, False))
STEP = 120


def load_courses(loaded: Loaded, players: Players, *, at: dt.datetime) -> None:
    """After the list of platforms is published: the course is made, published and learned from before the demo's day."""
    unit = loaded.units[loaded.city.providers[0].key]
    by, made = players.of(Role.PROVIDER, unit), at - BEFORE
    course = create_course(
        policy=JINAN, title=TITLE, kind="skill", audience="all_workers", stated_hours=1,
        about="面向各行业从业人员的用电安全常识，约20分钟，含一次测验。", hours_reason="通用安全短课，配合线下课程使用（演示）",
        by=by, at=made,
    )  # fmt: skip
    first = add_chapter(course=course, title="第一章 认识危险", by=by)
    second = add_chapter(course=course, title="第二章 保护措施", by=by)
    for number, (title, seconds, step, words) in enumerate(FILMS):
        media = _film(number, title, seconds, step, words, by, made)
        add_file(course=course, chapter_id=(first if number < 2 else second).pk, media=media, title=title, by=by)
    sheet = plain_pdf(
        title=TOPIC, parts=[Part(heading="要点", paragraphs=["切断电源，呼救，施救。"])], dated=made.date()
    )
    kept = receive_file(kind="document", name="要点.pdf", size=len(sheet), chunks=[sheet], by=by, at=made)
    add_file(course=course, chapter_id=second.pk, media=kept, title="要点讲义", by=by)
    write_questions(policy=JINAN, wordings=QUESTIONS, by=by, at=made)
    versions = list(current_versions(unit, JINAN).filter(topic=TOPIC))
    add_quiz(course=course, chapter_id=second.pk, title="结课测验", pass_percent=60, versions=versions, by=by)
    publish(course=course, by=by, at=made)
    trainees = [players.trainee(row.person_key) for row in _trainees(loaded)]
    for number, (learner, (films, quiz)) in enumerate(zip(trainees, GOING, strict=False)):
        when = made + dt.timedelta(days=3 + number, hours=2)
        clock.move_to(when)  # records bear the moment they came in
        _learn(register(course=course, by=learner, at=when), learner, films, quiz, by, when, number)


def _trainees(loaded: Loaded) -> list:
    rows = [officer for officer in loaded.city.officers if officer.role == Role.TRAINEE]
    return [loaded.users[row.key] for row in sorted(rows, key=lambda row: row.key)]


def _film(number: int, title: str, seconds: int, step: float, words: str, by: Actor, at: dt.datetime) -> Media:
    content = draw_film(number, seconds=seconds, step=step)
    media = receive_file(kind="video", name=f"{title}.webm", size=len(content), chunks=[content], by=by, at=at)
    text = f"WEBVTT\n\n00:01.000 --> 00:20.000\n{words}\n"
    write_captions(media=media, language="zh", content=text.encode(), by=by, at=at)
    return media


def _learn(
    row: Registration, learner: Actor, films: int, quiz: bool, teacher: Actor, when: dt.datetime, number: int
) -> None:
    items = list(
        Item.objects.filter(chapter__edition=row.edition_id)
        .select_related("media")
        .order_by("chapter__position", "position")
    )
    for item in [each for each in items if each.kind == "video"][:films]:
        when = _watch(row, item, learner, when, number)
    if films > 1:
        question = ask_teacher(registration=row, item=items[1], text="触电后多久之内施救有效？", by=learner, at=when)
        if quiz:
            answer_learner(
                question=question, text="越早越好，先断电再施救。", by=teacher, at=when + dt.timedelta(hours=3)
            )
    if not quiz:
        return
    mark_read(registration=row, item=next(each for each in items if each.kind == "document"), by=learner, at=when)
    attempt = start_quiz(registration=row, item=items[-1], by=learner, at=when + dt.timedelta(minutes=1))
    places = {
        each.pk: [order_of(attempt, each).index(place) for place in each.version.answer]
        for each in attempt.item.questions.select_related("version")
    }
    submit_quiz(attempt=attempt, places=places, by=learner, at=when + dt.timedelta(minutes=6))


def _watch(row: Registration, item: Item, learner: Actor, when: dt.datetime, number: int) -> dt.datetime:
    """Watch a film in one sitting, reported every two minutes; a sitting ends before the first question for presence."""
    whole, place = item.media.milliseconds, 0
    while place < whole:
        clock.move_to(when)
        session = start(
            registration=row, by=learner, at=when, device=f"{number:032x}", address=f"203.0.113.{number + 1}"
        )
        for beat in range(1, 5):
            until = min(whole, place + 1000 * STEP)
            if until == place:
                break
            when += dt.timedelta(milliseconds=until - place)
            clock.move_to(when)
            told = Report(
                number=beat, item=item.pk, position=until, segments=[(place, until)],
                events=[Event("played", place, None, until - place)] if beat == 1 else [], speed=100, ago=0,
            )  # fmt: skip
            report(session_id=session.pk, told=told, by=learner, at=when)
            place = until
        leave(session_id=session.pk, by=learner, at=when)
        when += dt.timedelta(minutes=1)
    return when
