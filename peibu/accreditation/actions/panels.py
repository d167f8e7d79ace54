"""The expert library, and the draw of a panel: commit to a seed, freeze the pool, draw (docs/how-to/verify-a-draw.md)."""

import datetime as dt
import secrets

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.models import Unit, User
from peibu.accounts.secrecy import person_key
from peibu.accreditation.enums import ExpertField, SeatState
from peibu.accreditation.models import Affiliation, Call, Expert, Interest, Panel, PoolEntry, Seat
from peibu.accreditation.permissions import can_manage
from peibu.accreditation.queries import submitted
from peibu.accreditation.terms import terms_of
from peibu.casework.numbering import next_number
from peibu.casework.refusals import refusing
from peibu.kernel import draw
from peibu.kernel.errors import Refused
from peibu.kernel.identity import check_id_number, check_name


@transaction.atomic
def add_expert(
    *,
    name: str,
    id_number: str,
    title: str,
    fields: list[str],
    units: list[Unit],
    active_until: dt.date | None = None,
    user: User | None = None,
    by: Actor,
    at: dt.datetime,
) -> Expert:
    """Take somebody into the library of the actor's division; the identity number is hashed, not stored.

    Refused: no field of expertise, no affiliation (a conflict could then not be seen), already in a library.
    """
    on = timezone.localdate(at)
    name = check_name(name)
    key = person_key(check_id_number(id_number, on, min_age=18).number)
    if not fields or set(fields) - set(ExpertField.values):
        raise Refused("没有选择专家的专业", "expert_without_field", "请至少选择一个专业")
    if not units:
        raise Refused("没有填写专家的所在单位", "expert_without_unit", "没有所在单位就无法判断是否需要回避")
    if Expert.objects.filter(person_key=key).exists():
        raise Refused(f"{name}已在专家库中", "expert_known", "请在专家名单中查找，不要重复添加")
    expert = Expert.objects.create(
        number=f"ZJ{next_number('expert'):05d}",
        person_key=key,
        user=user or User.objects.filter(person_key=key, assignments__role="expert").first(),
        name=name,
        title=title.strip(),
        division=by.unit.division,
        fields=sorted(fields),
        active_from=on,
        active_until=active_until,
    )
    Affiliation.objects.bulk_create(Affiliation(expert=expert, unit=unit, valid_from=on) for unit in units)
    return expert


def declare_interest(*, expert: Expert, unit: Unit, reason: str, at: dt.datetime) -> Interest:
    """An expert tells of a bond to a unit: from then on no panel that unit applies to."""
    if not reason.strip():
        raise Refused("没有写明利害关系", "an_interest_says_which", "例如近亲属任职、两年内合作项目")
    return Interest.objects.create(expert=expert, unit=unit, reason=reason.strip()[:200], declared_at=at)


def _managed(call: Call, by: Actor, at: dt.datetime):
    terms = terms_of(call.policy, call.subject, on=timezone.localdate(at))
    verdict = can_manage(by, call, terms)
    if not verdict:
        raise Refused(verdict.reason, "not_your_call", "请由发布征集的单位办理")
    return terms


@transaction.atomic
def commit_panel(*, call: Call, by: Actor, at: dt.datetime) -> Panel:
    """First step: a secret seed is made and its SHA-256 published, before anybody knows who will be in the pool."""
    terms = _managed(call, by, at)
    if not terms.has_panel:
        raise Refused("该项评估不由专家评审", "no_panel", "请直接审核申请")
    Call.objects.select_for_update().get(pk=call.pk)
    if Panel.objects.filter(call=call).exists():
        raise Refused("本次征集已公布种子指纹", "panel_exists", "请继续下一步：锁定专家范围")
    seed = secrets.token_hex(32)
    return Panel.objects.create(
        division=call.division,
        call=call,
        seats=terms.number("panel_experts"),
        mark_max=terms.number("panel_mark_max"),
        pass_percent=terms.number("panel_pass_percent"),
        spread_percent=terms.number("panel_spread_percent_max"),
        secret=seed,
        commitment=draw.commitment_of(seed),
        committed_at=at,
        committed_by=by.user,
    )


