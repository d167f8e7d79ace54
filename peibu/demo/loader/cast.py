"""Which account of each role the visitor is offered: the ones with work to do on the first day."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from peibu.accounts.enums import Role

# role, user name of the preferred account (the first of the role where it does not exist), note for the sign-in page.
# Trainee, teacher and provider meet in one class; the user names are keys of the generator with seed 1.
STARS: tuple[tuple[str, str, str | Promise], ...] = (
    (Role.TRAINEE, "o-c07-trainee", _("今天上午有课，签到已开放，可扫码签到")),
    (Role.TRAINEE, "o-c12-trainee", _("明天有在线考试：把时钟拨到考试开始后即可答题")),
    (Role.TRAINEE, "o-c01-trainee", _("威海金蓝领技师班：把时钟拨到2019年12月16日9:00，可在线考核鉴定")),
    (Role.ENTERPRISE, "o-e015-enterprise-1", _("补贴申领在审核中被退回，等待补正")),
    (Role.PROVIDER, "o-p01-provider-1", _("一个班正在上课，一个班已发证、可以归档")),
    (Role.PROVIDER, "o-p17-provider-1", _("威海金蓝领技师班（210课时）已结课，2019年12月16日考核鉴定")),
    (Role.PROVIDER, "o-p16-provider-1", _("济南线下实操班已考核发证")),
    (Role.TEACHER, "o-t56", _("今天上午有课：签到大屏、补签、照片、日志")),
    (Role.BASE, "o-b03-base-1", _("12月14日有实训")),
    (Role.EXAMINER, "o-appraisal-examiner-1", _("威海金蓝领技师班已组卷：把时钟拨到2019年12月16日11:30，可登分封存")),
    (Role.AGENCY_REVIEWER, "o-370213-agency-agency_reviewer-1", _("开班备案、考试申报、公示异议各有待办")),
    (Role.HRSS_APPROVER, "o-370211-hrss-hrss_approver-1", _("有申领待审批")),
    (Role.HRSS_SUPERVISOR, "o-370211-hrss-hrss_supervisor-1", _("明天有一场监考，考后确认监考记录")),
    (Role.INDUSTRY_SUPERVISOR, "o-370211-industry-industry_supervisor-1", _("明天有一场监考，考后确认监考记录")),
    (Role.FINANCE, "o-370203-agency-finance-1", _("有一笔待拨付；制单后由 o-370203-agency-finance-2 放行")),
    (
        Role.CITY_BUREAU,
        "o-370200-finance-city_bureau-1",
        _("可登记资金下达；一项联合决定等本部门表态，公示由 o-370200-hrss-city_bureau-2 发布"),
    ),
    (Role.EXPERT, "o-x02-expert-1", _("有一份申请待盲评")),
    (Role.AUDITOR, "o-city-auditor-1", _("可查阅全市业务和操作记录，只读")),
    (Role.OPERATOR, "o-city-operator-1", ""),
)
