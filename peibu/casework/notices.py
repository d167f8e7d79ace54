"""Public notices (公示): an immutable snapshot, open for counted working days, provable line by line."""

import dataclasses
import datetime as dt
import json
import logging
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from peibu.accounts.actor import SYSTEM, Actor
from peibu.accounts.models import Unit
from peibu.casework import merkle
from peibu.casework.actions import move_case
from peibu.casework.enums import NoticeState
from peibu.casework.models import Case, NoticeLine, PublicNotice
from peibu.casework.numbering import next_number
from peibu.casework.queries import objections_to_the_whole
from peibu.casework.reachability import days_lost
from peibu.kernel.errors import Refused
from peibu.kernel.workdays import default_calendar
from peibu.rulebook import load_policy

# The only columns a notice may show. Anything else about a person is refused, whoever publishes.
COLUMNS = frozenset({"programme", "policy_number", "enterprise", "cohort", "name", "amount_fen", "role", "subject"})
DIGITS = re.compile(r"\d{6,}|\d{3}\*+\d")
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that is misread on paper
TOKEN_LENGTH = 8
END_MOVE = "end_notice"
log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Entry:
    """What shall stand in a notice about one subject of a case; `columns` are already masked."""

    case: Case
    subject_id: UUID
    columns: Mapping[str, str | int]


def line_text(notice_number: str, position: int, token: str, columns: Mapping) -> str:
    """The canonical text of a line, which its hash is taken of."""
    told = {"notice": notice_number, "position": position, "token": token, **columns}
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@transaction.atomic
def publish(
    *,
    entries: Sequence[Entry],
    policy: str,
    title: str,
    agency: Unit,
    state: str = "notice",
    by: Actor,
    at: dt.datetime,
) -> PublicNotice:
    """Make the snapshot and open it for the working days that `state` of the case's process names (QD97.5.3).

    Refused: no lines, a column outside the allow-list, a name with digits of a number in it.
    """
    if not entries:
        raise Refused("公示名单为空", "notice_without_lines", "请先选择有拟补贴人员的业务")
    for entry in entries:
        _only_allowed(entry.columns)
    on = timezone.localdate(at)
    code = agency.division.number_code
    number = f"GS{on.year}-{code}-{next_number(f'notice/{code}/{on.year}'):05d}"
    rows = [(place, _token(), entry) for place, entry in enumerate(entries, start=1)]
    texts = [line_text(number, place, token, entry.columns) for place, token, entry in rows]
    leaves = [merkle.leaf_hash(text.encode()) for text in texts]
    notice = PublicNotice.objects.create(
        division=agency.division,
        number=number,
        policy=policy,
        title=title,
        agency=agency,
        opened_at=at,
        ends_on=default_calendar().deadline(on, notice_days(policy, entries[0].case.process, state, on=on)),
        root=merkle.root_of(leaves).hex(),
    )
    NoticeLine.objects.bulk_create(
        NoticeLine(
            notice=notice,
            case=entry.case,
            subject_id=entry.subject_id,
            position=place,
            columns=dict(entry.columns),
            token=token,
            leaf=leaf.hex(),
        )
        for (place, token, entry), leaf in zip(rows, leaves, strict=True)
    )
    return notice


def notice_days(policy: str, process: str, state: str, *, on: dt.date) -> int:
    """The working days of a notice: the number that the process names, on the law of the day."""
    read = load_policy(policy)
    value = read.processes[process]["states"][state]["notice"]["working_days"]
    return value if isinstance(value, int) else int(read.value(value, on=on))


def _only_allowed(columns: Mapping[str, str | int]) -> None:
    extra = sorted(set(columns) - COLUMNS)
    if extra:
        raise Refused(f"公示内容含有不得公开的栏目：{'、'.join(extra)}", "notice_column_forbidden", "请去掉这些栏目")
    if DIGITS.search(str(columns.get("name", ""))):
        raise Refused("公示姓名中含有证件号码或电话号码", "notice_name_has_digits", "请更正姓名后再公示")


def _token() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(TOKEN_LENGTH))


