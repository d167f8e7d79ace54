"""Blind, independent scores; a second round where the first differs by more than the policy's spread."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accreditation.facts import terms_for
from peibu.accreditation.models import Application, Panel, Score, Seat
from peibu.accreditation.results import MODERATION, round_of
from peibu.casework.actions import note_step
from peibu.casework.models import Case
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused


@transaction.atomic
def submit_score(
    *,
    seat: Seat,
    application: Application,
    marks: Mapping[str, int],
    comment: str,
    round: int,
    by: Actor,
    at: dt.datetime,
) -> Score:
    """Hand in the marks of one expert for one application: criterion -> 0 to the most marks. Final.

    Refused: another's seat, no longer under evaluation, a criterion left out or out of its range, no comment, a round
    that is not the one running.
    """
    Panel.objects.select_for_update().get(pk=seat.panel_id)  # which round runs cannot change meanwhile
    if by.user is None or seat.entry.expert.user_id != by.user.pk:
        raise Refused("只能提交本人的评分", "foreign_seat", "请使用专家本人的账号")
    case = Case.objects.select_for_update().get(pk=application.case_id)  # it is not returned meanwhile
    if case.state != "submitted":
        raise Refused("该申请已不在评审中", "not_under_evaluation", "不需要再评分")
    running = round_of(application)
    if round != running:
        todo = "请看其他专家匿名的评分和意见后再评" if running == MODERATION else "请刷新页面"
        raise Refused("现在进行的不是这一轮评分", "other_round", todo)
    terms = terms_for(application, on=timezone.localdate(at))
    most = seat.panel.mark_max
    wrong = [label for code, label in terms.criteria.items() if not _fits(marks.get(code), most)]
    if wrong or set(marks) - set(terms.criteria):
        raise Refused(f"下列指标须评0至{most}分的整数：{'、'.join(wrong)}", "marks", "请逐项评分")
    if not comment.strip():
        raise Refused("没有写评审意见", "a_score_has_its_comment", "请写明评分的理由")
    if seat.scores.filter(application=application, round=round).exists():
        raise Refused("您已提交这份评分，提交后不能再改", "an_expert_scores_once_a_round", "请评下一份")
    with refusing():
        score = Score.objects.create(
            seat=seat,
            application=application,
            round=round,
            marks=dict(marks),
            total=sum(marks.values()),
            out_of=most * len(terms.criteria),
            comment=comment.strip(),
            submitted_at=at,
        )
        # the duty keeps the same natural person from recording the evaluation and from deciding; the applicant reads
        # the number, not the name
        number = seat.entry.expert.number
        note_step(case=case, code="score", label="专家评分", by=by, at=at, reason="", duty="score", shown_as=number)
        return score


def _fits(mark: int | None, most: int) -> bool:
    return isinstance(mark, int) and not isinstance(mark, bool) and 0 <= mark <= most
