"""A class -> the questions of the archive rules (QD97.6.2): which parts are there, kept until when."""

import dataclasses
import datetime as dt
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from peibu.casework.enums import Purpose
from peibu.casework.models import Case, Document
from peibu.casework.queries import documents_of
from peibu.rulebook import load_policy
from peibu.rulebook.codes import CodeList
from peibu.training.enums import EnrolmentState, SignUpState
from peibu.training.models import Cohort
from peibu.training.queries.attendance import sessions_without_sign_in
from peibu.training.queries.callbacks import callbacks_of
from peibu.training.queries.lesson_notes import prepared
from peibu.training.queries.not_held import fell_out, taught_sessions
from peibu.training.queries.photos import photos_missing, photos_of


@dataclasses.dataclass(frozen=True)
class Part:
    """One part of the archive: is it there, how much of it, and what is missing in words."""

    code: str
    label: str
    complete: bool
    found: str
    missing: str


def archive_parts(cohort: Cohort, *, on: dt.date) -> list[Part]:
    """Every part the policy names, in its order, with what was found and what is missing."""
    asked = archive_list(cohort)
    tell = {
        "sign_up": _sign_up,
        "attendance": _sign_in,
        "lesson_notes": _lesson_notes,
        "performance_report": _performance_report,
        "plan": _plan,
        "roster": _roster,
        "sign_in": _sign_in,
        "log": _log,
        "images": lambda c: _images(c, on),
        "papers": _papers,
    }
    parts = [_part(code, label, *tell[code](cohort)) for code, label in asked.items.items()] if asked else []
    return parts + _call_backs(cohort)


def archive_list(cohort: Cohort) -> CodeList | None:
    """The parts the class's policy names, with their clause; None when the document asks for no archive."""
    return load_policy(cohort.policy).codes.get("archive_parts")


CALLBACKS = "callbacks"


def _call_backs(cohort: Cohort) -> list[Part]:
    """The call-backs of a class (WH63.4.1), once they are drawn: the archive waits for the last call, since nothing can
    be added later. A class nobody phones lacks nothing."""
    figures = callbacks_of(cohort)
    if figures.round is None or figures.round.drawn_at is None:
        return []
    missing = f"经办机构还有{figures.open}人没有回访" if figures.open else ""
    return [_part(CALLBACKS, "电话回访", f"应回访{figures.wanted}人，接通{figures.reached}人", missing)]


def _part(code: str, label: str, found: str, missing: str) -> Part:
    return Part(code=code, label=label, complete=not missing, found=found, missing=missing)


def _plan(cohort: Cohort) -> tuple[str, str]:
    plan = cohort.plan
    unsigned = [row.unit.name for row in plan.bases.select_related("unit") if row.signed_at is None]
    missing = ["承接单位未签署"] if plan.signed_at is None else []
    missing += [f"实训基地未会签：{'、'.join(unsigned)}"] if unsigned else []
    return f"《{plan.project_name}》第{plan.version}版", "；".join(missing)


def _roster(cohort: Cohort) -> tuple[str, str]:
    people = cohort.enrolments.filter(state=EnrolmentState.ACTIVE).count()
    return f"{people}人", "" if people else "班次没有学员"


def _sign_in(cohort: Cohort) -> tuple[str, str]:
    taught, out = taught_sessions(cohort), len(fell_out(cohort, None))
    blank = sessions_without_sign_in(cohort)
    days = "、".join(f"{timezone.localtime(s.starts_at):%m-%d %H:%M}" for s in blank)
    told = f"{taught.count() - len(blank)}次课有签到" + (f"，{out}次课未举行（经办机构已确认）" if out else "")
    return told, f"没有签到的课次：{days}" if days else ""


def _sign_up(cohort: Cohort) -> tuple[str, str]:
    people = cohort.enrolments.filter(state=EnrolmentState.ACTIVE)
    open_ones = people.exclude(line__signup__state=SignUpState.COMMITTED).count()
    missing = f"{open_ones}人的报名单位没有提交声明" if open_ones else ""
    return f"{people.count()}人的报名材料", missing if people else "班次没有学员"


