"""People, organisations and dated evidence. Evidence carries two dates: when it was true, when we learned it."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit, User
from peibu.accounts.secrecy import SecretField
from peibu.kernel.ids import uuid7
from peibu.registry.enums import (
    AboutKind,
    AccountKind,
    CertificateKind,
    CertificateLevel,
    ContributionKind,
    IdentityVerdict,
    ManagementLevel,
    OrganisationKind,
    RegisterCode,
)
from peibu.registry.practitioner_models import (
    Engagement,
    EngagementEnd,
    NameCorrection,
    Practitioner,
    Qualification,
    on_register,
)

__all__ = [
    "BankAccount", "EarlierGrant", "Employment", "Engagement", "EngagementEnd", "HeldCertificate", "InsuranceCoverage",
    "InsuranceMonth", "NameCorrection", "Organisation", "Person", "Practitioner", "Qualification", "RegisterEntry",
    "RegisteredFact", "Teacher",
]  # fmt: skip


@pghistory.track()
class Organisation(models.Model):
    """What the business register knows of a unit."""

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, primary_key=True, related_name="organisation")
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, unique=True)
    kind = models.CharField(_("类型"), max_length=30, choices=OrganisationKind.choices)
    synthetic_code = models.BooleanField(_("代码为演示数据"), default=False)
    office_phone = models.CharField(_("办公电话"), max_length=30, blank=True)

    def __str__(self) -> str:
        return self.unit.name


class RegisterEntry(models.Model):
    """A unit on a bureau's dated list, with the source it rests on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    register = models.CharField(_("名录"), max_length=30, choices=RegisterCode.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="register_entries")
    valid_from = models.DateField(_("列入"))
    valid_until = models.DateField(_("移出"), null=True, blank=True)
    source = models.CharField(_("依据"), max_length=200)
    known_at = models.DateTimeField(_("获知时间"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["register", "unit", "valid_from"], name="a_unit_enters_a_register_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="register_entry_dates_agree",
            ),
        ]


@pghistory.track(exclude=["id_number", "mobile"])
class Person(models.Model):
    """A natural person. The number is encrypted; `key` (keyed hash of it) is the handle for everything."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(_("自然人标识"), max_length=64, unique=True)
    id_number = SecretField(_("公民身份号码"))
    name = models.CharField(_("姓名"), max_length=60)
    sex = models.CharField(_("性别"), max_length=1, choices=[("m", _("男")), ("f", _("女"))])
    born_on = models.DateField(_("出生日期"))
    mobile = SecretField(_("手机"), blank=True)

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class BankAccount(models.Model):
    """An account of an organisation, or of a person in the own name. Payments to units go only to the one kept as basic
    (QD97.5.4)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="bank_accounts")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="bank_accounts")
    kind = models.CharField(_("账户类型"), max_length=10, choices=AccountKind.choices)
    bank_name = models.CharField(_("开户银行"), max_length=120)
    number = SecretField(_("账号"))
    number_index = models.CharField(max_length=64)
    valid_from = models.DateField(_("起"))
    valid_until = models.DateField(_("止"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False, person__isnull=True) & ~Q(kind="personal")
                | Q(unit__isnull=True, person__isnull=False, kind="personal"),
                name="an_account_is_a_units_or_a_persons",
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(valid_until__isnull=True), name="one_account_per_person"
            ),
            models.UniqueConstraint(
                fields=["unit"], condition=Q(kind="basic", valid_until__isnull=True), name="one_basic_account_per_unit"
            ),
            models.UniqueConstraint(
                fields=["number_index"], condition=Q(valid_until__isnull=True), name="bank_account_belongs_to_one_unit"
            ),
        ]


