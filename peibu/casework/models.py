"""Cases, their steps, tasks and documents; notices and objections; stored determinations."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.enums import Role
from peibu.accounts.models import Unit, User
from peibu.accounts.owned import Owned
from peibu.accounts.secrecy import SecretField
from peibu.casework.enums import Decision, Holds, NoticeState, ObjectionState, Purpose
from peibu.kernel.ids import uuid7

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)

# I8: one natural person has at most one duty in a case. Applying again after a return is the same duty.
ONE_DUTY = pgtrigger.Trigger(
    name="one_duty_per_natural_person",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    condition=pgtrigger.Q(new__duty__gt="") & pgtrigger.Q(new__person_key__gt=""),
    func="""
        PERFORM 1 FROM casework_case WHERE id = NEW.case_id FOR UPDATE;
        IF EXISTS (SELECT 1 FROM casework_caseevent e WHERE e.case_id = NEW.case_id
                   AND e.person_key = NEW.person_key AND e.duty <> '' AND e.duty <> NEW.duty) THEN
            RAISE EXCEPTION 'one_duty_per_natural_person' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'one_duty_per_natural_person';
        END IF;
        RETURN NEW;
    """,
)

# A state changes only together with an event that says who, when and why.
STATE_HAS_EVENT = pgtrigger.Trigger(
    name="state_is_told_by_an_event",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("state"),
    timing=pgtrigger.Deferred,
    level=pgtrigger.Row,
    func="""
        IF (SELECT c.state FROM casework_case c WHERE c.id = NEW.id) IS DISTINCT FROM
           (SELECT e.to_state FROM casework_caseevent e WHERE e.case_id = NEW.id ORDER BY e.seq DESC LIMIT 1) THEN
            RAISE EXCEPTION 'state_is_told_by_an_event' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'state_is_told_by_an_event';
        END IF;
        RETURN NULL;
    """,
)


# A published line stands; when its time is over the person's part is taken off and nothing else, and its hash stays.
LINE_STANDS = pgtrigger.Trigger(
    name="a_published_line_stands",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
        IF NEW.columns = OLD.columns - 'name' AND NEW.token = '' AND EXISTS (
               SELECT 1 FROM casework_publicnotice n WHERE n.id = OLD.notice_id AND n.taken_down_at IS NOT NULL)
           AND (NEW.id, NEW.notice_id, NEW.case_id, NEW.subject_id, NEW.position, NEW.leaf)
             = (OLD.id, OLD.notice_id, OLD.case_id, OLD.subject_id, OLD.position, OLD.leaf) THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'a_published_line_stands' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'a_published_line_stands';
    """,
)


class Counter(models.Model):
    """Gap-free numbering: one row per series, taken under its row lock."""

    series = models.CharField(max_length=80, primary_key=True)
    value = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(value__gte=0), name="counter_is_not_negative")]


