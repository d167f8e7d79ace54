"""Guards and effects this room adds to moves of cases (see `peibu.casework.hooks`).

One set for every process a policy may evaluate by: what differs stands in its `evaluation` section.
"""

import datetime as dt

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.enums import UnitKind
from peibu.accreditation.actions.decisions import words_of
from peibu.accreditation.actions.standing import take_measure
from peibu.accreditation.checks import missing_documents
from peibu.accreditation.facts import judge_application, obstacles, terms_for
from peibu.accreditation.models import Application
from peibu.accreditation.permissions import can_apply, can_handle
from peibu.accreditation.results import MODERATION, panel_of, result_of
from peibu.accreditation.terms import Terms
from peibu.casework.actions import keep_determination
from peibu.casework.hooks import effect, guard
from peibu.casework.models import Case, NoticeLine
from peibu.casework.notices import full_days, notice_of
from peibu.casework.queries import open_objections
from peibu.kernel.verdict import Verdict, no, yes
from peibu.programmes.listings import is_paused
from peibu.programmes.models import ListedUnit
from peibu.rulebook import Status
from peibu.rulebook.errors import RulebookError

PROCESSES = (
    "provider_application",
    "base_application",
    "platform_evaluation",
    "course_evaluation",
    "speciality_evaluation",
    "provider_agreement",
)


def _of(case: Case) -> Application:
    return Application.objects.select_related("call", "unit__division", "case").get(case=case)


