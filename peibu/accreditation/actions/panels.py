"""The expert library, and the draw of a panel: commit to a seed, freeze the pool, draw (docs/how-to/verify-a-draw.md)."""

import datetime as dt
import secrets
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.accounts.models import Unit, User
from peibu.accounts.secrecy import person_key
from peibu.accreditation.conflicts import conflict_of, left_out
from peibu.accreditation.enums import ExpertField, SeatState
from peibu.accreditation.models import Affiliation, Call, Expert, Interest, Panel, PoolEntry, Seat
from peibu.accreditation.permissions import can_keep_experts, can_manage
from peibu.accreditation.queries import applicants_of, submitted
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

    Refused: another role than a keeper's, no field of expertise, no affiliation (a conflict could then not be seen),
    already in a library.
    """
    verdict = can_keep_experts(by)
    if not verdict:
        raise Refused(verdict.reason, "not_a_keeper", "请由主管部门或经办机构办理")
    on = timezone.localdate(at)
    name = check_name(name)
    key = person_key(check_id_number(id_number, on, min_age=18).number)
    if not fields or set(fields) - set(ExpertField.values):
        raise Refused("没有选择专家的专业", "expert_without_field", "请至少选择一个专业")
    if not units:
        raise Refused("没有填写专家的所在单位", "expert_without_unit", "没有所在单位就无法判断是否需要回避")
    if Expert.objects.filter(person_key=key).exists():
        raise Refused(f"{name}已在专家库中", "expert_known", "请在专家名单中查找，不要重复添加")
    with refusing():
        expert = Expert.objects.create(
            number=f"ZJ{next_number('expert'):05d}",
            person_key=key,
            user=user or _account(key),
            name=name,
            title=title.strip(),
            division=by.unit.division,
            fields=sorted(fields),
            active_from=on,
            active_until=active_until,
        )
    Affiliation.objects.bulk_create(Affiliation(expert=expert, unit=unit, valid_from=on) for unit in units)
    return expert


def _account(key: str) -> User | None:
    return User.objects.filter(person_key=key, assignments__role=Role.EXPERT).order_by("created_at").first()


def link_accounts(experts: Iterable[Expert]) -> None:
    """Give the experts without an account the one that was opened for the same natural person since."""
    for expert in experts:
        if expert.user is None and (user := _account(expert.person_key)) is not None:
            expert.user = user
            expert.save(update_fields=["user"])


@transaction.atomic
def declare_interest(*, expert: Expert, unit: Unit, reason: str, by: Actor, at: dt.datetime) -> Interest:
    """An expert tells of a bond to a unit: no panel that it applies to from now on, and off those not yet scored for."""
    if by.person_key != expert.person_key:
        raise Refused("只能为本人申报", "foreign_expert", "请使用专家本人的账号")
    if not reason.strip():
        raise Refused("没有写明利害关系", "an_interest_says_which", "例如近亲属任职、两年内合作项目")
    told = Interest.objects.create(expert=expert, unit=unit, reason=reason.strip()[:200], declared_at=at)
    seats = Seat.objects.filter(entry__expert=expert, state=SeatState.SEATED, scores__isnull=True)
    for seat in seats.select_related("panel__call"):
        if applicants_of(seat.panel.call).filter(unit=unit).exists():
            recuse(seat=seat, reason="本人申报利害关系", by=by, at=at)
    return told


def _managed(call: Call, by: Actor, at: dt.datetime):
    terms = terms_of(call.policy, call.subject, on=timezone.localdate(at))
    verdict = can_manage(by, call, terms)
    if not verdict:
        raise Refused(verdict.reason, "not_your_call", "请由发布征集的单位办理")
    return terms


@transaction.atomic
def commit_panel(*, call: Call, by: Actor, at: dt.datetime) -> Panel:
    """First step, while the call runs: a secret seed is made and its SHA-256 published, before anybody knows the pool."""
    terms = _managed(call, by, at)
    if not terms.has_panel:
        raise Refused("该项评估不由专家评审", "no_panel", "请直接审核申请")
    Call.objects.select_for_update().get(pk=call.pk)
    if Panel.objects.filter(call=call).exists():
        raise Refused("本次征集已公布种子指纹", "panel_exists", "请继续下一步：锁定专家范围")
    seed = secrets.token_hex(32)
    with refusing():
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
    experts = candidates(panel.call, on=on)
    link_accounts(experts)
    reasons = {expert: left_out(expert, panel.call, on=on) for expert in experts}
    free = [expert.number for expert, reason in reasons.items() if not reason]
    if len(free) < panel.seats:
        told = f"可抽取的专家只有{len(free)}人，须抽取{panel.seats}人"
        raise Refused(told, "pool_too_small", "请先充实专家库、开通专家账号，或补充征集所需的专业")
    PoolEntry.objects.bulk_create(
        PoolEntry(
            panel=panel,
            expert=expert,
            excluded=reason.sentence if reason else "",
            ground=reason.ground if reason else "",
        )
        for expert, reason in reasons.items()
    )
    panel.frozen_at, panel.pool_sha256 = at, draw.pool_of(free)
    panel.save(update_fields=["frozen_at", "pool_sha256"])
    return panel


def candidates(call: Call, *, on: dt.date) -> list[Expert]:
    """The experts of the call's library in one of its fields (any when it names none), there when it closed and now.

    Whoever joined after the call closed could have been chosen for the applicants.
    """
    rows = Expert.objects.filter(division=call.division, active_from__lte=call.closes_on).select_related("user")
    rows = rows.filter(Q(active_until__isnull=True) | Q(active_until__gte=on)).order_by("number")
    return [row for row in rows if not call.fields or set(call.fields) & set(row.fields)]


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
        for _place in range(panel.seats):
            _seat_next(panel, at)
    return panel


def order_of_panel(panel: Panel) -> list[PoolEntry]:
    """The free entries of a drawn panel in the order of the draw."""
    entries = {row.expert.number: row for row in panel.pool.filter(excluded="").select_related("expert")}
    return [entries[number] for number in draw.order_of(panel.seed, entries)]


def _seat_next(panel: Panel, at: dt.datetime) -> Seat:
    """Seat the next of the draw. Who came to be bound to an applicant since the freezing is passed over, visibly."""
    taken = panel.places.count()
    for rank, entry in enumerate(order_of_panel(panel)[taken:], start=taken + 1):
        late = conflict_of(entry.expert, panel.call, on=timezone.localdate(at))
        if late is None:
            return Seat.objects.create(panel=panel, entry=entry, rank=rank, since=at)
        Seat.objects.create(
            panel=panel, entry=entry, rank=rank, since=at, state=SeatState.RECUSED, recused_at=at, reason=late.sentence
        )
    raise Refused("已没有可以递补的专家", "no_substitute", "请充实专家库后重新发布征集")


@transaction.atomic
def recuse(*, seat: Seat, reason: str, by: Actor, at: dt.datetime) -> Seat:
    """An expert steps back, or the bureau takes one off who cannot score; the next of the draw follows. Answers the new seat.

    Refused: another's seat, no reason, already scored, no substitute left.
    """
    panel = Panel.objects.select_for_update().select_related("call").get(pk=seat.panel_id)
    seat = Seat.objects.select_for_update(of=("self",)).select_related("entry__expert").get(pk=seat.pk)
    if by.user is None or (seat.entry.expert.user_id != by.user.pk and not _may_recuse(panel.call, by, at)):
        raise Refused("只能为本人申请回避", "foreign_seat", "请使用专家本人的账号，或由发布征集的单位办理")
    if seat.state == SeatState.RECUSED:
        raise Refused("已经回避", "recused", "不需要再次申请")
    if seat.scores.exists():
        raise Refused("已经提交过评分，不能再回避", "already_scored", "请联系征集单位")
    if not reason.strip():
        raise Refused("没有写明回避理由", "who_steps_back_says_when_and_why", "请写明与哪个申请有何利害关系")
    seat.state, seat.recused_at, seat.reason, seat.recused_by = SeatState.RECUSED, at, reason.strip()[:200], by.user
    seat.save(update_fields=["state", "recused_at", "reason", "recused_by"])
    with refusing():
        return _seat_next(panel, at)


def _may_recuse(call: Call, by: Actor, at: dt.datetime) -> bool:
    return bool(can_manage(by, call, terms_of(call.policy, call.subject, on=timezone.localdate(at))))
