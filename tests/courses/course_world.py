"""A listed platform with a short course: two films, a document, a quiz; and a learner with an account."""

import datetime as dt
from decimal import Decimal
from functools import lru_cache

from peibu.accounts import clock
from peibu.courses.actions.beats import Event, Report, report
from peibu.courses.actions.courses import add_chapter, add_file, add_quiz, create_course, publish
from peibu.courses.actions.registrations import register
from peibu.courses.actions.sessions import start
from peibu.courses.actions.uploads import receive_file, write_captions
from peibu.courses.models import Item, ItemProgress
from peibu.demo.city.films import draw_film
from peibu.examining.actions.bank import Wording, write_questions
from peibu.examining.queries.bank import current_versions
from peibu.papers.plain_papers import Part, plain_pdf
from peibu.programmes.listings import Line, publish_list
from tests.city import at

JINAN = "jinan/internet_plus_2020"
NOW = at("2020-06-01 09:00")
SECONDS = 40
CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:04.000\n这一节讲安全用电。\n".encode()
PHONE, DESK = "d" * 32, "e" * 32
QUESTIONS = (
    Wording(kind="single", topic="安全", difficulty=1, points=Decimal(5), stem="第一题", options=["甲", "乙", "丙"], answer=[1]),
    Wording(kind="multiple", topic="安全", difficulty=1, points=Decimal(5), stem="第二题", options=["甲", "乙", "丙"], answer=[0, 2]),
)  # fmt: skip


@lru_cache(maxsize=8)
def film(drawing: int = 1, seconds: int = SECONDS, step: float = 2.0) -> bytes:
    return draw_film(drawing, seconds=seconds, step=step)


@lru_cache(maxsize=1)
def paper() -> bytes:
    return plain_pdf(title="讲义", parts=[Part(heading="", paragraphs=["讲义正文"])], dated=dt.date(2020, 6, 1))


class CourseWorld:
    """Builds one deed after another; `later(seconds)` moves its own time."""

    def __init__(self, city, tmp_path, settings):
        settings.UPLOAD_PARTS = tmp_path / "parts"
        settings.MEDIA_ROOT = tmp_path / "media"
        self.city, self.now, self.folder = city, NOW, tmp_path
        self.by = city.actor("provider", nth=0)
        self.learner = city.actor("trainee", nth=0)
        clock.move_to(NOW)

    def later(self, seconds: float) -> dt.datetime:
        self.now += dt.timedelta(seconds=seconds)
        return self.now

    def listed(self, role="platform", **line):
        return publish_list(
            policy=JINAN, role=role, title="名单", issuers=["人社局"], source="测试", lines=[Line(self.by.unit, **line)],
            at=at("2020-05-01 09:00"),
        )  # fmt: skip

    def course(self, **changes):
        told = {
            "policy": JINAN, "title": "安全用电线上课程", "kind": "skill", "audience": "all_workers", "stated_hours": 0,
            "hours_reason": "短课，用于测试", "by": self.by, "at": self.now,
        }  # fmt: skip
        return create_course(**(told | changes))

    def film(self, content=None, name="第一节.webm"):
        content = film() if content is None else content
        return receive_file(
            kind="video", name=name, size=len(content), chunks=[content], by=self.by, at=self.now
        )  # fmt: skip

    def filled(self, course=None, films=(1, 2)):
        """Chapters, films with captions, a document and a quiz."""
        course = course or self.course()
        first = add_chapter(course=course, title="第一章", by=self.by)
        second = add_chapter(course=course, title="第二章", by=self.by)
        for number, drawing in enumerate(films, start=1):
            media = self.film(film(drawing), name=f"{number}.webm")
            write_captions(media=media, language="zh", content=CAPTIONS, by=self.by, at=self.now)
            add_file(course=course, chapter_id=first.pk, media=media, title=f"第{number}节", by=self.by)
        sheet = receive_file(
            kind="document", name="讲义.pdf", size=len(paper()), chunks=[paper()], by=self.by, at=self.now
        )  # fmt: skip
        add_file(course=course, chapter_id=second.pk, media=sheet, title="讲义", by=self.by)
        write_questions(policy=JINAN, wordings=QUESTIONS, by=self.by, at=self.now)
        versions = list(current_versions(self.by.unit, JINAN).order_by("stem"))
        add_quiz(course=course, chapter_id=second.pk, title="结课测验", pass_percent=60, versions=versions, by=self.by)
        return course

    def published(self):
        self.listed()
        course = self.filled()
        publish(course=course, by=self.by, at=self.now)
        return course

    def joined(self, course=None, by=None):
        return register(course=course or self.published(), by=by or self.learner, at=self.now)

    def items(self, registration, kind="video"):
        return list(
            Item.objects.filter(chapter__edition=registration.edition_id, kind=kind).order_by("chapter__position", "position")
        )  # fmt: skip

    def start(self, registration, device=PHONE, by=None):
        return start(
            registration=registration, by=by or self.learner, at=self.now, device=device, address="203.0.113.5"
        )

    def beat(self, session, item, *segments, number=None, position=None, events=(), speed=100, ago=0, by=None):
        """Report stretches given in seconds."""
        played = [(int(a * 1000), int(b * 1000)) for a, b in segments]
        session.refresh_from_db()
        told = Report(
            number=session.beats + 1 if number is None else number, item=item.pk,
            position=played[-1][1] if position is None and played else int((position or 0) * 1000),
            segments=played, events=[Event(*each) for each in events], speed=speed, ago=ago,
        )  # fmt: skip
        return report(session_id=session.pk, told=told, by=by or self.learner, at=self.now)

    def seen(self, registration, item) -> int:
        row = ItemProgress.objects.filter(registration=registration, item=item).first()
        return row.watched if row else 0
