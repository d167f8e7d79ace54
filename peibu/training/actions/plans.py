"""Training plans (QD97.2.3): written by the provider, co-signed by the practice bases, frozen once signed."""

import datetime as dt
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import transaction

from peibu.accounts.actor import Actor
from peibu.accounts.models import Unit
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.registry.models import Teacher
from peibu.rulebook import load_policy
from peibu.training.facts.filing import plan_parts
from peibu.training.facts.known import told
from peibu.training.models import PlanBase, PlanTeacher, TrainingPlan

PARTS = (
    "project_name",
    "goal",
    "mode",
    "training_place",
    "practice_place",
    "content",
    "topics",
    "class_hours",
    "headcount",
    "batches",
    "evaluation",
    "fee_fen",
    "stated",
)


def _own(plan: TrainingPlan, by: Actor) -> None:
    if by.unit is None or plan.provider_id != by.unit.id:
        raise Refused("该培训方案不属于您所在的单位", "foreign_plan", "请使用编写单位的账号")


def _open(plan: TrainingPlan) -> None:
    if plan.signed_at is not None:
        raise Refused("培训方案已签署，不能再修改", "plan_signed", "如需变更，请新建一个版本并重新会签")


def draft_plan(
    *, policy: str, by: Actor, at: dt.datetime, replaces: TrainingPlan | None = None, key: UUID | None = None
) -> TrainingPlan:
    """A new plan of the actor's unit; with `replaces` a new version that starts from the old one's parts.

    `key` is the new row's key, given by the page: the same page sent twice makes one plan.
    """
    if by.unit is None:
        raise Refused("只有培训承接单位可以编写培训方案", "no_unit", "请使用单位账号")
    made = TrainingPlan.objects.filter(pk=key, provider=by.unit).first() if key else None
    if made is not None:
        return made
    plan = TrainingPlan(policy=policy, provider=by.unit, division=by.unit.division, created_at=at)
    plan.pk = key or plan.pk
    if replaces is not None:
        _own(replaces, by)
        plan.replaces, plan.version = replaces, replaces.version + 1
        for name in PARTS:
            setattr(plan, name, getattr(replaces, name))
    with refusing():
        plan.save(force_insert=True)
        if replaces is not None:
            PlanBase.objects.bulk_create(PlanBase(plan=plan, unit=row.unit) for row in replaces.bases.all())
            PlanTeacher.objects.bulk_create(
                PlanTeacher(plan=plan, teacher=row.teacher, subject=row.subject) for row in replaces.teachers.all()
            )
    return plan


def write_plan(
    *,
    plan: TrainingPlan,
    parts: Mapping[str, object],
    bases: Iterable[Unit],
    teachers: Iterable[Teacher],
    by: Actor,
    at: dt.datetime,
) -> TrainingPlan:
    """Save the parts given, the bases and the teachers. Parts may still be missing; signing asks for all of them."""
    _own(plan, by)
    unknown = set(parts) - set(PARTS)
    if unknown:
        raise Refused(f"培训方案没有这些内容：{'、'.join(sorted(unknown))}", "unknown_part", "请刷新页面后重试")
    bases, teachers = list(bases), list(teachers)
    with refusing():
        plan = TrainingPlan.objects.select_for_update().get(pk=plan.pk)
        _open(plan)
        for name, value in parts.items():
            setattr(plan, name, value)
        _refuse_charge(plan)
        plan.save()
        # A change of content takes back co-signatures: they were given to something else.
        plan.bases.exclude(unit__in=bases).delete()
        plan.bases.update(signed_at=None, signed_by=None)
        have = set(plan.bases.values_list("unit_id", flat=True))
        PlanBase.objects.bulk_create(PlanBase(plan=plan, unit=unit) for unit in bases if unit.pk not in have)
        plan.teachers.exclude(teacher__in=teachers).delete()
        taught = set(plan.teachers.values_list("teacher_id", flat=True))
        PlanTeacher.objects.bulk_create(PlanTeacher(plan=plan, teacher=t) for t in teachers if t.pk not in taught)
    return plan


def missing_parts(plan: TrainingPlan, *, on: dt.date) -> list[str]:
    """Labels of the parts the policy asks for that are not written yet, in the policy's order."""
    policy = load_policy(plan.policy)
    have = set(plan_parts(plan)) | set(policy.delivery.from_class)
    parts = policy.codes["plan_parts"].items if "plan_parts" in policy.codes else {}
    missing = [label for code, label in parts.items() if code not in have]
    given = told(policy, plan.stated)
    return missing + [policy.fact_specs[name].label for name in policy.delivery.asks if name not in given]


def _refuse_charge(plan: TrainingPlan) -> None:
    """Where the document makes the training free, no fee can be written into the plan."""
    clause = load_policy(plan.policy).delivery.free
    if clause and plan.fee_fen:
        raise Refused(
            f"本政策的培训对学员免费，收费标准须为0元（{clause}）", "training_is_free", "请把收费标准改为0元后保存"
        )


def sign_plan(*, plan: TrainingPlan, by: Actor, at: dt.datetime) -> TrainingPlan:
    """The provider signs; the plan is frozen. Refused with the missing parts by name (also topics, bases and fee:
    nothing can be added after the signature)."""
    _own(plan, by)
    with transaction.atomic():
        plan = TrainingPlan.objects.select_for_update().get(pk=plan.pk)
        _open(plan)
        missing = missing_parts(plan, on=at.date())
        if missing:
            raise Refused(f"培训方案缺少：{'、'.join(missing)}", "plan_incomplete", "请补充完整后再签署")
        delivery = load_policy(plan.policy).delivery
        if not plan.project_name.strip():
            raise Refused("培训方案没有项目名称", "plan_without_name", "请填写培训项目名称后再签署")
        if delivery.plan_topics and not plan.topics:
            raise Refused("培训方案没有选择内容类别", "plan_without_topics", "请至少选择一类培训内容后再签署")
        if plan.fee_fen is None:
            raise Refused("培训方案没有填写收费标准", "plan_fee", "请填写每人收费标准后再签署")
        _refuse_charge(plan)
        if delivery.practice_at == "bases" and not plan.bases.exists():
            raise Refused("培训方案没有选择实训基地", "plan_without_base", "请选择名单内的实训基地后再签署")
        plan.signed_at, plan.signed_by = at, by.user
        plan.save(update_fields=["signed_at", "signed_by"])
    return plan


def cosign_plan(*, plan: TrainingPlan, by: Actor, at: dt.datetime) -> PlanBase:
    """A practice base of the plan co-signs it; once, after the provider."""
    with transaction.atomic():
        row = PlanBase.objects.select_for_update().filter(plan=plan, unit=by.unit).first()
        if row is None:
            raise Refused("该方案未选择贵单位作为实训基地", "not_a_base", "请与培训承接单位联系")
        if plan.signed_at is None:
            raise Refused("培训承接单位尚未签署该方案", "not_signed", "请待承接单位签署后再会签")
        if row.signed_at is None:
            row.signed_at, row.signed_by = at, by.user
            row.save(update_fields=["signed_at", "signed_by"])
    return row
