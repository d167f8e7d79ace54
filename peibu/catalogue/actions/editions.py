"""A catalogue arrives as a file, is read, compared with what holds, and put into force on its day."""

import dataclasses
import datetime as dt
import hashlib
import re

from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.models import Division, Unit
from peibu.catalogue.enums import IMPORTED, CatalogueKind, EditionState
from peibu.catalogue.files import edition_spec
from peibu.catalogue.fragments import grams, words_of
from peibu.catalogue.models import Edition, Entry
from peibu.catalogue.permissions import require_publisher
from peibu.catalogue.queries.editions import changes_of
from peibu.catalogue.refusals import SENTENCES
from peibu.intake import TableResult, read_table
from peibu.kernel.errors import Problem, Refused

CODE = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z-]{0,28}[0-9A-Za-z])?")
AT_ONCE_BYTES = 100_000
"""A longer file is read by the job worker while the page shows how far it is."""
STEP = 500


@transaction.atomic
def receive_edition(
    *, kind: str, division: Division, title: str, source: str, effective_from: dt.date, name: str, content: bytes,
    by: Actor, at: dt.datetime,
) -> Edition:  # fmt: skip
    """Take the file of a catalogue in. A short one is read at once, a long one by a job; see `Edition.state`.

    Refused: a kind that is not published from a file, a division the actor does not publish for, no title or source.
    """
    require_publisher(by, division)
    if kind not in IMPORTED:
        raise Refused("劳动者培训需求目录由登记的需求汇总，不从文件导入", "not_imported", "请选择其他目录")
    if not title.strip() or not source.strip():
        raise Refused(*_refusal("an_edition_has_title_and_source"))
    edition = Edition.objects.create(
        kind=kind, division=division, title=title.strip(), source=source.strip(), effective_from=effective_from,
        file_name=name[:200], sha256=hashlib.sha256(content).hexdigest(), content=content,
        uploaded_by=by.user, uploaded_at=at,
    )  # fmt: skip
    if len(content) > AT_ONCE_BYTES:
        from peibu.catalogue.tasks import read_edition_file  # the task calls back into this file

        read_edition_file.defer(edition=str(edition.pk))
        return edition
    return read_edition(edition)


def _refusal(name: str) -> tuple[str, str, str]:
    what, todo = SENTENCES[name]
    return what, name, todo


def read_edition(edition: Edition) -> Edition:
    """Read the kept file: all problems at once, or the rows. Safe to run again."""
    if edition.state != EditionState.READING:
        return edition
    result = read_table(edition.file_name, bytes(edition.content), edition_spec(edition.kind))
    Edition.objects.filter(pk=edition.pk).update(total=len(result.rows))
    edition.total = len(result.rows)
    rows = _rows(edition, result)
    edition.notes = result.notes
    edition.done, edition.content = edition.total, b""
    edition.problems = [dataclasses.asdict(problem) for problem in sorted(result.problems, key=_place)]
    wrong = {problem.row for problem in result.problems}
    edition.wrong_rows = {str(n): row for n, row in result.originals.items() if n in wrong}
    edition.rows = [] if result.problems else rows
    edition.state = EditionState.WRONG if result.problems else EditionState.PROPOSED
    edition.save()
    return edition


def _place(problem: Problem) -> tuple[bool, int]:
    return problem.row is None, problem.row or 0


def _rows(edition: Edition, result: TableResult) -> list[dict]:
    """The rows with their institution; what is wrong with them joins the problems of the file."""
    units = _units(edition, result)
    seen: dict[tuple, int] = {}
    rows = []
    for at, (number, row) in enumerate(zip(result.row_numbers, result.rows, strict=True), start=1):
        unit = units.get(row.get("unit_name", "")) if edition.kind == CatalogueKind.SPECIALITIES else None
        result.problems.extend(_wrong(edition, result.sheet, number, row, unit))
        first = seen.setdefault((row["code"], row["level"], row.get("unit_name", "")), number)
        if first != number:
            result.problems.append(_repeated(result.sheet, number, first))
        rows.append(_kept(row, unit))
        if at % STEP == 0:
            Edition.objects.filter(pk=edition.pk).update(done=at)
    return rows


def _kept(row: dict, unit: Unit | None) -> dict:
    return {
        "code": row["code"], "name": row["name"], "level": str(row["level"]), "industry": row["industry"] or "",
        "note": row["note"] or "", "headcount": row.get("headcount"), "unit": str(unit.pk) if unit else "",
        "unit_name": row.get("unit_name", ""),
    }  # fmt: skip


def _units(edition: Edition, result: TableResult) -> dict[str, Unit]:
    """Organisations of the catalogue's place by name; a name that two of them share names neither."""
    names = {row.get("unit_name") for row in result.rows}
    found: dict[str, Unit | None] = {}
    rows = Unit.objects.filter(kind="organisation", name__in=names, division__in=_and_below(edition.division))
    for unit in rows.select_related("division"):
        found[unit.name] = None if unit.name in found else unit
    return {name: unit for name, unit in found.items() if unit is not None}


