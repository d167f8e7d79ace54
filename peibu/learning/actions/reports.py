"""Reports come in: each item whole or not at all; what was wrong stays on a list until it is put right."""

import copy
import dataclasses
import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from peibu.accounts.platforms import Platform
from peibu.kernel.errors import Problem, Refused
from peibu.kernel.names import check_name
from peibu.learning.actions.statements import Conflict, store
from peibu.learning.models import ReportFailure, StatementId
from peibu.learning.queries.bodies import bodies_of
from peibu.learning.reports.fields import Fields, masked, said
from peibu.learning.reports.files import read_file
from peibu.learning.reports.kinds import KINDS
from peibu.learning.reports.report import Report
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
    _names(reports)
    for _attempt in range(_RACES):
        _against_the_store(reports, by)
        _against_one_another(reports)
        good = [one for one in reports if not one.problems]
        if whole and len(good) < len(reports):
            break
        try:
            with transaction.atomic():
                new = _keep(good, by)
                _note(kind, reports, by, at, source, taken=good)
            return Outcome(new, len(good) - new, _problems(reports))
        except Conflict:
            continue  # another request brought one of them this very moment: look again
    else:
        _too_busy(reports)
    _note(kind, reports, by, at, source, taken=())
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
    report.name_by_content(item)
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


def _names(reports: Sequence[Report]) -> None:
    """The register of persons knows a learner by another name: number or name belongs to somebody else. The register is
    not a platform's to write, so a name is compared with it and not kept."""
    keys = {learner.key for report in reports for learner in report.learners}
    registered = dict(Person.objects.filter(key__in=keys).values_list("key", "name"))
    for place, report in enumerate(reports, start=1):
        for number, learner in enumerate(report.learners, start=1):
            if not _one_name(registered.get(learner.key, learner.name), learner.name):
                _fault(
                    report, place, f"studentList[{number}].name", "姓名与该身份证号码已登记的姓名不一致",
                    "一个号码只属于一个人", "请按身份证核对姓名和号码；登记有误的，请联系主管部门更正", "name_differs",
                )  # fmt: skip


def _one_name(registered: str, told: str) -> bool:
    try:
        return check_name(registered) == told
    except Refused:
        return registered == told  # registered long ago in characters that are not taken today


def _against_the_store(reports: Sequence[Report], by: Sender) -> None:
    """What is here already stays: the same again does no harm, something else under its name is refused, and so is what
    cannot be compared: its id is taken, but its content has left with its month or is another platform's."""
    names = [one["id"] for report in reports if not report.problems for one in report.statements]
    kept = bodies_of(names, tenant=by.platform.unit)
    taken = {str(pk) for pk in StatementId.objects.filter(pk__in=names).values_list("pk", flat=True)}
    for place, report in enumerate(reports, start=1):
        if report.problems:
            continue
        held = [one for one in report.statements if one["id"] in taken]
        if any(one["id"] in kept and not same(one, kept[one["id"]]) for one in held):
            _fault(
                report, place, "", "该记录已上报过，内容与这次不同", "已收到的学习记录不能修改",
                "确需更正的，请向主管部门书面说明后另行补报", "changed",
            )  # fmt: skip
        elif any(one["id"] not in kept for one in held):
            _fault(
                report, place, "", "该记录的编号已被占用，原内容无法核对",
                "原记录所在月份已归档，或编号由其他平台占用", "请联系主管部门查对；本条未保存", "not_comparable",
            )  # fmt: skip


def _against_one_another(reports: Sequence[Report]) -> None:
    """Told twice in one push with different contents: the later one is refused, if the earlier one can be taken."""
    seen: dict[str, tuple[int, dict]] = {}
    for place, report in enumerate(reports, start=1):
        if report.problems:
            continue
        other = [
            seen[one["id"]] for one in report.statements if one["id"] in seen and not same(one, seen[one["id"]][1])
        ]
        if other or _twice_itself(report):
            first = other[0][0] if other else place
            _fault(
                report, place, "", f"与第 {first} 条说的是同一条记录，内容却不同", "一条记录只能有一种内容",
                "请核对后只保留正确的一条", "twice",
            )  # fmt: skip
            continue
        for one in report.statements:
            seen.setdefault(one["id"], (place, one))


def _twice_itself(report: Report) -> bool:
    first: dict[str, dict] = {}
    return any(not same(one, first.setdefault(one["id"], one)) for one in report.statements)


def _too_busy(reports: Sequence[Report]) -> None:
    for place, report in enumerate(reports, start=1):
        if not report.problems:
            _fault(
                report, place, "", "没有保存", "同一时刻有其他请求在上报同样的记录", "请稍后原样重新上报", "busy",
            )  # fmt: skip


def _keep(reports: Sequence[Report], by: Sender) -> int:
    """Store all statements in one batch. Returns how many of the reports brought something new."""
    names = {UUID(one["id"]) for report in reports for one in report.statements}
    here = {str(name) for name in StatementId.objects.filter(pk__in=names).values_list("pk", flat=True)}
    once: dict[str, dict] = {}
    new = 0
    for report in reports:
        new += any(one["id"] not in here and one["id"] not in once for one in report.statements)
        for one in report.statements:
            once.setdefault(one["id"], one)
    statements = copy.deepcopy(list(once.values()))  # storing adds to them, and a lost race looks at them again
    for one in statements:
        CHECKS["2"](one)
    files = {sha2: file for report in reports for sha2, file in report.files.items()}
    if statements:
        store(Package(statements, files), by=by.platform, home=by.home, version=VERSION, shift=by.shift)
    return new


def _note(
    kind: str, reports: Sequence[Report], by: Sender, at: dt.datetime, source: str, *, taken: Sequence[Report]
) -> None:
    """Put what failed on the list; off it goes what was taken now, and what failed again stands there once."""
    failed = [(place, one) for place, one in enumerate(reports, start=1) if one.problems]
    over = {one.ref for one in [*taken, *(report for _place, report in failed)]}
    ReportFailure.objects.filter(tenant=by.platform.unit, kind=kind, ref__in=over).delete()
    ReportFailure.objects.bulk_create(
        ReportFailure(
            tenant=by.platform.unit, kind=kind, ref=one.ref, source=masked(source)[:120], position=place, at=at,
            problems=[_told(problem) for problem in one.problems],
        )
        for place, one in failed
    )  # fmt: skip


def _told(problem: Problem) -> dict:
    return {"field": problem.column, "code": problem.code, "sentence": said(problem)}


def clear_failures(*, tenant: UUID, ids: Sequence[UUID] | None = None) -> int:
    """Take failures off a platform's list: the named ones, or all. Returns how many."""
    rows = ReportFailure.objects.filter(tenant=tenant)
    return (rows if ids is None else rows.filter(pk__in=ids)).delete()[0]