@pghistory.track(
    model_name="CaseHistory", obj_field=pghistory.ObjForeignKey(related_name="history")
)  # CaseEvent is taken: it is the step log
class Case(Owned):
    """Anything with steps, documents, deadlines. Which steps there are stands in the policy's process.yaml."""

    number = models.CharField(_("业务编号"), max_length=40, unique=True)
    policy = models.CharField(_("政策"), max_length=80)
    process = models.CharField(_("业务"), max_length=40)
    subject = models.CharField(_("事项"), max_length=200)
    state = models.CharField(_("状态"), max_length=30)
    applicant = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("申请单位")
    )
    # a person who applies in the own name; then there is no applying unit (ADR 0029)
    applicant_person = models.ForeignKey(
        "registry.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("申请人")
    )
    agency = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("受理机构"))
    opened_at = models.DateTimeField(_("建立时间"))
    state_since = models.DateTimeField(_("进入本状态时间"))
    due_on = models.DateField(_("应办结日期"), null=True, blank=True)
    suspended = models.BooleanField(_("时钟暂停"), default=False)
    days_left = models.PositiveSmallIntegerField(_("暂停时剩余工作日"), null=True, blank=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    rule_version = models.CharField(_("规则版本"), max_length=64)

    class Meta(Owned.Meta):
        indexes = [models.Index(fields=["agency", "process", "state"]), models.Index(fields=["applicant", "process"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(applicant__isnull=True) | Q(applicant_person__isnull=True),
                name="a_case_has_one_applicant",
            ),
        ]
        triggers = [*Owned.Meta.triggers, STATE_HAS_EVENT]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    @property
    def applicant_name(self) -> str:
        """Who applies, unit or person; empty where nobody does."""
        who = self.applicant or self.applicant_person
        return who.name if who else ""


class CaseEvent(models.Model):
    """One step of a case: who did what, when, why, on which rule version. Never changed, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    seq = models.PositiveIntegerField()
    move = models.CharField(_("动作"), max_length=40)
    label = models.CharField(_("动作名称"), max_length=60)
    from_state = models.CharField(max_length=30, blank=True)
    to_state = models.CharField(max_length=30)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(_("经办人"), max_length=60)
    actor_role = models.CharField(_("岗位"), max_length=30)
    person_key = models.CharField(max_length=64, blank=True)
    duty = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField(_("时间"))
    recorded_at = models.DateTimeField(auto_now_add=True)
    reason = models.TextField(_("理由"), blank=True)
    rule_version = models.CharField(_("规则版本"), max_length=64)

    class Meta:
        ordering = ["case", "seq"]
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="case_events_are_numbered_once")]
        triggers = [APPEND_ONLY, ONE_DUTY]


class Task(models.Model):
    """Something a role at a unit has to do for a case, until a working day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tasks")
    role = models.CharField(_("岗位"), max_length=30, choices=Role.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="tasks")
    state = models.CharField(max_length=30)
    title = models.CharField(_("事项"), max_length=100)
    opened_at = models.DateTimeField()
    due_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            # in the order of the to-do list: a page of it is read off the index, however many tasks are open
            models.Index(
                fields=["unit", "role", "due_on", "opened_at", "id"],
                condition=Q(closed_at__isnull=True),
                name="open_tasks",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "role", "unit"],
                condition=Q(closed_at__isnull=True),
                name="one_open_task_per_role_and_case",
            ),
        ]


class Document(Owned):
    """A stored file: content kept once, hash beside it. Not deleted before its retention date; without one, never."""

    subject_id = models.UUIDField(_("所属对象"), db_index=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="documents")
    purpose = models.CharField(_("用途"), max_length=30, choices=Purpose.choices)
    name = models.CharField(_("文件名"), max_length=200)
    kind = models.CharField(_("格式"), max_length=20)
    size = models.PositiveBigIntegerField(_("大小"))
    sha256 = models.CharField(max_length=64, db_index=True)
    file = models.FileField(upload_to="documents/%Y/%m/")
    facts = models.JSONField(default=dict, blank=True)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField()
    retained_until = models.DateField(_("保存至"), null=True, blank=True)

    class Meta(Owned.Meta):
        triggers = [
            *Owned.Meta.triggers,
            pgtrigger.Protect(
                name="kept_until_retention_ends",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.retained_until IS NULL OR OLD.retained_until >= CURRENT_DATE"),
            ),
            pgtrigger.Protect(
                name="retention_is_never_shortened",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.retained_until IS NOT NULL"
                    " AND (NEW.retained_until IS NULL OR NEW.retained_until < OLD.retained_until)"
                ),
            ),
            pgtrigger.ReadOnly(
                name="content_never_changes", fields=["sha256", "size", "file", "purpose", "subject_id"]
            ),
        ]


