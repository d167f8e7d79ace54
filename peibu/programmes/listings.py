"""Deeds on published lists: a batch is published, a listing is paused, taken up again, ended (QD97.2.4, HD2.4.12)."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from peibu.accounts.models import Unit
from peibu.kernel.errors import Refused
from peibu.programmes.models import ListedUnit, ListingPause, PublishedList

DAY = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True)
class Line:
    """A unit to be listed; `name` is its course or speciality when the list is of those."""

    unit: Unit
    category: str = ""
    name: str = ""


@transaction.atomic
def publish_list(
    *, policy: str, role: str, title: str, issuers: Sequence[str], source: str, lines: Sequence[Line], at: dt.datetime
) -> PublishedList:
    """Publish the next batch of a policy's list; batches are numbered without gaps.

    Refused: no line, no title, a unit (with the same course) twice.
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
            published=published, unit=line.unit, position=n, category=line.category, name=line.name, valid_from=on
        )
        for n, line in enumerate(lines, start=1)
    )
    return published


@transaction.atomic
def pause_listing(*, listing: ListedUnit, since: dt.date, reason: str) -> ListingPause:
    """From this day on nothing new may be begun; classes that run go on. Refused when it is paused or over."""
    locked = ListedUnit.objects.select_for_update().get(pk=listing.pk)
    if not reason.strip():
        raise Refused("没有填写暂停理由", "a_pause_has_its_reason", "请写明理由")
    if locked.valid_until is not None and locked.valid_until < since:
        raise Refused("该单位已不在名单内", "listing_is_over", "不需要暂停")
    if locked.pauses.filter(days__overlap=(since, None)).exists():
        raise Refused("该单位已处于暂停状态", "a_listing_is_paused_once_a_day", "恢复后才能再次暂停")
    return ListingPause.objects.create(listing=locked, days=(since, None), reason=reason.strip()[:300])


@transaction.atomic
def resume_listing(*, listing: ListedUnit, since: dt.date) -> None:
    """Lift the pause: the day named is the first on which the unit is listed again."""
    locked = ListedUnit.objects.select_for_update().get(pk=listing.pk)
    pause = locked.pauses.filter(days__endswith__isnull=True).first()
    if pause is None or pause.days.lower >= since:
        raise Refused("该单位没有可以在这一天解除的暂停", "not_paused", "请核对暂停日期，解除日须晚于暂停日")
    pause.days = (pause.days.lower, since)
    pause.save(update_fields=["days"])


@transaction.atomic
def end_listing(*, listing: ListedUnit, last_day: dt.date) -> ListedUnit:
    """The unit leaves the list after this day; it is never moved to a later day again."""
    locked = ListedUnit.objects.select_for_update().get(pk=listing.pk)
    if locked.valid_until is not None and locked.valid_until <= last_day:
        raise Refused(f"该单位的列入已于{locked.valid_until:%Y-%m-%d}结束", "listing_is_over", "不需要再次退出")
    locked.valid_until = max(last_day, locked.valid_from)
    locked.save(update_fields=["valid_until"])
    return locked


def restore_listing(*, listing: ListedUnit, until: dt.date | None) -> None:
    """An exit that an appeal overturned is as if it had not been: `until` is the end the listing had before."""
    ListedUnit.objects.filter(pk=listing.pk).update(valid_until=until)
