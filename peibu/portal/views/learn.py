"""A learner's courses: what is open, registering, one page per item of a course, on phone and desk alike."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.courses.actions.registrations import register
from peibu.courses.actions.talk import ask_teacher, mark_read, order_of, start_quiz, submit_quiz
from peibu.courses.links import sign_link
from peibu.courses.models import Course, CourseQuestion, Item, QuizAttempt, Registration
from peibu.courses.permissions import open_to, registrations_of
from peibu.courses.queries.progress import OwnItem, outline, percent_of
from peibu.courses.segments import frontier
from peibu.courses.terms import player_terms
from peibu.examining.papers import LETTERS
from peibu.portal.devices import marked
from peibu.portal.forms_courses import LANGUAGES
from peibu.registry.models import Person
from peibu.training.enums import ItemKind as QuestionKind


@only(Role.TRAINEE)
def index(request: HttpRequest) -> HttpResponse:
    """My courses with how far I am, and those I may register for."""
    mine = list(registrations_of(request.actor))
    person = Person.objects.filter(key=request.actor.person_key).first()
    free = open_to(person, on=request.today).exclude(pk__in=[row.course_id for row in mine]) if person else []
    context = {"mine": [(row, percent_of(outline(row))) for row in mine], "open": free}
    return render(request, "portal/learn/index.html", context)


@only(Role.TRAINEE, writes=True)
@require_POST
def join(request: HttpRequest, course_id: UUID) -> HttpResponse:
    course = get_object_or_404(Course.objects.select_related("unit", "division"), pk=course_id)
    row = register(course=course, by=request.actor, at=request.now)
    return redirect("trainee-course", registration_id=row.pk)


def mine(request: HttpRequest, registration_id: UUID) -> Registration:
    return get_object_or_404(registrations_of(request.actor), pk=registration_id)


def item_of(registration: Registration, item_id: UUID) -> Item:
    rows = Item.objects.select_related("media", "chapter")
    return get_object_or_404(rows, pk=item_id, chapter__edition=registration.edition_id)


@only(Role.TRAINEE)
def show(request: HttpRequest, registration_id: UUID) -> HttpResponse:
    """One item of a course (the first that is not done, or `?item=`), the outline, questions to the teacher."""
    row = mine(request, registration_id)
    chapters = outline(row)
    items = [own for each in chapters for own in each.items]
    current = _current(items, request.GET.get("item", ""))
    place = items.index(current)
    asked = CourseQuestion.objects.filter(registration=row, item=current.item)
    context = {
        "registration": row,
        "course": row.course,
        "chapters": chapters,
        "percent": percent_of(chapters),
        "current": current,
        "before": items[place - 1].item if place else None,
        "after": items[place + 1].item if place + 1 < len(items) else None,
        "questions": asked.prefetch_related("answers__answered_by"),
        "terms": player_terms(row.course.policy, on=request.today),
        **_opened(request, current),
    }
    return marked(request, render(request, "portal/learn/show.html", context))


def _current(items: list[OwnItem], asked: str) -> OwnItem:
    if not items:
        raise Http404
    if asked:
        return next((own for own in items if str(own.item.pk) == asked), None) or _missing()
    return next((own for own in items if not own.done), items[0])


def _missing() -> OwnItem:
    raise Http404


def _opened(request: HttpRequest, current: OwnItem) -> dict:
    """Links to what the item shows, for this person and a short time."""
    media = current.item.media
    if media is None:
        return {"attempts": current.attempts, "last": current.attempts[-1] if current.attempts else None}

    def link(caption: str = "") -> str:
        return reverse("course-media", args=[sign_link(media, by=request.actor, at=request.now, caption=caption)])

    names = dict(LANGUAGES)
    tracks = [
        (row.language, names.get(row.language, row.language), link(row.language)) for row in media.captions.all()
    ]
    progress = current.progress
    return {
        "link": link(),
        "tracks": tracks,
        "position": progress.position if progress else 0,
        "reached": frontier(progress.segments) if progress else 0,
    }


@only(Role.TRAINEE, writes=True)
@require_POST
def read(request: HttpRequest, registration_id: UUID, item_id: UUID) -> HttpResponse:
    """The document was read."""
    row = mine(request, registration_id)
    mark_read(registration=row, item=item_of(row, item_id), by=request.actor, at=request.now)
    messages.success(request, _("已记录阅读完成。"))
    return _back(row, item_id)


@only(Role.TRAINEE, writes=True)
@require_POST
def ask(request: HttpRequest, registration_id: UUID, item_id: UUID) -> HttpResponse:
    """A question to the teacher."""
    row = mine(request, registration_id)
    ask_teacher(
        registration=row, item=item_of(row, item_id), text=request.POST.get("text", ""), by=request.actor,
        at=request.now,
    )  # fmt: skip
    messages.success(request, _("问题已提交，授课教师答复后显示在本页。"))
    return _back(row, item_id)


def _back(row: Registration, item_id: UUID) -> HttpResponse:
    return redirect(f"{reverse('trainee-course', args=[row.pk])}?item={item_id}")


@only(Role.TRAINEE, writes=True)
@require_POST
def begin_quiz(request: HttpRequest, registration_id: UUID, item_id: UUID) -> HttpResponse:
    row = mine(request, registration_id)
    attempt = start_quiz(registration=row, item=item_of(row, item_id), by=request.actor, at=request.now)
    return redirect("trainee-course-quiz", registration_id=row.pk, attempt_id=attempt.pk)


@only(Role.TRAINEE, writes=True)
def quiz(request: HttpRequest, registration_id: UUID, attempt_id: UUID) -> HttpResponse:
    """The questions of an attempt, in an order of its own; POST hands in; afterwards the result."""
    row = mine(request, registration_id)
    attempt = get_object_or_404(QuizAttempt.objects.select_related("item"), pk=attempt_id, registration=row)
    if request.method == "POST":
        places = {each.pk: _places(request, each.pk) for each in attempt.item.questions.all()}
        submit_quiz(attempt=attempt, places=places, by=request.actor, at=request.now)
        return redirect("trainee-course-quiz", registration_id=row.pk, attempt_id=attempt.pk)
    context = {
        "registration": row, "course": row.course, "attempt": attempt, "rows": _shown(attempt),
        "left": player_terms(row.course.policy, on=timezone.localdate(request.now)).attempts - attempt.number,
        "need": attempt.item.pass_percent,
    }  # fmt: skip
    return render(request, "portal/learn/quiz.html", context)


def _places(request: HttpRequest, question: UUID) -> list[int]:
    return [int(place) for place in request.POST.getlist(str(question)) if place.isdecimal() and len(place) < 3]


def _shown(attempt: QuizAttempt) -> list[dict]:
    found = []
    for question in attempt.item.questions.select_related("version"):
        version, chosen = question.version, attempt.answers.get(str(question.pk), [])
        options = [
            {"place": place, "letter": LETTERS[place], "text": version.options[each], "chosen": each in chosen}
            for place, each in enumerate(order_of(attempt, question))
        ]
        right = attempt.submitted_at is not None and sorted(chosen) == sorted(version.answer)
        several = version.kind == QuestionKind.MULTIPLE
        found.append(
            {"question": question, "version": version, "options": options, "several": several, "right": right}
        )
    return found
