"""Scores typed by two persons who do not see each other's; where they agree the sheet is filled in one step."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from peibu.accounts.actor import Actor
from peibu.casework.refusals import refusing
from peibu.examining.models import ScoreEntry, ScoreHand
from peibu.examining.queries.double_entry import differences, hand_of
from peibu.kernel.errors import Refused
from peibu.rulebook import load_policy
from peibu.training.actions.scores import check_points, enter_scores, require_open_sheet
from peibu.training.models import Exam
from peibu.training.queries.exams import candidates, exam_day

HANDS = (1, 2)


def type_scores(*, exam: Exam, marks: Mapping[UUID, Decimal | None], by: Actor, at: dt.datetime) -> ScoreHand:
    """Keep what this person typed (enrolment id -> points, None = absent), as the first or the second hand.

    Refused: sheet not open; both hands are others; already handed over; impossible points. All or nothing.
    """
    with refusing():
        locked = require_open_sheet(exam, by, at)
        hand = _take_hand(locked, by)
        if hand.finished_at is not None:
            raise Refused(
                "您已提交录入，不能再改", "handed_over_entries_never_change", "如两次录入不一致，请核对答卷后重录"
            )
        names = {row.enrolment.pk: row.enrolment.person.name for row in candidates(locked)}
        if set(marks) - set(names):
            raise Refused("成绩单中有不属于本班的人员", "not_a_candidate", "请刷新页面后重试")
        full = load_policy(locked.cohort.policy).value("full_mark", on=exam_day(locked))
        for key, points in marks.items():
            check_points(names[key], points, full)
            ScoreEntry.objects.update_or_create(
                hand=hand, enrolment_id=key, defaults={"points": points, "typed_at": at}
            )
        return hand


def _take_hand(exam: Exam, by: Actor) -> ScoreHand:
    hands = list(exam.hands.all())
    mine = next((hand for hand in hands if hand.person_key == by.person_key), None)
    if mine is not None:
        return mine
    free = [number for number in HANDS if number not in {hand.number for hand in hands}]
    if not free:
        told = "、".join(hand.user.name for hand in hands)
        raise Refused(f"本场成绩由{told}两人录入", "scores_are_typed_by_two_hands", "请由他们继续办理")
    return ScoreHand.objects.create(exam=exam, number=free[0], user=by.user, person_key=by.person_key)


def hand_over(*, exam: Exam, by: Actor, at: dt.datetime) -> ScoreHand:
    """Say that one is done; everybody must have points or be absent. From now on one's entries stay."""
    with refusing():
        locked = require_open_sheet(exam, by, at)
        hand = hand_of(locked, by)
        if hand is None:
            raise Refused("您还没有录入成绩", "nothing_typed", "请先录入")
        typed = set(hand.entries.values_list("enrolment_id", flat=True))
        left = [row.enrolment.person.name for row in candidates(locked) if row.enrolment.pk not in typed]
        if left:
            raise Refused(
                f"还有{len(left)}人没有录入：{'、'.join(left[:5])}", "entry_incomplete", "请录入成绩或标记缺考"
            )
        if hand.finished_at is None:
            hand.finished_at = at
            hand.save(update_fields=["finished_at"])
        return hand


def reopen_hands(*, exam: Exam, by: Actor, at: dt.datetime) -> None:
    """After differences were found: both type again what differs. What agreed stays typed."""
    with refusing():
        locked = require_open_sheet(exam, by, at)
        differing = [row.enrolment.pk for row in differences(locked)]
        if not differing:
            raise Refused("两次录入没有差异，不需要重录", "no_differences", "请直接采用")
        locked.hands.update(finished_at=None)
        ScoreEntry.objects.filter(hand__exam=locked, enrolment_id__in=differing).delete()


def adopt_entries(*, exam: Exam, by: Actor, at: dt.datetime) -> int:
    """Fill the score sheet with what both typed. Refused while one is not done or while they differ."""
    with refusing():
        locked = require_open_sheet(exam, by, at)
        done = list(locked.hands.filter(finished_at__isnull=False))
        if len(done) != len(HANDS):
            raise Refused("两人录入还没有都提交", "one_hand_missing", "请等待另一人完成录入")
        differing = differences(locked)
        if differing:
            names = "、".join(row.enrolment.person.name for row in differing[:5])
            raise Refused(
                f"两次录入有{len(differing)}人不一致：{names}", "entries_differ", "请核对答卷后重录不一致的成绩"
            )
        marks = dict(done[0].entries.values_list("enrolment_id", "points"))
        return enter_scores(exam=locked, marks=marks, by=by, at=at)
