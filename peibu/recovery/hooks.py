"""What the moves of a recovery ask for and bring with them (see `peibu.casework.hooks`)."""

import datetime as dt

from django.utils import timezone

from peibu.accounts.actor import SYSTEM, Actor
from peibu.casework.actions import keep_document, note_step
from peibu.casework.enums import Purpose
from peibu.casework.hooks import effect, guard
from peibu.casework.models import Case
from peibu.kernel.masks import mask_name
from peibu.kernel.money import yuan
from peibu.kernel.verdict import Verdict, no, yes
from peibu.recovery.papers import decision_letter, notice_letter
from peibu.recovery.permissions import PROCESS, can_appeal
from peibu.recovery.queries import recovery_of

LETTERS = {"notify": ("追回告知书", notice_letter), "decide": ("追回决定书", decision_letter)}


@guard(PROCESS, "notify")
def derived(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    return yes() if recovery_of(case).owed_fen > 0 else no("核算明细中没有应退金额")


@guard(PROCESS, "receive", "hearing_over")
def its_time(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """The party confirms receipt whenever it likes; the system and the agency only when the days are over."""
    if not by.is_officer and by is not SYSTEM:
        return yes()
    if case.due_on is not None and timezone.localdate(at) > case.due_on:
        return yes()
    return no(f"期限到{case.due_on:%Y-%m-%d}，期满的次日起方可办理")


@guard(PROCESS, "decide")
def nothing_newer(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """No decision on a result that still later evidence has put in doubt."""
    rows = recovery_of(case).lines.filter(claim_line__rechecks__state="open")
    names = "、".join(mask_name(name) for name in rows.values_list("claim_line__person__name", flat=True))
    return no(f"{names}又有新的复核待处理，请先处理后再决定") if names else yes()


@guard(PROCESS, "appeal")
def within_the_days(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    return can_appeal(case, on=timezone.localdate(at))


@guard(PROCESS, "uphold_appeal")
def nothing_came_back(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    back = recovery_of(case).back_fen
    return no(f"已收到退回款{yuan(back)}元，请办理“申诉成立，退还已收款项”") if back else yes()


@guard(PROCESS, "uphold_and_refund")
def something_came_back(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    return yes() if recovery_of(case).back_fen else no("没有已收到的款项，请办理“申诉成立，撤销决定”")


@guard(PROCESS, "refunded")
def all_refunded(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    back = recovery_of(case).back_fen
    return no(f"还有{yuan(back)}元没有退还，请登记退还的银行流水") if back else yes()


@guard(PROCESS, "settle")
def all_back(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    left = recovery_of(case).open_fen
    return no(f"还有{yuan(left)}元没有追回") if left else yes()


@effect(PROCESS, "notify", "decide")
def send_letter(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    """The letter is made of what stands now and kept; it lies in the party's pages from this moment (delivery)."""
    word, letter = LETTERS["notify" if case.state == "notified" else "decide"]
    content = letter(recovery_of(case), reason=reason, on=timezone.localdate(at))
    keep_document(
        division=case.division, subject_id=case.pk, case=case, purpose=Purpose.RECOVERY_LETTER,
        name=f"{case.number}{word}.pdf", kind="pdf", content=content, by=by, at=at,
    )  # fmt: skip


@effect(
    PROCESS, "notify", "decide", "appeal", "dismiss_appeal", "uphold_appeal", "uphold_and_refund", "drop", "settle"
)
def tell_the_claim(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    """The claim the money was paid in shows what became of it, from the moment the party is told: it reads that timeline."""
    label = case.steps.order_by("-seq").values_list("label", flat=True).first()
    other = recovery_of(case).claim.case
    note_step(case=other, code="recovery", label=f"追回{case.number}：{label}"[:60], by=by, at=at, reason=reason)