class Employment(models.Model):
    """A labour contract and its registration, as the employment register tells it (QD97.1.1). Append-only:
    a correction is a later row; the newest known row of (person, unit, contract_from) counts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="employments")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="employments")
    contract_from = models.DateField(_("合同起"), null=True)
    contract_until = models.DateField(_("合同止"), null=True, blank=True)
    open_ended = models.BooleanField(_("无固定期限"), default=False)
    registered_on = models.DateField(_("就业登记日期"), null=True, blank=True)
    registration_known = models.BooleanField(_("就业登记已查到"), default=True)
    post = models.CharField(_("岗位"), max_length=60, blank=True)
    level = models.CharField(
        _("管理层级"), max_length=10, choices=ManagementLevel.choices, default=ManagementLevel.UNKNOWN
    )
    level_evidence = models.CharField(_("层级依据"), max_length=120, blank=True)
    ended_on = models.DateField(_("离职日期"), null=True, blank=True)
    source = models.CharField(_("来源"), max_length=60)
    known_at = models.DateTimeField(_("获知时间"))

    class Meta:
        indexes = [models.Index(fields=["unit", "person"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(contract_until__isnull=True) | Q(contract_until__gte=F("contract_from")),
                name="contract_ends_after_it_begins",
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class InsuranceMonth(models.Model):
    """One month's contribution of a person at a unit (QD97.1.2). Append-only evidence."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="insurance_months")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(_("费款所属月"))
    paid_on = models.DateField(_("到账日期"), null=True)
    kind = models.CharField(_("类别"), max_length=10, choices=ContributionKind.choices)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    source = models.CharField(_("来源"), max_length=60)
    known_at = models.DateTimeField(_("获知时间"))

    class Meta:
        indexes = [models.Index(fields=["person", "unit", "month"])]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="insurance_month_is_the_first_of_a_month"),
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="insurance_amount_is_not_negative"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class InsuranceCoverage(models.Model):
    """For which months the insurance bureau has answered for a person: outside it a missing month is unknown."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="coverages")
    from_month = models.DateField()
    until_month = models.DateField()
    source = models.CharField(_("来源"), max_length=60)
    known_at = models.DateTimeField(_("获知时间"))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until_month__gte=F("from_month")), name="coverage_months_agree"),
        ]


class EarlierGrant(models.Model):
    """A subsidy another system says was already paid to a person under a policy (QD97.4.4). Append-only evidence."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="earlier_grants")
    policy = models.CharField(max_length=80)
    paid_by = models.CharField(_("拨付机构"), max_length=120)
    employer_name = models.CharField(_("申领单位"), max_length=120)
    paid_on = models.DateField(_("拨付日期"))
    amount_fen = models.BigIntegerField(_("金额（分）"))
    source = models.CharField(_("来源"), max_length=60)
    known_at = models.DateTimeField(_("获知时间"))

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_fen__gt=0), name="an_earlier_grant_was_paid")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class Teacher(models.Model):
    """A teacher of a provider or base, full or part time; the natural person is `person_key`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person_key = models.CharField(max_length=64, db_index=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="teachers")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="teachers")
    name = models.CharField(_("姓名"), max_length=60)
    title = models.CharField(_("职称/资格"), max_length=60, blank=True)
    full_time = models.BooleanField(_("专职"), default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "person_key"], name="a_teacher_is_listed_once_per_unit")
        ]
        triggers = [on_register()]

    def __str__(self) -> str:
        return self.name


class RegisteredFact(models.Model):
    """What is on record about a person, a unit or an occupation, for the rules of a policy: one fact, or one row of a
    kind of records (a certificate, a stretch of work). Dated and append-only; the latest known row of a name counts,
    a withdrawn one (value null) leaves the fact unknown again. `about`: id of the person or unit, or occupation code."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("对象"), max_length=12, choices=AboutKind.choices)
    about = models.CharField(max_length=64)
    name = models.CharField(_("事项"), max_length=60)
    value = models.JSONField(_("内容"), null=True)
    valid_from = models.DateField(_("起"))
    valid_until = models.DateField(_("止"), null=True, blank=True)
    source = models.CharField(_("依据"), max_length=200)
    known_at = models.DateTimeField(_("获知时间"))
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["kind", "about", "name"])]
        constraints = [
            models.CheckConstraint(condition=~Q(source=""), name="a_registered_fact_has_its_source"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="a_registered_fact_ends_after_it_begins",
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


@pghistory.track(exclude=["number"])
class HeldCertificate(models.Model):
    """A certificate somebody else issued to a person, entered from the paper (JN6.3.2, HD2.5.15a). Only its withdrawal
    is ever written into it; a correction is another row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="held_certificates")
    kind = models.CharField(_("证书类别"), max_length=30, choices=CertificateKind.choices)
    number = models.CharField(_("证书编号"), max_length=40)
    issuer = models.CharField(_("发证机构"), max_length=120)
    occupation = models.CharField(_("职业（工种）编码"), max_length=20, blank=True)
    level = models.CharField(_("等级"), max_length=20, choices=CertificateLevel.choices, blank=True)
    issued_on = models.DateField(_("发证日期"))
    valid_until = models.DateField(_("有效期至"), null=True, blank=True)
    source = models.CharField(_("依据"), max_length=200)
    known_at = models.DateTimeField(_("获知时间"))
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_why = models.CharField(_("撤回理由"), max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "known_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "number"],
                condition=Q(withdrawn_at__isnull=True),
                name="a_certificate_number_is_one_persons",
            ),
            models.CheckConstraint(
                condition=~Q(number="") & ~Q(issuer="") & ~Q(source=""), name="a_held_certificate_is_told_in_full"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("issued_on")),
                name="a_certificate_ends_after_its_issue",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_why="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_why="")),
                name="a_withdrawn_certificate_says_who_and_why",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="a_held_certificate_never_changes",
                fields=[
                    "person", "kind", "number", "issuer", "occupation", "level", "issued_on", "valid_until", "source",
                    "known_at", "entered_by",
                ],
            ),
            pgtrigger.Protect(
                name="a_withdrawal_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__withdrawn_at__isnull=False),
            ),
            pgtrigger.Protect(name="held_certificates_are_kept", operation=pgtrigger.Delete),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class IdentityCheck(models.Model):
    """What the population register said of a person's name and number, or that it did not answer (`unknown`)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="identity_checks")
    verdict = models.CharField(_("核验结果"), max_length=10, choices=IdentityVerdict.choices)
    source = models.CharField(_("核验来源"), max_length=60)
    reference = models.CharField(_("核验回执"), max_length=80, blank=True)
    asked_at = models.DateTimeField(_("核验时间"))
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["person", "asked_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="unknown") | (Q(answered_at__isnull=False) & ~Q(reference="")),
                name="an_identity_is_told_by_an_answer",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="an_identity_check_has_its_source"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
