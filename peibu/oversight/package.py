"""The archive of a class as one file: everything readable by people, everything checkable by machines (QD97.6.2).

`collect` writes the files; `peibu.kernel.packages` puts them into one zip with `SHA256SUMS` and its root.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable
from decimal import Decimal

from django.utils import timezone

from peibu.casework.enums import Purpose
from peibu.casework.models import Determination, Document
from peibu.casework.queries import documents_of, timeline
from peibu.kernel.packages import file_name
from peibu.oversight.facts import cases_of, exam_documents, subjects_of
from peibu.oversight.package_delivery import call_backs, lesson_notes, performance_report
from peibu.oversight.package_exam import exam_record
from peibu.oversight.package_tables import class_table as _table
from peibu.oversight.package_teaching_end import teaching_end
from peibu.papers.office_tables import Column
from peibu.papers.plain_papers import Part, plain_pdf
from peibu.training.enums import EnrolmentState
from peibu.training.filing_papers import in_chinese, plan_rows
from peibu.training.models import Cohort, Exam
from peibu.training.queries.attendance import made_up, rates
from peibu.training.queries.effective import effective_points
from peibu.training.queries.photos import photos_of

Files = dict[str, bytes]


def collect(cohort: Cohort, *, on: dt.date, progress: Callable[[int], None] = lambda done: None) -> Files:
    """Every file of the archive by its path in the package."""
    files: Files = {}
    for done, step in enumerate(STEPS, start=1):
        files |= step(cohort, on)
        progress(done)
    return files


def _about(cohort: Cohort, on: dt.date) -> Files:
    division = cohort.division.name
    rows = [
        ("班次", f"{cohort.name}（{cohort.case.number}）"),
        ("承接单位", f"{cohort.provider.name}，{division}"),
        ("培训日期", f"{cohort.opens_on} 至 {cohort.ends_on}"),
        ("归档日期", str(on)),
        ("怎样核对", "解压后在本文件夹执行 sha256sum -c SHA256SUMS，每一行都应显示 OK；\n"
                     "manifest.json 中的 root 是 SHA256SUMS 的 SHA-256，应与平台上显示的档案指纹一致。"),
    ]  # fmt: skip
    parts = [Part(heading=head, paragraphs=text.splitlines()) for head, text in rows]
    return {"00-档案说明.pdf": plain_pdf(title=f"{cohort.name}培训档案", parts=parts, dated=on)}


@in_chinese
def _plan(cohort: Cohort, on: dt.date) -> Files:
    plan = cohort.plan
    bases = [f"{b.unit.name}（{_when(b.signed_at)}会签）" for b in plan.bases.select_related("unit")]
    signed = "；".join([f"{plan.provider.name}（{_when(plan.signed_at)}签署）", *bases])
    rows = [*((head, text) for head, text in plan_rows(plan) if text), ("签署", signed)]
    parts = [Part(heading=head, paragraphs=text.splitlines() or ["—"]) for head, text in rows]
    title = f"{plan.project_name}培训方案"
    return {"01-培训方案/培训方案.pdf": plain_pdf(title=title, parts=parts, dated=on, note=cohort.name)}


def _when(moment: dt.datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else "未"


def _people(cohort: Cohort):
    rows = cohort.enrolments.filter(state=EnrolmentState.ACTIVE).select_related("person", "enterprise", "line")
    return rows.order_by("enrolled_at", "id")


def _roster(cohort: Cohort, on: dt.date) -> Files:
    columns = [
        Column("序号", "serial"),
        Column("姓名"),
        Column("公民身份号码", width=22),
        Column("工作单位", width=30),
        Column("岗位", width=18),
    ]
    rows = [[r.person.name, r.person.id_number, r.enterprise.name, r.line.post] for r in _people(cohort)]
    return {"02-花名册/花名册.xlsx": _table(cohort, "培训人员花名册", columns, rows, on)}


def _timetable(cohort: Cohort, on: dt.date) -> Files:
    columns = [
        Column("序号", "serial"),
        Column("日期", "date"),
        Column("时间", width=14),
        Column("类别", width=12),
        Column("课程", width=32),
        Column("教师"),
        Column("地点", width=28),
        Column("课时", "count"),
    ]
    rows = [
        [
            timezone.localdate(s.starts_at),
            f"{timezone.localtime(s.starts_at):%H:%M}-{timezone.localtime(s.ends_at):%H:%M}",
            str(s.get_kind_display()),
            s.subject,
            s.teacher.name if s.teacher else "",
            s.place,
            s.class_hours,
        ]
        for s in cohort.sessions.select_related("teacher").order_by("starts_at")
    ]
    return {"01-培训方案/课程表.xlsx": _table(cohort, "课程表", columns, rows, on)}


def _sign_ins(cohort: Cohort, on: dt.date) -> Files:
    sessions = list(cohort.sessions.exclude(kind="exam").order_by("starts_at"))
    heads = [Column(f"{timezone.localtime(s.starts_at):%m-%d %H:%M}", width=18) for s in sessions]
    people = list(_people(cohort).prefetch_related("attendances"))
    elsewhere = {(leave.enrolment_id, leave.session_id): leave for leave in made_up(cohort)}
    came = {person.pk: rate for person, rate in rates(cohort)}
    rows = []
    for row in people:
        signed = {a.session_id: a for a in row.attendances.all()}
        signs = [_sign(signed.get(s.pk), elsewhere.get((row.pk, s.pk))) for s in sessions]
        rows.append([row.person.name, *signs, f"{came[row.pk].present}/{came[row.pk].due}"])
    columns = [Column("序号", "serial"), Column("姓名"), *heads, Column("到课", width=10)]
    return {"03-签到簿/签到簿.xlsx": _table(cohort, "签到簿", columns, rows, on)}


def _sign(attendance, leave) -> str:
    if attendance is None:
        return f"补课 {timezone.localtime(leave.made_at):%Y-%m-%d %H:%M}" if leave else "未到"
    moment = f"{timezone.localtime(attendance.signed_at):%H:%M:%S}"
    if not attendance.reason:
        return moment
    entered = f"（{_when(attendance.entered_at)}登记）" if attendance.entered_at else ""
    return f"{moment} 补签{entered}：{attendance.reason}"


def _logs(cohort: Cohort, on: dt.date) -> Files:
    rows = cohort.logs.select_related("session", "written_by").order_by("session__starts_at")
    parts = [
        Part(
            heading=f"{timezone.localtime(r.session.starts_at):%Y-%m-%d %H:%M} {r.session.subject}",
            paragraphs=[*r.text.splitlines(), f"记录人：{r.written_by.name}，{_when(r.written_at)}"],
        )
        for r in rows
    ]
    parts = parts or [Part(heading="", paragraphs=["没有培训日志。"])]
    return {"04-培训日志/培训日志.pdf": plain_pdf(title=f"{cohort.name}培训日志", parts=parts, dated=on)}


def _kept(folder: str, documents: Iterable[Document]) -> Files:
    """Stored files under numbered names that every system can unpack."""
    return {f"{folder}/{n:03d}-{file_name(d.name)}": _read(d) for n, d in enumerate(documents, start=1)}


def _read(document: Document) -> bytes:
    with document.file.open("rb") as file:
        return file.read()


def _sheets(cohort: Cohort, on: dt.date) -> Files:
    """The photographed paper sheets that manual entries were copied from."""
    return _kept("03-签到簿/纸质签到表", documents_of(cohort.pk, Purpose.SIGNIN_SHEET))


def _pictures(cohort: Cohort, on: dt.date) -> Files:
    return _kept("05-影像资料", photos_of(cohort))


def _exam(cohort: Cohort, on: dt.date) -> Files:
    files = _kept("06-考核试卷", exam_documents(cohort))
    exam = getattr(cohort, "exam", None)
    if exam is not None:
        files["06-考核试卷/成绩单.xlsx"] = _scores(cohort, exam, on)
        files["06-考核试卷/监考记录.pdf"] = _supervision(cohort, exam, on)
    return files


def _scores(cohort: Cohort, exam: Exam, on: dt.date) -> bytes:
    columns = [
        Column("序号", "serial"),
        Column("姓名"),
        Column("成绩", width=12),
        Column("有效成绩", width=12),
        Column("录入人"),
    ]
    scores = exam.scores.select_related("enrolment__person", "entered_by").order_by("enrolment__enrolled_at", "pk")
    counts = effective_points(exam)
    rows = [
        [s.enrolment.person.name, _told(s.points), _told(counts.get(s.enrolment_id)), s.entered_by.name]
        for s in scores
    ]
    return _table(cohort, f"成绩单（封存指纹{exam.seal[:16]}）", columns, rows, on)


def _told(points: Decimal | None) -> str:
    return "缺考" if points is None else str(points)


def _supervision(cohort: Cohort, exam: Exam, on: dt.date) -> bytes:
    parts = [
        Part(
            heading=f"{row.name}（{row.get_side_display()}，{row.unit.name}）",
            paragraphs=[*(row.remark.splitlines() or ["—"]), f"{_when(row.signed_at)}确认"],
        )
        for row in exam.supervisors.select_related("unit").order_by("side", "id")
    ]
    title = f"{cohort.name}监考记录"
    return plain_pdf(title=title, parts=parts or [Part(heading="", paragraphs=["没有监考记录。"])], dated=on)


def _certificates(cohort: Cohort, on: dt.date) -> Files:
    batch = getattr(cohort, "certificate_batch", None)
    if batch is None:
        return {}
    columns = [Column("序号", "serial"), Column("姓名"), Column("证书编号", width=34), Column("发证日期", "date")]
    rows = [
        [c.enrolment.person.name, c.serial, c.issued_on]
        for c in batch.certificates.select_related("enrolment__person").order_by("serial_no")
    ]
    return {"07-合格证书/证书清单.xlsx": _table(cohort, "合格证书清单", columns, rows, on)}


def _cases(cohort: Cohort, on: dt.date) -> Files:
    told = {case.number: [_step(step) for step in timeline(case)] for case in cases_of(cohort)}
    kept = Determination.objects.filter(subject_id__in=subjects_of(cohort)).order_by("made_at", "id")
    judged = [
        {
            "subject": d.subject,
            "on": str(d.on),
            "made_at": d.made_at.isoformat(),
            "fingerprint": d.fingerprint,
            "decision": d.decision,
            "facts": d.facts,
            "findings": d.findings,
        }
        for d in kept
    ]
    return {
        "08-办理过程/办理过程.json": _json(told),
        "08-办理过程/审核判定.json": _json(judged),
    }


def _step(step) -> dict:
    at = step.at.isoformat() if step.at else None
    return {"step": step.step, "who": step.who, "at": at, "reason": step.reason, "rule_version": step.rule_version}


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, default=str).encode()


STEPS = (
    _about, _plan, _roster, _timetable, _sign_ins, _sheets, teaching_end, _logs, lesson_notes, _pictures, _exam, exam_record, _certificates, _cases,
    call_backs, performance_report,
)  # fmt: skip
