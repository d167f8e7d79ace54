"""What became of an exam as sheets of its class's archive package: who drew the paper with which seed, what was answered
online, reviews, corrections, re-sits (QD97.3.5 to 3.8)."""

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from peibu.examining.enums import SittingDeed
from peibu.examining.models import Paper, PaperItem, SittingAnswer
from peibu.examining.papers import LETTERS, answer_text
from peibu.oversight.package_tables import class_table
from peibu.papers.office_tables import Column
from peibu.training.models import Cohort, Exam
from peibu.training.queries.exams import exam_corrections

Files = dict[str, bytes]
FOLDER = "06-考核试卷"


def exam_record(cohort: Cohort, on: dt.date) -> Files:
    """A sheet for each kind of thing that happened; none for what did not."""
    exam = getattr(cohort, "exam", None)
    if exam is None:
        return {}
    files = {}
    for title, columns, rows in (
        _drawings(exam), _questions(exam), _sittings(exam), _answers(exam), _reviews(exam), _corrections(exam),
        _resits(exam),
    ):  # fmt: skip
        if rows:
            heads = [Column("序号", "serial"), *columns]
            files[f"{FOLDER}/{title}.xlsx"] = class_table(cohort, title, heads, rows, on)
    return files


Sheet = tuple[str, list[Column], list[list]]


def _when(moment: dt.datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}" if moment else ""


def _told(points: Decimal | None) -> str:
    return "缺考" if points is None else f"{points:f}"


def _drawings(exam: Exam) -> Sheet:
    """Every draw, also those that were drawn again; the last of a kind is the one in force."""
    columns = [
        Column("抽取内容", width=12),
        Column("随机种子", width=36),
        Column("种子由人填写", width=14),
        Column("抽取范围指纹", width=68),
        Column("抽取人"),
        Column("抽取时间", width=20),
    ]
    rows = [
        [
            str(row.get_what_display()), row.seed, "是" if row.chosen else "否", row.pool, row.drawn_by.name,
            _when(row.drawn_at),
        ]
        for row in exam.drawings.select_related("drawn_by")
    ]  # fmt: skip
    return "抽取记录", columns, rows


def _questions(exam: Exam) -> Sheet:
    """The paper as drawn, with its answers. The questions of another body stay with it: the provider keeps this package
    and sends its next class to the same bank; seed and fingerprint say which paper it was."""
    columns = [
        Column("题号", width=8),
        Column("题型", width=12),
        Column("题干", width=60),
        Column("选项", width=60),
        Column("答案", width=30),
        Column("分值", width=8),
    ]
    paper = Paper.objects.filter(exam=exam, exam__body=None).first()
    items = paper.items.select_related("version").order_by("position") if paper else []
    rows = [
        [
            str(item.position), str(item.version.get_kind_display()), item.version.stem, _options(item),
            answer_text(item.version), f"{item.points:f}",
        ]
        for item in items
    ]  # fmt: skip
    return "试卷题目", columns, rows


def _options(item: PaperItem) -> str:
    return "\n".join(f"{LETTERS[at]}. {text}" for at, text in enumerate(item.version.options))


def _sittings(exam: Exam) -> Sheet:
    columns = [
        Column("姓名"),
        Column("开始时间", width=20),
        Column("截止时间", width=20),
        Column("交卷时间", width=20),
        Column("结束方式", width=12),
        Column("换设备次数", width=12),
        Column("得分", width=10),
    ]
    rows = [
        [
            row.enrolment.person.name, _when(row.started_at), _when(row.ends_at), _when(row.submitted_at),
            str(row.get_ended_by_display()), str(row.events.filter(deed=SittingDeed.TAKE_OVER).count()),
            "" if row.points is None else f"{row.points:f}",
        ]
        for row in exam.sittings.select_related("enrolment__person").order_by("enrolment__enrolled_at", "id")
    ]  # fmt: skip
    return "机考情况", columns, rows


def _answers(exam: Exam) -> Sheet:
    """Every answer as it was given; of several to one question the last counts."""
    columns = [
        Column("姓名"),
        Column("作答次序", width=10),
        Column("题号", width=8),
        Column("所选", width=12),
        Column("保存时间", width=20),
    ]
    answers = SittingAnswer.objects.filter(sitting__exam=exam).select_related("item", "sitting__enrolment__person")
    rows = [
        [
            row.sitting.enrolment.person.name, str(row.number), str(row.item.position),
            "".join(LETTERS[at] for at in sorted(row.chosen)), _when(row.saved_at),
        ]
        for row in answers.order_by("sitting__enrolment__enrolled_at", "sitting", "number")
    ]  # fmt: skip
    return "机考作答", columns, rows


def _reviews(exam: Exam) -> Sheet:
    columns = [
        Column("姓名"),
        Column("申请时间", width=20),
        Column("复核理由", width=40),
        Column("结果", width=12),
        Column("答复", width=40),
        Column("答复人"),
        Column("答复时间", width=20),
    ]
    rows = [
        [
            row.enrolment.person.name, _when(row.asked_at), row.reason, str(row.get_state_display()), row.opinion,
            row.decided_by.name if row.decided_by else "", _when(row.decided_at),
        ]
        for row in exam.reviews.select_related("enrolment__person", "decided_by")
    ]  # fmt: skip
    return "成绩复核", columns, rows


ANSWERS = {None: "待复核", True: "同意", False: "不同意"}


def _corrections(exam: Exam) -> Sheet:
    columns = [
        Column("姓名"),
        Column("哪次考试", width=14),
        Column("更正前", width=10),
        Column("更正后", width=10),
        Column("更正理由", width=40),
        Column("提出人"),
        Column("提出时间", width=20),
        Column("复核结果", width=10),
        Column("复核意见", width=40),
        Column("复核人"),
        Column("复核时间", width=20),
    ]
    rows = [
        [
            row.score.enrolment.person.name,
            f"第{row.resit_score.resit.number}次补考" if row.resit_score else "首次考试",
            _told(row.before), _told(row.points), row.reason, row.proposed_by.name, _when(row.proposed_at),
            ANSWERS[row.accepted], row.opinion, row.decided_by.name if row.decided_by else "", _when(row.decided_at),
        ]
        for row in exam_corrections(exam).order_by("proposed_at", "id")
    ]  # fmt: skip
    return "成绩更正", columns, rows


def _resits(exam: Exam) -> Sheet:
    """Every re-sit asked for with who was admitted, also one that was never agreed to."""
    columns = [
        Column("次数", width=8),
        Column("考试时间", width=20),
        Column("考场", width=24),
        Column("同意人"),
        Column("姓名"),
        Column("成绩", width=10),
        Column("登分人"),
        Column("监考记录", width=40),
        Column("监考人"),
        Column("封存时间", width=20),
    ]
    rows = [
        [
            str(resit.number), _when(resit.held_from), resit.place, resit.agreed_by.name if resit.agreed_by else "未同意",
            score.enrolment.person.name, _told(score.points) if score.entered_at else "",
            score.entered_by.name if score.entered_by else "", resit.supervision,
            resit.supervised_by.name if resit.supervised_by else "", _when(resit.sealed_at),
        ]
        for resit in exam.resits.select_related("agreed_by", "supervised_by").order_by("number")
        for score in resit.scores.select_related("enrolment__person", "entered_by").order_by("enrolment__enrolled_at")
    ]  # fmt: skip
    return "补考", columns, rows
