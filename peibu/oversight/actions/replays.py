"""A draft of the bureau and its run over the determinations of the past: who would win, who would lose, how much money.

The draft is no law: nothing is decided, nothing is paid by it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from procrastinate.exceptions import AlreadyEnqueued

from peibu.accounts.actor import Actor
from peibu.casework import progress
from peibu.casework.determinations import judgement_of
from peibu.casework.enums import Decision
from peibu.casework.refusals import refusing
from peibu.claims.enums import LineState
from peibu.claims.models import ClaimLine
from peibu.kernel.errors import Refused
from peibu.oversight.models import PolicyDraft, ReplayPart, ReplayRun
from peibu.programmes.rates import may_enter, policy_as_known
from peibu.rulebook import Policy, RulebookError, load_policy
from peibu.rulebook.levers import money_subjects
from peibu.rulebook.replay_stored import Stored, replay_stored

SAMPLES = 4  # of each outcome and part
_NOT_HANDED_IN = ("draft", "withdrawn")


def past_lines(policy: Policy) -> QuerySet[ClaimLine]:
    """The lines whose last determination is replayed: of every claim that was handed in and not withdrawn.

    Whoever was taken out by hand though the rules pass is left aside: no rule decided that.
    """
    rows = ClaimLine.objects.filter(claim__policy=policy.path, determination__subject__in=money_subjects(policy))
    rows = rows.exclude(claim__case__state__in=_NOT_HANDED_IN)
    rows = rows.exclude(Q(state=LineState.REMOVED) & Q(determination__decision=Decision.PASS))
    return rows.select_related("determination", "claim__case").order_by("claim__case__number", "position")


def make_draft(
    *, policy: Policy, name: str, reason: str, parameters: Mapping[str, Any], readings: Mapping[str, str],
    since: dt.date | None, by: Actor, at: dt.datetime,
) -> PolicyDraft:  # fmt: skip
    """Keep a draft. parameters: {name: whole number (money in fen) or date}; readings: {name: code}.

    Refused: not the bureau of the policy's city; a number or reading that the policy does not have.
    """
    _may(by, policy)
    try:
        load_policy(policy.path).with_changes(parameters=parameters, readings=readings, since=since)
    except RulebookError as error:
        raise Refused(str(error), "draft_refused", "请核对改动的数字和读法") from None
    plain = {key: value.isoformat() if isinstance(value, dt.date) else value for key, value in parameters.items()}
    with refusing():
        return PolicyDraft.objects.create(
            policy=policy.path, name=name.strip(), reason=reason.strip(), parameters=plain, readings=dict(readings),
            since=since, base=load_policy(policy.path).fingerprint, made_by=by.user, made_at=at,
        )  # fmt: skip


def law_of(draft: PolicyDraft, base: Policy) -> Policy:
    """The policy with the draft's changes. Refused when the folder is no longer the one that was changed."""
    if base.fingerprint != draft.base:
        raise Refused("政策规则在方案建立以后有更新，这个方案不能再试算", "draft_outdated", "请按现行规则另建方案")
    units = {name: item.unit for name, item in base.parameters.items()}
    numbers = {
        name: dt.date.fromisoformat(value) if units.get(name) == "date" else value
        for name, value in draft.parameters.items()
    }
    return base.with_changes(parameters=numbers, readings=draft.readings, since=draft.since)


def start_replay(*, draft: PolicyDraft, by: Actor, at: dt.datetime) -> ReplayRun:
    """Put a run into the job queue. Refused: nothing to replay yet, an outdated draft, a run already waiting."""
    from peibu.oversight.tasks import replay_draft  # the task calls run_replay of this module

    policy = policy_as_known(draft.policy, known_at=at)
    _may(by, policy)
    law_of(draft, policy)
    total = past_lines(policy).count()
    if not total:
        raise Refused("本政策还没有提交申领的认定，无从试算", "nothing_to_replay", "请在有申领之后再试算")
    try:
        with transaction.atomic():
            bar = progress.begin(title=f"试算“{draft.name}”", total=total, by=by, at=at)
            run = ReplayRun.objects.create(draft=draft, progress=bar, started_by=by.user, started_at=at)
            job = replay_draft.configure(queueing_lock=f"replay/{draft.pk}", lock=f"replay/{draft.pk}")
            job.defer(run=str(run.pk))
    except AlreadyEnqueued:
        raise Refused("这个方案正在试算", "replaying", "请稍候刷新页面查看")
    return run


def run_replay(run: ReplayRun) -> list[ReplayPart]:
    """Judge every determination of the past by the draft and keep the result, district by district; all or nothing."""
    base = policy_as_known(run.draft.policy, known_at=run.started_at)
    draft = law_of(run.draft, base)
    parts, done = [], 0
    for (division, subject), past in _past(base).items():
        found, _cases = replay_stored(base, draft, subject, past, samples=SAMPLES)
        parts.append(ReplayPart(run=run, division_id=division, subject=subject, result=_told(found.to_dict())))
        done += len(past)
        progress.step(run.progress_id, min(done, run.progress.total))
    if not parts:
        raise Refused("本政策还没有提交申领的认定，无从试算", "nothing_to_replay", "请在有申领之后再试算")
    with transaction.atomic():
        return ReplayPart.objects.bulk_create(parts)


def _past(base: Policy) -> dict[tuple[UUID, str], list[Stored]]:
    found: dict[tuple[UUID, str], list[Stored]] = defaultdict(list)
    for line in past_lines(base).iterator(chunk_size=1000):
        claim, home = line.claim, line.claim.case.division_id
        case = f"{claim.case.number}/{line.position}"
        stored = Stored(judgement_of(line.determination), case, str(claim.enterprise_id or claim.person_id), str(home))
        found[home, line.determination.subject].append(stored)
    return found


def _told(result: dict[str, Any]) -> dict[str, Any]:
    """What is kept: of a sample its two sentences and money, never the facts of a person."""
    for sample in result["samples"]:
        moved = sample.pop("difference")
        sample |= {name: str(moved[name]) for name in ("before", "after")}
        sample |= {name: moved[name] for name in ("before_fen", "after_fen")}
    return result


def _may(by: Actor, policy: Policy) -> None:
    if not may_enter(by, policy):
        raise Refused("只有政策所在城市的主管部门可以试算", "not_yours", "请由该市主管部门办理")
