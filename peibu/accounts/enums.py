"""Fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What an account may act as. The codes are those of the policies' process.yaml."""

    TRAINEE = "trainee", _("学员")
    ENTERPRISE = "enterprise", _("企业经办人")
    PROVIDER = "provider", _("培训承接单位经办人")
    TEACHER = "teacher", _("教师")
    BASE = "base", _("实训基地经办人")
    EXAMINER = "examiner", _("考核鉴定机构经办人")
    EXPERT = "expert", _("评审专家")
    AGENCY_REVIEWER = "agency_reviewer", _("公共就业服务机构审核岗")
    HRSS_APPROVER = "hrss_approver", _("人社局审批岗")
    HRSS_SUPERVISOR = "hrss_supervisor", _("人社局监考员")
    INDUSTRY_SUPERVISOR = "industry_supervisor", _("工信局监考员")
    FINANCE = "finance", _("资金拨付岗")
    CITY_BUREAU = "city_bureau", _("市级主管部门")
    AUDITOR = "auditor", _("审计")
    OPERATOR = "operator", _("系统管理员")


OFFICERS = frozenset(
    {
        Role.AGENCY_REVIEWER,
        Role.HRSS_APPROVER,
        Role.HRSS_SUPERVISOR,
        Role.INDUSTRY_SUPERVISOR,
        Role.FINANCE,
        Role.CITY_BUREAU,
        Role.AUDITOR,
        Role.OPERATOR,
    }
)
WHOLE_CITY = frozenset({Role.CITY_BUREAU, Role.AUDITOR, Role.OPERATOR})


class UnitKind(models.TextChoices):
    """What kind of body a unit is. Organisations (enterprises, providers, bases) carry more in the registry."""

    AGENCY = "agency", _("公共就业服务机构")
    HRSS = "hrss", _("人力资源和社会保障局")
    INDUSTRY = "industry", _("工业和信息化局")
    EDUCATION = "education", _("教育局")
    FINANCE = "finance", _("财政局")
    APPRAISAL = "appraisal", _("职业技能鉴定机构")
    ASSESSMENT = "assessment", _("职业技能评价机构")
    ORGANISATION = "organisation", _("单位")


class DivisionKind(models.TextChoices):
    CITY = "city", _("市")
    DISTRICT = "district", _("区（市）")
    ZONE = "zone", _("功能区")


class Scope(models.TextChoices):
    """What a platform's key is good for; the words are those of the xAPI specification where it has them."""

    WRITE = "statements/write", _("写入学习记录")
    READ_MINE = "statements/read/mine", _("读取本密钥写入的学习记录")
    READ = "statements/read", _("读取本平台全部学习记录")
    STATE = "state", _("学习状态的读写")
    PROFILE = "profile", _("课程和学员档案的读写")
    INTAKE = "intake", _("简易接口上报")
