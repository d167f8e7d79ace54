"""Drawing the paper of an exam from the bank; it becomes the structure and the sample of the filing (QD97.3.6)."""

import datetime as dt
import secrets
from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.models import Unit
from peibu.casework.hooks import guard
from peibu.casework.models import Case
from peibu.casework.refusals import refusing
from peibu.examining.actions.drawings import log_drawing
from peibu.examining.assembly import Drawn, Entry, Line, draw, pool_fingerprint
from peibu.examining.enums import DrawnThing
from peibu.examining.models import Paper, PaperItem, QuestionVersion
from peibu.examining.papers import sample_pdf
from peibu.examining.queries.bank import pool_of
from peibu.kernel.errors import Refused
from peibu.kernel.verdict import Verdict, no, yes
from peibu.rulebook import load_policy
from peibu.training.actions.exam import PROCESS, keep_sample, set_paper
from peibu.training.enums import ItemKind
from peibu.training.models import Exam
from peibu.training.permissions.exam import can_edit
from peibu.training.queries.exams import item_rows, structure_of

KINDS = list(ItemKind.values)
SAMPLE = "/sample"


def draw_paper(*, exam: Exam, lines: Sequence[Line], by: Actor, at: dt.datetime, seed: str = "") -> Paper:
    """Draw the paper; an earlier one is replaced until the exam is filed.

    `seed` given: the paper of that seed again. The structure of the filing becomes that of the paper, and the sample is
    another paper of the same blueprint (seed + "/sample") from the questions left over, so that the filing does not
    give the questions away; where the bank is too small for that, the sample says so. Every draw is logged.
    Refused: not the exam's body, filed already, share or total against the policy, bank too small.
    """
    chosen = bool(seed.strip())
    seed = seed.strip() or secrets.token_hex(16)
    with refusing():
        locked = Exam.objects.select_for_update(of=("self",)).select_related("cohort", "case").get(pk=exam.pk)
        verdict = can_edit(by, locked)
        if not verdict:
            raise Refused(verdict.reason, "exam_not_editable", "如需更改，请联系区（市）机构退回后再改")
        structure = structure_rows(lines)
        require_policy_met(locked, structure, on=timezone.localdate(at))
        pool, versions = pool_of(by.unit, locked.cohort.policy)
        drawn = draw(lines, pool, seed=seed)
        paper = _keep(locked, lines, drawn, pool, versions, seed=seed, by=by, at=at)
        set_paper(exam=locked, items=structure, by=by, at=at)
        log_drawing(locked, DrawnThing.PAPER, seed=seed, chosen=chosen, pool=paper.pool, by=by, at=at)
        others, shared = _sample(lines, pool, drawn, seed=seed + SAMPLE)
        sample = in_order([(versions[row.entry.key], row.points) for row in others])
        content = sample_pdf(locked, sample, on=timezone.localdate(at), shared=shared)
        keep_sample(exam=locked, name="考试样卷.pdf", content=content, by=by, at=at)
        return paper


def _sample(
    lines: Sequence[Line], pool: Sequence[Entry], drawn: Sequence[Drawn], *, seed: str
) -> tuple[list[Drawn], bool]:
    """Another paper without any question of the one drawn; (it, False). (A paper that may share some, True) where the
    bank does not hold enough."""
    taken = {row.entry.key for row in drawn}
    try:
        return draw(lines, [entry for entry in pool if entry.key not in taken], seed=seed), False
    except Refused:
        return draw(lines, pool, seed=seed), True


def structure_rows(lines: Sequence[Line]) -> list[tuple[str, int, Decimal]]:
    """(kind, count, points each) of the paper: lines of one kind and worth are one block, in the order of kinds."""
    counts: dict[tuple[int, Decimal], int] = {}
    for line in lines:
        place = (KINDS.index(line.kind), line.points)
        counts[place] = counts.get(place, 0) + line.count
    return [(KINDS[kind], counts[kind, points], points) for kind, points in sorted(counts)]


def require_policy_met(exam: Exam, structure: Sequence[tuple[str, int, Decimal]], *, on: dt.date) -> None:
    """The objective share by items and by points, and the full mark, as the policy has them on a day."""
    policy = load_policy(exam.cohort.policy)
    paper = structure_of(list(structure))
    full = policy.value("full_mark", on=on)
    if paper.points != full:
        raise Refused(
            f"试卷总分为{paper.points:f}分，不是{full}分", "paper_total", f"请调整题数或分值，使总分为{full}分"
        )
    if "objective_share_min" not in policy.parameters:
        return  # a document that asks for no share
    least = policy.value("objective_share_min", on=on)
    clause = policy.parameters["objective_share_min"].clause
    for share, word in ((paper.share_of_items, "题数"), (paper.share_of_points, "分值")):
        if share is None or share < least:
            raise Refused(
                f"客观题按{word}只占{share or 0}%，低于{least}%（{clause}）",
                "objective_share",
                "请增加客观题或减少主观题",
            )


def in_order(rows: Sequence[tuple[QuestionVersion, Decimal]]) -> list[tuple[QuestionVersion, Decimal]]:
    """Questions by kind, in the order drawn."""
    return sorted(rows, key=lambda row: KINDS.index(row[0].kind))


def _keep(
    exam: Exam,
    lines: Sequence[Line],
    drawn: Sequence[Drawn],
    pool: Sequence[Entry],
    versions: dict[str, QuestionVersion],
    *,
    seed: str,
    by: Actor,
    at: dt.datetime,
) -> Paper:
    Paper.objects.filter(exam=exam).delete()
    paper = Paper.objects.create(
        exam=exam,
        division=exam.division,
        seed=seed,
        blueprint=[line.to_dict() for line in lines],
        pool=pool_fingerprint(pool),
        drawn_by=by.user,
        drawn_at=at,
    )
    rows = in_order([(versions[row.entry.key], row.points) for row in drawn])
    PaperItem.objects.bulk_create(
        PaperItem(paper=paper, position=position, version=version, points=points)
        for position, (version, points) in enumerate(rows, start=1)
    )
    return paper


def is_reproducible(paper: Paper) -> bool | None:
    """Does the seed give the same questions again? None when the bank has changed since: then nobody can tell."""
    pool, versions = pool_of(paper_owner(paper), paper.exam.cohort.policy)
    if pool_fingerprint(pool) != paper.pool:
        return None
    lines = [Line.from_dict(told) for told in paper.blueprint]
    again = in_order([(versions[row.entry.key], row.points) for row in draw(lines, pool, seed=paper.seed)])
    kept = [(item.version_id, item.points) for item in paper.items.order_by("position")]
    return [(version.pk, points) for version, points in again] == kept


def paper_owner(paper: Paper) -> Unit:
    """Whose bank a paper was drawn from."""
    return paper.items.select_related("version__question__owner").first().version.question.owner


@guard(PROCESS, "submit", "resubmit", "approve")
def structure_is_that_of_the_paper(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """A structure typed after drawing would file another paper than the one that is sat."""
    paper = Paper.objects.filter(exam__case=case).select_related("exam").first()
    if paper is None:
        return yes()
    lines = [Line.from_dict(told) for told in paper.blueprint]
    if structure_rows(lines) != item_rows(paper.exam):
        return no("申报的试卷结构与已组成的试卷不一致，请重新组卷")
    return yes()
