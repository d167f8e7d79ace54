"""Fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SignUpState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    COMMITTED = "committed", _("已报名")
    WITHDRAWN = "withdrawn", _("已撤回")


class CohortStage(models.TextChoices):
    """Where a class stands as a whole; the filing, exam and certificate cases have their own states."""

    FILING = "filing", _("开班备案中")
    CONFIRMED = "confirmed", _("已确认开班")
    TAUGHT = "taught", _("已结课")
    EXAMINED = "examined", _("已考核")
    CERTIFIED = "certified", _("已发证")
    ARCHIVED = "archived", _("已归档")
    CANCELLED = "cancelled", _("已取消")


class SessionKind(models.TextChoices):
    LECTURE = "lecture", _("专题讲座")
    THEORY = "theory", _("理论授课")
    IDEOLOGICAL = "ideological", _("思政课")
    ONLINE = "online", _("线上学习")
    SIMULATION = "simulation", _("模拟操作")
    PRACTICE = "practice", _("基地实训")
    EXAM = "exam", _("结业考核")


class Payee(models.TextChoices):
    """Who gets the subsidy of an entrusted training (JN6.4.1b): one of the two, never both."""

    ENTERPRISE = "enterprise", _("委托企业")
    PROVIDER = "provider", _("受托培训单位")


class EnrolmentState(models.TextChoices):
    ACTIVE = "active", _("在班")
    CANCELLED = "cancelled", _("已退出")


class PlaceState(models.TextChoices):
    """How far somebody's own application for a place has come."""

    APPLIED = "applied", _("待审核")
    WAITING = "waiting", _("候补中")
    OFFERED = "offered", _("有名额，待本人确认")
    PLACED = "placed", _("已编入班次")
    DECLINED = "declined", _("未通过")
    EXPIRED = "expired", _("逾期未确认")
    WITHDRAWN = "withdrawn", _("本人已撤回")
    CLOSED = "closed", _("班次已备案，未编入")


# Not decided or not settled yet; and those that hold a place or may still get one.
OPEN_PLACES = (PlaceState.APPLIED, PlaceState.WAITING, PlaceState.OFFERED)
LIVE_PLACES = (*OPEN_PLACES, PlaceState.PLACED)


class ChangeKind(models.TextChoices):
    """What becomes of a class by a change after its filing (WH63.2.3)."""

    AMEND = "amend", _("调整课程或学员")
    CANCEL = "cancel", _("取消班次")


class LessonDeed(models.TextChoices):
    MOVE = "move", _("调整")
    DROP = "drop", _("取消")
    ADD = "add", _("新增")


class PersonDeed(models.TextChoices):
    JOIN = "join", _("新增")
    LEAVE = "leave", _("退出")


class AttendanceMethod(models.TextChoices):
    QR = "qr", _("扫码签到")
    MANUAL = "manual", _("人工补签")


class CallbackOutcome(models.TextChoices):
    """How a phone call to a drawn trainee ended."""

    REACHED = "reached", _("已接通并回答")
    NOT_REACHED = "not_reached", _("未接通")
    WRONG_NUMBER = "wrong_number", _("号码有误或空号")


class CallbackAnswer(models.TextChoices):
    """What a trainee may answer to a question of the script."""

    YES = "yes", _("是")
    NO = "no", _("否")
    UNSURE = "unsure", _("说不清")


class ItemKind(models.TextChoices):
    """Kinds of exam items; the first three are objective (QD97.3.6)."""

    SINGLE = "single", _("单选题")
    MULTIPLE = "multiple", _("多选题")
    TRUE_FALSE = "true_false", _("判断题")
    BLANK = "blank", _("填空题")
    SHORT = "short", _("简答题")
    CASE = "case", _("案例分析题")
    PRACTICAL = "practical", _("实操题")


OBJECTIVE_ITEMS = frozenset({ItemKind.SINGLE, ItemKind.MULTIPLE, ItemKind.TRUE_FALSE})


class ScoreOrigin(models.TextChoices):
    """Where points come from. What the online test counted is not typed over."""

    TYPED = "typed", _("人工登分")
    ONLINE = "online", _("机考判分")


class SupervisorSide(models.TextChoices):
    """Who supervises an exam (QD97.3.7): one of each bureau, or a third party."""

    HRSS = "hrss", _("人社部门")
    INDUSTRY = "industry", _("工信部门")
    THIRD_PARTY = "third_party", _("委托第三方")


class FeedAudience(models.TextChoices):
    """Whose sessions a calendar feed holds."""

    CLASS = "class", _("班次日历")
    TEACHER = "teacher", _("授课日历")
    TRAINEE = "trainee", _("学员日历")


class LeaveState(models.TextChoices):
    ASKED = "asked", _("待审批")
    GRANTED = "granted", _("已准假")
    REFUSED = "refused", _("未准假")
    WITHDRAWN = "withdrawn", _("已撤回")


# A request that stands: not refused, not taken back.
LIVE_LEAVES = (LeaveState.ASKED, LeaveState.GRANTED)


class Direction(models.TextChoices):
    """Which way somebody goes through the door."""

    IN = "in", _("签到")
    OUT = "out", _("签退")


class EntryDoubt(models.TextChoices):
    """Why a genuine code could not count by itself."""

    TOO_LATE = "too_late", _("送达太晚")
    NOT_PROVEN = "not_proven", _("手机计时中断，无法证明扫码时间")
    CLOCK_MOVED = "clock_moved", _("手机时钟在扫码后被调整")
    NO_TICKET = "no_ticket", _("这部手机事先没有在本平台登记")
    NOT_ASKED = "not_asked", _("本政策不受理断网扫码")
    CODE_EXPIRED = "code_expired", _("扫码时签到码已过期")
    CLOSED = "closed", _("扫码时教师已结束签到")
    OUTSIDE = "outside", _("手机不在培训场所范围内")
    NO_PLACE = "no_place", _("没有可用的定位")
    NO_FENCE = "no_fence", _("场所没有可用的签到范围，无法核对位置")


class EntryRequestState(models.TextChoices):
    ASKED = "asked", _("待教师确认")
    ENTERED = "entered", _("已确认到课")
    DECLINED = "declined", _("未确认")


class Nearness(models.TextChoices):
    """How far a phone was from the classroom, in words: nothing finer is kept."""

    INSIDE = "inside", _("在场所范围内")
    OUTSIDE = "outside", _("在场所范围外")
    UNKNOWN = "unknown", _("位置不明")