@transaction.atomic
def freeze_pool(*, panel: Panel, by: Actor, at: dt.datetime) -> Panel:
    """Second step, after the call is closed: everybody of the library in the call's fields, the conflicts excluded.

    Nobody chooses: the pool follows from the library, the fields of the call and the applicants. Refused: the call
    still runs, no application was handed in, too few experts without a conflict.
    """
    _managed(panel.call, by, at)
    panel = Panel.objects.select_for_update().get(pk=panel.pk)
    on = timezone.localdate(at)
    if panel.frozen_at is not None:
        raise Refused("专家范围已锁定", "pool_frozen", "请继续下一步：抽取")
    if on <= panel.call.closes_on:
        told = f"征集到{panel.call.closes_on:%Y-%m-%d}才截止，截止后才知道哪些专家须回避"
        raise Refused(told, "call_is_open", "请在截止次日起锁定")
    if not submitted(panel.call).exists():
        raise Refused("没有已提交的申请", "nothing_to_evaluate", "没有申请就不需要抽取专家")
    reasons = {expert: conflict_of(expert, panel.call, on=on) for expert in candidates(panel.call, on=on)}
    free = [expert.number for expert, reason in reasons.items() if not reason]
    if len(free) < panel.seats:
        told = f"可抽取的专家只有{len(free)}人，须抽取{panel.seats}人"
        raise Refused(told, "pool_too_small", "请先充实专家库，或补充征集所需的专业")
    PoolEntry.objects.bulk_create(
        PoolEntry(panel=panel, expert=expert, excluded=reason) for expert, reason in reasons.items()
    )
    panel.frozen_at, panel.pool_sha256 = at, draw.pool_of(free)
    panel.save(update_fields=["frozen_at", "pool_sha256"])
    return panel


def candidates(call: Call, *, on: dt.date) -> list[Expert]:
    """The active experts of the call's library in at least one of its fields (any field when it names none)."""
    rows = Expert.objects.filter(division=call.division, active_from__lte=on)
    rows = rows.filter(Q(active_until__isnull=True) | Q(active_until__gte=on)).order_by("number")
    return [row for row in rows if not call.fields or set(call.fields) & set(row.fields)]


def conflict_of(expert: Expert, call: Call, *, on: dt.date) -> str:
    """Why an expert may not sit on the panel of this call; empty when nothing speaks against it."""
    applicants = submitted(call).values("unit")
    bound = expert.affiliations.filter(unit__in=applicants, valid_from__lte=on)
    bound = bound.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=on)).select_related("unit").first()
    if bound is not None:
        return f"任职或关联单位“{bound.unit.name}”是申请单位"
    told = expert.interests.filter(unit__in=applicants).select_related("unit").first()
    return f"本人申报与申请单位“{told.unit.name}”有利害关系：{told.reason}"[:200] if told else ""


@transaction.atomic
def draw_panel(*, panel: Panel, by: Actor, at: dt.datetime) -> Panel:
    """Third step: show the seed; the order follows from seed and pool, and anybody can compute it again."""
    _managed(panel.call, by, at)
    panel = Panel.objects.select_for_update().get(pk=panel.pk)
    if panel.frozen_at is None:
        raise Refused("专家范围尚未锁定", "pool_not_frozen", "请先锁定专家范围")
    if panel.drawn_at is not None:
        raise Refused("专家已经抽取", "a_draw_is_final", "抽取只进行一次")
    panel.seed, panel.drawn_at = panel.secret, at
    with refusing():
        panel.save(update_fields=["seed", "drawn_at"])
        for rank in range(1, panel.seats + 1):
            _seat(panel, rank, at)
    return panel


def order_of_panel(panel: Panel) -> list[PoolEntry]:
    """The free entries of a drawn panel in the order of the draw."""
    entries = {row.expert.number: row for row in panel.pool.filter(excluded="").select_related("expert")}
    return [entries[number] for number in draw.order_of(panel.seed, entries)]


def _seat(panel: Panel, rank: int, at: dt.datetime) -> Seat:
    return Seat.objects.create(panel=panel, entry=order_of_panel(panel)[rank - 1], rank=rank, since=at)


@transaction.atomic
def recuse(*, seat: Seat, reason: str, by: Actor, at: dt.datetime) -> Seat | None:
    """An expert steps back; the next of the draw takes the place. Answers the new seat.

    Refused: another's seat, no reason, already scored, no substitute left.
    """
    seat = Seat.objects.select_for_update().select_related("panel", "entry__expert").get(pk=seat.pk)
    panel = Panel.objects.select_for_update().get(pk=seat.panel_id)
    if by.user is None or seat.entry.expert.user_id != by.user.pk:
        raise Refused("只能为本人申请回避", "foreign_seat", "请使用专家本人的账号")
    if seat.state == SeatState.RECUSED:
        raise Refused("已经回避", "recused", "不需要再次申请")
    if seat.scores.exists():
        raise Refused("已经提交过评分，不能再回避", "already_scored", "请联系征集单位")
    if not reason.strip():
        raise Refused("没有写明回避理由", "who_steps_back_says_when_and_why", "请写明与哪个申请有何利害关系")
    last = panel.places.order_by("-rank").first().rank
    if last >= len(order_of_panel(panel)):
        raise Refused("已没有可以递补的专家", "no_substitute", "请联系征集单位")
    seat.state, seat.recused_at, seat.reason = SeatState.RECUSED, at, reason.strip()[:200]
    seat.save(update_fields=["state", "recused_at", "reason"])
    with refusing():
        return _seat(panel, last + 1, at)
