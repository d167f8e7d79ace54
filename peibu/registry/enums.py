"""Fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationKind(models.TextChoices):
    """Legal form, told by the prefix of the unified social credit code (GB 32100)."""

    ENTERPRISE = "enterprise", _("企业")
    UNIVERSITY = "university", _("高等院校")
    TECHNICIAN_COLLEGE = "technician_college", _("技师学院")
    INSTITUTE = "institute", _("研究机构")
    PRIVATE_SCHOOL = "private_school", _("民办培训学校")
    OTHER = "other", _("其他")


class RegisterCode(models.TextChoices):
    """Dated lists kept by a bureau that rules ask about (QD97.1, QD97.2.2)."""

    LIST_555 = "list_555", _("互联网工业“555”项目企业")
    INTEGRATION = "integration", _("智能制造产教融合企业")
    AI_COMMUNITY = "ai_community", _("人工智能产业共同体成员")


class AccountKind(models.TextChoices):
    BASIC = "basic", _("基本存款账户")
    GENERAL = "general", _("一般存款账户")
    PERSONAL = "personal", _("本人银行账户")


class ManagementLevel(models.TextChoices):
    SENIOR = "senior", _("高层")
    MIDDLE = "middle", _("中层")
    JUNIOR = "junior", _("基层")
    STAFF = "staff", _("一般员工")
    UNKNOWN = "unknown", _("未填")


class ContributionKind(models.TextChoices):
    """Ordinary payment, paid later than the month it is for (补缴), or taken back: earlier rows of the month no longer count."""

    NORMAL = "normal", _("正常缴费")
    ARREARS = "arrears", _("补缴")
    REVERSED = "reversed", _("冲销")


class AboutKind(models.TextChoices):
    """What a registered fact is about."""

    PERSON = "person", _("个人")
    UNIT = "unit", _("单位")
    OCCUPATION = "occupation", _("职业（工种）")
    CITY = "city", _("全市")


class CertificateKind(models.TextChoices):
    """The five kinds on which the documents pay (JN6.3.2, HD2.5.15a)."""

    VOCATIONAL_QUALIFICATION = "vocational_qualification", _("职业资格证书")
    SKILL_LEVEL = "skill_level", _("职业技能等级证书")
    SPECIAL_ABILITY = "special_ability", _("专项职业能力证书")
    SPECIAL_OPERATION = "special_operation", _("特种作业操作证书")
    TRAINING_COMPLETION = "training_completion", _("培训合格证书")


class CertificateLevel(models.TextChoices):
    """Levels of a certificate; the codes are those of the rulebook's vocabulary."""

    NONE = "none", _("无等级")
    JUNIOR = "junior", _("初级工")
    MIDDLE = "middle", _("中级工")
    SENIOR = "senior", _("高级工")
    TECHNICIAN = "technician", _("技师")
    SENIOR_TECHNICIAN = "senior_technician", _("高级技师")


class PractitionerRole(models.TextChoices):
    """As what somebody stands in the register of practitioners."""

    TEACHER = "teacher", _("教师")
    GRADER = "grader", _("阅卷人员")
    EXAMINER = "examiner", _("考评人员")
    SUPERVISOR = "supervisor", _("监考督导人员")
    EXPERT = "expert", _("专家")


class QualificationKind(models.TextChoices):
    """What practitioners hold."""

    TITLE = "title", _("专业技术职称")
    SKILL_LEVEL = "skill_level", _("职业资格或技能等级")
    TEACHER_LICENCE = "teacher_licence", _("教师资格")
    EXAMINER_CARD = "examiner_card", _("考评员")
    SENIOR_EXAMINER_CARD = "senior_examiner_card", _("高级考评员")
    SUPERVISOR_CARD = "supervisor_card", _("质量督导员")
    EXPERT_LETTER = "expert_letter", _("专家聘书")


# What a document can ask of a teacher is one of these two; any other paper says nothing about titles.
WITH_TITLE = (QualificationKind.TITLE, QualificationKind.SKILL_LEVEL)


class TitleCode(models.TextChoices):
    """Titles and skill levels; the codes are those of the rulebook's records `teachers`, which code lists of the policies
    (`theory_teacher_titles`, `practice_teacher_titles`) choose from."""

    SENIOR_TITLE = "senior_title", _("高级职称")
    INTERMEDIATE_TITLE = "intermediate_title", _("中级职称")
    JUNIOR_TITLE = "junior_title", _("初级职称")
    SENIOR_INSTRUCTOR = "senior_instructor", _("高级实习指导教师")
    INSTRUCTOR = "instructor", _("实习指导教师")
    SENIOR_TECHNICIAN = "senior_technician", _("高级技师")
    TECHNICIAN = "technician", _("技师")
    OTHER = "other", _("其他")


class IdentityVerdict(models.TextChoices):
    """Do a name and an identity number belong together? Three values: a register that is away says nothing."""

    MATCH = "match", _("一致")
    MISMATCH = "mismatch", _("不一致")
    UNKNOWN = "unknown", _("待核验")
