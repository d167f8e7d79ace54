"""Fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Decision(models.TextChoices):
    """Three values: a missing fact is unknown and never passes."""

    PASS = "pass", _("符合")
    FAIL = "fail", _("不符合")
    UNKNOWN = "unknown", _("待核实")


class NoticeState(models.TextChoices):
    OPEN = "open", _("公示中")
    CLOSED = "closed", _("公示结束")


class ObjectionState(models.TextChoices):
    OPEN = "open", _("调查核实中")
    UPHELD = "upheld", _("异议成立")
    DISMISSED = "dismissed", _("异议不成立")


class Holds(models.TextChoices):
    """What waits for an objection: the whole case, or only the line it is about."""

    CASE = "case", _("整件业务")
    LINE = "line", _("所涉人员")


class Purpose(models.TextChoices):
    """What a stored document is for; the archive counts by it (QD97.6.2)."""

    PLAN = "plan", _("培训方案")
    TIMETABLE = "timetable", _("课程表")
    ROSTER = "roster", _("花名册")
    SAMPLE_PAPER = "sample_paper", _("考试样卷")
    EXAM_PAPER = "exam_paper", _("考核试卷")
    SITE_PHOTO = "site_photo", _("培训现场照片")
    SIGNIN_SHEET = "signin_sheet", _("签到簿")
    TRAINING_LOG = "training_log", _("培训日志")
    LESSON_NOTE = "lesson_note", _("教案")
    PERFORMANCE_REPORT = "performance_report", _("绩效评估报告")
    INVOICE = "invoice", _("票据")
    CLAIM_ROSTER = "claim_roster", _("补贴申请人员花名册")
    NOTICE_RESULT = "notice_result", _("公示结果")
    BANK_FILE = "bank_file", _("银行批量代发文件")
    BANK_REPLY = "bank_reply", _("银行回盘文件")
    EVIDENCE = "evidence", _("申请证明材料")
    ARCHIVE = "archive", _("培训档案包")
    RECOVERY_LETTER = "recovery_letter", _("追回文书")
    OTHER = "other", _("其他")
