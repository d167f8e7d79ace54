"""A unit's own online courses: make, fill, publish."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.courses.actions import courses as deeds
from peibu.courses.actions.uploads import (
    PIECE,
    OutOfPlace,
    add_piece,
    begin_upload,
    receive_file,
    write_captions,
)
from peibu.courses.enums import EditionState
from peibu.courses.links import sign_link
from peibu.courses.models import Course, Edition, Media, Upload
from peibu.courses.permissions import MAKERS, courses_of, listing_of
from peibu.courses.queries.hours import hours_findings, milliseconds_of
from peibu.examining.queries.bank import current_versions
from peibu.kernel.errors import Refused
from peibu.portal import course_lists
from peibu.portal.forms_courses import CaptionForm, ChapterForm, CourseFileForm, CourseForm, QuizForm
from peibu.theme.exports import excel_asked
from peibu.training.enums import OBJECTIVE_ITEMS

UNPROCESSABLE = 422


def own(request: HttpRequest, course_id: UUID) -> Course:
    return get_object_or_404(courses_of(request.actor.unit), pk=course_id)


def _newest(course: Course) -> Edition:
    return course.editions.first()


@only(*MAKERS)
def index(request: HttpRequest) -> HttpResponse:
    """All courses of the unit with their state, length and learners."""
    rows = course_lists.own_courses(request.actor.unit)
    if excel_asked(request):
        return course_lists.own_courses_excel(request, rows)
    return render(request, "portal/courses/index.html", {"rows": rows})


@only(*MAKERS, writes=True)
def new(request: HttpRequest) -> HttpResponse:
    """A new course."""
    form = CourseForm(request.POST or None, role=request.actor.role)
    if form.is_bound and form.is_valid():
        try:
            course = deeds.create_course(**form.cleaned_data, by=request.actor, at=request.now)
        except Refused as refused:
            form.add_error(None, refused.sentence())
        else:
            messages.success(request, _("课程已建立，请添加章节和视频。"))
            return redirect("own-course", course_id=course.pk)
    return render(request, "portal/courses/new.html", {"form": form}, status=UNPROCESSABLE if form.errors else 200)


@only(*MAKERS)
def show(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """One course: what is in it, how many class hours that gives, what is missing."""
    course = own(request, course_id)
    edition = _newest(course)
    draft = edition.state == EditionState.DRAFT
    milliseconds = milliseconds_of(edition) if draft else edition.milliseconds
    chapters = list(edition.chapters.prefetch_related("items__media__captions", "items__questions"))
    context = {
        "course": course,
        "edition": edition,
        "draft": draft,
        "chapters": [(row, [_told(request, item) for item in row.items.all()]) for row in chapters],
        "milliseconds": milliseconds,
        "findings": hours_findings(course, milliseconds, on=request.today),
        "listing": listing_of(course, on=request.today),
        "missing": deeds.missing_for_publishing(course, edition, on=request.today) if draft else [],
        "file_form": CourseFileForm(chapters=chapters),
        "caption_form": CaptionForm(),
        "chapter_form": ChapterForm(),
        "piece": PIECE,
        "people": course.registrations.count(),
    }
    return render(request, "portal/courses/show.html", context)


def _told(request: HttpRequest, item) -> dict:
    link = ""
    if item.media is not None:
        link = reverse("course-media", args=[sign_link(item.media, by=request.actor, at=request.now)])
    return {"item": item, "link": link, "captions": list(item.media.captions.all()) if item.media else []}


@only(*MAKERS, writes=True)
@require_POST
def chapter(request: HttpRequest, course_id: UUID) -> HttpResponse:
    course, form = own(request, course_id), ChapterForm(request.POST)
    if form.is_valid():
        deeds.add_chapter(course=course, title=form.cleaned_data["title"], by=request.actor)
    else:
        messages.error(request, _("请填写章节名称。"))
    return redirect("own-course", course_id=course.pk)


@only(*MAKERS, writes=True)
@require_POST
def drop_chapter(request: HttpRequest, course_id: UUID, chapter_id: UUID) -> HttpResponse:
    deeds.remove_chapter(course=own(request, course_id), chapter_id=chapter_id, by=request.actor)
    return redirect("own-course", course_id=course_id)


@only(*MAKERS, writes=True)
@require_POST
def drop_item(request: HttpRequest, course_id: UUID, item_id: UUID) -> HttpResponse:
    deeds.remove_item(course=own(request, course_id), item_id=item_id, by=request.actor)
    return redirect("own-course", course_id=course_id)


@only(*MAKERS, writes=True)
@require_POST
def file(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """A file in one piece."""
    course = own(request, course_id)
    form = CourseFileForm(request.POST, request.FILES, chapters=deeds.draft_of(course).chapters.all())
    if not form.is_valid():
        messages.error(request, "；".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("own-course", course_id=course.pk)
    told, sent = form.cleaned_data, form.cleaned_data["file"]
    media = receive_file(
        kind=told["kind"], name=sent.name, size=sent.size, chunks=sent.chunks(), by=request.actor, at=request.now
    )
    _put(request, course, told["chapter"], media, told["title"])
    return redirect("own-course", course_id=course.pk)


def _put(request: HttpRequest, course: Course, chapter_id: str, media: Media, title: str) -> None:
    deeds.add_file(course=course, chapter_id=UUID(chapter_id), media=media, title=title, by=request.actor)
    messages.success(request, _("“%(name)s”已上传并核验。") % {"name": media.name})


@only(*MAKERS, writes=True)
@require_POST
def upload(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Begin or go on: answers where the server is."""
    own(request, course_id)
    try:
        row = begin_upload(
            kind=request.POST.get("kind", ""), name=request.POST.get("name", ""),
            size=int(request.POST.get("size", "0") or 0), fingerprint=request.POST.get("fingerprint", "")[:200],
            by=request.actor, at=request.now,
        )  # fmt: skip
    except (Refused, ValueError) as refused:
        return _no(refused)
    return JsonResponse({"url": reverse("own-course-piece", args=[course_id, row.pk]), "received": row.received})


