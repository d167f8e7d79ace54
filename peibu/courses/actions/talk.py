"""Documents read, quizzes taken, questions asked and answered (JN6.6.2a: questions and tests belong to learning)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import Max

from peibu.accounts.actor import Actor
from peibu.casework.refusals import refusing
from peibu.courses.actions.beats import complete_course
from peibu.courses.actions.record import keep, teller
from peibu.courses.actions.sessions import terms_of
from peibu.courses.enums import ItemKind
from peibu.courses.models import (
    CourseAnswer,
    CourseQuestion,
    Item,
    ItemProgress,
    LearningSession,
    QuizAttempt,
    QuizQuestion,
    Registration,
)
from peibu.courses.permissions import can_make
from peibu.courses.statements import EXPERIENCED, item_activity
from peibu.examining.marking import points_of, total
from peibu.examining.order import option_order
from peibu.kernel.errors import Refused
from peibu.learning.reports import words
from peibu.training.enums import ItemKind as QuestionKind

LONGEST_TEXT = 2000


def _own(registration: Registration, by: Actor) -> Registration:
    rows = Registration.objects.select_for_update(of=("self",)).select_related("course", "person", "edition")
    row = rows.filter(pk=registration.pk, person__key=by.person_key or "-").first()
    if row is None:
        raise Refused("您没有报名这门课程", "not_registered", "请先报名")
    return row


def _item(registration: Registration, item: Item, kind: str | None = None) -> Item:
    found = Item.objects.filter(pk=item.pk, chapter__edition=registration.edition_id).first()
    if found is None or (kind and found.kind != kind):
        raise Refused("课程里没有这一项", "no_such_item", "请刷新页面后重试")
    return found


def live_session(registration: Registration) -> LearningSession | None:
    """The session that runs in this course, if one does: what happens beside the player belongs to it."""
    return registration.sessions.filter(ended_at__isnull=True).first()


def _done(registration: Registration, item: Item, at: dt.datetime) -> list[dict]:
    """The item is done; returns what is to be told when that was the last one."""
    row, _new = ItemProgress.objects.get_or_create(registration=registration, item=item, defaults={"updated_at": at})
    if row.completed_at is None:
        row.completed_at = row.updated_at = at
        row.save(update_fields=["completed_at", "updated_at"])
    return complete_course(registration, at=at, session=live_session(registration))


def mark_read(*, registration: Registration, item: Item, by: Actor, at: dt.datetime) -> None:
    """A document was read, says the learner."""
    with refusing():
        row = _own(registration, by)
        found = _item(row, item, ItemKind.DOCUMENT)
        tell = teller(row, live_session(row))
        told = tell.tell(EXPERIENCED, item_activity(row.course, found), at, found.pk, result={"completion": True})
        if not ItemProgress.objects.filter(registration=row, item=found, completed_at__isnull=False).exists():
            keep(row, [told, *_done(row, found, at)])


def start_quiz(*, registration: Registration, item: Item, by: Actor, at: dt.datetime) -> QuizAttempt:
    """Begin an attempt, or go on with the open one. Refused when all attempts are used up or it is passed."""
    with refusing():
        row = _own(registration, by)
        quiz = _item(row, item, ItemKind.QUIZ)
        tried = row.attempts.filter(item=quiz)
        going = tried.filter(submitted_at__isnull=True).first()
        if going is not None:
            return going
        if tried.filter(passed=True).exists():
            raise Refused("本测验您已合格", "quiz_passed", "请学习其他内容")
        number = (tried.aggregate(last=Max("number"))["last"] or 0) + 1
        if number > terms_of(row, at).attempts:
            raise Refused(
                f"本测验最多{number - 1}次，已经用完", "no_more_attempts", "请向授课教师提问，或联系开课单位"
            )
        full = sum(question.points for question in quiz.questions.all())
        return QuizAttempt.objects.create(registration=row, item=quiz, number=number, started_at=at, full=full)


def order_of(attempt: QuizAttempt, question: QuizQuestion) -> list[int]:
    """At place n stands the position of the option shown n-th in this attempt."""
    return option_order(str(attempt.pk), question.pk, len(question.version.options))


def submit_quiz(
    *, attempt: QuizAttempt, places: Mapping[UUID, Sequence[int]], by: Actor, at: dt.datetime
) -> QuizAttempt:
    """Hand in; `places` per question as shown. Twice it changes nothing. Refused: two marks where one is asked."""
    with refusing():
        row = _own(attempt.registration, by)
        locked = QuizAttempt.objects.select_for_update(of=("self",)).select_related("item").get(pk=attempt.pk)
        if locked.submitted_at is not None:
            return locked
        questions = list(locked.item.questions.select_related("version"))
        chosen = {question.pk: _chosen(locked, question, places.get(question.pk, ())) for question in questions}
        locked.answers = {str(key): value for key, value in chosen.items()}
        locked.points = total((chosen[each.pk], each.version.answer, each.points) for each in questions)
        locked.passed = 100 * locked.points >= locked.item.pass_percent * locked.full
        locked.submitted_at = max(at, locked.started_at)
        locked.save()
        statements = _quiz_statements(row, locked, questions, chosen)
        if locked.passed:
            statements += _done(row, locked.item, at)
        keep(row, statements)
        return locked


def _chosen(attempt: QuizAttempt, question: QuizQuestion, places: Sequence[int]) -> list[int]:
    order = order_of(attempt, question)
    if any(not 0 <= place < len(order) for place in places):
        raise Refused("选项不在题目中", "no_such_option", "请刷新页面后重新选择")
    if len(set(places)) > 1 and question.version.kind != QuestionKind.MULTIPLE:
        raise Refused("单选题和判断题只能选一项", "one_choice", "请重新选择")
    return sorted({order[place] for place in places})


def _quiz_statements(
    registration: Registration, attempt: QuizAttempt, questions: Sequence[QuizQuestion], chosen: Mapping
) -> list[dict]:
    tell, when = teller(registration, live_session(registration)), attempt.submitted_at
    base = item_activity(registration.course, attempt.item)
    found = []
    for each in questions:
        right = points_of(chosen[each.pk], each.version.answer, each.points) > 0
        target = {"objectType": "Activity", "id": f"{base['id']}:{each.pk}", "definition": {"type": words.ITEM}}
        result = {"success": right, "response": "[,]".join(map(str, chosen[each.pk]))}
        found.append(tell.tell(words.ANSWERED, target, when, attempt.pk, each.pk, result=result))
    score = {"raw": float(attempt.points), "min": 0, "max": float(attempt.full)}
    spent = f"PT{int((when - attempt.started_at).total_seconds())}S"
    result = {"score": score, "success": attempt.passed, "completion": True, "duration": spent}
    verb = words.PASSED if attempt.passed else words.FAILED
    return [*found, tell.tell(verb, base, when, attempt.pk, result=result)]


def ask_teacher(*, registration: Registration, item: Item, text: str, by: Actor, at: dt.datetime) -> CourseQuestion:
    """Ask the teacher about an item. The words stay here; the record only says that somebody asked."""
    with refusing():
        row = _own(registration, by)
        found = _item(row, item)
        question = CourseQuestion.objects.create(registration=row, item=found, text=_said(text, "问题"), asked_at=at)
        target = item_activity(row.course, found)
        keep(row, [teller(row, live_session(row)).tell(words.ASKED, target, at, question.pk)])
        return question


def answer_learner(*, question: CourseQuestion, text: str, by: Actor, at: dt.datetime) -> CourseAnswer:
    """Answer for the unit."""
    with refusing():
        row = Registration.objects.select_related("course", "person").get(pk=question.registration_id)
        verdict = can_make(by, row.course)
        if not verdict:
            raise Refused(verdict.reason, "not_your_course", "请使用制作课程的单位的账号")
        answer = CourseAnswer.objects.create(
            question=question, text=_said(text, "答复"), answered_by=by.user, answered_at=at
        )
        tell = teller(row)
        target = item_activity(row.course, question.item)
        keep(row, [tell.tell(words.REPLIED, target, at, answer.pk, actor=tell.unit())])
        return answer


def _said(text: str, what: str) -> str:
    told = text.strip()
    if not 0 < len(told) <= LONGEST_TEXT:
        raise Refused(f"{what}应在1到{LONGEST_TEXT}字之间", "text_length", "请修改后重新提交")
    return told
