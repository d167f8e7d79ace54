"""Calls for applications, the applications, what they rest on (QD97.2.1 to 2.4, JN6.2, WH63.2.1, HD2.4.10)."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit, User
from peibu.accounts.owned import Owned
from peibu.accreditation.enums import TEACHERS, HoldingKind
from peibu.casework.models import Case, Document
from peibu.kernel.ids import uuid7
from peibu.rulebook.derived.teachers import TITLES

# What was judged is what stays: an application changes only while it lies with the applicant and no expert has scored it.
FROZEN = pgtrigger.Trigger(
    name="an_application_is_frozen_once_handed_in",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("facts", "name", "reasons"),
    func="""
        IF NOT EXISTS (SELECT 1 FROM casework_case c WHERE c.id = NEW.case_id AND c.state IN ('draft', 'returned'))
           OR EXISTS (SELECT 1 FROM accreditation_score s WHERE s.application_id = NEW.id) THEN
            RAISE EXCEPTION 'an_application_is_frozen_once_handed_in' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'an_application_is_frozen_once_handed_in';
        END IF;
        RETURN NEW;
    """,
)
# The same for the rows an application rests on.
ROWS_FROZEN = pgtrigger.Trigger(
    name="what_an_application_rests_on_is_frozen",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF NOT EXISTS (SELECT 1 FROM casework_case c JOIN accreditation_application a ON a.case_id = c.id
                       WHERE a.id = COALESCE(NEW.application_id, OLD.application_id)
                       AND c.state IN ('draft', 'returned')
                       AND NOT EXISTS (SELECT 1 FROM accreditation_score s WHERE s.application_id = a.id)) THEN
            RAISE EXCEPTION 'what_an_application_rests_on_is_frozen' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'what_an_application_rests_on_is_frozen';
        END IF;
        RETURN COALESCE(NEW, OLD);
    """,
)


class Call(Owned):
    """A bureau asks for applications under a policy: `subject` is the subject of the rules they are judged by."""

    bureau = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("征集单位"))
    number = models.CharField(_("征集编号"), max_length=40, unique=True)
    policy = models.CharField(_("政策"), max_length=80)
    process = models.CharField(_("业务"), max_length=40)
    subject = models.CharField(_("征集对象"), max_length=40)
    title = models.CharField(_("标题"), max_length=120)
    about = models.TextField(_("说明"), blank=True)
    fields = models.JSONField(_("所需专家专业"), default=list)
    opens_on = models.DateField(_("开始日期"))
    closes_on = models.DateField(_("截止日期"))
    published_at = models.DateTimeField(_("发布时间"))
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta(Owned.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="a_call_closes_after_it_opens"),
        ]
        triggers = [
            *Owned.Meta.triggers,
            pgtrigger.Protect(name="a_published_call_stays", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class Application(Owned):
    """One application to a call. `facts` are the applicant's answers by fact name; `code` is all that experts see of it.

    `name`: the course or speciality applied for, empty when the unit itself is. `reasons`: rule -> why an "in general"
    condition is not met. `position` counts the applications of a call. `live`: not withdrawn; one that was leaves the
    place for another.
    """

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="applications")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("申请单位"))
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="application")
    position = models.PositiveSmallIntegerField(_("申请序号"))
    name = models.CharField(_("课程或专业名称"), max_length=80, blank=True)
    facts = models.JSONField(_("填报内容"), default=dict)
    reasons = models.JSONField(_("说明的理由"), default=dict)
    live = models.BooleanField(_("未撤回"), default=True)

    class Meta(Owned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["call", "unit", "name"], condition=Q(live=True), name="a_unit_applies_once_to_a_call"
            ),
            models.UniqueConstraint(fields=["call", "position"], name="applications_of_a_call_are_numbered_once"),
        ]
        triggers = [
            *Owned.Meta.triggers,
            FROZEN,
            pgtrigger.ReadOnly(name="an_application_stays_where_it_is", fields=["call", "unit", "case", "position"]),
        ]

    @property
    def code(self) -> str:
        """How experts know it."""
        return f"{self.position:02d}"


class Holding(models.Model):
    """A licence, teacher, room or machine of the applicant; `qualification`: title of a teacher, scope of a licence."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="holdings")
    kind = models.CharField(_("类别"), max_length=20, choices=HoldingKind.choices)
    name = models.CharField(_("名称或姓名"), max_length=80)
    qualification = models.CharField(_("资格、范围或规格"), max_length=120, blank=True)
    quantity = models.PositiveIntegerField(_("数量"), default=1)
    valid_from = models.DateField(_("有效期起"), null=True, blank=True)
    valid_until = models.DateField(_("有效期止"), null=True, blank=True)

    class Meta:
        ordering = ["kind", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="a_holding_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="a_holding_is_at_least_one"),
        ]
        triggers = [ROWS_FROZEN]

    @property
    def said_qualification(self) -> str:
        """A teacher's title in words; anything else as it was written."""
        return TITLES.get(self.qualification, self.qualification) if self.kind in TEACHERS else self.qualification


class Evidence(models.Model):
    """A document for something asked: `item` is the code of a document of the process, or the name of a rule."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="evidence")
    item = models.CharField(_("对应条件或材料"), max_length=60)
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="evidence")

    class Meta:
        ordering = ["id"]
        triggers = [ROWS_FROZEN]


class Clarification(models.Model):
    """A question to the applicant during the evaluation, and the answer. Neither is ever changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="clarifications")
    question = models.TextField(_("需要说明的问题"))
    asked_at = models.DateTimeField(_("提出时间"))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answer = models.TextField(_("说明"), blank=True)
    answered_at = models.DateTimeField(_("说明时间"), null=True, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True, answered_by__isnull=True)
                | (~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="an_answer_has_its_time_and_person",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="questions_are_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="a_question_never_changes", fields=["application", "question", "asked_at", "asked_by"]
            ),
            pgtrigger.Protect(
                name="an_answer_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__answered_at__isnull=False),
            ),
        ]
