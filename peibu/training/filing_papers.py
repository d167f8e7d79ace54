"""Papers of a class: timetable, roster, plan. Drawn by `peibu.papers`, filled from rows here."""

import datetime as dt

from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from peibu.kernel.identity import mask_id
from peibu.kernel.money import yuan
from peibu.papers.class_papers import RosterColumn, RosterData, roster_pdf
from peibu.papers.office_tables import Column, OfficeTable, office_table
from peibu.rulebook import load_policy
from peibu.training.enums import EnrolmentState, SessionKind
from peibu.training.models import Cohort, Enrolment, TrainingPlan
from peibu.training.stated_words import stated_rows

WEEKDAYS = "一二三四五六日"
in_chinese = translation.override("zh-hans")  # papers are Chinese in whatever language the page was read


def told_sessions(cohort: Cohort) -> list[dict]:
    """The timetable as plain data, to be kept with a handed-in version and compared later."""
    rows = cohort.sessions.select_related("teacher", "base").order_by("starts_at")
    return [told_session(row) for row in rows]


def told_session(row) -> dict:
    """One session (saved or proposed) as plain data."""
    return {
        "date": timezone.localtime(row.starts_at).date().isoformat(),
        "from": f"{timezone.localtime(row.starts_at):%H:%M}",
        "until": f"{timezone.localtime(row.ends_at):%H:%M}",
        "kind": str(row.kind),
        "subject": row.subject,
        "class_hours": row.class_hours,
        "place": row.place,
        "base": row.base.name if row.base else "",
        "teacher": row.teacher.name if row.teacher else "",
    }


@in_chinese
def timetable_table(cohort: Cohort, *, dated: dt.date) -> bytes:
    """The timetable as .xlsx."""
    rows = [
        (
            dt.date.fromisoformat(row["date"]),
            f"周{WEEKDAYS[dt.date.fromisoformat(row['date']).weekday()]}",
            f"{row['from']}—{row['until']}",
            str(SessionKind(row["kind"]).label),
            row["subject"],
            row["class_hours"],
            row["place"],
            row["base"],
            row["teacher"],
        )
        for row in told_sessions(cohort)
    ]
    columns = [
        Column("序号", "serial"),
        Column("日期", "date", 15),
        Column("星期", "text", 7, align="center"),
        Column("时间", "text", 15, align="center"),
        Column("类别", "text", 11, align="center"),
        Column("课程", "text", 28),
        Column("课时", "count"),
        Column("地点", "text", 20),
        Column("实训基地", "text", 22),
        Column("教师", "text", 11, align="center"),
    ]
    return office_table(
        OfficeTable(
            title=f"{cohort.name}课程表",
            columns=columns,
            rows=rows,
            subtitle=(f"培训承接单位：{cohort.provider.name}", f"制表日期：{dated.isoformat()}"),
            sign_off=("承接单位（盖章）：", "负责人：", "经办人："),
            sheet="课程表",
            dated=dated,
        )
    )


def _members(cohort: Cohort) -> list[Enrolment]:
    rows = cohort.enrolments.filter(state=EnrolmentState.ACTIVE).select_related("person", "enterprise", "line")
    return list(rows.order_by("enterprise__name", "line__position", "id"))


def _member_row(row: Enrolment) -> tuple[str, ...]:
    person = row.person
    return (
        person.name,
        person.get_sex_display(),
        mask_id(person.id_number),
        row.enterprise.name,
        row.line.post,
        row.line.told,
    )


def _what_is_told(cohort: Cohort) -> str:
    """Heading of what the roster states: the management level, or what the policy's roster asks first."""
    return "报名事项" if load_policy(cohort.policy).delivery.roster else "管理层级"


def _head(cohort: Cohort) -> list[tuple[str, str]]:
    dates = f"{cohort.opens_on or '未定'} 至 {cohort.ends_on or '未定'}"
    return [
        ("承接单位", cohort.provider.name),
        ("培训项目", cohort.plan.project_name),
        ("培训日期", dates),
        ("人数", f"{cohort.seats_taken}人"),
    ]


