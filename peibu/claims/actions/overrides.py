"""An exception to a limit 'in principle' for one person: proposed with a reason, confirmed by somebody else, revoked
(ADR 0033). What the line is worth follows from judging it anew; no amount is typed."""

import datetime as dt

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.casework.enums import Decision
from peibu.casework.refusals import refusing
from peibu.claims.actions.evidence import keep_scan
from peibu.claims.actions.lines import locked_claim, locked_line, tell
from peibu.claims.actions.rechecks import recheck_lines
from peibu.claims.actions.statements import judge_open
from peibu.claims.enums import OverrideState
from peibu.claims.models import Claim, ClaimLine, Override
from peibu.claims.overrides import counts
from peibu.claims.permissions import AT_THE_DESK, can_judge_override, can_revoke_override
from peibu.claims.queries import lines_of
from peibu.claims.rechecks import lines_with_an_answer
from peibu.kernel.errors import Refused
from peibu.kernel.masks import mask_name

LEAST = 5  # characters of a reason that says something


def propose_override(
    *,
    line: ClaimLine,
    rule: str,
    reason: str,
    expires_on: dt.date,
    by: Actor,
    at: dt.datetime,
    name: str = "",
    content: bytes = b"",
) -> Override:
    """Propose that one failed rule of the line may be exceeded. It counts once somebody else has confirmed it.

    Refused: not at the desk, another district, a hard rule, a rule that passes or lacks a fact, no reason, a day that is
    past, an exception proposed or in force already, an unfit file.
    """
    reason = reason.strip()
    if len(reason) < LEAST:
        raise Refused("例外理由过短", "reason_required", f"请写明具体理由（不少于{LEAST}个字）")
    if expires_on < timezone.localdate(at):
        raise Refused(f"有效期至{expires_on:%Y-%m-%d}，已经过去", "override_expired", "请填写今天或以后的日期")
    with refusing():
        locked = locked_line(line, by)
        finding = _finding(locked, rule)
        rows = locked.overrides.filter(rule=rule)
        if any(row.state == OverrideState.PROPOSED or counts(row, at=at) for row in rows):
            raise Refused("该条已有待确认或有效的例外", "override_stands", "请刷新页面查看，或先撤销原有的例外")
        document = keep_scan(locked.claim, "evidence", name, content, by=by, at=at) if content else None
        row = Override.objects.create(
            line=locked,
            rule=rule,
            clause=finding["clause"],
            title=finding["title"][:200],
            reason=reason[:300],
            document=document,
            expires_on=expires_on,
            proposed_by=by.user,
            proposed_key=by.person_key,
            proposed_at=at,
        )
        _tell(row, "propose_override", "提出例外", reason, by=by, at=at)
    return row


def _finding(line: ClaimLine, rule: str) -> dict:
    """The failed finding of the rule, if the document lets it be exceeded."""
    finding = next((one for one in line.determination.findings if one["rule"] == rule), None)
    if finding is None:
        raise Refused("该人员的判定中没有这一条件", "no_such_rule", "请刷新页面后重试")
    named = f"“{finding['title']}”（{finding['clause']}）"
    if not finding["soft"]:
        told = f"{named}是硬性条件，文件没有允许例外"
        raise Refused(told, "rule_is_hard", "请补充资料后重新判定，或按规定剔除、不予补贴")
    if finding["status"] == Decision.UNKNOWN:
        raise Refused(
            f"{named}还缺资料，尚不能判断是否符合", "rule_is_unknown", "请先补齐资料；待核实的条件不能以例外通过"
        )
    if finding["status"] == Decision.PASS:
        raise Refused(f"{named}已经符合，不需要例外", "rule_passes", "请直接办理")
    return finding


def judge_override(*, override: Override, accept: bool, words: str, by: Actor, at: dt.datetime) -> Override:
    """A second natural person confirms the exception, and the line is judged anew with it; or does not agree.

    Refused: who proposed it, who stated a fact of the claim, another district, no words, past its day, judged already.
    """
    words = words.strip()
    if not words:
        raise Refused("确认例外须写明意见", "reason_required", "请写明核对了什么、为什么同意或不同意")
    with refusing():
        claim, row = _locked(override)
        if row.state != OverrideState.PROPOSED:
            raise Refused("该例外已经处理", "override_judged", "请刷新页面查看最新状态")
        verdict = can_judge_override(by, row)
        if not verdict:
            raise Refused(verdict.reason, "override_not_yours", "请由本区（市）另一位审核或审批人员确认")
        if accept and row.expires_on < timezone.localdate(at):
            raise Refused("该例外的有效期已过", "override_expired", "请撤销后重新提出")
        row.state = (OverrideState.CONFIRMED if accept else OverrideState.REJECTED).value
        row.judged_by, row.judged_key, row.judged_at, row.judged_words = by.user, by.person_key, at, words[:200]
        row.save(update_fields=["state", "judged_by", "judged_key", "judged_at", "judged_words"])
        _tell(row, "judge_override", "确认例外" if accept else "不同意例外", words, by=by, at=at)
        if accept:
            judge_open(claim, row.line, by=by, at=at)
    return row


def revoke_override(*, override: Override, why: str, by: Actor, at: dt.datetime) -> Override:
    """The exception counts no more: a claim at the desk is judged anew, a decided one is looked at again (ADR 0013).

    Refused: another district or role, no reason, ended already.
    """
    why = why.strip()
    if not why:
        raise Refused("撤销例外须写明理由", "reason_required", "请填写撤销理由后再提交")
    with refusing():
        claim, row = _locked(override)
        if row.state not in (OverrideState.PROPOSED, OverrideState.CONFIRMED):
            raise Refused("该例外已经结束", "override_judged", "请刷新页面查看最新状态")
        verdict = can_revoke_override(by, row)
        if not verdict:
            raise Refused(verdict.reason, "override_not_yours", "请由本区（市）审核或审批人员撤销")
        counted = row.state == OverrideState.CONFIRMED
        row.state, row.revoked_by, row.revoked_at, row.revoked_why = (
            OverrideState.REVOKED.value,
            by.user,
            at,
            why[:200],
        )
        row.save(update_fields=["state", "revoked_by", "revoked_at", "revoked_why"])
        _tell(row, "revoke_override", "撤销例外", why, by=by, at=at)
        if counted and claim.case.state in AT_THE_DESK:
            judge_open(claim, row.line, by=by, at=at)
        elif counted:
            recheck_lines(lines_with_an_answer().filter(pk=row.line_id), by=by, at=at)
    return row


def _locked(override: Override) -> tuple[Claim, Override]:
    """The claim and the exception under lock, in the order every deed on a line takes."""
    claim = locked_claim(override.line.claim)
    row = Override.objects.select_for_update(of=("self",)).get(pk=override.pk)
    row.line = lines_of(claim).get(pk=row.line_id)
    row.line.claim = claim
    return claim, row


def _tell(row: Override, code: str, word: str, reason: str, *, by: Actor, at: dt.datetime) -> None:
    label = f"{word}：{mask_name(row.line.name)}，{row.clause}"
    tell(row.line.claim, code, label[:60], reason, by=by, at=at)
