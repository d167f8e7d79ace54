"""An enterprise's sign-up (QD97.3.3): begin, judge the people, choose a provider, commit, withdraw."""

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.accounts.models import Unit
from peibu.casework.actions import keep_determination
from peibu.casework.enums import Decision
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.kernel.verdict import Verdict
from peibu.programmes.actions import accept_commitment, release_places, take_places
from peibu.programmes.queries import is_listed
from peibu.registry.facts import enterprise_facts
from peibu.rulebook import Policy, load_policy
from peibu.training.enums import SignUpState
from peibu.training.facts.signup import LineFacts, line_facts
from peibu.training.models import OpenEnrolment, SignUp, SignUpLine, SignUpStep
from peibu.training.permissions.signup import can_edit, is_own, may_enrol
from peibu.training.queries.signup import COMMITMENT, enrolled, innermost_quota, quota_is_taken_now, stale_reason

ONCE = "a_person_is_signed_up_once_per_policy"
NAMED_AT_MOST = 10
CHUNK = 100
LASTING = "lasting_conditions"  # code list of the policy: rules that no waiting will mend before the claim


@transaction.atomic
def start_signup(*, policy: str, enterprise: Unit, by: Actor, at: dt.datetime) -> SignUp:
    """A new draft; an enterprise has one draft per policy at a time, so that pressing twice gives the same one.

    An institution that recruits by itself (JN6.3.1) is sender and provider in one. Refuses an enterprise that is not on
    the list of the policy on that day (QD97.1), and days outside its period.
    """
    if by.unit is None or by.unit.pk != enterprise.pk:
        raise Refused("只能为本单位报名", "foreign_enterprise", "请使用本单位经办人的账号")
    require(may_enrol(by, policy), "may_not_enrol")
    found = load_policy(policy)
    on = timezone.localdate(at)
    _require_open(found, on)
    _require_eligible(found, enterprise, on, at)
    Unit.objects.select_for_update().get(pk=enterprise.pk)  # two accounts at once: the second finds the first's draft
    draft = SignUp.objects.filter(policy=policy, enterprise=enterprise, state=SignUpState.DRAFT).first()
    if draft:
        return draft
    signup = SignUp.objects.create(
        division=enterprise.division,
        policy=policy,
        enterprise=enterprise,
        provider=enterprise if by.role == Role.PROVIDER else None,
        expected_claim_on=found.card["in_force"].get("subsidy_until"),
        created_at=at,
    )
    note_step(signup, "start", "新建报名", by=by, at=at)
    return signup


def _require_open(policy: Policy, on: dt.date) -> None:
    force = policy.card["in_force"]
    since, until = force["from"], force.get("subsidy_until") or force.get("until")
    if on < since:
        raise Refused(f"政策自{since}起执行，现在还不能报名", "policy_not_begun", f"请在{since}及以后报名")
    if until and on > until:
        raise Refused(f"本政策的补贴截止日为{until}，现在已不能报名", "policy_over", "请查看是否有后续政策")


def _require_eligible(policy: Policy, enterprise: Unit, on: dt.date, at: dt.datetime) -> None:
    if policy.delivery is None:
        raise Refused("本政策没有在系统内开班", "policy_without_classes", "请查看政策页面的办理方式")
    if "enterprise" not in policy.subjects:
        return
    facts = enterprise_facts(enterprise, on=on, known_at=at)
    judgement = policy.judge("enterprise", facts, on=on, known_at=at)
    if judgement.decision != Decision.PASS:
        finding = (judgement.failed or judgement.unknown)[0]
        raise Refused(finding.sentence, "enterprise_not_eligible", finding.fix or "请联系市级主管部门核实名单")


def locked(signup: SignUp) -> SignUp:
    """The sign-up as it is now, held until the transaction ends."""
    return SignUp.objects.select_for_update(of=("self",)).select_related("enterprise__division").get(pk=signup.pk)


def require(verdict: Verdict, code: str = "signup_closed") -> None:
    if not verdict:
        raise Refused(verdict.reason, code, "请刷新页面查看报名的最新状态")


def note_step(signup: SignUp, deed: str, label: str, *, by: Actor, at: dt.datetime, note: str = "") -> None:
    """One line of the sign-up's history."""
    SignUpStep.objects.create(
        signup=signup,
        deed=deed,
        label=label,
        note=note[:300],
        user=by.user,
        actor_name=by.name,
        actor_role=by.role,
        rule_version=load_policy(signup.policy).fingerprint,
        at=at,
    )


@transaction.atomic
def remove_line(*, line: SignUpLine, by: Actor, at: dt.datetime) -> SignUp:
    """Take a person off a draft. Doing it twice is harmless: the second finds nobody."""
    signup = locked(line.signup)
    require(can_edit(by, signup))
    name = line.person.name
    gone, _kinds = SignUpLine.objects.filter(pk=line.pk).delete()
    if gone:
        lines_changed(signup, at)
        note_step(signup, "remove", "移除人员", by=by, at=at, note=name)
    return signup


