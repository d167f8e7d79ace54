"""Single people come into a class: open it, apply, accept or decline, confirm an offered place, step back (JN6.3.1).

The order is (time, id). Deciding and offering hold the class's row, so that two clerks and ten trainees at one moment are
one after the other; what they might forget, the constraint `class_is_never_overfull` refuses.
"""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.casework.actions import keep_determination
from peibu.casework.enums import Decision
from peibu.casework.models import Case, Determination
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.programmes.actions import accept_commitment
from peibu.programmes.queries import is_listed
from peibu.registry.models import Person
from peibu.rulebook import load_policy
from peibu.training.actions.cohorts import EDITABLE_STATES, require_same
from peibu.training.actions.places import join
from peibu.training.actions.signup import note_step, require
from peibu.training.enums import LIVE_PLACES, OPEN_PLACES, PlaceState, SignUpState
from peibu.training.facts.signup import line_facts
from peibu.training.models import Cohort, OpenEnrolment, PlaceApplication, SignUp, SignUpLine
from peibu.training.permissions.places import can_open, is_open, is_own
from peibu.training.queries.signup import COMMITMENT


def open_enrolment(*, cohort: Cohort, closes_on: dt.date, version: str, by: Actor, at: dt.datetime) -> OpenEnrolment:
    """Take applications for a class until the end of a day, with the policy's commitment accepted by the provider.
    Doing it again sets another last day."""
    require(can_open(by, cohort), "cannot_open")
    on = timezone.localdate(at)
    if not is_listed(cohort.provider, cohort.policy, load_policy(cohort.policy).delivery.list, on=on):
        raise Refused(
            f"本单位{on}不在承训机构名单内，或已被暂停承接", "provider_not_listed", "列入名单或暂停解除后再开放报名"
        )
    if closes_on < on:
        raise Refused(f"报名截止日期{closes_on}早于今天", "closes_in_the_past", "请填写今天或以后的日期")
    with refusing():
        locked = _locked(cohort)
        there = OpenEnrolment.objects.filter(cohort=locked).first()
        if there is not None:
            there.closes_on, there.closed_at = closes_on, None
            there.save(update_fields=["closes_on", "closed_at"])
            return there
        return OpenEnrolment.objects.create(
            division=locked.division, cohort=locked, signup=_own_signup(locked, version, by, at), closes_on=closes_on,
            opened_by=by.user, opened_at=at,
        )  # fmt: skip


def _own_signup(cohort: Cohort, version: str, by: Actor, at: dt.datetime) -> SignUp:
    signup = SignUp.objects.create(
        division=cohort.division, policy=cohort.policy, enterprise=cohort.provider, provider=cohort.provider,
        created_at=at,
    )  # fmt: skip
    signup.commitment = accept_commitment(
        unit=cohort.provider, policy=cohort.policy, text_code=COMMITMENT, version=version, subject_id=signup.pk, by=by,
        at=at,
    )  # fmt: skip
    signup.state, signup.committed_at = SignUpState.COMMITTED, at
    signup.save(update_fields=["commitment", "state", "committed_at"])
    note_step(signup, "open", "开放个人报名", by=by, at=at, note=cohort.name)
    return signup


def _locked(cohort: Cohort) -> Cohort:
    """The class, held until the transaction ends; its case first, as `move_case` does: nobody gets a place in a class that
    is being filed."""
    Case.objects.select_for_update(of=("self",)).get(pk=cohort.case_id)
    return Cohort.objects.select_for_update(of=("self",)).select_related("case", "plan", "provider").get(pk=cohort.pk)