class Determination(models.Model):
    """A judgement kept for ever: facts, findings, the day of law, the day of knowledge, the folder's fingerprint."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject_id = models.UUIDField(db_index=True)
    policy = models.CharField(max_length=80)
    subject = models.CharField(max_length=40)
    on = models.DateField()
    known_at = models.DateTimeField()
    fingerprint = models.CharField(max_length=64)
    facts = models.JSONField()
    decision = models.CharField(max_length=10, choices=Decision.choices)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    findings = models.JSONField()
    # what the judgement rests on and gives beside facts and money: entries of rate tables, other results, who is paid
    rates = models.JSONField(default=list)
    outcomes = models.JSONField(default=dict)
    payee = models.CharField(max_length=20, blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="pass") | Q(amount_fen__isnull=True) | Q(amount_fen=0),
                name="only_a_pass_carries_an_amount",
            ),
        ]
        # the policy page tells which rule versions judged how many cases
        indexes = [models.Index(fields=["policy", "fingerprint", "made_at"], name="determinations_by_version")]
        triggers = [APPEND_ONLY]


class PublicNotice(Owned):
    """公示 (QD97.5.3): an immutable snapshot open for counted working days."""

    number = models.CharField(_("公示编号"), max_length=40, unique=True)
    policy = models.CharField(max_length=80)
    title = models.CharField(_("标题"), max_length=200)
    agency = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("公示开始"))
    ends_on = models.DateField(_("公示截止"))
    root = models.CharField(_("内容指纹"), max_length=64)
    state = models.CharField(max_length=10, choices=NoticeState.choices, default=NoticeState.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True)
    taken_down_at = models.DateTimeField(_("名单撤下时间"), null=True, blank=True)

    class Meta(Owned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True) | Q(state="closed", closed_at__isnull=False),
                name="closed_notice_has_its_time",
            ),
        ]
        triggers = [
            *Owned.Meta.triggers,
            pgtrigger.Protect(name="notice_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="notice_snapshot_never_changes",
                fields=["number", "policy", "title", "opened_at", "ends_on", "root"],
            ),
        ]


class NoticeLine(models.Model):
    """One published line: only allow-listed, masked columns; `token` lets people find themselves without digits."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    notice = models.ForeignKey(PublicNotice, on_delete=models.PROTECT, related_name="lines")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notice_lines")
    subject_id = models.UUIDField(db_index=True)
    position = models.PositiveIntegerField()
    columns = models.JSONField()
    token = models.CharField(max_length=12)
    leaf = models.CharField(max_length=64)

    class Meta:
        ordering = ["notice", "position"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "position"], name="notice_lines_are_numbered_once"),
            models.UniqueConstraint(fields=["notice", "subject_id"], name="a_subject_stands_once_in_a_notice"),
        ]
        triggers = [LINE_STANDS, pgtrigger.Protect(name="a_published_line_is_kept", operation=pgtrigger.Delete)]


class Probe(models.Model):
    """Was the public notice page answered at a moment? Written by a job that asks as a visitor would. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(db_index=True)
    reached = models.BooleanField(_("可访问"))
    note = models.CharField(_("情况"), max_length=200, blank=True)

    class Meta:
        ordering = ["at"]
        triggers = [APPEND_ONLY]


@pghistory.track(exclude=["contact", "address_index"])
class Objection(Owned):
    """An objection to a published line or to the whole notice; while open, what it concerns is not paid (I6)."""

    notice = models.ForeignKey(PublicNotice, on_delete=models.PROTECT, related_name="objections")
    line = models.ForeignKey(NoticeLine, on_delete=models.PROTECT, null=True, blank=True, related_name="objections")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="objection")
    number = models.CharField(_("受理编号"), max_length=40, unique=True)
    name = models.CharField(_("姓名"), max_length=60, blank=True)
    contact = SecretField(_("联系方式"), blank=True)
    text = models.TextField(_("异议内容"))
    holds = models.CharField(_("暂停范围"), max_length=6, choices=Holds.choices, default=Holds.CASE.value)
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ObjectionState.choices, default=ObjectionState.OPEN)
    answer = models.TextField(_("处理意见"), blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    address_index = models.CharField(max_length=64, blank=True)

    class Meta(Owned.Meta):
        indexes = [
            models.Index(
                fields=["address_index", "raised_at"], condition=~Q(address_index=""), name="objections_by_address"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open")
                | (~Q(answer="") & Q(decided_at__isnull=False) & Q(decided_by__isnull=False)),
                name="a_decided_objection_has_answer_time_and_person",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | Q(decided_at__gte=F("raised_at")),
                name="objection_decided_after_raised",
            ),
            models.CheckConstraint(
                condition=Q(holds="case") | Q(line__isnull=False), name="only_an_objection_to_a_line_holds_a_line"
            ),
        ]


class Progress(models.Model):
    """How far a long piece of work is: written by the job, polled by the page of whoever started it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.CharField(_("任务"), max_length=120)
    total = models.PositiveIntegerField(_("总数"))
    done = models.PositiveIntegerField(_("已完成"), default=0)
    finished = models.BooleanField(default=False)
    result_url = models.CharField(max_length=300, blank=True)
    problem = models.TextField(_("未完成原因"), blank=True)
    started_by = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    started_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(done__lte=F("total")), name="progress_ends_at_its_total")]