def lines_changed(signup: SignUp, at: dt.datetime) -> None:
    signup.lines_changed_at = at
    signup.save(update_fields=["lines_changed_at"])


@transaction.atomic
def precheck(*, signup: SignUp, by: Actor, at: dt.datetime, expected_claim_on: dt.date | None = None) -> SignUp:
    """Judge every person on the day of the sign-up (subject `enrolment`) and keep each determination (QD97.1, 4.4).

    `expected_claim_on` says when the enterprise means to claim; months until then count towards the insurance run.
    A line whose facts and rules are the same as at the last check keeps its determination.
    """
    row = locked(signup)
    require(can_edit(by, row))
    set_expected_claim(row, expected_claim_on, at)
    lines = list(row.lines.select_related("person", "precheck"))
    if not lines:
        raise Refused("名单里还没有人", "no_people", "请先上传名册或逐个添加人员")
    for start in range(0, len(lines), CHUNK):
        judge_lines(row, lines[start : start + CHUNK], by=by, at=at)
    return close_precheck(row, by=by, at=at)


def set_expected_claim(signup: SignUp, day: dt.date | None, at: dt.datetime) -> None:
    """Keep the day on which the enterprise expects to claim; None keeps what is there."""
    if day is None or day == signup.expected_claim_on:
        return
    if day < timezone.localdate(at):
        raise Refused(f"预计申领日期{day}早于今天", "claim_day_past", "请填写今天或以后的日期")
    signup.expected_claim_on = day
    signup.save(update_fields=["expected_claim_on"])


def judge_lines(signup: SignUp, lines: list[SignUpLine], *, by: Actor, at: dt.datetime) -> None:
    """Determinations of some lines; the caller holds the sign-up."""
    on = timezone.localdate(at)
    policy = load_policy(signup.policy)
    _require_open(policy, on)
    found = line_facts(signup, lines, on=on, known_at=at)
    for line in lines:
        _judge(line, policy, found[line.pk], on=on, by=by, at=at)


def _judge(line: SignUpLine, policy: Policy, found: LineFacts, *, on: dt.date, by: Actor, at: dt.datetime) -> None:
    judgement = policy.judge("enrolment", found.facts, on=on, known_at=at)
    facts = judgement.to_dict()["facts"]
    kept = line.precheck
    if kept and (kept.on, kept.fingerprint, kept.facts) == (on, policy.fingerprint, facts):
        return
    line.precheck = keep_determination(subject_id=line.pk, judgement=judgement, facts=facts, known_at=at, by=by, at=at)
    line.save(update_fields=["precheck"])


def close_precheck(signup: SignUp, *, by: Actor, at: dt.datetime) -> SignUp:
    """Say that every line has been judged, and with what result."""
    signup.prechecked_at = at
    signup.save(update_fields=["prechecked_at"])
    told = {d: signup.lines.filter(precheck__decision=d).count() for d in Decision}
    note = "，".join(f"{Decision(d).label}{n}人" for d, n in told.items() if n)
    note_step(signup, "precheck", "逐人预审", by=by, at=at, note=note)
    return signup


@transaction.atomic
def choose_provider(*, signup: SignUp, provider: Unit, by: Actor, at: dt.datetime) -> SignUp:
    """Choose among the providers listed on that day (QD97.2.4, QD97.3.3)."""
    row = locked(signup)
    require(can_edit(by, row))
    if by.role == Role.PROVIDER and provider.pk != row.enterprise_id:
        raise Refused("培训机构只能为本单位的班次招生", "not_the_recruiter", "请选择本单位")
    _require_listed(provider, row.policy, at)
    if row.provider_id != provider.pk:
        row.provider = provider
        row.save(update_fields=["provider"])
        note_step(row, "provider", "选择承接单位", by=by, at=at, note=provider.name)
    return row


def _require_listed(provider: Unit, policy: str, at: dt.datetime) -> None:
    on = timezone.localdate(at)
    if not is_listed(provider, policy, load_policy(policy).delivery.list, on=on):
        raise Refused(
            f"“{provider.name}”{on}不在培训承接单位推荐名单内", "provider_not_listed", "请从公布的名单中选择承接单位"
        )


def commit_signup(
    *, signup: SignUp, version: str, by: Actor, at: dt.datetime, include: Collection[UUID] = ()
) -> SignUp:
    """Accept the commitment and send everybody who passed the pre-check, all or none (QD97.3.3, QD97.4.1).

    People who fail or are unknown stay behind with their reason, unless the enterprise names them in `include` (line
    ids): it pays first and may train whom it likes, the subsidy is judged at the claim. Who is not of the target group
    or has had the subsidy cannot be included: that will not change. The same account sending the form twice gets the
    same sign-up; another account coming later is told who was first.
    """
    try:
        with refusing():
            return _commit(signup, version, frozenset(include), by, at)
    except Refused as refused:
        if refused.code == ONCE:
            _refuse_taken(signup, list(signup.lines.values_list("person_id", flat=True)))
        raise


