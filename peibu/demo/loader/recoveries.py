"""Money that has to come back: one recovery under appeal, one decided of which a part has come back."""

import datetime as dt

from peibu.accounts.actor import SYSTEM
from peibu.casework.actions import move_case
from peibu.casework.enums import Decision
from peibu.claims.actions.rechecks import recheck_lines, settle_recheck
from peibu.claims.enums import LineState, Settlement
from peibu.claims.models import ClaimLine
from peibu.claims.rechecks import lines_with_an_answer
from peibu.demo.loader.corrections import reverse_month
from peibu.demo.loader.players import Players
from peibu.recovery.actions.money import enter_return
from peibu.recovery.actions.opening import open_from_rechecks
from peibu.recovery.models import Recovery

ENDS = ("appealed", "part_back")
STEPS = 8


def play_recoveries(players: Players, *, at: dt.datetime) -> list[Recovery]:
    """The second person paid for, of as many claims as there are ends; the first one's correction waits for the visitor."""
    claims: dict = {}
    for line in ClaimLine.objects.filter(state=LineState.PAID).order_by("claim__created_at", "position")[1:]:
        claims.setdefault(line.claim_id, line)
    told = [_play(players, line, end, at) for line, end in zip(claims.values(), ENDS, strict=False)]
    return [row for row in told if row is not None]


def _play(players: Players, line: ClaimLine, end: str, at: dt.datetime) -> Recovery | None:
    """From the later evidence to the end, between the payment and now."""
    line = lines_with_an_answer().get(pk=line.pk)
    case = line.claim.case
    paid = case.steps.order_by("-seq").values_list("at", flat=True).first()
    step = max(at - paid, dt.timedelta(days=1)) / (STEPS + 1)
    when = [at - step * n for n in range(STEPS, 0, -1)]
    reviewer = players.of("agency_reviewer", case.agency)
    approver = players.of("hrss_approver", case.agency.division.units.get(kind="hrss"))
    party = players.of("enterprise", line.claim.enterprise)
    reverse_month(line, known_at=when[0])
    found = recheck_lines(lines_with_an_answer().filter(pk=line.pk), by=SYSTEM, at=when[0])
    if not found or found[0].after.decision != Decision.FAIL or not found[0].lowers:
        return None
    told = {"settlement": Settlement.RECOVER.value, "reason": "社保缴费已冲销，多付的补贴应退回"}
    recheck = settle_recheck(recheck=found[0], **told, by=reviewer, at=when[1])
    told = {"nature": "party_error", "nature_reason": "企业误报一个月缴费，经社保更正发现，没有故意"}
    recovery = open_from_rechecks(claim=line.claim, rechecks=[recheck], **told, by=reviewer, at=when[1])
    moves = [
        ("notify", reviewer, "请核对缴费记录后陈述意见。"),
        ("receive", party, ""),
        ("answer", party, "该月缴费已经办理，银行回单另行提交。"),
        ("decide", approver, "补缴在更正之后，不影响当时的认定"),
    ]
    if end == "appealed":
        moves.append(("appeal", party, "社保机构正在核对该月记录，请暂缓执行。"))
    for moment, (move, by, reason) in zip(when[2:], moves, strict=False):
        recovery.case = move_case(case=recovery.case, move=move, by=by, at=moment, reason=reason)
    if end == "part_back":
        payer, day = players.of("finance", case.agency), when[7].date()
        part = recovery.owed_fen // 2
        enter_return(recovery=recovery, amount_fen=part, on=day, reference="YSTK20201101", by=payer, at=when[7])
    return recovery