def apply_for_place(*, cohort: Cohort, stated: Mapping[str, object], by: Actor, at: dt.datetime) -> PlaceApplication:
    """The trainee's own application, judged at once. Sent twice it is one. Refused: enrolment is not open; nobody of
    this identity number is on record; another occupation or level than the class."""
    if by.role != Role.TRAINEE or not by.person_key:
        raise Refused("只能为本人报名", "not_a_trainee", "请使用本人的学员账号")
    person = Person.objects.filter(key=by.person_key).first()
    if person is None:
        raise Refused("系统中没有您的实名信息", "nobody_on_record", "请携带身份证到受理机构登记后再报名")
    opening = _opening(cohort)
    require(is_open(opening, at=at), "enrolment_closed")
    with refusing():
        locked = _locked(cohort)
        require(is_open(_opening(locked), at=at), "enrolment_closed")  # it may have been filed in this moment
        there = locked.applications.filter(person=person, state__in=LIVE_PLACES).first()
        if there is not None:
            return there
        line = SignUpLine(signup=opening.signup, policy=locked.policy, position=0, person=person, stated=dict(stated))
        require_same(locked, line)
        judged = _judged(line, by=by, at=at)
        return PlaceApplication.objects.create(
            division=locked.division, cohort=locked, person=person, stated=dict(stated), precheck=judged, applied_at=at
        )


def _opening(cohort: Cohort) -> OpenEnrolment | None:
    return OpenEnrolment.objects.select_related("cohort__case", "signup__enterprise").filter(cohort=cohort).first()


def _judged(line: SignUpLine, *, by: Actor, at: dt.datetime) -> Determination:
    on, policy = timezone.localdate(at), load_policy(line.policy)
    facts = line_facts(line.signup, [line], on=on, known_at=at)[line.pk].facts
    judgement = policy.judge("enrolment", facts, on=on, known_at=at)
    return keep_determination(subject_id=line.pk, judgement=judgement, known_at=at, by=by, at=at)


def decide_application(
    *, application: PlaceApplication, accept: bool, answer: str, by: Actor, at: dt.datetime
) -> PlaceApplication:
    """The provider accepts (a place at once when one is free and nobody waits before, else the waiting list) or declines
    with the reason. The rules judge once more: who fails is not accepted, who is unknown only with a reason."""
    require(can_open(by, application.cohort), "cannot_decide")
    with refusing():
        cohort = _locked(application.cohort)
        row = PlaceApplication.objects.select_for_update(of=("self",)).select_related("person").get(pk=application.pk)
        if row.state != PlaceState.APPLIED:
            raise Refused(f"该报名{row.get_state_display()}，不能再审核", "application_decided", "请刷新页面")
        row.answer, row.decided_by, row.decided_at = answer.strip()[:200], by.user, at
        if not accept:
            row.state = PlaceState.DECLINED
            row.save()
            return row
        row.precheck = _judged(_line(row, cohort), by=by, at=at)
        _require_acceptable(row)
        free = _free(cohort) and not cohort.applications.filter(state=PlaceState.WAITING).exists()
        row.state = PlaceState.WAITING
        row.save()
        return _place(row, cohort, at) if free else row


def _require_acceptable(row: PlaceApplication) -> None:
    if row.precheck.decision == Decision.FAIL:
        wrong = next(f["sentence"] for f in row.precheck.findings if f["status"] == Decision.FAIL)
        raise Refused(f"{row.person.name}不符合报名条件：{wrong}", "not_eligible", "请作不通过处理并告知理由")
    if row.precheck.decision == Decision.UNKNOWN and len(row.answer) < 5:
        raise Refused(
            f"{row.person.name}的报名条件尚待核实", "eligibility_unknown", "确需先行录用的，请写明理由（不少于5个字）"
        )


def _free(cohort: Cohort) -> int:
    return cohort.seats - cohort.seats_taken - cohort.seats_held


def _line(row: PlaceApplication, cohort: Cohort) -> SignUpLine:
    signup = cohort.open_enrolment.signup
    return SignUpLine(signup=signup, policy=cohort.policy, position=0, person=row.person, stated=row.stated)


