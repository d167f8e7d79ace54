"""An online objective test: set up, begun, answered, taken over, handed in, counted.

Everything a candidate sends is kept at once, so that a broken connection or a restart of the server loses at most the
answer under way. Only the server's clock counts; every deed may arrive twice.
"""

import datetime as dt
import secrets
from collections.abc import Sequence

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.formats import date_format

from peibu.accounts.actor import SYSTEM, Actor
from peibu.casework.hooks import guard
from peibu.casework.models import Case
from peibu.casework.refusals import refusing
from peibu.examining.enums import SittingDeed, SittingEnd
from peibu.examining.marking import total
from peibu.examining.models import OnlineTest, PaperItem, Sitting, SittingAnswer, SittingEvent
from peibu.examining.permissions import candidate_of
from peibu.examining.queries.sittings import items_of, latest_answers, order_of_options
from peibu.kernel.errors import Refused
from peibu.kernel.verdict import Verdict, yes
from peibu.training.actions.exam import PROCESS
from peibu.training.actions.scores import record_online
from peibu.training.enums import OBJECTIVE_ITEMS, ItemKind
from peibu.training.models import Exam
from peibu.training.permissions.exam import APPROVED, can_examine
from peibu.training.queries.exams import candidates

KEY_LENGTH = 40


def _clock(moment: dt.datetime) -> str:
    return date_format(timezone.localtime(moment), "n月j日 H:i:s")


def set_up_test(*, exam: Exam, minutes: int, by: Actor, at: dt.datetime) -> OnlineTest:
    """Let an exam be sat online, `minutes` for each candidate; again with other minutes until somebody has begun.

    Refused: not the exam's body; begun; no drawn paper; items a machine cannot mark; longer than the exam itself.
    """
    with refusing():
        locked = Exam.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=exam.pk)
        verdict = can_examine(by, locked)
        if not verdict:
            raise Refused(verdict.reason, "not_your_class", "请使用考核单位的账号")
        if locked.held_from is not None and at >= locked.held_from:
            raise Refused(f"考试已于{_clock(locked.held_from)}开始", "exam_began", "考试方式须在开考前设定")
        _require_markable(locked)
        _require_fitting(locked, minutes)
        test, made = OnlineTest.objects.get_or_create(
            exam=locked,
            defaults={"minutes": minutes, "order_seed": secrets.token_hex(16), "set_by": by.user, "set_at": at},
        )
        if not made and test.minutes != minutes:
            test.minutes, test.set_by, test.set_at = minutes, by.user, at
            test.save(update_fields=["minutes", "set_by", "set_at"])
        return test


def _require_markable(exam: Exam) -> None:
    kinds = {item.version.kind for item in items_of(exam)}
    if not kinds:
        raise Refused("还没有从题库组卷，不能在线考试", "no_drawn_paper", "请先组卷")
    by_hand = [str(ItemKind(kind).label) for kind in sorted(kinds - OBJECTIVE_ITEMS)]
    if by_hand:
        told = "、".join(by_hand)
        raise Refused(f"试卷中有{told}，不能全部由系统判分", "not_objective", "在线考试请只用单选、多选、判断题")


def _require_fitting(exam: Exam, minutes: int) -> None:
    if exam.held_from is None or minutes * 60 > (exam.held_until - exam.held_from).total_seconds():
        raise Refused(f"答题时长{minutes}分钟超过考试时间", "test_longer_than_exam", "请先核对考试起止时间")