def proof_of(line: NoticeLine) -> dict:
    """What a citizen needs to check that a line stood in the notice as published: its text, or once the list has been taken
    down its hash, which whoever kept the text can compute."""
    rows = list(line.notice.lines.order_by("position"))
    leaves = [bytes.fromhex(row.leaf) for row in rows]
    index = next(place for place, row in enumerate(rows) if row.pk == line.pk)
    whole = line.notice.taken_down_at is None
    text = line_text(line.notice.number, line.position, line.token, line.columns) if whole else None
    return {
        "notice": line.notice.number,
        "root": line.notice.root,
        "size": len(rows),
        "index": index,
        **({"line": text} if whole else {"leaf": line.leaf}),
        "path": [one.hex() for one in merkle.proof_of(leaves, index)],
        "hashing": "RFC 6962, SHA-256",
    }


def full_days(notice: PublicNotice, *, on: dt.date) -> int:
    """Working days of notice that are over before a day begins and on which it could be reached: after the day of publication,
    up to its last day."""
    start = timezone.localdate(notice.opened_at)
    until = max(start, min(on - dt.timedelta(days=1), last_day(notice, on=on)))
    gone = default_calendar().workdays_between(start, until)
    return max(0, gone - len(days_lost(notice.policy, start, until)))


def last_day(notice: PublicNotice, *, on: dt.date) -> dt.date:
    """The last day of the notice as known on a day: the one announced, put off by each working day it could not be reached."""
    start, calendar = timezone.localdate(notice.opened_at), default_calendar()
    wanted, end = calendar.workdays_between(start, notice.ends_on), notice.ends_on
    while True:
        over = min(end, on - dt.timedelta(days=1))
        lost = len(days_lost(notice.policy, start, over)) if over > start else 0
        later = calendar.deadline(start, wanted + lost)
        if later == end:
            return end
        end = later


def is_open(notice: PublicNotice, *, on: dt.date) -> bool:
    """May the public still object? Up to the last second of the last day."""
    return notice.state == NoticeState.OPEN and on <= last_day(notice, on=on)


def public_notices() -> QuerySet[PublicNotice]:
    return PublicNotice.objects.select_related("agency", "division").order_by("-opened_at")


def notice_of(case: Case) -> PublicNotice | None:
    """The newest notice a case stands in."""
    return PublicNotice.objects.filter(lines__case=case).order_by("-opened_at").first()


def close_due_notices(*, by: Actor = SYSTEM, at: dt.datetime, only: PublicNotice | None = None) -> list[Case]:
    """Close every notice whose last day is over; move on the cases no objection holds. Answers the cases moved.

    Each case moves in a transaction of its own: one that is refused does not keep the others waiting.
    """
    on = timezone.localdate(at)
    announced = PublicNotice.objects.filter(ends_on__lt=on)
    announced = announced.filter(pk=only.pk) if only else announced
    waiting = [one.pk for one in announced.filter(state=NoticeState.OPEN) if is_open(one, on=on)]
    due = announced.exclude(pk__in=waiting)
    due.filter(state=NoticeState.OPEN).update(state=NoticeState.CLOSED, closed_at=at)
    cases = Case.objects.filter(notice_lines__notice__in=due, state="notice").distinct()
    return [moved for case in cases if (moved := _move_on(case, by, at)) is not None]


def _move_on(case: Case, by: Actor, at: dt.datetime) -> Case | None:
    if objections_to_the_whole(case).exists():
        return None
    try:
        return move_case(case=case, move=END_MOVE, by=by, at=at)
    except Refused as refusal:
        log.warning("notice over, but case %s stays: %s", case.number, refusal)
        return None


def lines_by_text(notice: PublicNotice, text: str) -> QuerySet[NoticeLine]:
    """Lines found by token, enterprise or masked name."""
    rows = notice.lines.order_by("position")
    text = text.strip()
    if not text:
        return rows
    return rows.filter(
        Q(token=text.upper()) | Q(columns__enterprise__icontains=text) | Q(columns__name__icontains=text)
    )


def is_about_money(notice: PublicNotice) -> bool:
    """Does it publish sums to be paid? Otherwise it publishes units to be listed (QD97.2.4)."""
    return notice.lines.filter(columns__has_key="amount_fen").exists()


def totals(lines: Iterable[NoticeLine]) -> tuple[int, int]:
    """(people, fen) of lines."""
    amounts = [int(line.columns.get("amount_fen", 0)) for line in lines]
    return len(amounts), sum(amounts)
