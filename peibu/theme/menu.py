"""Which pages each role finds in its menu: the only list. A page that does not exist yet is left out by itself."""

import dataclasses

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from peibu.accounts.enums import OFFICERS, Role


@dataclasses.dataclass(frozen=True)
class Item:
    """One menu entry: words, name of the URL (without arguments), name of the Tabler icon, the group it stands in."""

    label: str | Promise
    url_name: str
    icon: str
    group: str | Promise = ""


@dataclasses.dataclass(frozen=True)
class Entry:
    """A menu entry whose page exists; `current` marks the page shown."""

    label: str | Promise
    url: str
    icon: str
    current: bool
    group: str | Promise = ""


def _under(group: str | Promise, *items: Item) -> tuple[Item, ...]:
    """The items under a heading: a menu of twenty lines is read by its headings."""
    return tuple(dataclasses.replace(item, group=group) for item in items)


PUBLIC = (
    Item(_("首页"), "home", "home"),
    Item(_("政策"), "policies", "book-2"),
    Item(_("自助测算"), "self-check", "calculator"),
    Item(_("机构与基地"), "published-lists", "list-check"),
    Item(_("征集公告"), "calls", "clipboard-list"),
    Item(_("培训班次"), "offers", "school"),
    Item(_("培训目录"), "catalogues", "books"),
    Item(_("公示公告"), "notices", "speakerphone"),
    Item(_("证书查验"), "verify", "certificate"),
)
FOOT = (
    Item(_("关于本平台和无障碍说明"), "about", "info-circle"),
    Item(_("结果是怎样作出的"), "how-decisions-are-made", "scale"),
    Item(_("核对档案包"), "archive-check", "shield-check"),
    Item(_("网站地图"), "site-map", "sitemap"),
)
OFFICER_CASES = (
    Item(_("工作台"), "desk-home", "layout-dashboard"),
    Item(_("待办清单"), "desk-todo", "checklist"),
    Item(_("全部业务"), "desk-cases", "files"),
    *_under(
        _("准入和目录"),
        Item(_("征集和评估"), "desk-calls", "clipboard-list"),
        Item(_("名单管理"), "desk-listings", "list-check"),
        Item(_("承接单位信用"), "desk-credits", "star"),
        Item(_("目录管理"), "desk-catalogues", "books"),
        Item(_("平台接入"), "desk-platforms", "world"),
    ),
    *_under(
        _("培训过程"),
        Item(_("开班备案"), "desk-classes", "school"),
        Item(_("过程监管"), "desk-supervision", "eye-check"),
        Item(_("线上学习"), "desk-learning", "device-laptop"),
        Item(_("师资和考评人员"), "desk-practitioners", "users-group"),
        Item(_("考核管理"), "desk-exams", "writing"),
        Item(_("证书编号"), "desk-certificates", "certificate"),
        Item(_("证书登记"), "desk-held-certificates", "id-badge-2"),
        Item(_("事项登记"), "desk-records", "file-text"),
    ),
    *_under(
        _("补贴和资金"),
        Item(_("补贴审核"), "desk-claims", "clipboard-check"),
        Item(_("结论复核"), "desk-rechecks", "refresh"),
        Item(_("例外清单"), "desk-overrides", "alert-triangle"),
        Item(_("公示管理"), "desk-notices", "speakerphone"),
        Item(_("异议处理"), "desk-objections", "gavel"),
        Item(_("资金拨付"), "desk-payments", "cash-banknote"),
        Item(_("补贴追回"), "desk-recoveries", "receipt-refund"),
        Item(_("银行对账"), "desk-reconciliation", "scale"),
        Item(_("账户变更"), "desk-account-changes", "refresh"),
        Item(_("资金账簿"), "desk-ledger", "building-bank"),
    ),
    *_under(
        _("监督和规则"),
        Item(_("风险线索"), "desk-findings", "alert-triangle"),
        Item(_("档案管理"), "desk-archive", "archive"),
        Item(_("统计分析"), "desk-statistics", "chart-bar"),
        Item(_("政策规则"), "desk-policies", "book-2"),
    ),
)
DISTRICT_CASES = tuple(item for item in OFFICER_CASES if item.url_name != "desk-platforms")  # platforms are the city's
READING = _under(
    _("监督和规则"),
    Item(_("审计查阅"), "desk-audit", "zoom-check"),
    Item(_("操作记录"), "desk-history", "history"),
)
SUPERVISOR = (
    Item(_("工作台"), "desk-home", "layout-dashboard"),
    Item(_("待办清单"), "desk-todo", "checklist"),
    Item(_("考核管理"), "desk-exams", "writing"),
    Item(_("过程监管"), "desk-supervision", "eye-check"),
)
OF_ROLE: dict[str, tuple[Item, ...]] = {
    Role.TRAINEE: (
        Item(_("我的培训"), "trainee-home", "school"),
        Item(_("扫码签到"), "trainee-scan", "qrcode"),
        Item(_("线上课程"), "trainee-courses", "player-play"),
        Item(_("我的补贴"), "trainee-claims", "cash-banknote"),
        Item(_("我的证书"), "trainee-certificates", "certificate"),
        Item(_("课程日历"), "calendar", "calendar"),
        Item(_("考勤记录"), "trainee-attendance", "calendar-event"),
        Item(_("培训需求"), "demand", "edit"),
    ),
    Role.TEACHER: (
        Item(_("授课签到"), "teacher-home", "qrcode"),
        Item(_("课程日历"), "calendar", "calendar"),
        Item(_("阅卷登分"), "teacher-grading", "writing"),
    ),
    Role.BASE: (
        Item(_("工作台"), "base-home", "layout-dashboard"),
        Item(_("会签计划"), "base-plans", "clipboard-check"),
        Item(_("补贴申领"), "enterprise-claims", "cash-banknote"),
        Item(_("收款账户"), "payee-account", "building-bank"),
        Item(_("师资和考评人员"), "staff", "users-group"),
        Item(_("培训场所"), "venues", "building"),
        Item(_("征集申请"), "applications", "clipboard-list"),
    ),
    Role.ENTERPRISE: (
        Item(_("工作台"), "enterprise-home", "layout-dashboard"),
        Item(_("培训报名"), "enterprise-signups", "users"),
        Item(_("培训班次"), "enterprise-classes", "school"),
        Item(_("委托协议"), "agreements", "signature"),
        Item(_("线上课程"), "own-courses", "player-play"),
        Item(_("结业证书"), "enterprise-certificates", "certificate"),
        Item(_("补贴申领"), "enterprise-claims", "cash-banknote"),
        Item(_("补贴追回"), "enterprise-recoveries", "receipt-refund"),
        Item(_("收款账户"), "payee-account", "building-bank"),
        Item(_("征集申请"), "applications", "clipboard-list"),
    ),
    Role.PROVIDER: (
        Item(_("工作台"), "provider-home", "layout-dashboard"),
        Item(_("培训方案"), "provider-plans", "file-text"),
        Item(_("培训班次"), "provider-classes", "school"),
        Item(_("线上课程"), "own-courses", "player-play"),
        Item(_("师资和考评人员"), "staff", "users-group"),
        Item(_("招生报名"), "enterprise-signups", "user-plus"),
        Item(_("教师课时"), "provider-teacher-hours", "users"),
        Item(_("委托协议"), "agreements", "signature"),
        Item(_("课程日历"), "calendar", "calendar"),
        Item(_("培训场所"), "venues", "building"),
        Item(_("授课签到"), "teacher-home", "qrcode"),
        Item(_("考核管理"), "provider-exams", "writing"),
        Item(_("题库"), "provider-questions", "books"),
        Item(_("结业证书"), "provider-certificates", "certificate"),
        Item(_("补贴申领"), "enterprise-claims", "cash-banknote"),
        Item(_("收款账户"), "payee-account", "building-bank"),
        Item(_("班次档案"), "provider-archive", "archive"),
        Item(_("征集申请"), "applications", "clipboard-list"),
    ),
    Role.EXAMINER: (
        Item(_("考核管理"), "provider-exams", "writing"),
        Item(_("题库"), "provider-questions", "books"),
        Item(_("师资和考评人员"), "staff", "users-group"),
    ),
    Role.EXPERT: (Item(_("评审任务"), "expert-home", "writing"),),
    Role.AGENCY_REVIEWER: DISTRICT_CASES,
    Role.HRSS_APPROVER: DISTRICT_CASES,
    Role.HRSS_SUPERVISOR: SUPERVISOR,
    Role.INDUSTRY_SUPERVISOR: SUPERVISOR,
    Role.FINANCE: (
        Item(_("工作台"), "desk-home", "layout-dashboard"),
        Item(_("资金拨付"), "desk-payments", "cash-banknote"),
        Item(_("补贴追回"), "desk-recoveries", "receipt-refund"),
        Item(_("银行对账"), "desk-reconciliation", "scale"),
        Item(_("账户变更"), "desk-account-changes", "refresh"),
        Item(_("资金账簿"), "desk-ledger", "building-bank"),
        Item(_("统计分析"), "desk-statistics", "chart-bar"),
    ),
    Role.CITY_BUREAU: (*OFFICER_CASES, *READING),
    Role.AUDITOR: (*OFFICER_CASES, *READING),
    Role.OPERATOR: (
        Item(_("工作台"), "desk-home", "layout-dashboard"),
        Item(_("账号与岗位"), "desk-accounts", "id-badge-2"),
        Item(_("后台任务"), "desk-jobs", "refresh"),
        Item(_("系统设置"), "desk-settings", "settings"),
    ),
}
START: dict[str, str] = {
    Role.TRAINEE: "trainee-home",
    Role.TEACHER: "teacher-home",
    Role.BASE: "base-home",
    Role.ENTERPRISE: "enterprise-home",
    Role.PROVIDER: "provider-home",
    Role.EXAMINER: "provider-exams",
    Role.EXPERT: "expert-home",
    **dict.fromkeys(OFFICERS, "desk-home"),
    # What supervisors have to do is on the page of their exams.
    Role.HRSS_SUPERVISOR: "desk-exams",
    Role.INDUSTRY_SUPERVISOR: "desk-exams",
    Role.AUDITOR: "desk-audit",
}


def address(url_name: str) -> str:
    """The address of a page, or an empty string when no such page exists."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def first_address(*url_names: str) -> str:
    """The address of the first page that exists; '/' when none does."""
    return next((found for name in url_names if (found := address(name))), "/")


def entries(items: tuple[Item, ...], path: str) -> list[Entry]:
    """The items whose pages exist; the one with the longest matching address is current."""
    found = [(item, url) for item in items if (url := address(item.url_name))]
    matching = [url for _item, url in found if path == url or (url != "/" and path.startswith(url))]
    current = max(matching, key=len, default=None)
    return [Entry(item.label, url, item.icon, url == current, item.group) for item, url in found]


def shell_of(role: str | None) -> str:
    """The layout a role works in."""
    if role in OFFICERS:
        return "theme/desk.html"
    return "theme/phone.html" if role in (Role.TRAINEE, Role.TEACHER) else "theme/portal.html"
