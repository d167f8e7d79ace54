"""What nobody knows: stated by the claimant with evidence, confirmed or rejected at the desk, or answered by the office."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from peibu.accounts.actor import Actor
from peibu.casework.models import Document
from peibu.casework.refusals import refusing
from peibu.claims.actions.drafts import Change, judge_all, locked_for_edit
from peibu.claims.actions.evidence import keep_scan
from peibu.claims.actions.lines import locked_claim, settle_lines, tell
from peibu.claims.answers import CLAIMANT, OFFICE, who_answers
from peibu.claims.enums import StatementState
from peibu.claims.models import Claim, ClaimLine, Statement
from peibu.claims.permissions import OPEN
from peibu.claims.queries import lines_of
from peibu.claims.terms import judge_today, terms_of
from peibu.kernel.errors import Refused
from peibu.rulebook import FactSpec, load_policy


def state_facts(
    *,
    claim: Claim,
    values: Mapping[str, Any],
    by: Actor,
    at: dt.datetime,
    line: ClaimLine | None = None,
    name: str = "",
    content: bytes = b"",
) -> list[Change]:
    """The claimant states facts (for one line, or for all) with a piece of evidence, and everybody is judged anew.

    Refused: not the claimant, handed in already, a fact that is not the claimant's to state, a value that cannot be read
    (all of them at once), an unfit file.
    """
    with refusing():
        locked = locked_for_edit(claim, by)
        read = _read(locked, values, CLAIMANT)
        if not read:
            raise Refused("没有填写任何事项", "nothing_stated", "请至少填写一项")
        document = keep_scan(locked, "evidence", name, content, by=by, at=at) if content else None
        for fact, value in read.items():
            _keep(locked, line, fact, value, document, StatementState.STATED, by=by, at=at)
        changes = judge_all(locked, by=by, at=at)
    claim.refresh_from_db()
    return changes


def _read(claim: Claim, values: Mapping[str, Any], who: str) -> dict[str, Any]:
    """The values as JSON holds them; every error of the form at once."""
    policy, terms = load_policy(claim.policy), terms_of(claim)
    asked = {spec.name: spec for spec in policy.facts_of(claim.subject)}
    found, wrong = {}, []
    for fact, value in values.items():
        spec = asked.get(fact)
        if spec is None or who_answers(policy, spec, terms) != who:
            raise Refused(f"“{spec.label if spec else fact}”不由您填写", "not_yours_to_state", "请从表中的事项填写")
        try:
            read = spec.read(value)
        except ValueError as error:
            wrong.append(f"“{spec.label}”{error}")
            continue
        if read is not None:
            found[fact] = _plain(spec, read)
    if wrong:
        raise Refused("；".join(wrong), "fact_value", "请按提示修改后再提交")
    return found


def _plain(spec: FactSpec, value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.strftime("%Y-%m") if spec.type == "month" else value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _keep(
    claim: Claim,
    line: ClaimLine | None,
    fact: str,
    value: Any,
    document: Document | None,
    state: StatementState,
    *,
    by: Actor,
    at: dt.datetime,
    words: str = "",
) -> Statement:
    """Another word about a fact replaces the one before; saying the same again without new evidence changes nothing."""
    standing = claim.statements.filter(line=line, fact=fact, replaced_at__isnull=True).first()
    if standing is not None:
        same = standing.value == value and document is None and standing.state != StatementState.REJECTED
        if same and state == StatementState.STATED:
            return standing
        standing.replaced_at = at
        standing.save(update_fields=["replaced_at"])
    checked = state == StatementState.BY_OFFICE
    return Statement.objects.create(
        claim=claim,
        line=line,
        fact=fact,
        value=value,
        document=document,
        state=state,
        stated_by=by.user,
        stated_key=by.person_key,
        stated_at=at,
        judged_by=by.user if checked else None,
        judged_key=by.person_key if checked else "",
        judged_at=at if checked else None,
        judged_words=words,
    )


def check_statement(*, statement: Statement, accept: bool, words: str, by: Actor, at: dt.datetime) -> Statement:
    """The desk confirms what was stated, with the evidence beside it, or rejects it; a rejected value counts no more.

    Refused: not at the desk, another district, whoever stated it, no words, checked already.
    """
    words = words.strip()
    if not words:
        raise Refused("核实须写明依据", "reason_required", "请写明核对了哪些材料")
    with refusing():
        claim = locked_claim(statement.claim, by)
        row = Statement.objects.select_for_update(of=("self",)).get(pk=statement.pk)
        if row.state != StatementState.STATED or row.replaced_at is not None:
            raise Refused("该事项已经核实或已重新申报", "already_checked", "请刷新页面查看最新状态")
        row.state = StatementState.CONFIRMED if accept else StatementState.REJECTED
        row.judged_by, row.judged_key, row.judged_at, row.judged_words = by.user, by.person_key, at, words[:200]
        row.save(update_fields=["state", "judged_by", "judged_key", "judged_at", "judged_words"])
        label = load_policy(claim.policy).fact_specs[row.fact].label
        told = f"{'核实' if accept else '不予认可'}“{label}”"[:60]
        tell(claim, "check_statement", told, words, by=by, at=at)
        if not accept:
            judge_open(claim, row.line, by=by, at=at)
    return row


def answer_for_office(
    *,
    claim: Claim,
    values: Mapping[str, Any],
    words: str,
    by: Actor,
    at: dt.datetime,
    line: ClaimLine | None = None,
) -> Claim:
    """The office says what it knows or has checked (for one line, or for all): judged anew with it.

    Refused: not at the desk, another district, no words, a fact that is not the office's, an unreadable value.
    """
    words = words.strip()
    if not words:
        raise Refused("填写核查结果须写明依据", "reason_required", "请写明核对了哪些材料或系统")
    with refusing():
        locked = locked_claim(claim, by)
        read = _read(locked, values, OFFICE)
        if not read:
            raise Refused("没有填写任何事项", "nothing_stated", "请至少填写一项")
        for fact, value in read.items():
            _keep(locked, line, fact, value, None, StatementState.BY_OFFICE, by=by, at=at, words=words[:200])
        labels = "、".join(load_policy(locked.policy).fact_specs[fact].label for fact in read)
        tell(locked, "answer_for_office", f"填写核查结果：{labels}"[:60], words, by=by, at=at)
        judge_open(locked, line, by=by, at=at)
    claim.refresh_from_db()
    return claim


def judge_pending(*, claim: Claim, by: Actor, at: dt.datetime) -> Claim:
    """Judge the lines that wait for the office once more: a rate may have been entered since. Refused: not at the desk."""
    with refusing():
        locked = locked_claim(claim, by)
        tell(locked, "judge_pending", "重新判定待核实人员", "按最新资料重新判定", by=by, at=at)
        judge_open(locked, None, by=by, at=at)
    claim.refresh_from_db()
    return claim


def judge_open(claim: Claim, line: ClaimLine | None, *, by: Actor, at: dt.datetime) -> None:
    """Rest the open lines of a claim under lock (or this one) on today's knowledge."""
    rows = lines_of(claim).filter(state__in=OPEN)
    rows = rows.filter(pk=line.pk) if line is not None else rows
    lines = list(rows)
    for one in lines:
        one.claim = claim
    settle_lines(claim, lines, judge_today(claim, lines, at=at), by=by, at=at)
