"""Reports come in: each item whole or not at all; what was wrong stays on a list until it is put right."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from peibu.accounts.platforms import Platform
from peibu.kernel.errors import Problem
from peibu.learning.actions.statements import Conflict, store
from peibu.learning.models import ReportFailure, StatementId
from peibu.learning.queries.bodies import bodies_of
from peibu.learning.reports.fields import Fields, said
from peibu.learning.reports.files import read_file
from peibu.learning.reports.kinds import KINDS
from peibu.learning.reports.report import Learner, Report
from peibu.learning.statement.check import CHECKS
from peibu.learning.statement.package import Package
from peibu.learning.statement.same import same
from peibu.registry.models import Person

VERSION = "2.0.0"
_RACES = 3


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of a push: items taken, items that were here already, and every problem with its item and field."""

    taken: int
    known: int
    problems: list[Problem]


@dataclasses.dataclass(frozen=True)
class Sender:
    """On whose behalf: the platform, its home address in statements, the demo clock's shift."""

    platform: Platform
    home: str
    shift: dt.timedelta


def receive(
    kind: str, items: Sequence[object], *, by: Sender, at: dt.datetime, source: str, whole: bool = False
) -> Outcome:
    """Take the items of one kind. whole: all or nothing, as for a file that somebody will correct and send again."""
    reports = [_read(kind, one, place, by, at) for place, one in enumerate(items, start=1)]
    _placed(reports, by)
    _alone(reports)
    for _attempt in range(_RACES):
        _against_the_store(reports, by)
        good = [one for one in reports if not one.problems]
        if whole and len(good) < len(reports):
            break
        try:
            with transaction.atomic():
                new = _keep(good, by, at)
            _note(kind, reports, by, at, source)
            return Outcome(new, len(good) - new, _problems(reports))
        except Conflict:
            continue  # another request brought one of them this very moment: look again
    _note(kind, reports, by, at, source)
    return Outcome(0, 0, _problems(reports))


def receive_file(kind: str, name: str, content: bytes, *, by: Sender, at: dt.datetime, on: dt.date) -> Outcome:
    """Take a file, Excel or JSON, all or nothing; problems say the sheet and row."""
    file = read_file(kind, name, content, on=on)
    if file.problems:
        return Outcome(0, 0, file.problems)
    outcome = receive(kind, file.items, by=by, at=at, source=name, whole=True)
    return dataclasses.replace(outcome, problems=[file.in_place(one) for one in outcome.problems])


def _read(kind: str, item: object, place: int, by: Sender, at: dt.datetime) -> Report:
    report = Report(kind, by.platform.unit, by.home)
    fields = Fields(item, place, at, problems=report.problems)
    KINDS[kind](fields, report)
    return report


def _problems(reports: Sequence[Report]) -> list[Problem]:
    return [problem for one in reports for problem in one.problems]


def _fault(report: Report, place: int, column: str, what: str, why: str, todo: str, code: str) -> None:
    report.problems.append(Problem("", place, column, what, why, todo, code=code))


def _placed(reports: Sequence[Report], by: Sender) -> None:
    """A record belongs to a learner whose class was reported with that learner in it."""
    wanted = {UUID(one) for report in reports for one in report.needs}
    here = set(StatementId.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    for place, report in enumerate(reports, start=1):
        if any(UUID(one) not in here for one in report.needs):
            _fault(
                report, place, "identity", "该学员不在已上报的班级名单中", "学习记录要归到班级和学员",
                "请先上报班级（studentList 含该学员），再上报学习记录", "not_in_class",
            )  # fmt: skip


def _alone(reports: Sequence[Report]) -> None:
    """The same record twice in one push is taken once; told twice differently it is refused."""
    seen: dict[str, tuple[int, dict]] = {}
    for place, report in enumerate(reports, start=1):
        for one in list(report.statements):
            first, other = seen.setdefault(one["id"], (place, one))
            if other is one:
                continue
            report.statements.remove(one)
            if not same(one, other):
                _fault(
                    report, place, "", f"与第 {first} 条说的是同一条记录，内容却不同", "一条记录只能有一种内容",
                    "请核对后只保留正确的一条", "twice",
                )  # fmt: skip


def _against_the_store(reports: Sequence[Report], by: Sender) -> None:
    """What is here already stays: the same again does no harm, something else under its name is refused."""
    names = [one["id"] for report in reports if not report.problems for one in report.statements]
    kept = bodies_of(names, tenant=by.platform.unit)
    for place, report in enumerate(reports, start=1):
        if report.problems:
            continue
        if any(one["id"] in kept and not same(one, kept[one["id"]]) for one in report.statements):
            _fault(
                report, place, "", "该记录已上报过，内容与这次不同", "已收到的学习记录不能修改",
                "确需更正的，请向主管部门书面说明后另行补报", "changed",
            )  # fmt: skip


def _keep(reports: Sequence[Report], by: Sender, at: dt.datetime) -> int:
    """Store all statements in one batch. Returns how many of the reports brought something new."""
    statements = [one for report in reports for one in report.statements]
    names = {UUID(one["id"]) for one in statements}
    old = {str(name) for name in StatementId.objects.filter(pk__in=names).values_list("pk", flat=True)}
    new = sum(any(one["id"] not in old for one in report.statements) for report in reports)
    for one in statements:
        CHECKS["2"](one)
    files = {sha2: file for report in reports for sha2, file in report.files.items()}
    if statements:
        store(Package(statements, files), by=by.platform, home=by.home, version=VERSION, shift=by.shift)
    _know([learner for report in reports for learner in report.learners])
    return new


def _know(learners: Sequence[Learner]) -> None:
    """Persons by key, so that a record can be shown with a name to who may see it; those known stay as they are."""
    rows = {one.key: one for one in learners}
    known = set(Person.objects.filter(key__in=rows).values_list("key", flat=True))
    Person.objects.bulk_create(
        [
            Person(key=key, id_number=one.number, name=one.name, sex=one.sex, born_on=one.born_on)
            for key, one in rows.items()
            if key not in known
        ],
        ignore_conflicts=True,
    )


def _note(kind: str, reports: Sequence[Report], by: Sender, at: dt.datetime, source: str) -> None:
    """Put what failed on the list, and take off what is right now."""
    mine = ReportFailure.objects.filter(tenant=by.platform.unit, kind=kind)
    mine.filter(ref__in={one.ref for one in reports if one.ref}).delete()
    ReportFailure.objects.bulk_create(
        ReportFailure(
            tenant=by.platform.unit, kind=kind, ref=one.ref[:100], source=source[:120], position=place, at=at,
            problems=[_told(problem) for problem in one.problems],
        )
        for place, one in enumerate(reports, start=1)
        if one.problems
    )  # fmt: skip


def _told(problem: Problem) -> dict:
    return {"field": problem.column, "code": problem.code, "sentence": said(problem)}


def clear_failures(*, tenant: UUID, ids: Sequence[UUID] | None = None) -> int:
    """Take failures off a platform's list: the named ones, or all. Returns how many."""
    rows = ReportFailure.objects.filter(tenant=tenant)
    return (rows if ids is None else rows.filter(pk__in=ids)).delete()[0]