@guard(PROCESS, "submit", "resubmit", "approve")
def test_can_be_sat(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """Paper and time may have changed since the exam was set online."""
    exam = Exam.objects.filter(case=case, online__isnull=False).select_related("online").first()
    if exam is not None:
        _require_markable(exam)
        _require_fitting(exam, exam.online.minutes)
    return yes()


def cancel_test(*, exam: Exam, by: Actor, at: dt.datetime) -> None:
    """Sit the exam on paper after all; only before anybody has begun."""
    verdict = can_examine(by, exam)
    if not verdict:
        raise Refused(verdict.reason, "not_your_class", "请使用考核单位的账号")
    with refusing():
        OnlineTest.objects.filter(exam=exam).delete()


def start_sitting(*, exam: Exam, by: Actor, at: dt.datetime, device: str) -> Sitting:
    """Begin, or go on where one was. Refused: not a candidate, not the time, no approval, sat already, another device.

    A sitting elsewhere whose time is over is handed in first: it must not stand in the way when the job is late.
    """
    close_expired(at=at, person_key=by.person_key)
    with refusing():
        locked = Exam.objects.select_for_update(of=("self",)).select_related("case", "online").get(pk=exam.pk)
        enrolment = candidate_of(by, locked)
        if enrolment is None:
            raise Refused("您不是本场考试的考生", "not_a_candidate", "请核对考试和登录账号")
        _require_open(locked, at)
        sitting = Sitting.objects.select_for_update(of=("self",)).filter(exam=locked, enrolment=enrolment).first()
        if sitting is not None:
            _require_live(sitting, at)
            _require_device(sitting, device)
            return sitting
        ends = min(at + dt.timedelta(minutes=locked.online.minutes), locked.held_until)
        sitting = Sitting.objects.create(
            exam=locked,
            division=locked.division,
            enrolment=enrolment,
            person_key=by.person_key,
            started_at=at,
            ends_at=ends,
            device=device,
        )
        SittingEvent.objects.create(sitting=sitting, deed=SittingDeed.START, device=device, at=at)
        return sitting


def _require_open(exam: Exam, at: dt.datetime) -> None:
    if exam.case.state != APPROVED:
        raise Refused("考试尚未获得同意，不能开考", "exam_not_approved", "请等待承接单位通知")
    if at < exam.held_from:
        raise Refused(f"考试{_clock(exam.held_from)}开始，现在不能答题", "too_early", "请到时间后再进入")
    if at >= exam.held_until:
        raise Refused(f"考试已于{_clock(exam.held_until)}结束", "exam_is_over", "如有特殊情况，请联系监考人")


def _require_live(sitting: Sitting, at: dt.datetime) -> None:
    if sitting.submitted_at is not None:
        raise Refused(f"您已于{_clock(sitting.submitted_at)}交卷", "already_submitted", "成绩公布后可以查询")
    if at >= sitting.ends_at:
        raise Refused(
            f"答题时间已于{_clock(sitting.ends_at)}截止，这次提交没有保存（服务器时间{_clock(at)}）",
            "no_answer_after_the_end",
            "截止前已保存的答案有效，系统自动交卷",
        )


def _require_device(sitting: Sitting, device: str) -> None:
    if sitting.device != device:
        raise Refused("您正在另一台设备上答题", "other_device", "要在本设备继续，请点“在本设备继续答题”")


def _mine(sitting: Sitting, by: Actor) -> Sitting:
    locked = Sitting.objects.select_for_update(of=("self",)).select_related("exam__online").get(pk=sitting.pk)
    if not by.person_key or locked.person_key != by.person_key:
        raise Refused("这不是您的答卷", "not_your_sitting", "请使用本人账号")
    return locked


def take_over(*, sitting: Sitting, by: Actor, at: dt.datetime, device: str) -> Sitting:
    """Go on with this device; the other one may not answer any more. Recorded for the supervisors."""
    with refusing():
        locked = _mine(sitting, by)
        _require_live(locked, at)
        if locked.device != device:
            locked.device = device
            locked.save(update_fields=["device"])
            SittingEvent.objects.create(sitting=locked, deed=SittingDeed.TAKE_OVER, device=device, at=at)
        return locked


def save_answer(
    *, sitting: Sitting, item: PaperItem, places: Sequence[int], key: str, by: Actor, at: dt.datetime, device: str
) -> SittingAnswer:
    """Keep what is marked now in one question (`places` as shown to this candidate; none = taken back).

    The same `key` again is answered with what was kept. Refused: after the end (with the time), handed in, other
    device, not a question of the paper, two marks where one is asked.
    """
    with refusing():
        locked = _mine(sitting, by)
        kept = locked.answers.filter(key=key[:KEY_LENGTH]).first()
        if kept is not None:
            return kept
        _require_live(locked, at)
        _require_device(locked, device)
        chosen = _chosen(locked, item, places)
        last = locked.answers.order_by("-number").values_list("number", flat=True).first() or 0
        return SittingAnswer.objects.create(
            sitting=locked, item=item, number=last + 1, chosen=chosen, key=key[:KEY_LENGTH], device=device, saved_at=at
        )


def _chosen(sitting: Sitting, item: PaperItem, places: Sequence[int]) -> list[int]:
    order = order_of_options(sitting, item)
    if item.paper.exam_id != sitting.exam_id or any(not 0 <= place < len(order) for place in places):
        raise Refused("该题或选项不在您的试卷中", "not_on_the_paper", "请刷新页面后重新选择")
    if len(set(places)) > 1 and item.version.kind != ItemKind.MULTIPLE:
        raise Refused("本题只能选一项", "one_choice", "请重新选择")
    return sorted({order[place] for place in places})


def submit_sitting(*, sitting: Sitting, by: Actor, at: dt.datetime) -> Sitting:
    """Hand in; handing in twice changes nothing. After the end it counts as handed in at the end."""
    with refusing():
        locked = _mine(sitting, by)
        if locked.submitted_at is None:
            _close(locked, at=at)
        return locked


def _close(sitting: Sitting, *, at: dt.datetime) -> None:
    """Count and close, under the row lock. Answers stand as they were last kept."""
    late = at >= sitting.ends_at
    given = latest_answers(sitting)
    rows = [(given.get(item.pk, []), item.version.answer, item.points) for item in items_of(sitting.exam)]
    sitting.points = total(rows)
    sitting.submitted_at = sitting.ends_at if late else at
    sitting.ended_by = SittingEnd.TIME if late else SittingEnd.CANDIDATE
    sitting.save(update_fields=["points", "submitted_at", "ended_by"])
    deed = SittingDeed.TIME_OVER if late else SittingDeed.SUBMIT
    SittingEvent.objects.create(sitting=sitting, deed=deed, device=sitting.device, at=sitting.submitted_at)


def close_expired(*, at: dt.datetime, person_key: str = "") -> int:
    """Hand in every sitting whose time is over (of one person); returns how many. Run by the job every minute."""
    done = 0
    over = Sitting.objects.filter(submitted_at__isnull=True, ends_at__lte=at)
    over = over.filter(person_key=person_key) if person_key else over
    for key in over.values_list("pk", flat=True):
        with refusing():
            rows = Sitting.objects.select_for_update(of=("self",), skip_locked=True).select_related("exam")
            sitting = rows.filter(pk=key, submitted_at__isnull=True).first()
            if sitting is not None:
                _close(sitting, at=at)
                done += 1
    return done


def count_test(*, exam: Exam, by: Actor, at: dt.datetime) -> int:
    """Take the results over into the score sheet once the exam is over; who did not come is absent.

    Doing it again adds only what is missing. Returns how many scores were added. Refused while a sitting is open.
    """
    close_expired(at=at)
    with refusing():
        test = OnlineTest.objects.select_for_update(of=("self",)).select_related("set_by").get(exam=exam)
        sat = dict(exam.sittings.filter(submitted_at__isnull=False).values_list("enrolment_id", "points"))
        absent = [row.enrolment.pk for row in candidates(exam) if row.enrolment.pk not in sat]
        if test.counted_at is None:
            test.counted_at = at
            test.save(update_fields=["counted_at"])
        return record_online(exam=exam, marks=sat, absent=absent, entered_by=test.set_by, by=by, at=at)


def count_finished(*, at: dt.datetime) -> int:
    """Count every online test whose exam is over; returns how many scores were added. Run by the job."""
    rows = OnlineTest.objects.filter(counted_at__isnull=True, exam__held_until__lte=at, exam__sealed_at__isnull=True)
    done = 0
    still = Sitting.objects.filter(exam=OuterRef("exam"), submitted_at__isnull=True)
    for test in rows.filter(~Exists(still), exam__case__state=APPROVED).select_related("exam__cohort"):
        done += count_test(exam=test.exam, by=SYSTEM, at=at)
    return done
