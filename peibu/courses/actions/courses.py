"""Making a course: courses, editions, chapters, items; publishing. Only drafts can be changed."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.casework.refusals import refusing
from peibu.courses.enums import EditionState, ItemKind
from peibu.courses.models import Chapter, Course, Edition, Item, Media, QuizQuestion
from peibu.courses.permissions import can_make, listing_of
from peibu.courses.queries.hours import hours_findings, milliseconds_of, obstacles
from peibu.courses.terms import teaches_online
from peibu.examining.models import QuestionVersion
from peibu.kernel.errors import Refused
from peibu.rulebook import load_policy
from peibu.training.enums import OBJECTIVE_ITEMS


def _require(by: Actor, course: Course | None = None) -> None:
    verdict = can_make(by, course)
    if not verdict:
        raise Refused(verdict.reason, "not_your_course", "请使用制作课程的单位的账号")


def create_course(
    *, policy: str, title: str, kind: str, audience: str, stated_hours: int, by: Actor, at: dt.datetime, about: str = "",
    practice_hours: int | None = None, hours_reason: str = "",
) -> Course:  # fmt: skip
    """A new course with its first, empty draft."""
    _require(by)
    found = load_policy(policy)
    if not teaches_online(found):
        raise Refused("该政策没有线上课程的学习要求", "no_online_courses", "请选择有线上培训的政策")
    if kind not in found.fact_specs["course_kind"].choices:
        raise Refused("没有这种课程类型", "course_kind", "请从下拉框中选择")
    with refusing():
        course = Course.objects.create(
            policy=policy, unit=by.unit, division=by.unit.division, title=title.strip(), about=about.strip(), kind=kind,
            audience=audience, stated_hours=stated_hours, practice_hours=practice_hours,
            hours_reason=hours_reason.strip(), created_by=by.user, created_at=at,
        )  # fmt: skip
        Edition.objects.create(course=course, number=1)
        return course


def draft_of(course: Course) -> Edition:
    """The edition that can be changed. Refused when there is none."""
    draft = course.editions.filter(state=EditionState.DRAFT).first()
    if draft is None:
        raise Refused("课程没有草稿，已发布的内容不能修改", "no_draft", "请先点“建立新版”")
    return draft


def _draft(course: Course, by: Actor) -> Edition:
    _require(by, course)
    return Edition.objects.select_for_update(of=("self",)).get(pk=draft_of(course).pk)


def add_chapter(*, course: Course, title: str, by: Actor) -> Chapter:
    with refusing():
        edition = _draft(course, by)
        last = edition.chapters.aggregate(last=Max("position"))["last"] or 0
        return Chapter.objects.create(edition=edition, position=last + 1, title=title.strip())


def remove_chapter(*, course: Course, chapter_id: UUID, by: Actor) -> None:
    """A chapter with everything in it; files stay in the unit's store."""
    with refusing():
        chapter = _draft(course, by).chapters.filter(pk=chapter_id).first()
        if chapter is not None:
            QuizQuestion.objects.filter(item__chapter=chapter).delete()
            chapter.items.all().delete()
            chapter.delete()


def add_file(*, course: Course, chapter_id: UUID, media: Media, title: str, by: Actor) -> Item:
    """A video or document into a chapter."""
    if media.unit_id != course.unit_id:
        raise Refused("这不是本单位的文件", "not_your_file", "请重新上传")
    with refusing():
        return _add(_draft(course, by), chapter_id, kind=media.kind, title=title.strip() or media.name, media=media)


def add_quiz(
    *, course: Course, chapter_id: UUID, title: str, pass_percent: int, versions: Sequence[QuestionVersion], by: Actor
) -> Item:
    """A quiz of objective questions of the unit's own bank, each with the points it has there."""
    if not versions:
        raise Refused("测验没有题目", "empty_quiz", "请至少选择一题")
    for version in versions:
        if version.question.owner_id != course.unit_id or version.kind not in OBJECTIVE_ITEMS:
            raise Refused("测验只能用本单位题库中的单选、多选、判断题", "not_a_quiz_question", "请重新选择")
    with refusing():
        item = _add(_draft(course, by), chapter_id, kind=ItemKind.QUIZ, title=title.strip(), pass_percent=pass_percent)
        QuizQuestion.objects.bulk_create(
            QuizQuestion(item=item, position=place, version=version, points=Decimal(version.points))
            for place, version in enumerate(versions, start=1)
        )
        return item