def _lesson_notes(cohort: Cohort) -> tuple[str, str]:
    """Notes handed in late are there, and said to be late."""
    rows = prepared(cohort)
    days = "、".join(f"{timezone.localtime(r.session.starts_at):%m-%d %H:%M}" for r in rows if not r.notes)
    late = sum(row.late for row in rows)
    found = f"{sum(bool(row.notes) for row in rows)}次课有教案" + (f"（{late}次为补交）" if late else "")
    return found, f"没有教案的课次：{days}" if days else ""


def _performance_report(cohort: Cohort) -> tuple[str, str]:
    kept = documents_of(cohort.pk, Purpose.PERFORMANCE_REPORT).count()
    return f"{kept}份", "" if kept else "没有上传绩效评估报告"


def _log(cohort: Cohort) -> tuple[str, str]:
    taught = taught_sessions(cohort)
    blank = taught.filter(log__isnull=True)
    days = "、".join(f"{timezone.localtime(s.starts_at):%m-%d %H:%M}" for s in blank.order_by("starts_at"))
    return f"{taught.count() - blank.count()}篇", f"没有日志的课次：{days}" if days else ""


def _images(cohort: Cohort, on: dt.date) -> tuple[str, str]:
    short = photos_missing(cohort, on=on)
    return f"{photos_of(cohort).count()}张现场照片", f"还差{short}张现场照片" if short else ""


def _papers(cohort: Cohort) -> tuple[str, str]:
    exam = getattr(cohort, "exam", None)
    if exam is None:
        return "无", "没有结业考核"
    scans = documents_of(cohort.pk, Purpose.EXAM_PAPER).count()
    missing = [] if exam.sealed_at else ["成绩单未封存"]
    missing += [] if exam.sample_id else ["没有样卷"]
    missing += [] if scans else ["没有上传考核试卷扫描件"]
    return f"{scans}份试卷扫描件", "；".join(missing)


def archive_facts(cohort: Cohort, *, on: dt.date, kept_until: dt.date | None) -> dict:
    """Facts for the rulebook's subject `archive`."""
    policy, asked = load_policy(cohort.policy), archive_list(cohort) or ()
    facts = {
        "archive_parts": [part.code for part in archive_parts(cohort, on=on) if part.complete and part.code in asked],
        "training_ended_on": cohort.ends_on,
        "archive_kept_until": kept_until,
    }
    return {name: value for name, value in facts.items() if value is not None and name in policy.fact_specs}


def exam_documents(cohort: Cohort) -> list[Document]:
    """Sample paper and scanned papers of the class's exam."""
    found = list(documents_of(cohort.pk, Purpose.EXAM_PAPER))
    exam = getattr(cohort, "exam", None)
    return [exam.sample, *found] if exam is not None and exam.sample_id else found


def subjects_of(cohort: Cohort) -> list[UUID]:
    """What documents and determinations of a class may hang on: the class, its plan, its exam, its certificates."""
    rows = [getattr(cohort, "exam", None), getattr(cohort, "certificate_batch", None)]
    return [cohort.pk, cohort.plan_id, *(row.pk for row in rows if row is not None)]


def cases_of(cohort: Cohort) -> QuerySet[Case]:
    """The class's own cases in the order they were opened: filing, exam, certificates."""
    rows = [cohort, getattr(cohort, "exam", None), getattr(cohort, "certificate_batch", None)]
    return Case.objects.filter(pk__in=[row.case_id for row in rows if row is not None]).order_by("opened_at")


def class_documents(cohort: Cohort) -> QuerySet[Document]:
    """Every stored file of the class, also those of its plan, exam, certificates and their cases."""
    rows = Document.objects.filter(subject_id__in=subjects_of(cohort))
    return (rows | Document.objects.filter(case__in=cases_of(cohort))).order_by("uploaded_at", "id")
