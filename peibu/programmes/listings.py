"""Deeds on published lists: a batch is published, a listing is paused, taken up again, ended (QD97.2.4, HD2.4.12)."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone

from peibu.accounts.models import Unit
from peibu.kernel.errors import Refused
from peibu.programmes.models import ListedUnit, ListingPause, PublishedList

DAY = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True)
class Line:
    """A unit to be listed; `name` is its course or speciality when the list is of those, `code` the speciality's."""

    unit: Unit
    category: str = ""
    name: str = ""
    code: str = ""


@transaction.atomic
def publish_list(
    *,
    policy: str,
    role: str,
    title: str,
    issuers: Sequence[str],
    source: str,
    lines: Sequence[Line],
    awaits_signature: bool = False,
    at: dt.datetime,
) -> PublishedList:
    """Publish the next batch of a policy's list; batches are numbered without gaps.

    awaits_signature: nobody is listed before `begin_listing`. Refused: no line, no title, a unit (with the same course)
    twice.
    """
    if not lines:
        raise Refused("名单为空", "list_without_lines", "请先选择公示期满的申请")
    if not title.strip():
        raise Refused("没有填写名单标题", "list_without_title", "请填写标题，例如“第二批培训承接单位名单”")
    if len({(line.unit.pk, line.name) for line in lines}) < len(lines):
        raise Refused("同一单位在名单中重复", "listed_twice", "请核对所选申请")
    on = timezone.localdate(at)
    # the lists of a policy are numbered one after the other: two people who publish at once get two batches
    earlier = PublishedList.objects.select_for_update().filter(policy=policy, role=role)
    list(earlier.values_list("pk", flat=True))
    last = PublishedList.objects.filter(policy=policy, role=role).aggregate(last=Max("batch"))["last"] or 0
    published = PublishedList.objects.create(
        policy=policy,
        role=role,
        batch=last + 1,
        title=title.strip(),
        published_on=on,
        issuers=list(issuers),
        source=source,
    )
    ListedUnit.objects.bulk_create(
        ListedUnit(
            published=published,
            unit=line.unit,
            position=n,
            category=line.category,
            name=line.name,
            code=line.code,
            valid_from=on,
            awaits_signature=awaits_signature,
            agreed_list=f"{policy}/{role}" if awaits_signature else "",
        )
        for n, line in enumerate(lines, start=1)
    )
    return published


@transaction.atomic
def begin_listing(*, listing: ListedUnit, first_day: dt.date, last_day: dt.date) -> ListedUnit:
    """A listing that waited for a signature holds on these days."""
    locked = ListedUnit.objects.select_for_update().get(pk=listing.pk)
    locked.awaits_signature, locked.valid_from, locked.valid_until = False, first_day, last_day
    locked.save(update_fields=["awaits_signature", "valid_from", "valid_until"])
    return locked


def running_agreement(*, policy: str, role: str, unit: Unit, name: str, on: dt.date) -> ListedUnit | None:
    """The listing by agreement of a unit that holds or will hold on a day or after it, the one that ends last; a renewal
    begins after it."""
    rows = ListedUnit.objects.filter(agreed_list=f"{policy}/{role}", unit=unit, name=name, awaits_signature=False)
    rows = rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=on))
    return rows.order_by(F("valid_until").desc(nulls_first=True)).first()


def rows_of_unit(listing: ListedUnit) -> QuerySet[ListedUnit]:
    """Every listing of the unit (for the same course) on the lists of a policy and role: being on any of them counts."""
    published = listing.published
    rows = ListedUnit.objects.filter(unit_id=listing.unit_id, name=listing.name)
    return rows.filter(published__policy=published.policy, published__role=published.role).order_by("pk")


def _locked(listing: ListedUnit, since: dt.date) -> list[ListedUnit]:
    """The listings of the unit that are not over on a day, locked."""
    rows = rows_of_unit(listing).select_for_update(of=("self",))
    return [row for row in rows if row.valid_until is None or row.valid_until >= since]