def everything_is_there(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """Nothing incomplete is handed in: the refusal names each condition and document that is missing."""
    application, on = _of(case), timezone.localdate(at)
    if case.state == "draft":
        verdict = can_apply(by, application.call, terms_for(application, on=on), on=on)
        if not verdict:
            return verdict
    try:
        judgement = judge_application(application, at=at)
    except RulebookError as error:
        return no(str(error))
    told = [finding.sentence for finding in obstacles(application, judgement, on=on)]
    papers = missing_documents(application, on=on)
    if papers:
        told.append(f"缺少材料：{'、'.join(papers)}")
    return no("；".join(told)) if told else yes()


def keep_check(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    """What the conditions came to when it was handed in."""
    application = _of(case)
    keep_determination(
        subject_id=application.pk,
        judgement=judge_application(application, at=at),
        facts=None,
        known_at=at,
        by=by,
        at=at,
    )


def scores_are_in(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """An evaluation is recorded when questions are answered, every expert scored and too wide a spread was moderated."""
    application = _of(case)
    terms = terms_for(application, on=timezone.localdate(at))
    waiting = application.clarifications.filter(answered_at__isnull=True).count()
    if waiting:
        return no(f"还有{waiting}个问题申请单位尚未说明")
    return _scored(application) if terms.has_panel else yes()


def _scored(application: Application) -> Verdict:
    panel = panel_of(application)
    if panel is None or panel.drawn_at is None:
        return no("尚未抽取评审专家，请在征集页面办理")
    result = result_of(application)
    if not result.complete:
        which = "复议" if result.round == MODERATION else "独立评分"
        return no(f"{which}还差{result.waiting}位专家")
    return yes()


def all_bureaus_agree(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """On notice only what passed the experts and has every bureau's yes, and together with its notice."""
    application = _of(case)
    terms = terms_for(application, on=timezone.localdate(at))
    verdict = _agreed(application, terms)
    if verdict and not NoticeLine.objects.filter(case=case, notice__state="open").exists():
        return no("请在征集页面勾选申请，统一发布公示")
    return verdict


def _agreed(application: Application, terms: Terms) -> Verdict:
    """The experts' pass mark was reached and no bureau is silent or against it."""
    result = result_of(application)
    if terms.has_panel and not result.passed:
        return no(f"专家评估得分{result.shown}，未达到合格线，请办理不予列入")
    words = words_of(application, terms)
    silent = [str(UnitKind(kind).label) for kind, word in words.items() if word is None or not word.agrees]
    return no(f"尚未取得同意：{'、'.join(silent)}") if silent else yes()


def the_office_in_charge(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """An account of the right role at another office moves nothing on."""
    application = _of(case)
    return can_handle(by, application.call, terms_for(application, on=timezone.localdate(at)))


def nobody_has_scored(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """What experts have scored is not rewritten: the scores would stand for another text."""
    if _of(case).scores.exists():
        return no("已有专家评分，不能再退回补正；需要补充的，请用“要求说明”向申请单位提问")
    return yes()


def there_is_a_ground(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """Refused is who failed the experts, has a bureau's no, an upheld objection, or a condition that is not met."""
    application, on = _of(case), timezone.localdate(at)
    terms = terms_for(application, on=on)
    against = [word for word in words_of(application, terms).values() if word is not None and not word.agrees]
    upheld = NoticeLine.objects.filter(case=case, objections__state="upheld").exists()
    if against or upheld or result_of(application).passed is False:
        return yes()
    judgement = judge_application(application, at=at)
    unmet = obstacles(application, judgement, on=on, final=True)
    if any(finding.status is Status.FAIL for finding in unmet):
        return yes()
    return no("没有不予列入的依据：专家评估合格，各部门没有不同意，没有成立的异议，条件也没有不符合的")


def has_objection(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    return yes() if open_objections(case).exists() else no("请在公示页面登记异议，写明针对的单位和情况")


def objections_settled(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """Back to the notice when every objection is decided and none was upheld against this line."""
    count = open_objections(case).count()
    if count:
        return no(f"还有{count}件异议未办结，请先在“异议处理”中办结")
    upheld = NoticeLine.objects.filter(case=case, objections__state="upheld").exists()
    return no("对该单位的异议成立，请办理不予列入") if upheld else yes()


def notice_is_over(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """The full working days of the policy are over and nothing is open."""
    notice, on = notice_of(case), timezone.localdate(at)
    if notice is None or on <= notice.ends_on:
        until = f"，到{notice.ends_on:%Y-%m-%d}" if notice else ""
        return no(f"公示尚未期满（已满{full_days(notice, on=on) if notice else 0}个工作日{until}）")
    count = open_objections(case).count()
    return no(f"还有{count}件异议未办结") if count else yes()


def conditions_still_hold(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """Listed is what stands on a published batch and fulfils every condition, also those established on the way."""
    application, on = _of(case), timezone.localdate(at)
    terms = terms_for(application, on=on)
    listed = ListedUnit.objects.filter(
        unit=application.unit,
        name=application.name,
        published__policy=case.policy,
        published__role=terms.list_role,
        published__published_on=on,
    )
    if not listed.exists():
        return no("请在征集页面勾选申请，统一公布名单")
    if is_paused(policy=case.policy, role=terms.list_role, unit=application.unit, name=application.name, on=on):
        return no("该单位在名单中处于暂停承接期间，恢复后才能再次列入")
    if not terms.has_notice and not (verdict := _agreed(application, terms)):
        return verdict
    judgement = judge_application(application, at=at)
    told = [finding.sentence for finding in obstacles(application, judgement, on=on, final=True)]
    return no("；".join(told)) if told else yes()


def ordered_out(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    """An order to leave, given in the case, ends the listing like one given on its page (HD2.4.12)."""
    application = _of(case)
    listing = ListedUnit.objects.filter(agreements__application=application).order_by("-valid_from").first()
    take_measure(listing=listing, kind="exited", effective_on=timezone.localdate(at), reason=reason, by=by, at=at)


def leave_the_place(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    """Who has withdrawn may apply again while the call runs."""
    Application.objects.filter(case=case).update(live=False)


OFFICE_MOVES = (
    "return", "evaluate", "report", "publish", "object", "settle_objection", "end_notice", "list", "refuse", "warn",
    "restore", "order_out",
)  # fmt: skip


def register(process: str) -> None:
    """Hang the guards and effects of this room on one process."""
    guard(process, *OFFICE_MOVES)(the_office_in_charge)
    guard(process, "return")(nobody_has_scored)
    guard(process, "refuse")(there_is_a_ground)
    effect(process, "withdraw")(leave_the_place)
    guard(process, "submit", "resubmit")(everything_is_there)
    effect(process, "submit", "resubmit")(keep_check)
    guard(process, "evaluate")(scores_are_in)
    guard(process, "publish")(all_bureaus_agree)
    guard(process, "object")(has_objection)
    guard(process, "settle_objection")(objections_settled)
    guard(process, "end_notice")(notice_is_over)
    guard(process, "list")(conditions_still_hold)
    effect(process, "order_out")(ordered_out)


for _process in PROCESSES:
    register(_process)
