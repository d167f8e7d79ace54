"""Writing, changing and retiring questions (QD97.3.6: the examining body writes the paper)."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from peibu.accounts.actor import Actor
from peibu.casework.refusals import refusing
from peibu.examining.models import Question, QuestionVersion
from peibu.examining.permissions import can_write_questions
from peibu.kernel.errors import Refused
from peibu.training.enums import OBJECTIVE_ITEMS, ItemKind

HALF = Decimal("0.5")
MOST_OPTIONS = 8
MOST_POINTS = 100
TRUE_FALSE = ("正确", "错误")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wording:
    """What a question says; `answer` holds option positions for objective kinds, else texts."""

    kind: str
    topic: str
    difficulty: int
    points: Decimal
    stem: str
    options: Sequence[str] = ()
    answer: Sequence[int | str] = ()

    def problem(self) -> tuple[str, str, str]:
        """(field, what is wrong, what to do); empty texts when the question can be kept."""
        if not self.stem.strip() or not self.topic.strip():
            return "stem", "没有题干或知识点", "请填写题干和知识点"
        if not 0 < self.points <= MOST_POINTS or self.points % HALF:
            return "points", f"分值不是大于0、不超过{MOST_POINTS}的0.5的整数倍", "请核对分值"
        return self._objective_problem() if self.kind in OBJECTIVE_ITEMS else self._other_problem()

    def _objective_problem(self) -> tuple[str, str, str]:
        options = [text.strip() for text in self.options]
        if not 2 <= len(options) <= MOST_OPTIONS or not all(options):
            return "options", f"选项须为2至{MOST_OPTIONS}个且不能为空", "请补全选项"
        if len(set(options)) != len(options):
            return "options", "有两个选项相同", "请改正重复的选项"
        if not self.answer or any(not 0 <= int(place) < len(options) for place in self.answer):
            return "answer", "没有答案，或答案不在选项之中", "请填写正确选项的字母"
        if self.kind != ItemKind.MULTIPLE and len(set(self.answer)) != 1:
            return "answer", f"“{ItemKind(self.kind).label}”只能有一个答案", "请核对答案，或改为多选题"
        if self.kind == ItemKind.MULTIPLE and len(set(self.answer)) < 2:
            return "answer", "多选题至少有两个答案", "请核对答案，或改为单选题"
        return "", "", ""

    def _other_problem(self) -> tuple[str, str, str]:
        if not any(str(text).strip() for text in self.answer):
            return "answer", "没有参考答案", "请填写参考答案（填空题可填几种写法）"
        return "", "", ""


def _require_writer(by: Actor) -> None:
    verdict = can_write_questions(by)
    if not verdict:
        raise Refused(verdict.reason, "not_an_examining_body", "请使用命题单位的账号")


def _require_sound(wording: Wording) -> None:
    _field, what, todo = wording.problem()
    if what:
        raise Refused(f"题目不能保存：{what}", "question_unsound", todo)


def write_question(*, policy: str, wording: Wording, by: Actor, at: dt.datetime) -> QuestionVersion:
    """Add a question to the bank of the actor's unit."""
    _require_writer(by)
    _require_sound(wording)
    with refusing():
        question = Question.objects.create(policy=policy, owner=by.unit, division=by.unit.division)
        return _version(question, 1, wording, by, at)


def write_questions(*, policy: str, wordings: Sequence[Wording], by: Actor, at: dt.datetime) -> int:
    """Add many questions, all or none."""
    _require_writer(by)
    for wording in wordings:
        _require_sound(wording)
    with refusing():
        questions = [Question(policy=policy, owner=by.unit, division=by.unit.division) for _wording in wordings]
        Question.objects.bulk_create(questions)
        QuestionVersion.objects.bulk_create(
            QuestionVersion(question=question, number=1, written_by=by.user, written_at=at, **_stored(wording))
            for question, wording in zip(questions, wordings, strict=True)
        )
    return len(questions)


def rewrite_question(*, question: Question, wording: Wording, by: Actor, at: dt.datetime) -> QuestionVersion:
    """A new version; papers that hold an earlier one keep it. The same wording again changes nothing."""
    _require_sound(wording)
    with refusing():
        locked = _own(question, by)
        last = locked.versions.first()
        if _says(last) == _stored(wording):
            return last
        return _version(locked, last.number + 1, wording, by, at)


def retire_question(*, question: Question, by: Actor, at: dt.datetime) -> Question:
    """Take a question out of future papers; papers that hold it keep it."""
    with refusing():
        locked = _own(question, by)
        if locked.retired_at is None:
            locked.retired_at = at
            locked.save(update_fields=["retired_at"])
        return locked


def _own(question: Question, by: Actor) -> Question:
    _require_writer(by)
    locked = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if locked.owner_id != by.unit.pk:
        raise Refused("该题目不属于本单位题库", "not_your_question", "请使用命题单位的账号")
    return locked


def _stored(wording: Wording) -> dict:
    objective = wording.kind in OBJECTIVE_ITEMS
    answer = [int(n) for n in sorted(set(wording.answer))] if objective else [str(t).strip() for t in wording.answer]
    return {
        "kind": str(wording.kind),
        "topic": wording.topic.strip(),
        "difficulty": int(wording.difficulty),
        "points": wording.points,
        "stem": wording.stem.strip(),
        "options": [text.strip() for text in wording.options] if objective else [],
        "answer": [text for text in answer if text != ""],
    }


def _says(version: QuestionVersion) -> dict:
    names = ("kind", "topic", "difficulty", "points", "stem", "options", "answer")
    return {name: getattr(version, name) for name in names}


def _version(question: Question, number: int, wording: Wording, by: Actor, at: dt.datetime) -> QuestionVersion:
    return QuestionVersion.objects.create(
        question=question, number=number, written_by=by.user, written_at=at, **_stored(wording)
    )
