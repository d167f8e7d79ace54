"""After the list: agreement, yearly assessment, suspension, exit, appeal (HD2.4.10, HD2.4.12)."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accreditation.enums import MeasureKind
from peibu.accreditation.models import Agreement, Appeal, Application, Measure
from peibu.accreditation.permissions import can_supervise
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.programmes.listings import (
    DAY,
    begin_listing,
    end_unit,
    lift_pauses,
    pause_unit,
    restore_listing,
    resume_unit,
    rows_of_unit,
)
from peibu.programmes.models import ListedUnit


def _supervised(listing: ListedUnit, by: Actor) -> None:
    verdict = can_supervise(by, listing)
    if not verdict:
        raise Refused(verdict.reason, "not_your_listing", "请由负责名单的部门办理")


@transaction.atomic
def offer_agreement(
    *,
    listing: ListedUnit,
    application: Application,
    valid_from: dt.date,
    valid_until: dt.date,
    scope: str,
    by: Actor,
    at: dt.datetime,
) -> Agreement:
    """The bureau signs an agreement with term and scope and offers it to the listed unit."""
    _supervised(listing, by)
    if valid_until <= timezone.localdate(at):
        raise Refused("协议的截止日期已过", "an_agreement_has_a_term", "请填写今天以后的截止日期")
    if application.unit_id != listing.unit_id:
        raise Refused("申请与名单内单位不一致", "foreign_unit", "请从该单位的申请进入")
    with refusing():
        return Agreement.objects.create(
            listing=listing,
            application=application,
            valid_from=valid_from,
            valid_until=valid_until,
            scope=scope.strip(),
            offered_by=by.user,
            offered_at=at,
        )


@transaction.atomic
def sign_agreement(*, agreement: Agreement, by: Actor, at: dt.datetime) -> Agreement:
    """The unit signs; from then on nothing of it changes. A listing that waits for it begins, on the first day of the
    term at the earliest (HD2.4.10).

    Refused: another unit's, signed already, its term is over, the unit was ordered out before it signed.
    """
    row = Agreement.objects.select_for_update(of=("self",)).select_related("listing").get(pk=agreement.pk)
    on = timezone.localdate(at)
    if by.unit is None or by.unit.pk != row.listing.unit_id:
        raise Refused("该协议不属于您所在的单位", "foreign_unit", "请使用签约单位的账号")
    if row.signed_at is not None:
        raise Refused("协议已签署", "a_signature_is_final", "不需要再次签署")
    if row.valid_until < on:
        raise Refused("协议期限已过，不能再签署", "agreement_is_over", "请联系签约部门重新签约")
    row.signed_by, row.signed_at = by.user, at
    row.save(update_fields=["signed_by", "signed_at"])
    if row.listing.awaits_signature:
        if _was_ended(row.listing):
            raise Refused("该单位已被责令退出，协议不能再签署", "listing_is_over", "请联系签约部门")
        with refusing():
            begin_listing(listing=row.listing, first_day=max(on, row.valid_from), last_day=row.valid_until)
    return row


def _was_ended(listing: ListedUnit) -> bool:
    """Was the unit ordered off this list, with no appeal upheld?"""
    exits = Measure.objects.filter(kind=MeasureKind.EXITED, listing__in=rows_of_unit(listing))
    return exits.exclude(appeal__upheld=True).exists()


@transaction.atomic
def take_measure(
    *, listing: ListedUnit, kind: str, effective_on: dt.date, reason: str, by: Actor, at: dt.datetime
) -> Measure:
    """Assess, warn, suspend, take up again or end a listing; classes that run go on, new ones are refused from then on.

    Refused: no reason, a day before today (what was begun in good faith stays valid), a state that does not fit.
    """
    _supervised(listing, by)
    kind = MeasureKind(kind)
    if not reason.strip():
        raise Refused("没有写明理由", "a_measure_has_its_reason", "请写明评估情况和依据")
    if effective_on < timezone.localdate(at):
        raise Refused("生效日期早于今天", "measure_in_the_past", "措施不能溯及既往，请选择今天或以后")
    undo = _carry_out(listing, kind, effective_on, reason)
    with refusing():
        return Measure.objects.create(
            listing=listing,
            kind=kind,
            year=effective_on.year,
            effective_on=effective_on,
            reason=reason.strip(),
            bureau=by.unit,
            by=by.user,
            at=at,
            undo=undo,
        )


def _carry_out(listing: ListedUnit, kind: MeasureKind, effective_on: dt.date, reason: str) -> dict:
    """Do to every listing of the unit under the policy what the measure says; answers what would undo it."""
    if kind == MeasureKind.SUSPENDED:
        made = pause_unit(listing=listing, since=effective_on, reason=reason)
        return {"pauses": [str(pause.pk) for pause in made]}
    if kind == MeasureKind.RESUMED:
        resume_unit(listing=listing, since=effective_on)
    elif kind == MeasureKind.EXITED:
        ended = end_unit(listing=listing, last_day=effective_on - DAY)
        return {
            "ends": {
                str(row.pk): [before and before.isoformat(), row.valid_until.isoformat()] for row, before in ended
            }
        }
    return {}


@transaction.atomic
def raise_appeal(*, measure: Measure, text: str, by: Actor, at: dt.datetime) -> Appeal:
    """The unit appeals once against a measure."""
    if by.unit is None or by.unit.pk != measure.listing.unit_id:
        raise Refused("该措施不涉及您所在的单位", "foreign_unit", "请使用被处理单位的账号")
    if not text.strip():
        raise Refused("没有写明申诉内容", "appeal_empty", "请写明事实和理由")
    Measure.objects.select_for_update().get(pk=measure.pk)  # two appeals at once are one after the other
    if Appeal.objects.filter(measure=measure).exists():
        raise Refused("已对该措施提出申诉", "appeal_exists", "请等待处理")
    return Appeal.objects.create(measure=measure, text=text.strip(), raised_by=by.user, raised_at=at)


@transaction.atomic
def decide_appeal(*, appeal: Appeal, upheld: bool, answer: str, by: Actor, at: dt.datetime) -> Appeal:
    """Another natural person than the one who took the measure decides; an upheld appeal undoes suspension or exit."""
    row = Appeal.objects.select_for_update(of=("self",)).select_related("measure__listing").get(pk=appeal.pk)
    _supervised(row.measure.listing, by)
    if not answer.strip():
        raise Refused("没有写明处理意见", "a_decided_appeal_has_answer_time_and_person", "请写明理由")
    if row.decided_at is not None:
        raise Refused("申诉已经处理", "a_decided_appeal_is_final", "不能再改")
    row.upheld, row.answer, row.decided_by, row.decided_at = upheld, answer.strip(), by.user, at
    with refusing():
        row.save(update_fields=["upheld", "answer", "decided_by", "decided_at"])
        if upheld:  # refused where the unit has signed anew since: the two would hold at one time
            _undo(row.measure, on=timezone.localdate(at))
    return row


def _undo(measure: Measure, *, on: dt.date) -> None:
    """Take back what this measure did and nothing else: an end or a pause that came of another stays."""
    for key, (before, after) in measure.undo.get("ends", {}).items():
        restore_listing(
            listing_id=key, until=before and dt.date.fromisoformat(before), ended=dt.date.fromisoformat(after)
        )
    if measure.undo.get("pauses"):
        lift_pauses(pause_ids=measure.undo["pauses"], on=on)
