"""Deeds around call-backs: commit to a seed, draw, hand over, record a call (WH63.4.1, docs/adr/0020)."""

import datetime as dt
import secrets
from collections.abc import Mapping

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.models import User
from peibu.casework.refusals import refusing
from peibu.kernel import draw
from peibu.kernel.errors import Refused
from peibu.training.callback_terms import callback_terms, questions_of
from peibu.training.enums import CallbackAnswer, CallbackOutcome, EnrolmentState
from peibu.training.models import CallbackResult, CallbackRound, CallbackTask, Cohort
from peibu.training.permissions.callbacks import ALIVE, callers_for, can_call, can_draw_callbacks


def _allowed(cohort: Cohort, by: Actor) -> Cohort:
    """The class, locked, for somebody who may draw its call-backs."""
    verdict = can_draw_callbacks(by, cohort)
    if not verdict:
        raise Refused(verdict.reason, "not_your_class", "请由班次所在区（市）的经办机构办理")
    locked = Cohort.objects.select_for_update(of=("self",)).select_related("division").get(pk=cohort.pk)
    if locked.stage not in ALIVE:
        label = locked.get_stage_display()
        raise Refused(f"班次当前为“{label}”，不能办理电话回访", "class_not_alive", "请在开班确认后、归档前办理")
    return locked


def commit_callbacks(*, cohort: Cohort, by: Actor, at: dt.datetime) -> CallbackRound:
    """First step: a secret seed is made and its SHA-256 shown; the numbers of the policy are fixed.

    Refused: not the district's reviewer or approver; class not running; committed before; policy without call-backs.
    """
    with refusing():
        locked = _allowed(cohort, by)
        terms = callback_terms(locked.policy, on=timezone.localdate(at))
        if terms is None:
            raise Refused("该政策没有设定电话回访", "no_callbacks", "请在政策文件夹中设定比例、人数和问题")
        if CallbackRound.objects.filter(cohort=locked).exists():
            raise Refused("本班已公布种子指纹", "callbacks_committed", "请继续下一步：抽取名单")
        seed = secrets.token_hex(32)
        return CallbackRound.objects.create(
            division=locked.division,
            cohort=locked,
            share_percent=terms.share_percent,
            people_min=terms.people_min,
            tries_max=terms.tries_max,
            secret=seed,
            commitment=draw.commitment_of(seed),
            committed_at=at,
            committed_by=by.user,
        )


def sample_size(people: int, *, share_percent: int, people_min: int) -> int:
    """How many of so many people are phoned: the share, rounded up, at least the minimum, never more than there are."""
    return min(people, max(people_min, -(-people * share_percent // 100)))


def draw_callbacks(*, cohort: Cohort, caller: User, by: Actor, at: dt.datetime) -> CallbackRound:
    """Second step: everybody on the roster is the pool, the seed is shown, the first of the order are to be phoned.

    Refused: no seed committed; drawn before; nobody on the roster; `caller` is no officer of the district.
    """
    with refusing():
        locked = _allowed(cohort, by)
        row = CallbackRound.objects.select_for_update(of=("self",)).filter(cohort=locked).first()
        if row is None:
            raise Refused("还没有公布种子指纹", "no_commitment", "请先公布种子指纹，再抽取名单")
        if row.drawn_at is not None:
            raise Refused("本班回访名单已经抽取", "callbacks_drawn", "名单不能重抽，请刷新页面查看")
        _may_phone(locked, caller, at)
        pool = [str(pk) for pk in locked.enrolments.filter(state=EnrolmentState.ACTIVE).values_list("pk", flat=True)]
        if not pool:
            raise Refused("班次没有在班学员", "nobody_to_call", "请核对花名册")
        row.seed, row.pool_sha256, row.order = row.secret, draw.pool_of(pool), draw.order_of(row.secret, pool)
        row.wanted = sample_size(len(pool), share_percent=row.share_percent, people_min=row.people_min)
        row.drawn_at, row.drawn_by = at, by.user
        row.save(update_fields=["seed", "pool_sha256", "order", "wanted", "drawn_at", "drawn_by"])
        for position in range(1, row.wanted + 1):
            _open(row, position, caller, at)
        return row


def _may_phone(cohort: Cohort, caller: User, at: dt.datetime) -> None:
    if not callers_for(cohort, on=timezone.localdate(at)).filter(pk=caller.pk).exists():
        raise Refused("所选人员不是该区（市）的回访人员", "not_a_caller", "请从名单中选择")


def _open(row: CallbackRound, position: int, caller: User, at: dt.datetime) -> CallbackTask:
    return CallbackTask.objects.create(
        division=row.division,
        round=row,
        enrolment_id=row.order[position - 1],
        position=position,
        caller=caller,
        opened_at=at,
    )


def hand_over_callback(*, task: CallbackTask, caller: User, by: Actor, at: dt.datetime) -> CallbackTask:
    """Give an open call to another officer; whoever had it no longer sees the number."""
    with refusing():
        _allowed(task.round.cohort, by)
        row = CallbackTask.objects.select_for_update(of=("self",)).select_related("round__cohort").get(pk=task.pk)
        if row.closed_at is not None:
            raise Refused("该回访已经结束", "callback_closed", "请刷新页面查看结果")
        _may_phone(row.round.cohort, caller, at)
        row.caller = caller
        row.save(update_fields=["caller"])
        return row


def record_call(
    *, task: CallbackTask, outcome: str, answers: Mapping[str, str], remark: str, by: Actor, at: dt.datetime
) -> CallbackResult:
    """Keep what one call gave; never changed. A reached trainee, a wrong number, or the last try closes the task;
    whoever was not reached is followed by the next one of the draw.

    `answers`: question code -> CallbackAnswer, all of them when reached, else empty.
    Refused: somebody else's call; closed; no outcome; a question without an answer.
    """
    with refusing():
        row = CallbackTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
        verdict = can_call(by, row)
        if not verdict:
            raise Refused(verdict.reason, "not_your_call", "请由被分派的工作人员填写")
        if outcome not in CallbackOutcome.values:
            raise Refused("没有选择通话结果", "callback_outcome", "请选择：已接通、未接通或号码有误")
        cohort = row.round.cohort
        read = _answers(cohort, answers) if outcome == CallbackOutcome.REACHED else {}
        done = CallbackResult.objects.create(
            task=row, outcome=outcome, answers=read, remark=remark.strip(), called_at=at, called_by=by.user
        )
        if outcome != CallbackOutcome.NOT_REACHED or row.results.count() >= row.round.tries_max:
            _close(row, at, replaced=outcome != CallbackOutcome.REACHED)
        return done


def _answers(cohort: Cohort, given: Mapping[str, str]) -> dict[str, str]:
    questions = questions_of(cohort.policy)
    blank = [q.label for q in questions if given.get(q.code) not in CallbackAnswer.values]
    if blank:
        raise Refused(
            f"还有问题没有填写回答：{'；'.join(blank)}", "callback_answers", "请逐题选择；学员说不清的选“说不清”"
        )
    return {q.code: given[q.code] for q in questions}


def _close(row: CallbackTask, at: dt.datetime, *, replaced: bool) -> None:
    row.closed_at = at
    row.save(update_fields=["closed_at"])
    if not replaced:
        return
    # two callers may give up at the same moment: the round is locked, so that each gets a substitute of its own
    drawn = CallbackRound.objects.select_for_update(of=("self",)).get(pk=row.round_id)
    following = drawn.tasks.count() + 1
    if following <= len(drawn.order):
        _open(drawn, following, row.caller, at)