def _add(edition: Edition, chapter_id: UUID, *, title: str, **told) -> Item:
    chapter = edition.chapters.filter(pk=chapter_id).first()
    if chapter is None:
        raise Refused("没有这个章节", "no_chapter", "请刷新页面后重新选择")
    last = chapter.items.aggregate(last=Max("position"))["last"] or 0
    return Item.objects.create(chapter=chapter, position=last + 1, title=title[:80], **told)


def remove_item(*, course: Course, item_id: UUID, by: Actor) -> None:
    with refusing():
        item = Item.objects.filter(chapter__edition=_draft(course, by), pk=item_id).first()
        if item is not None:
            item.questions.all().delete()
            item.delete()


def new_edition(*, course: Course, by: Actor) -> Edition:
    """A draft with the content of the edition that is taught; learners stay with the one they registered for."""
    _require(by, course)
    with refusing():
        taught = course.editions.filter(state=EditionState.PUBLISHED).first()
        if taught is None:
            raise Refused("课程还没有发布", "not_published", "请直接修改草稿")
        edition = Edition.objects.create(course=course, number=course.editions.aggregate(n=Max("number"))["n"] + 1)
        for chapter in taught.chapters.prefetch_related("items__questions"):
            copy = Chapter.objects.create(edition=edition, position=chapter.position, title=chapter.title)
            for item in chapter.items.all():
                _copy(item, copy)
        return edition


def _copy(item: Item, chapter: Chapter) -> None:
    made = Item.objects.create(
        chapter=chapter, position=item.position, kind=item.kind, title=item.title, media_id=item.media_id,
        pass_percent=item.pass_percent,
    )  # fmt: skip
    QuizQuestion.objects.bulk_create(
        QuizQuestion(item=made, position=row.position, version_id=row.version_id, points=row.points)
        for row in item.questions.all()
    )


def publish(*, course: Course, by: Actor, at: dt.datetime) -> Edition:
    """Let the draft be learned from. Refused with every obstacle at once: listing, content, captions, class hours."""
    _require(by, course)
    with refusing():
        edition = Edition.objects.select_for_update(of=("self",)).get(pk=draft_of(course).pk)
        wrong = missing_for_publishing(course, edition, on=timezone.localdate(at))
        if wrong:
            raise Refused("课程不能发布：" + "；".join(wrong), "course_incomplete", "请逐项补正后再发布")
        course.editions.filter(state=EditionState.PUBLISHED).update(state=EditionState.REPLACED)
        edition.state, edition.published_at, edition.published_by = EditionState.PUBLISHED, at, by.user
        edition.milliseconds = milliseconds_of(edition)
        edition.save()
        return edition


def missing_for_publishing(course: Course, edition: Edition, *, on: dt.date) -> list[str]:
    """What a draft still lacks, in sentences; empty when it can be published."""
    items = list(
        Item.objects.filter(chapter__edition=edition).select_related("media").prefetch_related("media__captions")
    )
    wrong = []
    if listing_of(course, on=on) is None:
        wrong.append("本单位或本课程不在已公布的名单内，或已暂停（须先通过评估并公布）")
    if not any(item.kind == ItemKind.VIDEO for item in items):
        wrong.append("没有视频")
    if not any(item.kind == ItemKind.QUIZ for item in items):
        wrong.append("没有测验（线上学习须有测试）")
    empty = [chapter.title for chapter in edition.chapters.filter(items__isnull=True)]
    wrong += [f"章节“{title}”是空的" for title in empty]
    silent = [item.title for item in items if item.kind == ItemKind.VIDEO and not item.media.captions.all()]
    wrong += [f"视频“{title}”没有字幕" for title in silent]
    findings = hours_findings(course, milliseconds_of(edition), on=on)
    return wrong + [found.sentence for found in obstacles(findings, course.hours_reason)]
