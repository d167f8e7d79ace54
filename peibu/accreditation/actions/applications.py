"""An institution, enterprise or platform applies: answers, holdings, evidence, handing in, clarifications."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accreditation.enums import HoldingKind
from peibu.accreditation.facts import terms_for
from peibu.accreditation.models import Application, Call, Clarification, Evidence, Holding
from peibu.accreditation.permissions import can_apply, can_edit, can_manage
from peibu.accreditation.terms import terms_of
from peibu.casework.actions import keep_document, move_case, note_step, open_case
from peibu.casework.enums import Purpose
from peibu.casework.models import Case
from peibu.casework.refusals import refusing
from peibu.intake import inspect_upload
from peibu.kernel.errors import Refused

KINDS = ("pdf", "jpg", "png")


@transaction.atomic
def start_application(*, call: Call, name: str = "", by: Actor, at: dt.datetime) -> Application:
    """Begin an application to an open call; begun twice, the same one is returned, unless it was withdrawn.

    `name`: the course or speciality, needed when the call is for those.
    """
    on = timezone.localdate(at)
    terms = terms_of(call.policy, call.subject, on=on)
    verdict = can_apply(by, call, terms, on=on)
    if not verdict:
        raise Refused(verdict.reason, "may_not_apply", "请查看征集公告的对象和期间")
    name = name.strip()[:80]
    if terms.named and not name:
        raise Refused("没有填写课程或专业名称", "application_without_name", "请写明申请评估的课程或专业")
    name = name if terms.named else ""
    Call.objects.select_for_update().get(pk=call.pk)  # positions are then given one after the other
    standing = Application.objects.filter(call=call, unit=by.unit, name=name, live=True).select_related("case").first()
    if standing is not None:
        return standing
    about = f"{name}（{by.unit.name}）" if name else by.unit.name
    case = open_case(
        policy=call.policy,
        process=call.process,
        subject=f"{terms.subject_label}：{about}"[:200],
        applicant=by.unit,
        agency=call.bureau,
        by=by,
        at=at,
    )
    last = call.applications.aggregate(last=Max("position"))["last"] or 0
    return Application.objects.create(
        division=call.division, call=call, unit=by.unit, case=case, position=last + 1, name=name
    )


def _editable(application: Application, by: Actor) -> None:
    application.case.refresh_from_db()
    verdict = can_edit(by, application)
    if not verdict:
        raise Refused(verdict.reason, "not_editable", "如需修改，请等待退回或先撤回")


def write_answers(
    *, application: Application, facts: dict[str, Any], reasons: dict[str, str], by: Actor, at: dt.datetime
) -> Application:
    """Keep the answers by fact name (JSON values) and the reasons for "in general" conditions that are missed."""
    _editable(application, by)
    asked = {spec.name for spec in terms_for(application, on=timezone.localdate(at)).asked}
    application.facts = {name: _told(value) for name, value in facts.items() if name in asked and value is not None}
    application.reasons = {rule: text.strip()[:300] for rule, text in reasons.items() if text.strip()}
    with refusing():
        application.save(update_fields=["facts", "reasons"])
    return application


def _told(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return sorted(value) if isinstance(value, set | frozenset | tuple) else value


def add_holding(
    *,
    application: Application,
    kind: str,
    name: str,
    qualification: str = "",
    quantity: int = 1,
    valid_from: dt.date | None = None,
    valid_until: dt.date | None = None,
    by: Actor,
    at: dt.datetime,
) -> Holding:
    """Enter a licence, teacher, room or machine."""
    _editable(application, by)
    if not name.strip():
        raise Refused("没有填写名称或姓名", "holding_without_name", "请填写后再添加")
    with refusing():
        return Holding.objects.create(
            application=application,
            kind=HoldingKind(kind),
            name=name.strip()[:80],
            qualification=qualification.strip()[:120],
            quantity=quantity,
            valid_from=valid_from,
            valid_until=valid_until,
        )


def drop_holding(*, holding: Holding, by: Actor, at: dt.datetime) -> None:
    """Take an entry out again."""
    _editable(holding.application, by)
    with refusing():
        holding.delete()


@transaction.atomic
def keep_evidence(
    *, application: Application, item: str, name: str, content: bytes, by: Actor, at: dt.datetime
) -> Evidence:
    """Keep a file for a document or condition of the call. Refused: unknown item, a file that is not what it says."""
    _editable(application, by)
    terms = terms_for(application, on=timezone.localdate(at))
    rules = {rule.name for rule in terms.policy.plan(terms.subject, terms.on).rules}
    if item not in {row["code"] for row in terms.documents} | rules:
        raise Refused("没有这一项材料或条件", "no_such_item", "请从列表中选择")
    upload = inspect_upload(name, content, allow=KINDS)
    if not upload.ok:
        raise Refused(
            "；".join(problem.sentence() for problem in upload.problems), "evidence_file", "请更换文件后重新上传"
        )
    document = keep_document(
        division=application.case.division,
        subject_id=application.pk,
        case=application.case,
        purpose=Purpose.EVIDENCE,
        name=name,
        kind=upload.kind,
        content=upload.content,
        facts={"item": item},
        by=by,
        at=at,
    )
    return Evidence.objects.create(application=application, item=item, document=document)


def hand_in(*, application: Application, by: Actor, at: dt.datetime) -> Case:
    """Submit, or submit again after a return; the guards name everything that is missing."""
    application.case.refresh_from_db()
    move = "resubmit" if application.case.state == "returned" else "submit"
    return move_case(case=application.case, move=move, by=by, at=at)


@transaction.atomic
def ask(*, application: Application, question: str, by: Actor, at: dt.datetime) -> Clarification:
    """Ask the applicant during the evaluation; its answer reaches the experts."""
    terms = terms_for(application, on=timezone.localdate(at))
    verdict = can_manage(by, application.call, terms)
    if not verdict:
        raise Refused(verdict.reason, "not_your_call", "请由发布征集的单位提出")
    if application.case.state != "submitted":
        raise Refused("申请不在评估中", "not_under_evaluation", "评估期间才能要求说明")
    if not question.strip():
        raise Refused("没有写问题", "question_empty", "请写明需要申请单位说明什么")
    row = Clarification.objects.create(
        application=application, question=question.strip(), asked_at=at, asked_by=by.user
    )
    note_step(
        case=application.case, code="ask", label="要求说明", by=by, at=at, reason=question.strip(), duty="review"
    )
    return row


@transaction.atomic
def answer(*, clarification: Clarification, text: str, by: Actor, at: dt.datetime) -> Clarification:
    """The applicant answers; the answer is final."""
    row = Clarification.objects.select_for_update().select_related("application__case").get(pk=clarification.pk)
    application = row.application
    if by.unit is None or by.unit.pk != application.unit_id:
        raise Refused("该申请不属于您所在的单位", "foreign_unit", "请使用申请单位的账号")
    if not text.strip():
        raise Refused("没有写说明", "answer_empty", "请写明情况后再提交")
    if row.answered_at is not None:
        raise Refused("该问题已经说明，不能再改", "an_answer_is_final", "如需补充，请联系征集单位")
    row.answer, row.answered_at, row.answered_by = text.strip(), at, by.user
    row.save(update_fields=["answer", "answered_at", "answered_by"])
    note_step(case=application.case, code="answer", label="提交说明", by=by, at=at, reason=text.strip(), duty="apply")
    return row