def _and_below(division: Division) -> set[Division]:
    """The division with everything below it or served by it."""
    found, ahead = set(), [division]
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead += Division.objects.filter(Q(parent=one) | Q(served_by=one))
    return found


def _wrong(edition: Edition, sheet: str, number: int, row: dict, unit: Unit | None) -> list[Problem]:
    found = []
    if not CODE.fullmatch(row["code"]):
        todo = "请填写国家职业分类大典的编码，如 6-31-01-03；目录外的专业请使用发布单位自编的编码"
        why = "编码只能由数字、字母和连字符组成"
        found.append(Problem(sheet, number, "职业编码", f"“{row['code']}”不是职业编码", why, todo, code="code"))
    if row.get("headcount") is not None and row["headcount"] < 0:
        found.append(Problem(sheet, number, "紧缺人数", "人数不能为负数", "", "请填写整数或留空", code="headcount"))
    if edition.kind == CatalogueKind.SPECIALITIES and unit is None:
        why = "专业目录只收登记在适用地区的机构，名称须与登记的一致"
        todo = "请核对机构全称；尚未登记的机构请先登记"
        found.append(Problem(sheet, number, "培训机构", f"没有找到“{row['unit_name']}”", why, todo, code="unit"))
    return found


def _repeated(sheet: str, number: int, first: int) -> Problem:
    why = "同一职业（机构）的同一等级只能有一行"
    return Problem(sheet, number, "职业编码", f"与第 {first} 行重复", why, "请删去一行或改正等级", code="duplicate")


def put_in_force(*, edition: Edition, by: Actor, at: dt.datetime) -> Edition:
    """Let a proposed edition take effect on its day: what it lacks ends, what it brings or changes begins.

    Refused when it is not proposed, when its day is over (what was judged since rests on what held then), when a later
    or equal edition is in force already, or for a foreign division.
    """
    require_publisher(by, edition.division)
    try:
        with transaction.atomic():
            _one_at_a_time(edition)
            row = Edition.objects.select_for_update().select_related("division").get(pk=edition.pk)
            _must_be_next(row, on=timezone.localdate(at))
            _carry_out(row)
            row.state, row.decided_by, row.decided_at = EditionState.IN_FORCE, by.user, at
            row.save()
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
        if name not in SENTENCES:
            raise
        raise Refused(*_refusal(name)) from error
    return row


def _one_at_a_time(edition: Edition) -> None:
    """Two editions of one catalogue never take effect side by side: each would be compared with what the other ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext(%s))", [f"catalogue:{edition.kind}:{edition.division_id}"]
        )


def _must_be_next(row: Edition, *, on: dt.date) -> None:
    if row.state != EditionState.PROPOSED:
        raise Refused(f"该版本的状态是“{row.get_state_display()}”，不能生效", "not_proposed", "请刷新页面")
    if row.effective_from < on:
        raise Refused(
            f"生效日期{row.effective_from}已过，目录不能追溯生效",
            "edition_in_the_past",
            "请放弃该版本，填写今天或以后的日期后重新上传",
        )
    last = (
        Edition.objects.filter(kind=row.kind, division_id=row.division_id, state=EditionState.IN_FORCE)
        .order_by("-effective_from")
        .first()
    )
    if last and last.effective_from >= row.effective_from:
        raise Refused(
            f"现行版本自{last.effective_from}起生效，新版本的生效日期{row.effective_from}须晚于它",
            "edition_too_early",
            "请放弃该版本，填写较晚的生效日期后重新上传",
        )


def _carry_out(row: Edition) -> None:
    told = changes_of(row)
    ended = [*told.removed, *(old for old, _new in told.changed)]
    for old in ended:
        old.valid = DateRange(old.valid.lower, row.effective_from)
        old.closed_by = row
        # Whoever reads the line of words reads what the entry was: only its end is written.
        old.save(update_fields=["valid", "closed_by"])
    new = [*told.added, *(new for _old, new in told.changed)]
    Entry.objects.bulk_create([_entry(row, one) for one in new], batch_size=1000)


def _entry(edition: Edition, row: dict) -> Entry:
    words = words_of(row["name"], row["code"], *filter(None, [row["unit_name"]]))
    return Entry(
        kind=edition.kind, division=edition.division, code=row["code"], name=row["name"], level=row["level"],
        industry=row["industry"], unit_id=row["unit"] or None, holder=row["unit"], headcount=row["headcount"],
        note=row["note"], valid=DateRange(edition.effective_from, None), opened_by=edition, words=words,
        grams=grams(words),
    )  # fmt: skip


@transaction.atomic
def drop_edition(*, edition: Edition, by: Actor, at: dt.datetime) -> Edition:
    """Give an edition up that has not taken effect; it stays in the history."""
    require_publisher(by, edition.division)
    row = Edition.objects.select_for_update().get(pk=edition.pk)
    if row.state in (EditionState.IN_FORCE, EditionState.DROPPED):
        raise Refused(f"该版本的状态是“{row.get_state_display()}”，不能放弃", "edition_final", "请刷新页面")
    row.state, row.decided_by, row.decided_at, row.content = EditionState.DROPPED, by.user, at, b""
    row.save()
    return row