@only(*MAKERS, writes=True)
@require_POST
def piece(request: HttpRequest, course_id: UUID, upload_id: UUID) -> HttpResponse:
    """The next piece as the body; the last one puts the file into its chapter."""
    course = own(request, course_id)
    row = get_object_or_404(Upload, pk=upload_id, unit=request.actor.unit)
    try:
        offset = int(request.GET.get("offset", "-1"))
        row = add_piece(upload=row, offset=offset, piece=request.body, by=request.actor, at=request.now)
        if row.media_id is not None:
            _put(request, course, request.GET.get("chapter", ""), row.media, request.GET.get("title", ""))
    except OutOfPlace as refused:
        return JsonResponse({"received": refused.received}, status=409)
    except (Refused, ValueError) as refused:
        return _no(refused)
    return JsonResponse({"received": row.received, "done": row.media_id is not None})


def _no(refused: Exception) -> JsonResponse:
    said = refused.sentence() if isinstance(refused, Refused) else _("请求不完整，请刷新页面后重试。")
    return JsonResponse({"said": said}, status=UNPROCESSABLE)


@only(*MAKERS, writes=True)
@require_POST
def captions(request: HttpRequest, course_id: UUID, media_id: UUID) -> HttpResponse:
    """Captions of one of the unit's videos."""
    own(request, course_id)
    media = get_object_or_404(Media, pk=media_id, unit=request.actor.unit)
    form = CaptionForm(request.POST, request.FILES)
    if form.is_valid():
        told = form.cleaned_data
        write_captions(
            media=media, language=told["language"], content=told["file"].read(), by=request.actor, at=request.now
        )
        messages.success(request, _("字幕已保存。"))
    else:
        messages.error(request, _("请选择字幕语言和 WebVTT 文件。"))
    return redirect("own-course", course_id=course_id)


@only(*MAKERS, writes=True)
def quiz(request: HttpRequest, course_id: UUID, chapter_id: UUID) -> HttpResponse:
    """A quiz from the unit's question bank."""
    course = own(request, course_id)
    place = get_object_or_404(deeds.draft_of(course).chapters, pk=chapter_id)
    versions = current_versions(request.actor.unit, course.policy).filter(kind__in=OBJECTIVE_ITEMS)
    form = QuizForm(request.POST or None, versions=list(versions))
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        deeds.add_quiz(
            course=course, chapter_id=place.pk, title=told["title"], pass_percent=told["pass_percent"],
            versions=form.chosen(), by=request.actor,
        )  # fmt: skip
        return redirect("own-course", course_id=course.pk)
    context = {"course": course, "chapter": place, "form": form}
    return render(request, "portal/courses/quiz.html", context, status=UNPROCESSABLE if form.errors else 200)


@only(*MAKERS, writes=True)
@require_POST
def publish(request: HttpRequest, course_id: UUID) -> HttpResponse:
    deeds.publish(course=own(request, course_id), by=request.actor, at=request.now)
    messages.success(request, _("课程已发布，符合条件的学员可以报名学习。"))
    return redirect("own-course", course_id=course_id)


@only(*MAKERS, writes=True)
@require_POST
def edition(request: HttpRequest, course_id: UUID) -> HttpResponse:
    deeds.new_edition(course=own(request, course_id), by=request.actor)
    messages.success(request, _("已建立新版草稿；现有学员继续学习原来的版本。"))
    return redirect("own-course", course_id=course_id)