@transaction.atomic
def pause_unit(*, listing: ListedUnit, since: dt.date, reason: str) -> list[ListingPause]:
    """From this day on nothing new may be begun; classes that run go on. Refused when it is paused or over."""
    if not reason.strip():
        raise Refused("没有填写暂停理由", "a_pause_has_its_reason", "请写明理由")
    rows = _locked(listing, since)
    if not rows:
        raise Refused("该单位已不在名单内", "listing_is_over", "不需要暂停")
    held = ListingPause.objects.filter(listing__in=rows, days__overlap=(since, None))
    if any(pause.days.lower > since for pause in held):
        raise Refused("该单位已有一次将来生效的暂停", "a_listing_is_paused_once_a_day", "请先解除，再重新办理")
    open_rows = [row for row in rows if row.pk not in {pause.listing_id for pause in held}]
    if not open_rows:
        raise Refused("该单位已处于暂停状态", "a_listing_is_paused_once_a_day", "恢复后才能再次暂停")
    told = reason.strip()[:300]
    return [ListingPause.objects.create(listing=row, days=(since, None), reason=told) for row in open_rows]


@transaction.atomic
def resume_unit(*, listing: ListedUnit, since: dt.date) -> None:
    """Lift the pause: the day named is the first on which the unit is listed again."""
    rows = _locked(listing, since)
    pauses = [one for row in rows for one in row.pauses.filter(days__upper_inf=True)]
    if not pauses or any(pause.days.lower >= since for pause in pauses):
        raise Refused("该单位没有可以在这一天解除的暂停", "not_paused", "请核对暂停日期，解除日须晚于暂停日")
    _end(pauses, since)


def _end(pauses: Iterable[ListingPause], first_day: dt.date) -> None:
    for pause in pauses:
        pause.days = DateRange(pause.days.lower, max(first_day, pause.days.lower))
        pause.save(update_fields=["days"])


@transaction.atomic
def lift_pauses(*, pause_ids: Sequence[str], on: dt.date) -> None:
    """End these pauses, as far as they are open, with this day; one that lies ahead never begins."""
    _end(ListingPause.objects.select_for_update().filter(pk__in=pause_ids, days__upper_inf=True), on)


def is_paused(*, policy: str, role: str, unit: Unit, name: str, on: dt.date) -> bool:
    """Is the unit held back on this list today, or without an end from a later day on?"""
    held = ListingPause.objects.filter(
        listing__published__policy=policy, listing__published__role=role, listing__unit=unit, listing__name=name
    )
    return held.filter(Q(days__contains=on) | Q(days__upper_inf=True)).exists()


@transaction.atomic
def end_unit(*, listing: ListedUnit, last_day: dt.date) -> list[tuple[ListedUnit, dt.date | None]]:
    """The unit leaves the list after this day, with every listing; answers each with the end it had before."""
    rows = [row for row in _locked(listing, last_day) if row.valid_until != last_day]
    if not rows:
        raise Refused("该单位的列入已经结束", "listing_is_over", "不需要再次退出")
    return [(end_listing(listing=row, last_day=last_day), row.valid_until) for row in rows]


@transaction.atomic
def end_listing(*, listing: ListedUnit, last_day: dt.date) -> ListedUnit:
    """The unit leaves the list after this day; it is never moved to a later day again."""
    locked = ListedUnit.objects.select_for_update().get(pk=listing.pk)
    if locked.valid_until is not None and locked.valid_until <= last_day:
        raise Refused(f"该单位的列入已于{locked.valid_until:%Y-%m-%d}结束", "listing_is_over", "不需要再次退出")
    locked.valid_until = last_day
    locked.save(update_fields=["valid_until"])
    return locked


def restore_listing(*, listing_id: str, until: dt.date | None, ended: dt.date) -> None:
    """An exit that an appeal overturned is as if it had not been: `until` is the end the listing had before.

    Nothing happens when the listing does not end on the day that exit set: another end came since.
    """
    ListedUnit.objects.filter(pk=listing_id, valid_until=ended).update(valid_until=until)