@in_chinese
def roster_table(cohort: Cohort, *, dated: dt.date) -> bytes:
    """The people of a class as .xlsx, numbers masked."""
    columns = [
        Column("序号", "serial"),
        Column("姓名", "text", 12, align="center"),
        Column("性别", "text", 7, align="center"),
        Column("公民身份号码", "text", 24, align="center"),
        Column("工作单位", "text", 36),
        Column("岗位", "text", 18),
        Column(
            _what_is_told(cohort), "text", 24 if load_policy(cohort.policy).delivery.roster else 12, align="center"
        ),
    ]
    return office_table(
        OfficeTable(
            title=f"{cohort.name}花名册",
            columns=columns,
            rows=[_member_row(row) for row in _members(cohort)],
            subtitle=(f"培训承接单位：{cohort.provider.name}", f"制表日期：{dated.isoformat()}"),
            sign_off=("承接单位（盖章）：", "负责人：", "经办人："),
            totals=False,
            sheet="花名册",
            dated=dated,
        )
    )


@in_chinese
def roster_of_class(cohort: Cohort, *, dated: dt.date) -> bytes:
    """The people of a class as PDF, numbers masked. Raises papers' errors (no people, no glyph)."""
    columns = [
        RosterColumn(title="姓名", weight=1.1),
        RosterColumn(title="性别", weight=0.6),
        RosterColumn(title="公民身份号码", weight=2.2),
        RosterColumn(title="工作单位", weight=3.2, align="left"),
        RosterColumn(title="岗位", weight=1.6),
        RosterColumn(title=_what_is_told(cohort), weight=1.2),
    ]
    rows = [_member_row(row) for row in _members(cohort)]
    title = f"{cohort.name}花名册"
    return roster_pdf(RosterData(title=title, fields=_head(cohort), columns=columns, rows=rows, printed_on=dated))


def plan_rows(plan: TrainingPlan) -> list[tuple[str, str]]:
    """The plan as label and text, in the order of the clause (QD97.2.3); what is not written is empty."""
    policy = load_policy(plan.policy)
    delivery = policy.delivery
    topics = policy.codes[delivery.plan_topics].items if delivery.plan_topics else {}
    teachers = plan.teachers.select_related("teacher").order_by("-teacher__full_time", "teacher__name")
    head = f"每批{plan.headcount}人，共{plan.batches}批" if plan.headcount and plan.batches else ""
    kinds = [("内容类别", "、".join(topics.get(code, code) for code in plan.topics))] if delivery.plan_topics else []
    return [
        ("培训项目名称", plan.project_name),
        *stated_rows(policy, delivery.asks, plan.stated),
        ("培训目标", plan.goal),
        ("培训方式", plan.mode),
        ("培训地点", plan.training_place),
        ("实训地点", plan.practice_place),
        ("培训内容", plan.content),
        *kinds,
        ("课时", f"{plan.class_hours}课时" if plan.class_hours else ""),
        (gettext_noop("人数及批次"), head),
        ("培训师资", "；".join(_teacher(row) for row in teachers)),
        ("结业评价标准", plan.evaluation),
        (gettext_noop("收费标准"), f"{yuan(plan.fee_fen)}元/人" if plan.fee_fen is not None else ""),
    ]


def _teacher(row) -> str:
    about = "，".join(text for text in (row.teacher.title, "专职" if row.teacher.full_time else "外聘") if text)
    return f"{row.teacher.name}（{about}）"


@in_chinese
def plan_table(plan: TrainingPlan, *, dated: dt.date) -> bytes:
    """The plan with its signatures as .xlsx."""
    signed = [("承接单位签署", _signature(plan.provider.name, plan.signed_at))]
    signed += [("实训基地会签", _signature(row.unit.name, row.signed_at)) for row in plan.bases.select_related("unit")]
    return office_table(
        OfficeTable(
            title="培训方案",
            columns=[Column("序号", "serial"), Column("项目", "text", 18), Column("内容", "text", 90)],
            rows=[*plan_rows(plan), *signed],
            subtitle=(f"培训承接单位：{plan.provider.name}", f"第{plan.version}版"),
            totals=False,
            landscape=False,
            sheet="培训方案",
            dated=dated,
        )
    )


def _signature(name: str, at: dt.datetime | None) -> str:
    return f"{name}　{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else f"{name}　未签署"