def _commit(signup: SignUp, version: str, include: frozenset[UUID], by: Actor, at: dt.datetime) -> SignUp:
    row = locked(signup)
    if row.state == SignUpState.COMMITTED and is_own(by, row):
        return _already_committed(row, by)
    require(can_edit(by, row))
    passing = _require_ready(row, include, at)
    row.commitment = accept_commitment(
        unit=row.enterprise, policy=row.policy, text_code=COMMITMENT, version=version, subject_id=row.pk, by=by, at=at
    )
    quota = innermost_quota(row.policy)
    if quota and quota_is_taken_now(row.policy, on=timezone.localdate(at)):
        take_places(policy=row.policy, code=quota.code, holders=[line.person.key for line in passing], at=at)
    _refuse_taken(row, [line.person_id for line in passing])
    SignUpLine.objects.filter(pk__in=[line.pk for line in passing]).update(active=True)
    row.state, row.committed_at = SignUpState.COMMITTED, at
    row.save(update_fields=["commitment", "state", "committed_at"])
    note = f"{len(passing)}人报名，承接单位：{row.provider.name}；承诺书版本{version}"
    note_step(row, "commit", "确认承诺并报名", by=by, at=at, note=note)
    return row


def _already_committed(row: SignUp, by: Actor) -> SignUp:
    first = row.commitment.user
    if by.user and first.pk == by.user.pk:
        return row
    when = timezone.localtime(row.committed_at).strftime("%Y-%m-%d %H:%M")
    raise Refused(f"{first.name}已于{when}提交本次报名", "already_committed", "请刷新页面查看报名结果，无须重复提交")


def _require_ready(row: SignUp, include: frozenset[UUID], at: dt.datetime) -> list[SignUpLine]:
    if row.provider is None:
        raise Refused("还没有选择培训承接单位", "no_provider", "请先选择承接单位")
    _require_listed(row.provider, row.policy, at)
    _require_open(load_policy(row.policy), timezone.localdate(at))
    stale = stale_reason(row, on=timezone.localdate(at))
    if stale:
        raise Refused(f"{stale}，不能提交", "precheck_stale", "请重新预审后再提交")
    lines = row.lines.select_related("person", "precheck")
    chosen = [line for line in lines if line.precheck.decision == Decision.PASS or _included(line, include)]
    if not chosen:
        raise Refused("名单里没有符合条件的人员", "nobody_passes", "请按预审提示补充材料或调整名单")
    return chosen


def _included(line: SignUpLine, include: frozenset[UUID]) -> bool:
    """Sent although the pre-check is not (yet) passed: only where time or a register's answer can still mend it."""
    return line.pk in include and may_be_included(line)


def may_be_included(line: SignUpLine) -> bool:
    """May the enterprise send this person at its own risk? Not when a lasting condition fails (QD97.1, QD97.4.4)."""
    failed = {row["rule"] for row in line.precheck.findings if row["status"] == Decision.FAIL}
    lasting = load_policy(line.policy).codes.get(LASTING)
    return not (lasting and failed & set(lasting.items))


def _refuse_taken(signup: SignUp, people: list[UUID]) -> None:
    """Name who of these people is already signed up under the policy."""
    taken = SignUpLine.objects.filter(policy=signup.policy, active=True, person__in=people).exclude(signup=signup)
    names = list(taken.values_list("person__name", flat=True).order_by("person__name"))
    if names:
        more = f"等{len(names)}人" if len(names) > NAMED_AT_MOST else ""
        raise Refused(
            f"{'、'.join(names[:NAMED_AT_MOST])}{more}已在本政策下报名，每人只能参加一次",
            ONCE,
            "请把已报名的人员移出名单后再提交",
        )


@transaction.atomic
def withdraw_signup(*, signup: SignUp, by: Actor, at: dt.datetime, reason: str = "") -> SignUp:
    """Withdraw a draft or a committed sign-up and give its places back, as long as nobody is in a class yet."""
    row = locked(signup)
    require(is_own(by, row))
    if row.state == SignUpState.WITHDRAWN:
        return row
    if OpenEnrolment.objects.filter(signup=row).exists():
        raise Refused("该报名由班次的个人报名汇总而成，不能撤回", "collected_signup", "请在班次的“个人报名”中办理")
    # A class takes a person by pointing at the line: holding the lines keeps that from happening meanwhile.
    lines = list(row.lines.select_for_update(of=("self",)).select_related("person"))
    placed = enrolled(row).first()
    if placed:
        raise Refused(
            f"{placed.person.name}已编入班次“{placed.cohort.name}”，不能撤回整份报名",
            "people_in_class",
            "请先联系培训承接单位将人员移出班次",
        )
    quota = innermost_quota(row.policy)
    holders = [line.person.key for line in lines if line.active]
    if quota and holders:
        release_places(policy=row.policy, code=quota.code, holders=holders, at=at)
    row.lines.filter(active=True).update(active=False)
    row.state = SignUpState.WITHDRAWN
    row.save(update_fields=["state"])
    note_step(row, "withdraw", "撤回报名", by=by, at=at, note=reason.strip())
    return row