def _place(row: PlaceApplication, cohort: Cohort, at: dt.datetime) -> PlaceApplication:
    """Write the person into the provider's sign-up and into the class; the offer, if any, is used up first."""
    line = _line(row, cohort)
    last = line.signup.lines.order_by("-position").values_list("position", flat=True).first() or 0
    line.position, line.precheck, line.active = last + 1, row.precheck, True
    line.save()
    row.line, row.state, row.offered_until = line, PlaceState.PLACED, None
    row.save()
    join(cohort=cohort, line=line, at=at)
    return row


def fill_places(*, cohort: Cohort, at: dt.datetime) -> int:
    """Offer every free place to the longest waiting; returns how many were offered. Does nothing once the class is
    filed."""
    with refusing():
        locked = _locked(cohort)
        if locked.case.state not in EDITABLE_STATES:
            return 0
        policy = load_policy(locked.policy)
        if not policy.delivery.offer_hours:
            return 0
        hours = int(policy.value(policy.delivery.offer_hours, on=timezone.localdate(at)))
        waiting = locked.applications.filter(state=PlaceState.WAITING).order_by("applied_at", "id")
        chosen = list(waiting[: max(0, _free(locked))])
        for row in chosen:
            row.state, row.offered_until = PlaceState.OFFERED, at + dt.timedelta(hours=hours)
            row.save(update_fields=["state", "offered_until"])
        return len(chosen)


def confirm_offer(*, application: PlaceApplication, by: Actor, at: dt.datetime) -> PlaceApplication:
    """The trainee takes the offered place, until its hour. Doing it twice is harmless."""
    require(is_own(by, application), "foreign_application")
    with refusing():
        cohort = _locked(application.cohort)
        row = PlaceApplication.objects.select_for_update(of=("self",)).select_related("person").get(pk=application.pk)
        if row.state == PlaceState.PLACED:
            return row
        if row.state != PlaceState.OFFERED or cohort.case.state not in EDITABLE_STATES:
            raise Refused(f"该报名{row.get_state_display()}，没有可确认的名额", "no_offer", "请刷新页面")
        if at > row.offered_until:
            until = timezone.localtime(row.offered_until)
            raise Refused(f"名额已于{until:%Y-%m-%d %H:%M}失效", "offer_over", "可以重新申请，按新的时间排队")
        return _place(row, cohort, at)


def withdraw_application(*, application: PlaceApplication, by: Actor, at: dt.datetime) -> PlaceApplication:
    """The trainee steps back before having a place; a held place goes to the next."""
    require(is_own(by, application), "foreign_application")
    with refusing():
        _locked(application.cohort)
        row = PlaceApplication.objects.select_for_update(of=("self",)).get(pk=application.pk)
        if row.state == PlaceState.PLACED:
            raise Refused("您已编入班次", "already_placed", "需要退出的，请联系承接单位办理")
        if row.state in LIVE_PLACES:
            row.state, row.offered_until = PlaceState.WITHDRAWN, None
            row.save(update_fields=["state", "offered_until"])
        fill_places(cohort=application.cohort, at=at)
    return row


def expire_offers(*, at: dt.datetime) -> int:
    """End offers whose hour has passed and offer what is free to the next; returns how many ended."""
    ended = 0
    waiting = PlaceApplication.objects.filter(state__in=(PlaceState.WAITING, PlaceState.OFFERED))
    for cohort in Cohort.objects.filter(pk__in=waiting.values("cohort_id")).order_by("pk"):
        with transaction.atomic():
            _locked(cohort)
            late = cohort.applications.filter(state=PlaceState.OFFERED, offered_until__lt=at)
            for row in late.select_for_update(of=("self",)):
                row.state = PlaceState.EXPIRED
                row.save(update_fields=["state"])
                ended += 1
            fill_places(cohort=cohort, at=at)
    return ended


def close_enrolment(*, cohort: Cohort, at: dt.datetime) -> None:
    """The class is filed: whoever has no place by now gets none in it."""
    OpenEnrolment.objects.filter(cohort=cohort, closed_at__isnull=True).update(closed_at=at)
    cohort.applications.filter(state__in=OPEN_PLACES).update(state=PlaceState.CLOSED, offered_until=None)
